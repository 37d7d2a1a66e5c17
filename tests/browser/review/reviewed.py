"""A job whose images are made, and what its page asks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, Request, expect

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
