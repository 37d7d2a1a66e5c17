"""Every text of ours can be read under A1111's own theme, Lobe's and Catppuccin's, light and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.sandbox.process import Sandbox

from ..tab import PAYLOAD, Host, Tab
from .contrast import too_pale
from .themes import THEMES, wear

LONG = 180_000
Look = Callable[[str], None]


@pytest.fixture
def look(tab: Tab) -> Iterator[Look]:
    """``look(view)`` measures what the page shows, under each theme; what is too pale is told at the end."""
    pale: dict[str, list[str]] = {}

    def look(view: str) -> None:
        for name, theme in THEMES.items():
            wear(tab.page, theme)
            count, found = too_pale(tab.page)
            assert count > 5, f"{view}: only {count} texts were found"
            for one in found:
                pale.setdefault(f"{view}, {one}", []).append(name)
        wear(tab.page, THEMES["A1111, light"])

    yield look
    assert not pale, "\n".join(f"{what}: {', '.join(themes)}" for what, themes in pale.items())


@pytest.fixture
def jobs(tab: Tab, host: Host, sandbox: Sandbox) -> Any:
    """A job with axes, judged; one with failures; one held; one whose images are in the trash. The page is
    ours alone, which needs less time."""
    spec = {
        "kind": "txt2img", "name": "A table", "force": True, "payload": {**PAYLOAD, "prompt": "x"},
        "axes": [
            {"field": "prompt", "values": ["a fox <lora:inkwash:1>", "a cat"]},
            {"field": "cfg_scale", "values": [5, 7.5, 10]},
            {"field": "seed", "values": [1, 2]},
        ],
    }  # fmt: skip
    table = host.api("POST", "jobs", spec)
    host.until(table["id"], lambda found: len(found["images"]) == 12)
    ids = [image["id"] for image in host.api("GET", f"jobs/{table['id']}")["images"]]
    for verdict, some in (("kept", ids[:3]), ("rejected", ids[3:6])):
        host.api("POST", "images/verdict", {"selection": {"images": some}, "verdict": verdict})
    host.api("POST", "images/rating", {"selection": {"images": ids[1:4]}, "rating": 3})
    sandbox.set_faults(fail_next=2, fail_message="Upscaler not found")
    failing = host.create("Two fail", 3)
    host.until(failing["id"], lambda found: found["job"]["tasks"].get("done") == 1)
    thrown = host.create("Thrown away", 2)
    host.until(thrown["id"], lambda found: len(found["images"]) == 2)
    away = [image["id"] for image in host.api("GET", f"jobs/{thrown['id']}")["images"]]
    host.api("POST", "images/trash", {"selection": {"images": away}})
    host.create("Held", 4, hold=True)
    tab.page.goto(f"{host.url}/inu-jobs/?__theme=light")
    expect(tab.row("Held")).to_be_visible(timeout=LONG)
    return table


def test_jobs_and_their_images(tab: Tab, jobs: Any, look: Look) -> None:
    look("the list")
    tab.show("Two fail")
    expect(tab.root.locator(".ij-cell-fail").first).to_be_visible()
    look("a job with failures")
    tab.show("Held")
    look("a held job")
    tab.show("A table")
    expect(tab.images).to_have_count(12, timeout=LONG)
    tab.button("More actions").click()
    look("a menu")
    tab.page.keyboard.press("Escape")
    tab.images.first.click()
    tab.images.nth(4).click(modifiers=["ControlOrMeta"])
    look("selected images")
    tab.page.keyboard.press("Delete")
    expect(tab.toast).to_be_visible()
    look("a message")
    tab.button("Matrix").click()
    expect(tab.root.locator("[data-ij=matrix] [data-ij=image]").first).to_be_visible()
    look("the matrix")


def test_images_large_and_side_by_side(tab: Tab, jobs: Any, look: Look) -> None:
    keys = tab.page.keyboard
    tab.show("A table")
    expect(tab.images).to_have_count(12, timeout=LONG)
    tab.images.nth(1).dblclick()
    expect(tab.viewer).to_contain_text("Steps")
    look("the viewer")
    keys.press("p")
    look("the viewer after a verdict")
    keys.press("Escape")
    tab.images.first.click()
    tab.images.nth(2).click(modifiers=["ControlOrMeta"])
    keys.press("c")
    expect(tab.root.locator("[data-ij=compare] .ij-differs").first).to_be_visible()
    look("the comparison")
    keys.press("Escape")
    keys.press("?")
    expect(tab.root.get_by_role("dialog")).to_be_visible()
    look("the keys")


def test_dialogs(tab: Tab, jobs: Any, look: Look) -> None:
    tab.button("Run plan").click()
    expect(tab.root.locator("[data-ij=runs]")).to_be_visible()
    look("the run plan")
    tab.page.keyboard.press("Escape")
    tab.show("A table")
    expect(tab.images).to_have_count(12, timeout=LONG)
    tab.images.first.click()
    tab.act("export", "Export…")
    expect(tab.root.get_by_role("dialog")).to_be_visible()
    look("the export")
    tab.page.keyboard.press("Escape")
    tab.act("img2img", "Img2img…")
    derive = tab.root.locator("[data-ij=derive]")
    derive.get_by_label("Denoising strength").first.fill("0.3, x")
    expect(derive.locator(".ij-change-bad")).to_be_visible()
    look("making more")


def test_the_composer(tab: Tab, jobs: Any, look: Look) -> None:
    tab.show("A table")
    tab.button("More actions").click()
    tab.root.get_by_role("menuitem", name="Duplicate").click()
    expect(tab.composer.locator(".ij-sum")).to_be_visible()
    tab.composer.locator("textarea").first.fill("a dog <lora:inkwosh:0.8> (")
    expect(tab.composer.get_by_role("button", name="Use “")).to_have_count(1)
    look("the composer")


def test_pages_of_no_one_job(tab: Tab, jobs: Any, look: Look) -> None:
    tab.root.locator("[data-ij=trash]").click()
    expect(tab.root.get_by_role("region", name="Trash").locator("[data-ij=image]")).to_have_count(2)
    look("the trash")
    tab.button("Find images").click()
    look("finding")
    tab.button("Import…").click()
    expect(tab.root.get_by_role("dialog")).to_be_visible()
    look("importing")


@pytest.mark.hosted
def test_the_first_page_within_the_webui(tab: Tab, look: Look) -> None:
    tab.open()
    look("nothing there yet")
