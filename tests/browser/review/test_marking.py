"""What is judged, rated and thrown away, by keys."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from .reviewed import COUNT, Reviewed, asked_of


@pytest.mark.hosted
def test_verdict_and_rating_keys_in_the_grid(job: Reviewed) -> None:
    job.cell(1).click()
    job.keys.press("5")
    job.keys.press("p")  # and on to the next
    assert job.selected() == [2]
    job.keys.press("x")
    job.keys.press("p")
    job.keys.press("u")
    assert job.selected() == [5]
    assert job.shown("kept") == [1, 3] and job.shown("rejected") == [2]
    expect(job.cell(1).locator(".ij-stars")).to_have_text("5")
    expect(job.cell(1)).to_have_attribute("aria-label", re.compile("kept, 5 of 5"))
    job.becomes({1: "kept", 2: "rejected", 3: "kept"})
    job.becomes({1: 5}, "rating")
    job.cell(1).click()
    job.keys.press("0")
    job.keys.press("u")
    expect(job.cell(1).locator(".ij-stars")).to_have_count(0)
    job.becomes({2: "rejected", 3: "kept"})
    job.becomes({}, "rating")


def test_many_at_once_is_one_request_and_one_undo(job: Reviewed) -> None:
    asked = asked_of(job.tab.page, "POST", "/v1/")
    job.cell(2).click()
    job.cell(9).click(modifiers=["Shift"])
    job.tab.root.locator(".ij-selected").get_by_role("button", name="Reject").click()
    assert job.selected() == list(range(2, 10))
    expect(job.tab.toast).to_contain_text("8 images rejected.")
    assert asked == ["images/verdict"]
    job.becomes(dict.fromkeys(range(2, 10), "rejected"))
    job.tab.toast.get_by_role("button", name="Undo").click()
    assert job.shown("rejected") == []
    job.becomes({})
    expect(job.tab.toast).to_contain_text("Undone: 8 images rejected.")


def test_delete_goes_on_to_the_next_and_leaves_no_place_behind(job: Reviewed) -> None:
    job.cell(4).click()
    job.keys.press("Delete")
    assert job.selected() == [5]
    expect(job.cell(5)).to_be_focused()
    expect(job.tab.cells).to_have_count(COUNT - 1)
    expect(job.tab.toast).to_contain_text("1 image moved to the trash.")
    job.cell(7).click(modifiers=["Shift"])
    job.keys.press("Delete")
    assert job.selected() == [8]
    job.cell(12).click()
    job.keys.press("Delete")  # the last: back to the one before
    assert job.selected() == [11]
    job.becomes(dict.fromkeys((4, 5, 6, 7, 12), True), "trashed")
    job.tab.reload()
    expect(job.tab.images).to_have_count(COUNT - 5)
    expect(job.tab.cells).to_have_count(COUNT - 5)


def test_delete_all_rejected_from_the_menu(job: Reviewed) -> None:
    job.cell(2).click()
    job.cell(4).click(modifiers=["Shift"])
    job.keys.press("x")
    job.becomes(dict.fromkeys((2, 3, 4), "rejected"))
    job.tab.button("More actions").click()
    item = job.tab.root.get_by_role("menuitem", name="Delete all 3 rejected")
    item.click()
    expect(job.tab.cells).to_have_count(COUNT - 3)
    expect(job.tab.toast.last).to_contain_text("3 images moved to the trash.")
    job.becomes(dict.fromkeys((2, 3, 4), True), "trashed")
    job.tab.toast.last.get_by_role("button", name="Undo").click()
    expect(job.tab.cells).to_have_count(COUNT)
    job.becomes({}, "trashed")


def test_what_the_server_refuses_is_taken_back_and_said(job: Reviewed, errors: list[str]) -> None:
    job.tab.page.route("**/images/verdict*", lambda route: route.abort())
    job.cell(1).click()
    job.keys.press("p")
    expect(job.tab.toast).to_contain_text("The WebUI is not responding.")
    expect(job.cell(1)).to_have_attribute("data-verdict", "unreviewed")
    job.keys.press("Control+z")
    expect(job.tab.toast.last).to_contain_text("There is nothing to undo.")
    errors[:] = [error for error in errors if "Failed to load resource" not in error]


def test_a_mark_shows_before_the_server_has_answered(job: Reviewed) -> None:
    held: list[Route] = []
    released = False

    def hold(route: Route) -> None:
        if released:
            route.continue_()
        else:
            held.append(route)

    job.tab.page.route("**/images/verdict*", hold)
    job.cell(1).click()
    job.keys.press("p")
    expect(job.cell(1)).to_have_attribute("data-verdict", "kept")
    job.keys.press("ArrowLeft")
    job.keys.press("x")  # waits for the first
    expect(job.cell(1)).to_have_attribute("data-verdict", "rejected")
    assert len(held) == 1
    with job.tab.page.expect_response("**/changes*"):
        pass  # the server still says "unreviewed"
    expect(job.cell(1)).to_have_attribute("data-verdict", "rejected")
    released = True
    held[0].continue_()
    job.becomes({1: "rejected"})
    expect(job.cell(1)).to_have_attribute("data-verdict", "rejected")


def test_a_changed_file_is_left_alone_and_named(job: Reviewed, sandbox: Any) -> None:
    path = job.host.api("GET", f"images/{job.ids[1]}/info")["image"]["path"]
    (sandbox.folder / path).write_bytes(b"painted over")
    job.cell(1).click()
    job.cell(3).click(modifiers=["Shift"])
    job.keys.press("Delete")
    said = re.compile(rf"2 images moved to the trash, 1 skipped: .+ \({Path(path).name}\)")
    expect(job.tab.toast).to_contain_text(said)
    expect(job.cell(2)).to_be_visible()
    expect(job.tab.cells).to_have_count(COUNT - 2)
    job.becomes({1: True, 3: True}, "trashed")


@pytest.mark.hosted
def test_the_list_of_keys(job: Reviewed) -> None:
    job.cell(1).click()
    job.keys.press("?")
    dialog = job.tab.root.get_by_role("dialog", name="Keys")
    for words in ("keep", "reject", "undo, step by step", "this list"):
        expect(dialog).to_contain_text(words)
    dialog.get_by_label("Auto-advance").uncheck()
    job.keys.press("p")  # not while the list is open
    job.keys.press("Escape")
    expect(dialog).to_have_count(0)
    assert job.shown("kept") == []
    job.keys.press("p")
    assert job.shown("kept") == [1] and job.selected() == [1]


@pytest.mark.hosted
def test_letters_that_are_written_are_not_keys(job: Reviewed) -> None:
    job.cell(1).click()
    job.tab.root.get_by_label("Search jobs").press_sequentially("px")
    job.tab.root.get_by_label("Search jobs").press("Backspace")
    assert job.shown("kept") == [] and job.shown("rejected") == []
    expect(job.tab.toast).to_have_count(0)
