"""Two fingers in the viewer: real touches, as the browser gets them from a screen."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, expect

from ..tab import Host, Tab

LONG = 180_000
Point = tuple[float, float]


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
