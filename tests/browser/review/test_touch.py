"""Review with fingers: real touches, as the browser gets them from a screen."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, expect

from ..conftest import watch
from ..tab import Host, Tab
from .reviewed import LONG, Reviewed

Point = tuple[float, float]


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


# ---------------------------------------------------------------- two in the viewer


@pytest.fixture
def context(browser: Browser, host: Host) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 400, "height": 860}, has_touch=True, is_mobile=True)
    made.set_default_timeout(60_000)
    yield made
    made.close()


class Fingers:
    def __init__(self, tab: Tab) -> None:
        self.session: CDPSession = tab.page.context.new_cdp_session(tab.page)

    def _send(self, kind: str, points: list[Point]) -> None:
        touches = [{"x": x, "y": y, "id": nth} for nth, (x, y) in enumerate(points)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def move(self, start: list[Point], end: list[Point], steps: int = 8) -> None:
        """All fingers down, each from its start to its end, all up."""
        self._send("touchStart", start[:1])
        if len(start) > 1:
            self._send("touchStart", start)
        for step in range(1, steps + 1):
            part = step / steps
            pairs = zip(start, end, strict=True)
            self._send("touchMove", [(x + (u - x) * part, y + (v - y) * part) for (x, y), (u, v) in pairs])
        self._send("touchEnd", [])


def shown(tab: Tab) -> tuple[float, float, float]:
    """(scale, x, y) of the picture; x and y in pixels from where it fits."""
    matrix = tab.viewer.locator(".ij-stage-view img").evaluate(
        "image => { const m = new DOMMatrix(getComputedStyle(image).transform); return [m.a, m.e, m.f]; }"
    )
    return (matrix[0], matrix[1], matrix[2])


def test_two_fingers_zoom_and_one_moves(tab: Tab, host: Host) -> None:
    host.create("Two", 2, width=512, height=512)
    tab.open().show("Two")
    expect(tab.images).to_have_count(2, timeout=LONG)
    tab.images.first.tap()
    first = str(tab.viewer.get_attribute("data-id"))
    expect(tab.viewer.locator(".ij-stage-view img")).to_have_js_property("complete", True)
    box = tab.viewer.locator(".ij-stage-view").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    fingers = Fingers(tab)

    fingers.move([(x - 30, y), (x + 30, y)], [(x - 90, y), (x + 90, y)], steps=60)  # slowly
    expect(tab.viewer).to_have_class(re.compile("ij-zoomed"))
    scale, left, top = shown(tab)
    assert scale == pytest.approx(3, rel=0.05)  # the fingers end three times as far apart
    assert abs(left) < 2 and abs(top) < 2  # and their middle stays where it was

    fingers.move([(x, y)], [(x + 60, y)])
    now, moved, _ = shown(tab)
    assert now == pytest.approx(scale) and moved - left == pytest.approx(60, abs=2)
    assert tab.viewer.get_attribute("data-id") == first  # in a zoomed image a swipe is no step
    assert tab.page.evaluate("visualViewport.scale") == 1  # the page itself stays as it is

    fingers.move([(x - 90, y), (x + 90, y)], [(x - 15, y), (x + 15, y)])
    expect(tab.viewer).not_to_have_class(re.compile("ij-zoomed"))
    assert shown(tab) == (1, 0, 0)

    fingers.move([(x + 80, y)], [(x - 80, y)])
    expect(tab.viewer).not_to_have_attribute("data-id", first)
