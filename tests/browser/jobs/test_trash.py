"""The trash: what was deleted comes back, or goes for good, and the page says which."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.sandbox.process import Sandbox

from ..tab import Host, Tab

LONG = 180_000


@pytest.fixture
def bin(tab: Tab, host: Host) -> Locator:
    """The trash's page, with two of three images in it."""
    host.api("POST", "images/purge", {"for_good": True})
    job = host.create("Thrown away", 3)
    tab.open().show("Thrown away")
    expect(tab.images).to_have_count(3, timeout=LONG)
    ids = [image["id"] for image in host.api("GET", f"jobs/{job['id']}")["images"]]
    host.api("POST", "images/trash", {"selection": {"images": ids[:2]}})
    entry = tab.root.locator("[data-ij=trash]")
    expect(entry).to_have_accessible_name("Trash, 2 images")
    entry.click()
    page = tab.root.get_by_role("region", name="Trash")
    expect(page.locator("[data-ij=image]")).to_have_count(2)
    expect(page).to_contain_text("2 images")
    return page


@pytest.mark.hosted
def test_restore_brings_an_image_back_to_its_job(tab: Tab, host: Host, bin: Locator) -> None:
    bin.locator("[data-ij=image]").first.click()
    bin.locator("[data-act=restore]").click()
    expect(tab.toast).to_contain_text("1 image restored.")
    expect(bin.locator("[data-ij=image]")).to_have_count(1)
    expect(tab.root.locator("[data-ij=trash]")).to_have_accessible_name("Trash, 1 image")
    tab.show("Thrown away")
    expect(bin).to_be_hidden()
    expect(tab.root.get_by_role("region", name="Job").locator("[data-ij=image]")).to_have_count(2)
    assert len(host.api("GET", "trash")["images"]) == 1


def test_emptying_asks_and_names_count_and_size(tab: Tab, host: Host, bin: Locator) -> None:
    empty = bin.locator("[data-act=empty]")
    empty.click()
    question = tab.root.get_by_role("dialog")
    expect(question).to_contain_text("Empty the trash: 2 images, ")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    tab.page.keyboard.press("Escape")
    assert len(host.api("GET", "trash")["images"]) == 2
    empty.click()
    question.get_by_label("Skip the recycle bin").check()
    question.get_by_role("button", name="Empty trash").click()
    expect(tab.toast).to_contain_text("2 images deleted.")
    expect(bin).to_contain_text("The trash is empty")
    expect(empty).to_be_hidden()
    assert host.api("GET", "trash") == {"images": [], "sizes": [], "bytes": 0, "strays": 0, "jobs": []}


def test_purged_images_leave_no_warnings_in_their_job(tab: Tab, host: Host, bin: Locator) -> None:
    bin.locator("[data-act=empty]").click()
    question = tab.root.get_by_role("dialog")
    question.get_by_label("Skip the recycle bin").check()
    question.get_by_role("button", name="Empty trash").click()
    expect(bin).to_contain_text("The trash is empty")
    tab.show("Thrown away")
    region = tab.root.get_by_role("region", name="Job")
    expect(region.locator(".ij-cell")).to_have_count(1)
    expect(region.locator(".ij-cell")).to_have_accessible_name(re.compile("^Image 3,"))
    expect(region).not_to_contain_text("No image")
    expect(region).to_contain_text("1 of 1 image")
    tab.button("Matrix").click()
    table = tab.root.locator("[data-ij=matrix]")
    expect(table.locator("[data-ij=image]")).to_have_count(1)
    expect(table.locator("[data-emptied='Deleted']")).to_have_count(2)


def test_selected_images_are_deleted_for_good_by_keys(tab: Tab, host: Host, bin: Locator) -> None:
    bin.locator("[data-ij=image]").first.click()
    keys = tab.page.keyboard
    keys.press("Control+a")
    expect(bin.get_by_role("toolbar")).to_contain_text("2 selected")
    keys.press("Escape")
    expect(bin.get_by_role("toolbar")).to_be_hidden()
    bin.locator("[data-ij=image]").last.click()
    keys.press("Delete")
    question = tab.root.get_by_role("dialog")
    expect(question).to_contain_text(re.compile(r"Delete permanently: 1 image, [\d.]+ .?B\?"))
    question.get_by_label("Skip the recycle bin").check()
    question.get_by_role("button", name="Delete permanently").click()
    expect(bin.locator("[data-ij=image]")).to_have_count(1)
    assert len(host.api("GET", "trash")["images"]) == 1


def test_only_what_was_shown_is_emptied(tab: Tab, host: Host, bin: Locator) -> None:
    bin.locator("[data-act=empty]").click()
    question = tab.root.get_by_role("dialog")
    expect(question).to_contain_text("2 images")
    job = next(job for job in host.api("GET", "jobs")["jobs"] if job["name"] == "Thrown away")
    (third,) = [i["id"] for i in host.api("GET", f"jobs/{job['id']}")["images"] if not i["trashed"]]
    host.api("POST", "images/trash", {"selection": {"images": [third]}})  # in another window
    expect(tab.root.locator("[data-ij=trash]")).to_have_accessible_name("Trash, 3 images")
    question.get_by_label("Skip the recycle bin").check()
    question.get_by_role("button", name="Empty trash").click()
    expect(tab.toast).to_contain_text("2 images deleted.")
    expect(bin.locator("[data-ij=image]")).to_have_count(1)
    assert [image["id"] for image in host.api("GET", "trash")["images"]] == [third]


def test_the_page_follows_what_is_done_elsewhere(tab: Tab, host: Host, bin: Locator) -> None:
    first = host.api("GET", "trash")["images"][0]["id"]
    host.api("POST", "images/restore", {"selection": {"images": [first]}})
    expect(bin.locator("[data-ij=image]")).to_have_count(1)
    host.api("POST", "images/trash", {"selection": {"images": [first]}})
    expect(bin.locator("[data-ij=image]")).to_have_count(2)
    expect(bin).to_contain_text("2 images")


def test_an_image_is_seen_large(tab: Tab, host: Host, bin: Locator) -> None:
    second = host.api("GET", "trash")["images"][1]["id"]
    bin.locator("[data-ij=image]").first.dblclick()
    look = tab.root.locator("[data-ij=look]")
    expect(look).to_have_accessible_name("Image 1 of 2")
    expect(look).to_contain_text("Thrown away")
    tab.until("document.querySelector('[data-ij=look] img').naturalWidth === 64")
    tab.page.keyboard.press("ArrowRight")
    expect(look).to_have_attribute("data-id", second)
    tab.page.keyboard.press("z")
    expect(look).to_have_class(re.compile("ij-zoomed"))
    tab.page.keyboard.press("z")
    tab.page.keyboard.press("Space")
    expect(look).to_have_count(0)
    expect(bin.locator(f"[data-id={second}]")).to_be_focused()
    tab.page.keyboard.press("Space")
    expect(look).to_have_accessible_name("Image 2 of 2")
    tab.page.keyboard.press("Delete")
    tab.page.keyboard.press("Escape")
    expect(look).to_have_count(0)
    expect(bin.locator("[data-ij=image]")).to_have_count(2)


def test_files_that_no_job_knows_come_back(tab: Tab, host: Host, sandbox: Sandbox, bin: Locator) -> None:
    first = host.api("GET", "trash")["images"][0]
    root = (sandbox.folder / first["path"]).parents[1]
    folder = next(path for path in root.rglob(".inu-jobs-trash"))
    (folder / "i-of-another-store.png").write_bytes((folder / f"{first['id']}.png").read_bytes())
    entry = {
        "op": "trash",
        "image": "i-of-another-store",
        "name": "i-of-another-store.png",
        "origin": "back.png",
    }
    with (folder / "manifest.jsonl").open("a") as manifest:
        manifest.write(json.dumps(entry) + "\n")
    host.api("POST", "images/restore", {"selection": {"images": [first["id"]]}})  # the page looks again
    lost = bin.locator("[data-ij=strays]")
    expect(lost).to_contain_text("1 file in the trash folders belongs to no known job.")
    lost.get_by_role("button", name="Put them back").click()
    expect(tab.toast).to_contain_text("1 file moved back.")
    expect(lost).to_be_hidden()
    back = folder.parent / "back.png"
    assert back.exists()
    back.unlink()


def test_what_takes_long_says_how_far_it_is(tab: Tab, host: Host, bin: Locator) -> None:
    """The server's own numbers are tested where they are made: here it is kept busy by holding its door."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    def busy(route: Route) -> None:
        answer = route.fetch()
        work = [{"id": "restore", "what": "Restoring", "done": 3400, "total": 10000}]
        route.fulfill(response=answer, json={**answer.json(), "work": work})

    tab.page.route("**/images/restore", hold)
    tab.page.route("**/inu-jobs/v1/status", busy)
    bin.get_by_role("button", name="Restore all").click()
    line = tab.page.locator("[data-ij=work]")
    expect(line).to_have_text("Restoring: 3,400 of 10,000")
    expect(line.get_by_role("progressbar", name="Restoring")).to_have_attribute("value", "3400")
    held[0].continue_()
    expect(line).to_have_count(0)
    expect(tab.toast).to_contain_text("2 images restored.")


def test_images_of_a_deleted_job_have_its_name(tab: Tab, host: Host) -> None:
    id = host.create("Gone, and yet here", 1)["id"]
    host.until(id, lambda found: len(found["images"]) == 1)
    host.api("DELETE", f"jobs/{id}?images=trash")
    tab.open()
    tab.root.get_by_role("button", name="Trash").click()
    expect(tab.root.locator(".ij-page:visible .ij-cell")).to_contain_text("Gone, and yet here")
