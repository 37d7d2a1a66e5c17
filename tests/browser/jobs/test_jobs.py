"""From "Queue as job" to the images, and what can be done with a job."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.sandbox.process import Sandbox

from ..tab import Host, Tab, WebuiTab

LONG = 180_000  # milliseconds; a real WebUI makes its images on a CPU


@pytest.mark.hosted
def test_24_images_of_three_prompts_are_there_after_the_browser_was_closed(
    browser: Browser, host: Host
) -> None:
    tab = WebuiTab(browser.new_page(viewport={"width": 1440, "height": 900}), host)
    composer = tab.load().compose("a red fox")
    composer.get_by_label("Name").fill("Three prompts")
    composer.get_by_label("Images per setting").fill("8")
    composer.locator("textarea").fill("a red fox\na blue lake\na tower")
    queue = composer.locator("[data-ij=queue]")
    expect(queue).to_have_text("Queue 24 tasks")
    expect(composer.locator(".ij-dialog-side")).to_contain_text(re.compile("3 prompts . 8 seeds"))
    queue.click()
    expect(tab.title).to_have_text("Three prompts")
    expect(tab.cells).to_have_count(24)  # each has its place from the start
    expect(tab.images.first).to_be_visible(timeout=LONG)
    tab.page.close()

    again = browser.new_context(viewport={"width": 1440, "height": 900})
    back = WebuiTab(again.new_page(), host).open().show("Three prompts")
    expect(back.images).to_have_count(24, timeout=LONG)
    expect(back.root.locator(".ij-progress")).to_contain_text("24 of 24 images")
    for image in back.images.locator("img").all():
        expect(image).not_to_have_js_property("naturalWidth", 0)  # asked for a few at a time
    numbers = back.cells.locator(".ij-cell-nr").all_text_contents()
    assert sorted(map(int, numbers)) == list(range(1, 25))
    again.close()


def test_rename_in_place(tab: Tab, host: Host) -> None:
    job = host.create("Old name", hold=True)
    tab.open().show("Old name")
    tab.button("Rename").click()
    field = tab.root.get_by_label("Job name")
    field.fill("not this")
    field.press("Escape")
    expect(tab.title).to_have_text("Old name")
    tab.button("Rename").click()
    field.fill("New name")
    field.press("Enter")
    expect(tab.row("New name")).to_be_visible()
    expect(tab.title).to_have_text("New name")
    assert host.job(job["id"])["name"] == "New name"


@pytest.mark.hosted
def test_pause_and_resume(tab: WebuiTab, host: Host, sandbox: Sandbox) -> None:
    sandbox.set_faults(seconds_per_step=0.1)
    job = host.create("To pause", 12, steps=20)
    tab.open().show("To pause")
    tab.button("Pause").click()
    expect(tab.root.locator(".ij-badge")).to_have_text("On hold")
    expect(tab.root.locator(".ij-troubles")).to_contain_text("On hold: paused by you")
    assert host.job(job["id"])["tasks"]["held"] > 0
    sandbox.set_faults(seconds_per_step=0)
    tab.button("Resume").click()
    expect(tab.images).to_have_count(12, timeout=LONG)
    assert host.job(job["id"])["tasks"] == {"done": 12, "total": 12}


def test_a_paused_job_is_resumed_while_its_task_in_hand_goes_on(
    tab: Tab, host: Host, sandbox: Sandbox
) -> None:
    sandbox.set_faults(seconds_per_step=1)
    job = host.create("Paused in between", 3, steps=20)
    tab.open().show("Paused in between")
    expect(tab.root.locator(".ij-badge")).to_have_text("Running")
    tab.button("Pause").click()
    expect(tab.button("Resume")).to_be_visible()
    assert host.job(job["id"])["state"] == "running"
    tab.button("Resume").click()
    expect(tab.button("Pause")).to_be_visible()
    sandbox.set_faults(seconds_per_step=0)
    expect(tab.images).to_have_count(3)


def test_cancel_keeps_what_was_made(tab: Tab, host: Host, sandbox: Sandbox) -> None:
    sandbox.set_faults(seconds_per_step=0.05)
    host.create("To cancel", 12, steps=20)
    tab.open().show("To cancel")
    expect(tab.images.first).to_be_visible(timeout=LONG)
    tab.button("Cancel").click()
    expect(tab.button("Pause")).to_be_hidden()
    expect(tab.cells.filter(has_text="Cancelled").first).to_be_visible()
    expect(tab.images.first).to_be_visible()
    expect(tab.root.locator(".ij-head [data-act=retry]")).to_contain_text("Requeue")


def test_one_failed_task_is_retried_and_then_the_rest(tab: Tab, host: Host, sandbox: Sandbox) -> None:
    sandbox.set_faults(fail_next=2, fail_message="the lamp went out")
    host.create("Some fail", 4)
    tab.open().show("Some fail")
    failed = tab.cells.filter(has_text="Failed")
    expect(failed).to_have_count(2, timeout=LONG)
    expect(failed.first).to_contain_text("the lamp went out")
    expect(tab.root.locator(".ij-progress")).to_contain_text("2 failed")
    first = failed.first.get_attribute("data-task")
    failed.first.get_by_role("button", name="Retry").click()
    expect(tab.root.locator(f"[data-task={first}][data-ij=image]")).to_be_visible(timeout=LONG)
    expect(failed).to_have_count(1)
    tab.button("Retry 1 failed").click()
    expect(tab.images).to_have_count(4, timeout=LONG)
    expect(failed).to_have_count(0)


def test_delete_asks_and_leaves_the_files(tab: Tab, host: Host) -> None:
    host.create("Keep me", hold=True)
    host.create("Delete me", hold=True)
    tab.open().show("Delete me")
    tab.button("More actions").click()
    tab.root.get_by_role("menuitem", name="Delete job").click()
    dialog = tab.root.get_by_role("dialog", name="Delete the job")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    tab.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(tab.row("Delete me")).to_be_visible()
    tab.button("More actions").click()
    tab.root.get_by_role("menuitem", name="Delete job").click()
    dialog.get_by_role("button", name="Delete job").click()
    expect(tab.row("Delete me")).to_have_count(0)
    expect(tab.row("Keep me")).to_be_visible()
    assert [job["name"] for job in host.api("GET", "jobs")["jobs"]] == ["Keep me"]


def test_a_job_deleted_with_its_images_comes_back_by_one_click(tab: Tab, host: Host) -> None:
    host.api("POST", "images/purge", {"for_good": True})
    host.create("Take me back", 2)
    tab.open().show("Take me back")
    expect(tab.images).to_have_count(2, timeout=LONG)
    tab.button("More actions").click()
    tab.root.get_by_role("menuitem", name="Delete job").click()
    dialog = tab.root.get_by_role("dialog", name="Delete the job")
    expect(dialog).to_contain_text("Its 2 images stay in the output folder.")
    dialog.get_by_label("Also move its images to the trash").check()
    expect(dialog).to_contain_text("Its 2 images are moved to the trash and can be restored from there.")
    expect(dialog).not_to_contain_text("stay")
    dialog.get_by_label("Also move its images to the trash").uncheck()
    expect(dialog).to_contain_text("Its 2 images stay in the output folder.")
    dialog.get_by_label("Also move its images to the trash").check()
    dialog.get_by_role("button", name="Delete job").click()
    expect(tab.toast).to_contain_text("“Take me back” was deleted; 2 images moved to the trash.")
    expect(tab.row("Take me back")).to_have_count(0)
    tab.toast.get_by_role("button", name="Undo").click()
    expect(tab.toast).to_contain_text("2 images restored.")
    tab.show("Take me back")
    expect(tab.images).to_have_count(2)
    assert host.api("GET", "trash")["images"] == []


def covered(tab: Tab, host: Host, name: str) -> None:
    """Waits until the job's row in the list shows the picture that the server names."""
    (cover,) = (job["cover"] for job in host.api("GET", "jobs")["jobs"] if job["name"] == name)
    picture = tab.row(name).locator(f"img.ij-row-cover[src*='images/{cover}/thumb']")
    expect(picture).to_have_js_property("complete", True)


@pytest.mark.hosted
def test_deleting_a_job_is_a_step_like_any_other(tab: WebuiTab, host: Host) -> None:
    for name in ("Other", "Typed by mistake"):
        host.create(name, 3)
    tab.open().show("Typed by mistake")
    expect(tab.images).to_have_count(3, timeout=LONG)
    tab.images.nth(1).click()
    tab.page.keyboard.press("p")
    expect(tab.root.locator("[data-verdict=kept]")).to_have_count(1)
    covered(tab, host, "Typed by mistake")  # else it is asked for when there is no such image any more
    tab.button("More actions").click()
    tab.root.get_by_role("menuitem", name="Delete job").click()
    sure = tab.root.get_by_role("dialog", name="Delete the job").get_by_role("button", name="Delete job")
    box = sure.bounding_box()
    assert box is not None
    tab.page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(tab.row("Typed by mistake")).to_have_count(0)
    expect(tab.viewer).to_have_count(0)  # the second click was on the image below
    expect(tab.root.locator(".ij-group", has_text="To review")).to_contain_text("1")
    expect(tab.button("Show more")).to_have_count(0)
    tab.page.keyboard.press("Control+z")
    expect(tab.toast).to_contain_text("Undone: “Typed by mistake” deleted.")
    tab.show("Typed by mistake")
    expect(tab.root.locator("[data-verdict=kept]")).to_have_count(1)
    tab.page.keyboard.press("Control+z")  # the step before
    expect(tab.root.locator("[data-verdict=kept]")).to_have_count(0)


def test_a_job_stays_with_images_that_cannot_be_moved(tab: Tab, host: Host) -> None:
    host.api("POST", "images/purge", {"for_good": True})
    job = host.create("Edited since", 2)
    tab.open().show("Edited since")
    expect(tab.images).to_have_count(2, timeout=LONG)
    edited = host.folder / host.api("GET", f"jobs/{job['id']}")["images"][0]["path"]
    with edited.open("ab") as file:
        file.write(b"edited")
    tab.button("More actions").click()
    tab.root.get_by_role("menuitem", name="Delete job").click()
    dialog = tab.root.get_by_role("dialog", name="Delete the job")
    dialog.get_by_label("Also move its images to the trash").check()
    dialog.get_by_role("button", name="Delete job").click()
    expect(tab.toast).to_contain_text(
        "“Edited since” was not deleted; 1 image moved to the trash, 1 skipped: "
        f"Its file has changed since it was recorded ({edited.name})."
    )
    expect(tab.images).to_have_count(1)
    expect(tab.row("Edited since")).to_be_visible()
    tab.toast.get_by_role("button", name="Undo").click()
    expect(tab.toast).to_contain_text("1 image restored.")
    expect(tab.images).to_have_count(2)


def test_search_and_filter(tab: Tab, host: Host) -> None:
    for name in ("Night market", "Night train", "Harbour"):
        host.create(name, hold=name != "Harbour")
    tab.open()
    expect(tab.root.locator("[data-ij=job]")).to_have_count(3)
    search = tab.root.get_by_label("Search jobs")
    search.fill("night")
    expect(tab.root.locator("[data-ij=job]")).to_have_count(2)
    search.fill("nothing like it")
    expect(tab.root.locator(".ij-list")).to_contain_text("No matching jobs")
    search.fill("")
    expect(tab.root.locator("[data-ij=job]")).to_have_count(3)
    tab.root.get_by_label("State").select_option("On hold")
    expect(tab.root.locator("[data-ij=job]")).to_have_count(2)
    expect(tab.row("Harbour")).to_have_count(0)


def test_a_job_queued_elsewhere_shows_up_by_itself(tab: Tab, host: Host) -> None:
    tab.open()
    expect(tab.root.locator(".ij-page:visible")).to_contain_text("You have no jobs yet")
    job = host.create("From a script", hold=True)
    expect(tab.row("From a script")).to_be_visible()
    host.api("DELETE", f"jobs/{job['id']}?images=keep")
    expect(tab.row("From a script")).to_have_count(0)


def test_the_menu_of_a_job_that_cannot_be_edited_says_why(host: Host, tab: Tab) -> None:
    job = host.create("first", 1)
    host.until(job["id"], lambda found: found["job"]["tasks"].get("done") == 1)
    (image,) = host.api("GET", f"jobs/{job['id']}")["images"]
    spec = {"selection": {"images": [image["id"]]}, "action": "upscale", "name": "larger", "force": True}
    larger = host.api("POST", "derive", spec)
    host.until(larger["id"], lambda found: found["job"]["tasks"].get("done") == 1)
    tab.open().show("larger")
    tab.button("More actions").click()
    why = tab.root.get_by_role("menuitem", name="An upscale job cannot be edited")
    expect(why).to_be_visible()
    expect(why).to_have_attribute("aria-disabled", "true")
    expect(tab.root.get_by_role("menuitem", name="Duplicate…")).to_have_count(0)
    tab.page.set_viewport_size({"width": 400, "height": 860})
    box = why.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 400, "whole on a phone"
