"""A folder of jobs from somebody else: its user is asked first, and nothing runs that no job may have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from inu_jobs.model import Job, Task, new_id
from inu_jobs.store import Store
from tests.sandbox.process import Sandbox

SMALL = {"steps": 1, "width": 64, "height": 64, "sampler_name": "Euler", "seed": 1}
PATTERN = {"samples_filename_pattern": "requirements"}


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[Sandbox]:
    data = tmp_path / "inu-jobs"
    data.mkdir()
    store = Store(data)
    with store.transaction() as t:
        for name, settings in (("shared by a stranger", PATTERN), ("my own", {})):
            payload = t.put_payload({**SMALL, "prompt": name, "override_settings": settings})
            job = Job(new_id("j"), name, "txt2img", 1.0, payload)
            t.put(job, Task(new_id("t"), job.id, 0, payload))
    store.compact()
    store.close()
    file = data / "jobs.json"
    file.write_text(file.read_text("utf-8").replace('"prompt":"my own"', '"prompt":"your own"'), "utf-8")
    for backup in (data / "backups").iterdir():
        backup.unlink()
    with Sandbox(tmp_path) as running:
        yield running


def test_it_is_asked_on_a_phone_and_what_no_job_may_have_is_left_out(
    browser: Browser, foreign: Sandbox
) -> None:
    page = browser.new_page(viewport={"width": 400, "height": 860})
    page.set_default_timeout(60_000)
    page.goto(f"{foreign.url}/inu-jobs/")
    expect(page.get_by_text("Stopped: the job file was changed")).to_be_visible()
    go, dialog = page.get_by_role("button", name="Resume queue"), page.get_by_role("dialog")
    go.click()
    expect(dialog).to_contain_text("the settings of “my own” differ from what was saved")
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Stopped: the job file was changed")).to_be_visible()
    go.click()
    dialog.get_by_role("button", name="Run them").click()
    expect(page.get_by_text("Stopped: the job file was changed")).to_have_count(0)
    row = page.locator("[data-ij=job]").filter(has_text="shared by a stranger")
    expect(row).to_contain_text("On hold: not allowed")
    row.click()
    banner = page.locator(".ij-banner").filter(has_text="samples_filename_pattern")
    expect(banner).to_contain_text("Resume the job to run it without that")
    page.get_by_role("button", name="Resume").click()
    expect(page.locator("[data-ij=image]")).to_have_count(1)
    saved = [path.name for path in (foreign.folder / "outputs").rglob("*.*")]
    assert len(saved) == 2 and not [name for name in saved if "requirements" in name]
    page.close()
