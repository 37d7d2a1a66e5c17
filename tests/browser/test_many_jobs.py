"""Many jobs at once: picked in the list, asked one by one, and one line says what came of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from .tab import Host, Tab

LONG = 180_000


@pytest.fixture
def bar(tab: Tab) -> Locator:
    return tab.root.get_by_role("toolbar", name="Selected jobs")


def names(host: Host, state: str = "") -> set[str]:
    return {job["name"] for job in host.api("GET", f"jobs?state={state}")["jobs"]}


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
    host.create("Other", 1)
    tab.open().show("Source")
    expect(tab.images).to_have_count(2, timeout=LONG)
    expect(tab.row("Other")).to_contain_text("1 image", timeout=LONG)
    image = host.api("GET", f"jobs/{source['id']}")["images"][0]["id"]
    spec = {"selection": {"images": [image]}, "action": "img2img", "hold": True, "name": "Needs it"}
    host.api("POST", "derive", spec)
    tab.row("Source").click(modifiers=["ControlOrMeta"])
    tab.row("Other").click(modifiers=["ControlOrMeta"])
    bar.locator("[data-act=delete]").click()
    question = tab.root.get_by_role("dialog")
    expect(question).to_contain_text("Delete 2 jobs?")
    expect(question).to_contain_text("Their 3 images stay in the output folder.")
    question.get_by_label("Also move their images to the trash").check()
    question.get_by_role("button", name="Delete jobs").click()
    expect(tab.toast).to_contain_text("1 job deleted, 1 left alone: Another job still needs images")
    expect(tab.row("Other")).to_have_count(0)
    expect(tab.row("Source")).to_be_visible()
    expect(tab.root.locator("[data-ij=trash]")).to_have_accessible_name("Trash, 1 image")
    assert names(host) == {"Source", "Needs it"}
    errors[:] = [error for error in errors if "409 (Conflict)" not in error]
