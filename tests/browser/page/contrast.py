"""How well a text can be told from what it stands on, measured on the page as it is."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

_MEASURE = Path(__file__).with_name("contrast.js").read_text("utf-8")


def too_pale(page: Page) -> tuple[int, list[str]]:
    """(how many texts and signs of ours were measured, those that are too pale, with their ratio)."""
    count, pale = page.locator("#inu-jobs").evaluate(_MEASURE)
    return int(count), [str(one) for one in pale]
