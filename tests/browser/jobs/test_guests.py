"""What the owner of a WebUI sees of another one's tasks on it."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.sandbox.process import Sandbox

from ..tab import Host, Tab

PAYLOAD = {"prompt": "a red fox", "steps": 20, "width": 64, "height": 64}


def test_a_guest_is_in_the_run_plan_alone_and_can_be_paused(browser: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "host"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"inu_jobs_guests": "after my own jobs"}))
    with Sandbox(folder, ["--api-auth", "anna:secret"], {"seconds_per_step": 0.5}) as sandbox:
        tasks = [{"id": f"task-{n:04}", "payload": {**PAYLOAD, "seed": n}} for n in range(5)]
        guest = "/inu-jobs/v1/guests/workshop-1"
        sandbox.request(guest, {"name": "Workshop", "kind": "txt2img", "tasks": tasks}, "PUT")
        login = {"username": "anna", "password": "secret"}
        context = browser.new_context(viewport={"width": 1440, "height": 900}, http_credentials=login)
        tab = Tab(context.new_page(), Host(sandbox.url, real=False)).open()
        expect(tab.root.locator("[data-ij=job]")).to_have_count(0)
        tab.button("Run plan").click()
        plan = tab.root.locator("[data-ij=runs]")
        expect(plan.locator("li")).to_contain_text("for Workshop")
        plan.get_by_role("button", name="for Workshop").click()
        expect(tab.title).to_have_text("for Workshop")
        tab.button("Pause").click()
        expect(tab.button("Resume")).to_be_visible()
        expect(tab.root.locator("[data-ij=job]")).to_have_count(0)
        assert sandbox.request(guest)["waits"] == "hold"
        context.close()
