"""Keys pressed before the answer to an earlier one has come: each is done, once, and in that order."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import APIResponse, Page, Route, expect

from ..tab import Host, Tab
from .reviewed import LONG, Reviewed, eventually

COUNT = 6


class Slow:
    """Answers that the page waits for: the test says when they come, or that none comes."""

    def __init__(self, page: Page, *paths: str) -> None:
        self.page = page
        self.asked: list[str] = []
        self._out: list[Route] = []
        for path in paths:
            page.route(re.compile(rf"/inu-jobs/v1/{path}(\?|$)"), self._hold)

    def _hold(self, route: Route) -> None:
        self.asked.append(route.request.url.split("/v1/")[1].partition("?")[0])
        self._out.append(route)

    def _next(self) -> Route:
        eventually(self.page, lambda: len(self._out), 1)  # never two at a time
        return self._out.pop()

    def does(self) -> tuple[Route, APIResponse]:
        """The server does it; ``comes`` brings the answer."""
        route = self._next()
        return route, route.fetch()

    def comes(self, answer: tuple[Route, APIResponse]) -> None:
        route, response = answer
        route.fulfill(response=response)

    def goes_well(self) -> None:
        self.comes(self.does())

    def gets_lost(self) -> None:
        self._next().abort()


@pytest.fixture
def job(tab: Tab, host: Host) -> Iterator[Reviewed]:
    made = host.create("In order", COUNT)
    tab.open().show("In order")
    expect(tab.images).to_have_count(COUNT, timeout=LONG)
    yield Reviewed(tab, host, made["id"])


def press(job: Reviewed, *keys: str) -> None:
    for key in keys:
        job.keys.press(key)


def toasts(job: Reviewed) -> str:
    return " ".join(job.tab.toast.all_inner_texts())


def lost(errors: list[str]) -> None:
    """What the browser itself says of an answer that did not come."""
    errors[:] = [error for error in errors if "Failed to load resource" not in error]


def test_what_was_under_way_when_the_page_was_reloaded_can_be_undone(
    job: Reviewed, errors: list[str]
) -> None:
    job.cell(1).click()
    press(job, "p")
    job.becomes({1: "kept"})
    slow = Slow(job.tab.page, "images/trash")
    job.keys.press("Control+a")
    job.keys.press("Delete")
    slow.does()  # and nobody hears the answer
    job.tab.reload()
    expect(job.tab.title).to_have_text("In order")
    expect(job.tab.cells).to_have_count(0)
    undo = job.tab.button("Undo")
    undo.click()
    expect(job.tab.toast.last).to_contain_text(f"Undone: {COUNT} images moved to the trash.")
    expect(job.tab.images).to_have_count(COUNT)
    undo.click()
    job.becomes({})
    lost(errors)


def test_undo_redo_and_a_verdict_pressed_while_an_undo_is_under_way(job: Reviewed) -> None:
    job.cell(1).click()
    press(job, "p", "x", "p", "3")
    job.becomes({4: 3}, "rating")
    slow = Slow(job.tab.page, "undo", "images/verdict")
    press(job, "Control+z", "Control+z", "Backspace", "Control+Shift+z")
    assert job.shown("kept") == [1] and job.shown("rejected") == [2]
    first = slow.does()
    job.becomes({}, "rating")  # the server has undone it, and the page does not know
    press(job, "Control+Shift+z", "Control+z")
    job.cell(6).click()
    press(job, "x", "Control+y")  # nothing to redo: something new was done
    assert "There is nothing to redo." in toasts(job)
    assert slow.asked == ["undo"]
    slow.comes(first)
    for _ in range(6):
        slow.goes_well()
    job.becomes({1: "kept", 2: "rejected", 6: "rejected"})
    assert slow.asked == [*["undo"] * 6, "images/verdict"]
    assert job.shown("kept") == [1] and job.shown("rejected") == [2, 6]
    press(job, "Control+z", "Control+z", "Control+z")
    assert job.shown("kept") == [] and job.shown("rejected") == []
    for _ in range(3):
        slow.goes_well()
    job.becomes({})
    press(job, "Control+z")
    expect(job.tab.toast).to_contain_text("There is nothing to undo.")
    press(job, "Control+y", "Control+y", "Control+y")
    for _ in range(3):
        slow.goes_well()
    job.becomes({1: "kept", 2: "rejected", 6: "rejected"})


def test_a_verdict_is_undone_and_redone_before_the_server_has_it(job: Reviewed) -> None:
    slow = Slow(job.tab.page, "undo", "images/[a-z]+")
    job.cell(2).click()
    press(job, "p", "Control+z", "Control+y", "Control+z", "Control+y", "Delete", "Control+z")
    job.tab.button("Undo").first.click()
    assert job.shown("kept") == []
    assert slow.asked == ["images/verdict"]
    for _ in range(8):
        slow.goes_well()
    job.becomes({})
    job.becomes({}, "trashed")
    assert slow.asked == ["images/verdict", *["undo"] * 4, "images/trash", *["undo"] * 2]
    press(job, "Control+y", "Control+y")
    for _ in range(2):
        slow.goes_well()
    job.becomes({2: "kept"})
    job.becomes({2: True}, "trashed")


def test_an_undo_that_fails_stays_the_next_whatever_was_pressed_meanwhile(
    job: Reviewed, errors: list[str]
) -> None:
    job.cell(1).click()
    press(job, "p", "x")
    job.cell(2).click()
    press(job, "p")  # over the reject
    job.becomes({1: "kept", 2: "kept"})
    slow = Slow(job.tab.page, "undo", "images/verdict")
    press(job, "Control+z", "Control+z", "Control+z")
    assert job.shown("kept") == [] and job.shown("rejected") == []
    job.cell(5).click()
    press(job, "x", "Control+z", "Control+y")
    slow.gets_lost()
    expect(job.tab.toast.first).to_contain_text("The WebUI is not responding.")
    for _ in range(3):
        slow.goes_well()
    job.becomes({1: "kept", 2: "kept", 5: "rejected"})
    # those below the one that failed are not tried: they may be of the same image
    assert slow.asked == ["undo", "images/verdict", "undo", "undo"]
    assert job.shown("kept") == [1, 2] and job.shown("rejected") == [5]
    for wanted in ({1: "kept", 2: "kept"}, {1: "kept", 2: "rejected"}, {1: "kept"}, {}):
        press(job, "Control+z")
        slow.goes_well()
        job.becomes(wanted)
    for wanted in ({1: "kept"}, {1: "kept", 2: "rejected"}, {1: "kept", 2: "kept"}):
        press(job, "Control+y")
        slow.goes_well()
        job.becomes(wanted)
    lost(errors)


def test_a_redo_that_fails_is_not_there_once_something_new_was_done(job: Reviewed, errors: list[str]) -> None:
    job.cell(1).click()
    press(job, "p", "Control+z")
    expect(job.tab.toast).to_contain_text("Undone: 1 image kept.")
    slow = Slow(job.tab.page, "undo", "images/verdict")
    press(job, "Control+y")
    job.cell(3).click()
    press(job, "x")
    slow.gets_lost()
    slow.goes_well()
    job.becomes({3: "rejected"})
    assert job.shown("kept") == []
    press(job, "Control+y")
    expect(job.tab.toast.last).to_contain_text("There is nothing to redo.")
    lost(errors)


def test_marks_that_fail_leave_what_was_there_before(job: Reviewed, errors: list[str]) -> None:
    job.cell(4).click()
    press(job, "p", "Control+z")
    expect(job.tab.toast).to_contain_text("Undone: 1 image kept.")
    slow = Slow(job.tab.page, "undo", "images/[a-z]+")
    job.cell(1).click()
    press(job, "5", "p")  # two of the same image
    press(job, "Control+z", "Control+z")
    slow.gets_lost()
    slow.gets_lost()
    expect(job.tab.toast.last).to_contain_text("There is nothing to undo.")
    assert slow.asked == ["images/rating", "images/verdict"]
    expect(job.cell(1).locator(".ij-stars")).to_have_count(0)
    assert job.shown("kept") == []
    press(job, "Control+y")  # nothing new was done after all
    slow.goes_well()
    job.becomes({4: "kept"})
    job.cell(1).click()
    press(job, "5", "p")
    slow.gets_lost()
    slow.gets_lost()
    expect(job.cell(1)).to_have_attribute("data-verdict", "unreviewed")
    expect(job.cell(1).locator(".ij-stars")).to_have_count(0)
    press(job, "Control+z")
    slow.goes_well()
    job.becomes({})
    lost(errors)
