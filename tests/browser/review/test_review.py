"""Review: what is selected, judged, thrown away and taken back, by mouse, keys and touch."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect

from ..conftest import watch
from ..tab import Host, Tab

LONG = 180_000
COUNT = 12


class Reviewed:
    """A job whose images are made, on its page."""

    def __init__(self, tab: Tab, host: Host, id: str) -> None:
        self.tab = tab
        self.host = host
        self.id = id
        self.keys = tab.page.keyboard
        # in the order that is seen: cells are used again, and stand in the page in any order
        places = tab.images.evaluate_all("cells => cells.map(cell => [+cell.ariaPosInSet, cell.dataset.id])")
        self.ids: list[str] = [id for _, id in sorted(places)]

    def cell(self, nth: int) -> Locator:
        """The cell of the nth image, from 1, wherever it is now."""
        return self.tab.root.locator(f".ij-grid [data-id={self.ids[nth - 1]}]")

    def selected(self) -> list[int]:
        chosen = self.tab.root.locator(".ij-grid [data-ij=image][aria-selected=true]")
        return sorted(
            self.ids.index(id) + 1
            for id in chosen.evaluate_all("cells => cells.map(cell => cell.dataset.id)")
        )

    def shown(self, verdict: str) -> list[int]:
        cells = self.tab.root.locator(f".ij-grid [data-verdict={verdict}]")
        return sorted(
            self.ids.index(id) + 1 for id in cells.evaluate_all("all => all.map(cell => cell.dataset.id)")
        )

    def saved(self, what: str = "verdict") -> dict[int, Any]:
        """What the server has, by image, where it is not what it was at first."""
        images = self.host.api("GET", f"jobs/{self.id}")["images"]
        first = {"verdict": "unreviewed", "rating": 0, "trashed": False}[what]
        return {
            self.ids.index(image["id"]) + 1: image[what]
            for image in sorted(images, key=lambda image: self.ids.index(image["id"]))
            if image[what] != first
        }

    def becomes(self, wanted: Any, what: str = "verdict") -> None:
        eventually(self.tab.page, lambda: self.saved(what), wanted)

    def view(self, nth: int) -> Locator:
        self.cell(nth).dblclick()
        expect(self.tab.viewer).to_have_attribute("data-id", self.ids[nth - 1])
        return self.tab.viewer

    def at(self, nth: int) -> None:
        expect(self.tab.viewer).to_have_attribute("data-id", self.ids[nth - 1])


def eventually(page: Page, look: Callable[[], Any], wanted: Any) -> None:
    end = time.monotonic() + 20
    while (found := look()) != wanted and time.monotonic() < end:
        page.wait_for_timeout(100)  # what the page asks for meanwhile is handled
    assert found == wanted


def asked_of(page: Page, method: str, after: str) -> list[str]:
    """What the page asks of the server from now on, each without what stands before and in ``after``, and
    without its query."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.method == method and after in request.url:
            asked.append(request.url.split(after)[1].partition("?")[0])

    page.on("request", note)
    return asked


@pytest.fixture
def job(tab: Tab, host: Host) -> Iterator[Reviewed]:
    made = host.create("To review", COUNT)
    tab.open().show("To review")
    expect(tab.images).to_have_count(COUNT, timeout=LONG)
    yield Reviewed(tab, host, made["id"])


def test_a_click_selects_one_and_modifiers_more(job: Reviewed) -> None:
    expect(job.tab.root.locator(".ij-grid")).to_have_attribute("aria-multiselectable", "true")
    job.cell(3).click()
    assert job.selected() == [3]
    job.cell(5).click()
    assert job.selected() == [5]
    job.cell(8).click(modifiers=["Shift"])
    assert job.selected() == [5, 6, 7, 8]
    job.cell(2).click(modifiers=["Shift"])  # from where the range began
    assert job.selected() == [2, 3, 4, 5]
    job.cell(4).click(modifiers=["Control"])
    assert job.selected() == [2, 3, 5]
    job.cell(10).click(modifiers=["Control"])
    job.cell(12).click(modifiers=["Control", "Shift"])
    assert job.selected() == [2, 3, 5, 10, 11, 12]
    bar = job.tab.root.locator(".ij-selected")
    expect(bar).to_contain_text("6 selected")
    job.keys.press("Escape")
    assert job.selected() == []
    expect(bar).to_be_hidden()


def test_the_tick_adds_and_takes_away_without_a_key(job: Reviewed) -> None:
    for nth in (2, 4):
        job.cell(nth).hover()
        job.cell(nth).locator(".ij-cell-tick").click()
    assert job.selected() == [2, 4]
    job.cell(2).locator(".ij-cell-tick").click()
    assert job.selected() == [4]
    expect(job.tab.viewer).to_have_count(0)


@pytest.mark.hosted
def test_a_frame_drawn_with_the_mouse_selects_what_it_touches(job: Reviewed) -> None:
    first, third = job.cell(1).bounding_box(), job.cell(3).bounding_box()
    assert first and third
    mouse = job.tab.page.mouse
    mouse.move(first["x"] + 10, first["y"] + 40)
    mouse.down()
    mouse.move(third["x"] + 20, third["y"] + 60, steps=5)
    expect(job.tab.root.locator(".ij-band")).to_be_visible()
    mouse.up()
    expect(job.tab.root.locator(".ij-band")).to_have_count(0)
    assert job.selected() == [1, 2, 3]
    mouse.click(third["x"] + third["width"] + 5, third["y"] + 40)  # between two cells
    assert job.selected() == []


@pytest.mark.hosted
def test_keys_select(job: Reviewed) -> None:
    job.cell(2).click()
    job.keys.press("ArrowRight")
    assert job.selected() == [3]
    job.keys.press("Shift+ArrowRight")
    job.keys.press("Shift+ArrowRight")
    assert job.selected() == [3, 4, 5]
    job.keys.press("Control+ArrowRight")
    assert job.selected() == [3, 4, 5]
    job.keys.press("Control+Space")
    assert job.selected() == [3, 4, 5, 6]
    job.keys.press("Control+a")
    assert job.selected() == list(range(1, COUNT + 1))
    job.keys.press("Escape")
    job.keys.press("Control+A")  # with Caps Lock
    assert job.selected() == list(range(1, COUNT + 1))
    job.keys.press("Escape")
    job.tab.button("Select all").click()
    assert job.selected() == list(range(1, COUNT + 1))


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


def test_redo_goes_forth_again_until_something_new_is_done(job: Reviewed) -> None:
    job.cell(1).click()
    for key in ("p", "x", "3", "Delete"):
        job.keys.press(key)
    expect(job.cell(3)).to_have_count(0)
    for _ in range(4):
        job.keys.press("Control+z")
    job.becomes({})
    job.keys.press("Control+Shift+z")
    assert job.shown("kept") == [1]
    job.keys.press("Control+y")
    assert job.shown("rejected") == [2]
    job.keys.press("Control+y")
    expect(job.cell(3).locator(".ij-stars")).to_have_text("3")
    job.keys.press("Control+Shift+z")
    expect(job.cell(3)).to_have_count(0)
    expect(job.tab.toast).to_contain_text("Redone: 1 image moved to the trash.")
    job.keys.press("Control+y")
    expect(job.tab.toast).to_contain_text("There is nothing to redo.")
    job.becomes({1: "kept", 2: "rejected"})
    job.becomes({3: True}, "trashed")
    job.keys.press("Control+z")
    expect(job.cell(3)).to_be_visible()
    expect(job.tab.toast).to_contain_text("Undone: 1 image moved to the trash.")
    job.keys.press("p")
    job.keys.press("Control+y")
    expect(job.tab.toast).to_contain_text("There is nothing to redo.")
    assert job.shown("kept") == [1, 3] and job.shown("rejected") == [2]


def test_undo_goes_back_step_by_step(job: Reviewed) -> None:
    job.cell(1).click()
    for key in ("p", "x", "3", "Delete"):
        job.keys.press(key)
    assert job.shown("kept") == [1] and job.shown("rejected") == [2]
    expect(job.cell(3)).to_have_count(0)
    job.keys.press("Control+z")
    expect(job.cell(3)).to_be_visible()
    assert job.selected() == [3]
    expect(job.cell(3).locator(".ij-stars")).to_have_text("3")
    job.keys.press("Backspace")
    expect(job.cell(3).locator(".ij-stars")).to_have_count(0)
    job.keys.press("Backspace")
    assert job.shown("rejected") == [] and job.selected() == [2]
    job.keys.press("Control+z")
    assert job.shown("kept") == [] and job.selected() == [1]
    expect(job.tab.toast).to_contain_text("Undone: 1 image kept.")  # the answer, or it comes after the next
    job.keys.press("Control+z")
    expect(job.tab.toast).to_contain_text("There is nothing to undo.")
    for what in ("verdict", "rating", "trashed"):
        job.becomes({}, what)


#: once, the token of the first step that is kept is made one that nobody knows
FORGET = """{
    const steps = JSON.parse(sessionStorage.getItem("inu-jobs.steps") ?? "null");
    if (steps && !sessionStorage.getItem("once")) {
        steps[0][0].token = "gone";
        sessionStorage.setItem("inu-jobs.steps", JSON.stringify(steps));
        sessionStorage.setItem("once", "1");
    }
}"""
BLOCKED = """for (const name of ["localStorage", "sessionStorage"])
    Object.defineProperty(window, name, { get() { throw new DOMException("blocked", "SecurityError"); } });
"""


@pytest.mark.hosted
def test_steps_outlive_a_reload(job: Reviewed, errors: list[str]) -> None:
    job.cell(1).click()
    for key in ("p", "x", "3", "Delete"):
        job.keys.press(key)
    job.becomes({3: True}, "trashed")
    undo = job.tab.button("Undo")
    job.tab.reload()
    expect(job.tab.images).to_have_count(COUNT - 1)
    undo.click()
    expect(job.cell(3)).to_be_visible()
    expect(job.tab.toast).to_contain_text("Undone: 1 image moved to the trash.")
    undo.click()
    job.becomes({}, "rating")
    job.tab.reload()
    expect(job.tab.images).to_have_count(COUNT)
    job.cell(5).click()
    job.keys.press("Control+y")  # what can be redone is kept, too
    expect(job.cell(3).locator(".ij-stars")).to_have_text("3")
    # one that the server does not know
    job.tab.page.add_init_script(FORGET)
    job.tab.reload()
    for _ in range(2):
        undo.click()
    expect(job.cell(2)).to_have_attribute("data-verdict", "unreviewed")
    undo.click()
    expect(job.tab.toast.last).to_contain_text("This cannot be undone any more")
    expect(undo).to_have_attribute("aria-disabled", "true")
    job.becomes({1: "kept"})
    assert len(errors) == 1 and "404" in errors.pop()


def test_what_an_earlier_webui_knew_is_said_to_be_gone(job: Reviewed) -> None:
    job.cell(1).click()
    job.keys.press("p")
    job.keys.press("p")
    job.becomes({1: "kept", 2: "kept"})

    def anew(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        body["status"]["store"]["epoch"] = "another"
        route.fulfill(response=answer, json=body)

    job.tab.page.route("**/changes*", anew)
    with job.tab.page.expect_response("**/changes*"):
        pass
    with job.tab.page.expect_response("**/changes*"):
        pass  # the first has arrived
    job.keys.press("Control+z")
    expect(job.tab.toast).to_contain_text(
        "The WebUI was restarted: earlier steps cannot be undone."
    )
    job.keys.press("Control+z")
    expect(job.tab.toast).to_contain_text("There is nothing to undo.")
    job.becomes({1: "kept", 2: "kept"})


def test_a_browser_that_keeps_nothing_shows_the_jobs_all_the_same(tab: Tab, host: Host) -> None:
    tab.page.add_init_script(BLOCKED)
    host.create("Blocked", 2)
    tab.open().show("Blocked")
    expect(tab.images).to_have_count(2, timeout=LONG)
    tab.images.first.click()
    tab.page.keyboard.press("p")
    expect(tab.images.first).to_have_attribute("data-verdict", "kept")
    tab.root.get_by_label("Order").select_option("Newest first")


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


def test_chips_count_and_filter_and_what_is_judged_leaves(job: Reviewed) -> None:
    chip = job.tab.root.locator(".ij-chip")
    job.cell(1).click()
    job.keys.press("p")
    job.keys.press("x")
    expect(chip.filter(has_text="Unreviewed")).to_have_text(f"Unreviewed{COUNT - 2}")
    expect(chip.filter(has_text="Kept")).to_have_text("Kept1")
    chip.filter(has_text="Unreviewed").click()
    expect(job.tab.cells).to_have_count(COUNT - 2)
    job.cell(3).click()
    job.keys.press("p")
    expect(job.cell(3)).to_have_count(0)
    assert job.selected() == [4]
    expect(job.cell(4)).to_be_focused()
    job.keys.press("Control+z")
    assert job.selected() == [3]
    chip.filter(has_text="Rejected").click()
    job.keys.press("Control+a")
    assert job.selected() == [2]
    job.tab.button("Delete 1 rejected").click()
    expect(job.tab.cells).to_have_count(0)
    job.becomes({2: True}, "trashed")


def test_rating_filter_and_order(job: Reviewed) -> None:
    for nth, stars in ((2, "3"), (5, "5"), (7, "1")):
        job.cell(nth).click()
        job.keys.press(stars)
    job.tab.root.get_by_label("Order").select_option("Highest rated first")
    ids = job.tab.images.evaluate_all(
        "all => all.sort((a, b) => a.ariaPosInSet - b.ariaPosInSet).map(cell => cell.dataset.id)"
    )
    assert [job.ids.index(id) + 1 for id in ids[:4]] == [5, 2, 7, 1]
    job.tab.root.locator(".ij-filters").get_by_label("Rating").select_option("★★★ and up")
    expect(job.tab.cells).to_have_count(2)
    job.tab.root.locator(".ij-filters").get_by_label("Rating").select_option("Any rating")
    job.tab.root.get_by_label("Order").select_option("Newest first")
    expect(job.tab.images.first).to_have_attribute("data-id", re.compile("."))
    newest = job.tab.root.locator(".ij-grid [aria-posinset='1']")
    expect(newest).to_have_attribute("data-id", job.ids[COUNT - 1])
    job.tab.root.get_by_label("Order").select_option("As queued")
    expect(newest).to_have_attribute("data-id", job.ids[0])


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


@pytest.mark.hosted
def test_the_viewer_is_worked_by_the_same_keys(job: Reviewed) -> None:
    viewer = job.view(1)
    expect(viewer.get_by_label("Auto-advance")).to_be_checked()
    job.keys.press("4")
    job.at(1)
    job.keys.press("p")
    job.at(2)
    job.keys.press("x")
    job.at(3)
    expect(viewer.locator(".ij-film .ij-ok")).to_have_count(1)
    expect(viewer.locator(".ij-film .ij-bad")).to_have_count(1)
    expect(viewer).to_contain_text(f"{COUNT - 2} unreviewed")
    job.keys.press("Delete")
    job.at(4)
    expect(viewer).to_contain_text(f"3 of {COUNT - 1}")
    job.keys.press("Control+z")
    job.at(3)
    job.keys.press("Control+z")
    job.at(2)
    expect(viewer.get_by_role("button", name="Unreviewed")).to_have_attribute("aria-pressed", "true")
    job.keys.press("u")
    job.at(3)
    job.becomes({1: "kept"})
    job.becomes({1: 4}, "rating")
    job.becomes({}, "trashed")
    job.keys.press(" ")
    expect(viewer).to_have_count(0)
    expect(job.cell(3)).to_be_focused()
    assert job.selected() == [3]
    job.keys.press("Enter")
    job.at(3)
    job.keys.press("Enter")
    expect(viewer).to_have_count(0)
    expect(job.cell(3)).to_be_focused()


def test_verdict_and_stars_in_the_viewer_by_mouse(job: Reviewed) -> None:
    viewer = job.view(2)
    viewer.get_by_label("Auto-advance").uncheck()
    viewer.get_by_role("button", name="Keep").click()
    expect(viewer.get_by_role("button", name="Kept")).to_have_attribute("aria-pressed", "true")
    job.at(2)
    viewer.get_by_role("button", name="3 of 5").click()
    expect(viewer.locator(".ij-rate .ij-lit")).to_have_count(3)
    job.becomes({2: 3}, "rating")
    viewer.get_by_role("button", name="3 of 5").click()
    expect(viewer.locator(".ij-rate .ij-lit")).to_have_count(0)
    job.becomes({2: "kept"})
    viewer.get_by_role("button", name="Delete", exact=True).click()
    job.at(3)
    viewer.get_by_role("button", name="Undo").first.click()
    job.at(2)
    job.tab.reload()
    job.view(2)
    expect(viewer.get_by_label("Auto-advance")).not_to_be_checked()


def test_the_toast_of_a_delete_can_be_pressed_in_the_viewer(job: Reviewed) -> None:
    job.view(2)
    job.keys.press("Delete")
    job.at(3)
    job.tab.toast.get_by_role("button", name="Undo").click()
    job.at(2)
    job.becomes({}, "trashed")
    job.keys.press("Delete")
    job.at(3)
    job.becomes({2: True}, "trashed")
    job.tab.viewer.get_by_role("button", name="Grid").click()
    job.tab.toast.get_by_role("button", name="Undo").click()  # it is still there when the viewer is gone
    expect(job.cell(2)).to_be_visible()
    assert job.selected() == [2]


def test_what_the_filter_hides_stays_in_the_viewer(job: Reviewed) -> None:
    job.tab.root.locator(".ij-chip").filter(has_text="Unreviewed").click()
    job.view(1)
    job.keys.press("p")
    job.at(2)
    expect(job.tab.viewer).to_contain_text(f"2 of {COUNT}")
    job.keys.press("ArrowLeft")
    job.at(1)
    job.keys.press("Escape")
    expect(job.tab.cells).to_have_count(COUNT - 1)


def test_zoom_and_pan_stay_put_from_one_image_to_the_next(job: Reviewed) -> None:
    viewer = job.view(1)
    picture = viewer.locator(".ij-stage-view img")
    expect(picture).to_have_js_property("complete", True)
    job.keys.press("z")
    expect(viewer).to_have_class("ij-viewer ij-zoomed")
    job.keys.press("ArrowRight")
    job.at(1)  # it moves the picture
    box = picture.bounding_box()
    assert box
    mouse = job.tab.page.mouse
    mouse.move(500, 400)
    mouse.down()
    mouse.move(540, 430, steps=4)
    mouse.up()
    moved = picture.bounding_box()
    assert moved and moved["x"] == pytest.approx(box["x"] + 40, abs=2)
    assert moved["y"] == pytest.approx(box["y"] + 30, abs=2)
    job.keys.press("p")
    job.at(2)
    expect(picture).to_have_js_property("complete", True)
    assert picture.bounding_box() == moved
    viewer.get_by_role("button", name="Next image").click()
    job.at(3)
    assert picture.bounding_box() == moved
    mouse.move(500, 400)
    mouse.wheel(0, -300)
    larger = picture.bounding_box()
    assert larger and larger["width"] > moved["width"] * 1.2
    job.keys.press("z")
    expect(viewer).to_have_class("ij-viewer")


def test_both_neighbours_are_asked_for_ahead(job: Reviewed) -> None:
    asked = asked_of(job.tab.page, "GET", "/images/")
    job.view(5)
    eventually(
        job.tab.page,
        lambda: {id for id in job.ids if any(path.startswith(f"{id}/file") for path in asked)},
        set(job.ids[3:6]),
    )


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


def test_what_is_shown_stays_while_one_looks_elsewhere(job: Reviewed) -> None:
    job.cell(2).click()
    job.keys.press("x")
    job.keys.press("Escape")
    job.tab.root.locator(".ij-chip", has_text="Rejected").click()
    expect(job.tab.images).to_have_count(1)
    job.tab.root.locator("[data-ij=trash]").click()
    expect(job.tab.images).to_have_count(0)
    job.tab.show("To review")
    expect(job.tab.root.locator(".ij-chip[aria-pressed=true]")).to_contain_text("Rejected")
    expect(job.tab.images).to_have_count(1)
    job.tab.button("Select all").click()
    assert job.selected() == [2]


def test_an_image_that_was_made_again_and_the_one_before_stand_where_the_keys_act(job: Reviewed) -> None:
    """Undo, when the new image is there already: both show, the older first, without a gap."""
    job.cell(3).click()
    job.tab.root.locator(".ij-selected [aria-haspopup=menu]").click()
    job.tab.root.get_by_role("menuitem", name="Make again").click()
    job.host.until(job.id, lambda found: len([i for i in found["images"] if not i["trashed"]]) == COUNT)
    expect(job.tab.images).to_have_count(COUNT)
    job.cell(8).click()
    job.keys.press("Escape")
    expect(job.cell(8)).to_be_focused()
    job.keys.press("Control+z")
    expect(job.tab.images).to_have_count(COUNT + 1)
    places = job.tab.images.evaluate_all("all => all.map(cell => [+cell.ariaPosInSet, cell.dataset.id])")
    assert [place for place, _ in sorted(places)] == list(range(1, COUNT + 2))
    assert sorted(places)[2][1] == job.ids[2]
    expect(job.cell(3)).to_have_attribute("aria-selected", "true")
    job.keys.press("x")
    verdict = lambda: job.host.api("GET", f"images/{job.ids[2]}/info")["image"]["verdict"]  # noqa: E731
    eventually(job.tab.page, verdict, "rejected")
    expect(job.cell(3)).to_have_attribute("data-verdict", "rejected")


def test_what_is_shown_stays_while_the_job_is_edited(job: Reviewed) -> None:
    tab = job.tab
    job.host.api("POST", "queue/stop")
    try:
        job.host.api("POST", "images/retry", {"selection": {"images": job.ids[-1:]}})
        expect(tab.images).to_have_count(COUNT - 1)
        job.cell(2).click()
        job.keys.press("x")
        job.keys.press("Escape")
        tab.root.locator(".ij-chip", has_text="Rejected").click()
        expect(tab.images).to_have_count(1)
        tab.button("More actions").click()
        tab.root.get_by_role("menuitem", name="Edit…").click()
        tab.composer.get_by_label("Name").fill("Other")
        with tab.page.expect_response(re.compile(f"/jobs/{job.id}$")) as answer:
            tab.composer.locator("[data-ij=queue]").click()
        assert answer.value.ok
        expect(tab.title).to_have_text("Other")
        expect(tab.root.locator(".ij-chip[aria-pressed=true]")).to_contain_text("Rejected")
        expect(tab.images).to_have_count(1)
        expect(job.cell(2)).to_be_visible()
    finally:
        job.host.api("POST", "queue/go")


TEN_THOUSAND = """async () => {
    const load = (name) => import(new URL(`/inu-jobs/ui/${name}`, document.baseURI).href);
    const [{ Selection }, { Grid }, { JobImages }] = await Promise.all(
        ["core/selection.mjs", "grid/grid.mjs", "core/job-images.mjs"].map(load));
    const scroller = document.createElement("div");
    scroller.style.cssText = "position: fixed; inset: 0; height: 700px; width: 1000px; overflow: auto";
    document.body.append(scroller);
    const selection = new Selection();
    const grid = new Grid(scroller, 136, selection, { view() {}, retry() {} });
    const common = { job: "j", width: 64, height: 64, label: "", error: "", state: "done", images: 1,
        trashed: false, findings: [], version: "v", verdict: "unreviewed", rating: 0 };
    const tasks = Array.from({ length: 10_000 }, (_, index) => ({ ...common, id: `t${index}`, index }));
    const images = tasks.map(({ id, index }) => (
        { ...common, id: `i${index}`, task: id, index: 0, created: index }));
    const detail = new JobImages({ job: { id: "j" }, axes: [], tasks, images });
    grid.show(detail);
    selection.set(grid.ids());
    const { touched } = detail.change(new Map(selection.ids.map((id) => [id, { rating: 5 }])));
    grid.update(touched);
    const seen = scroller.querySelectorAll("[aria-selected=true] .ij-stars").length;
    scroller.remove();
    return { touched: touched.size, seen, selected: selection.size };
}"""


def test_ten_thousand_are_selected_and_marked_with_few_of_them_in_the_page(tab: Tab) -> None:
    found = tab.open().page.evaluate(TEN_THOUSAND)
    assert found["selected"] == found["touched"] == 10_000
    assert 20 < found["seen"] < 500


@pytest.fixture
def touched(browser: Browser, host: Host, errors: list[str]) -> Iterator[Reviewed]:
    """A job of six on a phone."""
    made = host.create("With fingers", 6)
    context = browser.new_context(viewport={"width": 400, "height": 860}, has_touch=True, is_mobile=True)
    page = context.new_page()
    watch(page, errors, only_ours=host.real)
    tab = Tab(page, host).open()
    tab.row("With fingers").tap()
    expect(tab.images).to_have_count(6, timeout=LONG)
    yield Reviewed(tab, host, made["id"])
    assert tab.root.evaluate("e => e.scrollWidth <= e.clientWidth")
    context.close()
    assert errors == []


def hold(job: Reviewed, nth: int) -> None:
    """A finger stays on it until it is selected."""
    box = job.cell(nth).bounding_box()
    assert box
    fingers = job.tab.page.context.new_cdp_session(job.tab.page)
    point = {"x": box["x"] + 40, "y": box["y"] + 30}
    fingers.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    expect(job.cell(nth)).to_have_attribute("aria-selected", "true")
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def choose(job: Reviewed, label: str) -> None:
    """What has no room of its own is in the menu, and the menu in the window."""
    bar = job.tab.root.locator(".ij-selected")
    bar.get_by_role("button", name="More actions for the selected images").tap()
    expect(bar.get_by_role("menuitem").first).to_be_in_viewport()
    item = bar.get_by_role("menuitem", name=label, exact=True)
    item.scroll_into_view_if_needed()
    item.tap()


def test_with_fingers(touched: Reviewed) -> None:
    job, tab = touched, touched.tab
    job.cell(1).tap()
    job.at(1)
    tab.viewer.get_by_role("button", name="Keep").tap()
    job.at(2)
    tab.viewer.get_by_role("button", name="Grid").tap()
    assert job.selected() == []
    hold(job, 3)
    job.cell(4).tap()
    job.cell(5).tap()
    job.cell(4).tap()
    assert job.selected() == [3, 5]
    bar = tab.root.locator(".ij-selected")
    expect(bar).to_be_in_viewport()
    assert tab.root.evaluate("e => e.scrollWidth <= e.clientWidth")
    bar.get_by_role("button", name="Reject").tap()
    job.becomes({1: "kept", 3: "rejected", 5: "rejected"})
    choose(job, "Rate 4 of 5")
    job.becomes({3: 4, 5: 4}, "rating")
    choose(job, "Unflag")
    job.becomes({1: "kept"})
    tab.button("Undo").tap()
    job.becomes({1: "kept", 3: "rejected", 5: "rejected"})
    choose(job, "Undo")
    choose(job, "Undo")
    job.becomes({1: "kept"})
    job.becomes({}, "rating")
    choose(job, "Export…")
    tab.root.get_by_role("dialog", name="Export 2 images").get_by_role("button", name="Cancel").tap()
    choose(job, "Compare")
    compare = tab.root.locator("[data-ij=compare]")
    expect(compare.locator(".ij-pane")).to_have_count(2)
    compare.get_by_role("button", name="Back").tap()
    bar.get_by_role("button", name="Clear selection").tap()
    expect(bar).to_be_hidden()


def test_with_fingers_thumbnails_grow(touched: Reviewed) -> None:
    job, tab = touched, touched.tab

    def columns() -> int:
        cells = (job.cell(nth).bounding_box() for nth in range(1, 7))
        return len({round(cell["x"]) for cell in cells if cell})

    assert columns() == 3
    tab.button("More actions").tap()
    tab.root.get_by_role("menuitem", name="Larger thumbnails").tap()
    assert columns() == 2
    tab.root.get_by_role("menuitem", name="Larger thumbnails").tap()  # the menu is still there
    assert columns() == 1


def test_with_fingers_on_pages_of_no_one_job(touched: Reviewed) -> None:
    job, tab = touched, touched.tab
    job.host.api("POST", "images/trash", {"selection": {"images": job.ids[:2]}})
    tab.root.get_by_role("region", name="Job").get_by_role("button", name="Back to the job list").tap()
    tab.button("Find images").tap()
    find = tab.root.locator("[data-ij=find]")
    find.get_by_role("button", name="Select all").tap()
    expect(find.locator(".ij-selected-count")).to_have_text("4 selected")
    find.get_by_role("button", name="Reject").tap()
    expect(find.locator("[data-verdict=rejected]")).to_have_count(4)
    find.get_by_role("button", name="Undo").first.tap()
    expect(find.locator("[data-verdict=rejected]")).to_have_count(0)
    find.get_by_role("button", name="More actions for the selected images").tap()
    expect(find.get_by_role("menuitem", name="Open job")).to_be_visible()
    tab.page.keyboard.press("Escape")
    find.get_by_role("button", name="Back to the job list").tap()
    tab.root.locator("[data-ij=trash]").tap()
    bin = tab.root.get_by_role("region", name="Trash")
    expect(bin.get_by_role("button", name="Restore all")).to_be_visible()
    bin.get_by_role("button", name="Select all").tap()
    expect(bin.locator(".ij-selected-count")).to_have_text("2 selected")


def test_where_nothing_shows_it_is_said_why(job: Reviewed) -> None:
    nothing = job.tab.root.locator(".ij-page-nothing:visible")
    chip = job.tab.root.get_by_role("group", name="Show").get_by_role("button", name="Rejected")
    chip.click()
    expect(nothing).to_contain_text("No rejected images")
    nothing.get_by_role("button", name="Show all images").click()
    expect(job.tab.images).to_have_count(COUNT)
    expect(nothing).to_have_count(0)
    job.tab.root.locator(".ij-filters").get_by_label("Rating").select_option("★★★ and up")
    expect(nothing).to_contain_text("No image has ★★★ or more")
    nothing.get_by_role("button", name="Show all images").click()
    job.cell(1).click()
    job.keys.press("Control+a")
    job.keys.press("Delete")
    expect(nothing).to_contain_text("All images of this job were deleted")
    job.keys.press("Control+z")
    expect(job.tab.images).to_have_count(COUNT)


def test_what_has_no_room_in_the_bar_is_in_its_menu(job: Reviewed) -> None:
    job.tab.page.set_viewport_size({"width": 900, "height": 900})
    job.cell(1).click()
    bar = job.tab.root.locator(".ij-selected:visible")
    expect(bar.locator("[data-act=delete]")).to_be_visible()
    expect(bar.locator("[data-act=export]")).to_be_hidden()
    assert bar.evaluate("bar => bar.scrollWidth <= bar.clientWidth && bar.clientHeight < 70")
    job.tab.act("export", "Export…")
    expect(job.tab.root.get_by_role("dialog", name="Export 1 image")).to_be_visible()
    job.tab.page.keyboard.press("Escape")
    job.tab.page.set_viewport_size({"width": 2000, "height": 900})
    expect(bar.locator("[data-act=export]")).to_be_visible()
