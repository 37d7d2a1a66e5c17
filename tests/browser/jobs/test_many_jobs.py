"""Many jobs at once: picked in the list, asked one by one, and one line says what came of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.sandbox.process import Sandbox

from ..tab import Host, Tab

LONG = 180_000


@pytest.fixture
def bar(tab: Tab) -> Locator:
    return tab.root.get_by_role("toolbar", name="Selected jobs")


def names(host: Host, state: str = "") -> set[str]:
    return {job["name"] for job in host.api("GET", f"jobs?state={state}")["jobs"]}


@pytest.mark.hosted
def test_jobs_are_picked_as_in_a_file_manager(tab: Tab, host: Host, bar: Locator) -> None:
    for name in ("Apple", "Berry", "Cherry", "Date"):
        host.create(name, hold=True)
    tab.open().show("Date")
    tab.row("Cherry").click(modifiers=["ControlOrMeta"])
    tab.row("Apple").click(modifiers=["Shift"])
    expect(bar).to_contain_text("3 jobs selected")
    expect(tab.title).to_have_text("Date")  # the page stays
    tab.row("Berry").click(modifiers=["ControlOrMeta"])
    expect(bar).to_contain_text("2 jobs selected")
    expect(tab.row("Berry")).to_have_attribute("aria-pressed", "false")
    tab.page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    tab.button("Select jobs").click()
    tab.row("Apple").click()
    expect(bar).to_contain_text("1 job selected")
    tab.button("Select jobs").click()
    expect(bar).to_be_hidden()
    tab.row("Apple").click()
    expect(tab.title).to_have_text("Apple")


def test_what_fits_none_of_them_is_not_offered(tab: Tab, host: Host, bar: Locator) -> None:
    host.create("One", hold=True)
    host.create("Two", hold=True)
    tab.open().row("One").click(modifiers=["ControlOrMeta"])
    tab.row("Two").click(modifiers=["ControlOrMeta"])
    expect(bar.locator("[data-act=pause]")).to_be_hidden()
    expect(bar.locator("[data-act=archive]")).to_be_hidden()
    bar.locator("[data-act=cancel]").click()
    expect(tab.toast).to_contain_text("2 jobs cancelled.")
    assert {job["tasks"]["cancelled"] for job in host.api("GET", "jobs")["jobs"]} == {1}
    expect(bar).to_be_hidden()


def test_archived_jobs_leave_the_list_and_come_back(tab: Tab, host: Host, bar: Locator) -> None:
    for name in ("Harbour", "Meadow"):
        host.api("POST", f"jobs/{host.create(name, hold=True)['id']}/cancel")
    tab.open().row("Meadow").click(modifiers=["ControlOrMeta"])
    tab.row("Harbour").click(modifiers=["Shift"])
    bar.locator("[data-act=archive]").click()
    expect(tab.toast).to_contain_text("2 jobs archived.")
    expect(tab.root.locator("[data-ij=job]")).to_have_count(0)
    assert names(host) == set() and names(host, "archived") == {"Harbour", "Meadow"}
    tab.root.get_by_label("State").select_option("Archived")
    tab.row("Meadow").click(modifiers=["ControlOrMeta"])
    bar.locator("[data-act=unarchive]").click()
    expect(tab.root.locator("[data-ij=job]")).to_have_count(1)
    tab.root.get_by_label("State").select_option("All states")
    expect(tab.row("Meadow")).to_be_visible()
    assert names(host) == {"Meadow"}


def test_jobs_are_deleted_with_their_images_and_one_is_left_alone(
    tab: Tab, host: Host, bar: Locator, errors: list[str]
) -> None:
    host.api("POST", "images/purge", {"for_good": True})
    source = host.create("Source", 2)
    other = host.create("Other", 1)
    host.until(other["id"], lambda found: len(found["images"]) == 1)
    tab.open().show("Source")
    expect(tab.images).to_have_count(2, timeout=LONG)
    image = host.api("GET", f"jobs/{source['id']}")["images"][0]
    spec = {"selection": {"images": [image["id"]]}, "action": "img2img", "hold": True, "name": "Needs it"}
    host.api("POST", "derive", spec)
    tab.row("Source").click(modifiers=["ControlOrMeta"])
    tab.row("Other").click(modifiers=["ControlOrMeta"])
    bar.locator("[data-act=delete]").click()
    question = tab.root.get_by_role("dialog")
    expect(question).to_contain_text("Delete 2 jobs?")
    expect(question).to_contain_text("Their 3 images stay in the output folder.")
    question.get_by_label("Also move their images to the trash").check()
    question.get_by_role("button", name="Delete jobs").click()
    expect(tab.toast).to_contain_text(
        "1 job deleted; 1 image moved to the trash, 1 skipped: “Needs it” (task 1)"
    )
    expect(tab.toast).to_contain_text(f"still uses {Path(image['path']).name} of this job")
    expect(tab.row("Other")).to_have_count(0)
    expect(tab.row("Source")).to_be_visible()
    expect(tab.root.locator("[data-ij=trash]")).to_have_accessible_name("Trash, 1 image")
    assert names(host) == {"Source", "Needs it"}
    errors[:] = [error for error in errors if "409 (Conflict)" not in error]


def test_a_job_and_what_was_made_from_it_go_together_and_come_back(
    tab: Tab, host: Host, bar: Locator
) -> None:
    source = host.create("Parent", 2)
    tab.open().show("Parent")
    expect(tab.images).to_have_count(2, timeout=LONG)
    image = host.api("GET", f"jobs/{source['id']}")["images"][0]["id"]
    spec = {"selection": {"images": [image]}, "action": "img2img", "hold": True, "name": "Child"}
    host.api("POST", "derive", spec)
    tab.row("Parent").click(modifiers=["ControlOrMeta"])  # the older one is picked first
    tab.row("Child").click(modifiers=["ControlOrMeta"])
    bar.locator("[data-act=delete]").click()
    question = tab.root.get_by_role("dialog")
    question.get_by_label("Also move their images to the trash").check()
    question.get_by_role("button", name="Delete jobs").click()
    expect(tab.toast).to_contain_text("2 jobs deleted; 2 images moved to the trash.")
    assert names(host) == set()
    tab.toast.get_by_role("button", name="Undo").click()
    expect(tab.toast).to_contain_text("2 jobs deleted: undone, 2 images restored.")
    expect(tab.row("Parent")).to_be_visible()
    assert names(host) == {"Parent", "Child"} and host.api("GET", "trash")["images"] == []


def test_more_is_made_from_all_that_several_jobs_kept(tab: Tab, host: Host, bar: Locator) -> None:
    jobs = [host.create(name, 2, prompt=f"a {name}") for name in ("fox", "owl")]
    host.create("empty", hold=True)
    tab.open()
    kept = []
    for job in jobs:
        host.until(job["id"], lambda found: len(found["images"]) == 2)
        kept.append(host.api("GET", f"jobs/{job['id']}")["images"][1]["id"])
    tab.row("fox").click(modifiers=["ControlOrMeta"])
    make = bar.get_by_role("group", name="Make more from all kept")
    expect(make).to_contain_text("No kept images")
    expect(make.get_by_role("button")).to_have_count(0)
    host.api("POST", "images/verdict", {"selection": {"images": kept}, "verdict": "kept"})
    for name in ("owl", "empty"):
        tab.row(name).click(modifiers=["ControlOrMeta"])
    expect(make).to_contain_text("From all 2 kept:")
    expect(make.get_by_role("button")).to_have_text(
        ["Img2img…", "Hires…", "Upscale…", "Variations…", "Re-render…"]
    )
    make.get_by_role("button", name="Variations…").click()
    dialog = tab.root.locator("[data-ij=derive]")
    expect(dialog).to_contain_text("Make more from 2 images")
    dialog.get_by_label("Variations", exact=True).fill("3")
    expect(dialog.locator("[data-ij=queue]")).to_have_text("Queue 6 tasks")
    dialog.locator(".ij-when").select_option("Hold")
    dialog.locator("[data-ij=queue]").click()
    expect(tab.title).to_have_text("Variations of 2 jobs")
    expect(bar).to_be_hidden()
    made = next(job for job in host.api("GET", "jobs")["jobs"] if job["name"] == "Variations of 2 jobs")
    tasks = host.api("GET", f"jobs/{made['id']}")["tasks"]
    assert sorted(task["source"] for task in tasks) == sorted(kept * 3)


def test_jobs_are_paused_resumed_and_tried_again(
    tab: Tab, host: Host, bar: Locator, sandbox: Sandbox
) -> None:
    sandbox.set_faults(seconds_per_step=0.5)
    # ten seconds a task: none of the jobs comes to its end by itself
    jobs = {name: host.create(name, 40, steps=20)["id"] for name in ("Fox", "Owl")}
    tab.open()

    def press(act: str, said: str) -> None:
        tab.row("Fox").click(modifiers=["ControlOrMeta"])
        tab.row("Owl").click(modifiers=["ControlOrMeta"])
        bar.locator(f"[data-act={act}]").click()
        expect(tab.toast.last).to_contain_text(said)
        expect(bar).to_be_hidden()

    press("pause", "2 jobs paused.")
    assert {host.job(id)["hold"]["by"] for id in jobs.values()} == {"user"}
    for name in jobs:
        expect(tab.row(name)).to_contain_text(
            "On hold", timeout=LONG
        )  # the image in the making is finished first
    press("resume", "2 jobs resumed.")
    assert {host.job(id)["hold"] for id in jobs.values()} == {None}
    press("cancel", "2 jobs cancelled.")
    expect(tab.row("Fox")).not_to_contain_text("/ 40", timeout=LONG)  # what ran has stopped
    expect(tab.row("Owl")).not_to_contain_text("/ 40", timeout=LONG)
    press("retry", "2 jobs requeued.")
    for id in jobs.values():
        tasks = host.job(id)["tasks"]
        assert tasks.get("cancelled", 0) <= 1  # what still stops is left alone
        assert sum(tasks.get(state, 0) for state in ("held", "queued", "running")) > 0
