"""A job names the jobs that it came from and those that came of it; one can walk there and back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from ..tab import Host, Tab

LONG = 180_000


@pytest.fixture
def source(tab: Tab, host: Host) -> str:
    """The id of an image of the job "Source"."""
    job = host.create("Source")
    tab.open().show("Source")
    expect(tab.images).to_have_count(1, timeout=LONG)
    return str(host.api("GET", f"jobs/{job['id']}")["images"][0]["id"])


def make(host: Host, image: str, name: str) -> None:
    selection = {"images": [image]}
    changes = {"denoising_strength": 0.4}
    spec = {"selection": selection, "action": "img2img", "changes": changes, "name": name, "hold": True}
    host.api("POST", "derive", spec)


def group(tab: Tab, name: str) -> Locator:
    return tab.root.get_by_role("group", name=name, exact=True)


def test_to_a_child_and_back_again(tab: Tab, host: Host, source: str) -> None:
    make(host, source, "Painted over")
    tab.show("Painted over")
    expect(group(tab, "Made from this")).to_have_count(0)
    group(tab, "From").get_by_role("button", name="Source").click()
    expect(tab.title).to_have_text("Source")
    group(tab, "Made from this").get_by_role("button", name="Painted over").click()
    expect(tab.title).to_have_text("Painted over")
    for name in ("Source", "Painted over"):
        tab.page.go_back()
        expect(tab.title).to_have_text(name)
    tab.page.go_forward()
    expect(tab.title).to_have_text("Source")
    expect(tab.images).to_have_count(1)


def test_twenty_children_are_named_on_demand(tab: Tab, host: Host, source: str) -> None:
    for nth in range(20):
        make(host, source, f"Painted {nth:02}, with a name that goes on for longer than there is room")
    tab.row("Painted 00").click()
    tab.show("Source")
    made = group(tab, "Made from this")
    jobs = made.locator("[data-job]")
    expect(jobs.filter(visible=True)).to_have_count(3)
    for width in (1440, 400):
        tab.page.set_viewport_size({"width": width, "height": 900})
        expect(jobs.first).to_be_visible()
        assert not tab.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        box = made.bounding_box()
        assert box and box["height"] <= 50  # one line, however long the names are
    made.get_by_role("button", name="and 17 more").click()
    expect(jobs.filter(visible=True)).to_have_count(20)
    jobs.last.click()
    expect(tab.title).to_contain_text("Painted 19")
    tab.page.go_back()
    expect(tab.title).to_have_text("Source")


def relatives(tab: Tab, which: str) -> Locator:
    return tab.viewer.locator(f"[data-ij={which}]").get_by_role("button")


def test_from_image_to_image_and_into_the_trash(tab: Tab, host: Host, source: str) -> None:
    changes = {"denoising_strength": 0.4}
    spec = {
        "selection": {"images": [source]},
        "action": "img2img",
        "changes": changes,
        "name": "Painted over",
    }
    made = host.api("POST", "derive", spec)["id"]
    tab.show("Painted over")
    expect(tab.images).to_have_count(1, timeout=LONG)
    # which image it came from, in the grid
    expect(tab.images.first).to_have_attribute("title", re.compile("from seed 1"))
    expect(tab.images.first).to_have_attribute("aria-label", re.compile("from seed 1"))
    expect(tab.images.first.locator(".ij-cell-coords:visible")).not_to_be_empty()
    child = str(tab.images.first.get_attribute("data-id"))
    tab.images.first.dblclick()
    back = relatives(tab, "sources")
    expect(back.locator("img")).to_have_js_property("complete", True)
    back.click()
    expect(tab.title).to_have_text("Source")
    expect(tab.viewer).to_have_attribute("data-id", source)
    forth = relatives(tab, "made")
    expect(forth).to_contain_text("Painted over")
    forth.click()
    expect(tab.title).to_have_text("Painted over")
    expect(tab.viewer).to_have_attribute("data-id", child)
    # one that was thrown away shows where it lies
    host.api("POST", "images/trash", {"selection": {"images": [source]}})
    tab.page.keyboard.press("Escape")
    tab.images.first.dblclick()
    expect(back).to_contain_text("in the trash")
    back.click()
    bin = tab.root.get_by_role("region", name="Trash")
    expect(bin.locator(f"[data-id={source}]")).to_have_attribute("aria-selected", "true")
    expect(tab.viewer).to_have_count(0)
    assert host.job(made)["images"]["total"] == 1
