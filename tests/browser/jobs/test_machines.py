"""Another machine: added, tested, seen while it makes images, and removed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.sandbox.process import Sandbox

from ..tab import Host, Tab


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Sandbox, Sandbox]]:
    there = tmp_path / "there"
    there.mkdir()
    (there / "config.json").write_text(json.dumps({"inu_jobs_guests": "in turn with my own jobs"}))
    slow = {"seconds_per_step": 0.2}
    with (
        Sandbox(tmp_path / "here", faults=slow) as here,
        Sandbox(there, ["--api-auth", "anna:secret"], slow) as other,
    ):
        yield here, other


@pytest.mark.parametrize("width", [1440, 400])
def test_a_job_on_two_machines(browser: Browser, pair: tuple[Sandbox, Sandbox], width: int) -> None:
    here, other = pair
    context = browser.new_context(viewport={"width": width, "height": 900})
    tab = Tab(context.new_page(), Host(here.url, real=False)).open()
    plan = tab.root.locator("[data-ij=runs]")
    tab.button("Run plan").click()
    plan.get_by_role("button", name="Machines").click()
    dialog = tab.root.locator("[data-ij=machines]")
    expect(dialog).to_contain_text("All images are made on this machine.")
    dialog.get_by_label("Address").fill(other.url)
    dialog.get_by_label("User name").fill("anna")
    dialog.get_by_label("Password").fill("wrong")
    dialog.get_by_role("button", name="Test").click()
    expect(dialog.get_by_role("status")).to_contain_text("It refuses this name and password.")
    dialog.get_by_label("Password").fill("secret")
    dialog.get_by_role("button", name="Test").click()
    expect(dialog.get_by_role("status")).to_contain_text("It takes tasks.")
    dialog.get_by_label("Call it").fill("<b>Attic</b>")
    dialog.get_by_role("button", name="Add").click()
    machine = dialog.locator("[data-ij=machine]")
    expect(machine).to_contain_text("<b>Attic</b>")
    expect(machine).to_contain_text("Ready")
    expect(dialog.get_by_label("Password")).to_have_value("")
    dialog.get_by_role("button", name="Close").last.click()
    plan.get_by_role("button", name="Close").click()

    seeds = {"field": "seed", "values": list(range(1, 31))}
    payload = {"prompt": "a red fox", "steps": 5, "width": 64, "height": 64}
    body = {"kind": "txt2img", "payload": payload, "axes": [seeds], "force": True}
    job = here.request("/inu-jobs/v1/jobs", body)["id"]
    foot = tab.root.locator(".ij-status")
    expect(foot).to_contain_text("2 tasks run, on 2 machines.")
    expect(foot).to_contain_text("<b>Attic</b>: Runs 1 of your tasks")
    tab.button("Run plan").click()
    expect(plan).to_contain_text("<b>Attic</b>Runs 1 of your tasks")
    detail = here.request(f"/inu-jobs/v1/jobs/{job}")
    there = {task["id"] for task in detail["tasks"] if task["machine"]}
    assert there
    plan.get_by_role("button", name="Machines").click()
    machine.get_by_role("checkbox").uncheck()
    expect(machine).to_contain_text("Switched off")
    machine.get_by_role("button", name="Remove").click()
    tab.root.get_by_role("dialog", name="Remove <b>Attic</b>?").get_by_role("button", name="Remove").click()
    expect(machine).to_have_count(0)
    expect(dialog).to_contain_text("All images are made on this machine.")
    context.close()
