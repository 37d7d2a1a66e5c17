"""Images side by side: what differs, zoom and pan together, verdicts, and an image against its source."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from ..tab import Host, Tab
from .reviewed import eventually

LONG = 180_000


@pytest.fixture
def compare(tab: Tab) -> Locator:
    return tab.root.locator("[data-ij=compare]")


def pick(tab: Tab, count: int) -> list[str]:
    """Selects the first images of the open job; answers with their ids."""
    tab.images.first.click()
    for place in range(1, count):
        tab.images.nth(place).click(modifiers=["ControlOrMeta"])
    return [str(cell.get_attribute("data-id")) for cell in tab.images.all()[:count]]


def verdicts(host: Host, job: str) -> dict[str, str]:
    return {image["id"]: image["verdict"] for image in host.api("GET", f"jobs/{job}")["images"]}


@pytest.mark.hosted
def test_three_images_their_differences_and_verdicts(tab: Tab, host: Host, compare: Locator) -> None:
    job = host.create("Three", 3)
    tab.open().show("Three")
    expect(tab.images).to_have_count(3, timeout=LONG)
    ids = pick(tab, 3)
    tab.page.keyboard.press("c")
    expect(compare.locator(".ij-pane")).to_have_count(3)
    differing = compare.locator(".ij-diff .ij-differs")
    expect(differing).to_have_count(1)
    expect(differing).to_contain_text(re.compile("Seed.*1.*2.*3"))
    same = compare.get_by_role("rowheader", name="Sampler")
    expect(same).to_have_count(0)
    compare.get_by_role("button", name="identical").click()
    expect(same).to_be_visible()
    keys = tab.page.keyboard
    expect(compare.locator(f".ij-pane[data-id={ids[2]}]")).to_have_attribute("aria-current", "true")
    keys.press("p")
    keys.press("ArrowLeft")
    keys.press("x")
    expect(compare.locator(f".ij-pane[data-id={ids[2]}]")).to_contain_text("kept")
    expect(compare.locator(f".ij-pane[data-id={ids[1]}]")).to_contain_text("rejected")
    keys.press("Control+z")
    expect(compare.locator(f".ij-pane[data-id={ids[1]}]")).not_to_contain_text("rejected")
    keys.press("4")
    expect(compare.locator(f".ij-pane[data-id={ids[1]}]")).to_contain_text("4 of 5")
    keys.press("Escape")
    expect(compare).to_have_count(0)
    wanted = {ids[0]: "unreviewed", ids[1]: "unreviewed", ids[2]: "kept"}
    eventually(tab.page, lambda: verdicts(host, job["id"]), wanted)


def test_zoom_and_pan_go_together(tab: Tab, host: Host, compare: Locator) -> None:
    host.create("Two", 2)
    tab.open().show("Two")
    expect(tab.images).to_have_count(2, timeout=LONG)
    pick(tab, 2)
    tab.root.locator("[data-act=compare]").click()
    pictures = compare.locator(".ij-pane img")
    expect(pictures).to_have_count(2)

    def transforms() -> list[str]:
        return list(pictures.evaluate_all("all => all.map(image => image.style.transform)"))

    assert transforms() == ["", ""]
    pictures.first.hover()
    tab.page.mouse.wheel(0, -800)
    expect(pictures.last).to_have_attribute("style", re.compile("scale"))
    zoomed = transforms()
    assert zoomed[0] == zoomed[1]
    tab.page.keyboard.press("ArrowRight")
    moved = transforms()
    assert moved[0] == moved[1] != zoomed[0]
    tab.page.keyboard.press("z")
    assert transforms() == ["", ""]


def test_an_image_and_its_source_lie_on_one_another(tab: Tab, host: Host, compare: Locator) -> None:
    host.create("Draft")
    tab.open().show("Draft")
    expect(tab.images).to_have_count(1, timeout=LONG)
    source = str(tab.images.first.get_attribute("data-id"))
    spec = {"selection": {"images": [source]}, "action": "img2img", "changes": {"denoising_strength": 0.7}}
    host.api("POST", "derive", {**spec, "name": "Painted over"})
    tab.show("Painted over")
    expect(tab.images).to_have_count(1, timeout=LONG)
    pick(tab, 1)
    tab.page.keyboard.press("c")
    panes = compare.locator(".ij-pane")
    expect(panes.first).to_contain_text("Source")
    expect(panes.first).to_have_attribute("data-id", source)
    expect(compare.locator(".ij-differs")).to_contain_text(["Denoising strength"])
    divider = compare.get_by_role("slider", name="Divider")
    expect(divider).to_have_attribute("aria-valuenow", "50")
    divider.focus()
    tab.page.keyboard.press("ArrowLeft")
    expect(divider).to_have_attribute("aria-valuenow", "48")
    tab.page.keyboard.press("Home")
    expect(divider).to_have_attribute("aria-valuenow", "0")
    box = compare.locator(".ij-panes").bounding_box()
    assert box
    handle = divider.bounding_box()
    assert handle
    tab.page.mouse.move(handle["x"] + handle["width"] / 2 + 2, box["y"] + box["height"] / 2)
    tab.page.mouse.down()
    tab.page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2, steps=4)
    tab.page.mouse.up()
    expect(divider).to_have_attribute("aria-valuenow", re.compile("7[45]"))
    compare.get_by_role("button", name="Side by side").click()
    expect(divider).to_be_hidden()


def test_a_source_of_another_job_is_judged_there_too(tab: Tab, host: Host, compare: Locator) -> None:
    draft = host.create("Draft")["id"]
    tab.open().show("Draft")
    expect(tab.images).to_have_count(1, timeout=LONG)
    source = str(tab.images.first.get_attribute("data-id"))
    changes = {"denoising_strength": 0.7}
    spec = {"selection": {"images": [source]}, "action": "img2img", "changes": changes, "name": "Over"}
    job = host.api("POST", "derive", spec)["id"]
    tab.show("Over")
    expect(tab.images).to_have_count(1, timeout=LONG)
    [made] = pick(tab, 1)
    tab.page.keyboard.press("c")
    theirs, ours = compare.locator(".ij-pane").first, compare.locator(".ij-pane").last
    expect(theirs).to_contain_text("Source")
    keys = tab.page.keyboard
    keys.press("p")
    keys.press("ArrowLeft")
    keys.press("x")
    keys.press("3")
    expect(ours).to_contain_text("kept")
    expect(theirs).to_contain_text("rejected, 3 of 5")
    expect(compare.get_by_role("button", name="Rejected")).to_have_attribute("aria-pressed", "true")
    keys.press("Control+z")
    expect(theirs).not_to_contain_text("3 of 5")
    compare.get_by_role("button", name="5 of 5").click()
    expect(theirs).to_contain_text("rejected, 5 of 5")
    eventually(tab.page, lambda: verdicts(host, draft), {source: "rejected"})
    eventually(tab.page, lambda: verdicts(host, job), {made: "kept"})
    eventually(tab.page, lambda: host.api("GET", f"jobs/{draft}")["images"][0]["rating"], 5)
    keys.press("Escape")
    tab.show("Draft")
    expect(tab.images.first).to_have_attribute("data-verdict", "rejected")


def test_results_beside_their_sources_one_after_the_other(tab: Tab, host: Host, compare: Locator) -> None:
    start = host.create("Drafts", 2)["id"]
    host.until(start, lambda found: len(found["images"]) == 2)
    sources = [image["id"] for image in host.api("GET", f"jobs/{start}")["images"]]
    axes = [{"field": "denoising_strength", "values": [0.3, 0.5]}]
    spec = {"selection": {"images": sources}, "action": "img2img", "axes": axes, "force": True}
    made = host.api("POST", "derive", {**spec, "name": "Results"})["id"]
    host.until(made, lambda found: len(found["images"]) == 4)
    detail = host.api("GET", f"jobs/{made}")
    of = {task["id"]: task["source"] for task in detail["tasks"]}
    pairs = [[of[image["task"]], image["id"]] for image in detail["images"]]
    tab.open().show("Results")
    expect(tab.images).to_have_count(4)
    tab.root.locator(f".ij-grid [data-id={pairs[0][1]}]").click()
    keys = tab.page.keyboard
    keys.press("c")

    def shows(pair: list[str]) -> None:
        for place, id in enumerate(pair):
            expect(compare.locator(".ij-pane").nth(place)).to_have_attribute("data-id", id)
        expect(compare.locator(f".ij-pane[data-id={pair[1]}]")).to_have_attribute("aria-current", "true")
        expect(compare.locator(".ij-diff")).to_contain_text("Source")

    shows(pairs[0])
    compare.get_by_role("button", name="Side by side").click()
    for pair in pairs[1:]:
        keys.press("ArrowDown")
        shows(pair)
        expect(compare.locator(".ij-panes")).to_have_attribute("data-mode", "side")
    keys.press("ArrowDown")  # there is no other
    keys.press("p")
    keys.press("ArrowUp")
    shows(pairs[2])
    compare.get_by_role("button", name="Next result").click()
    shows(pairs[3])
    expect(compare).to_contain_text("4 of 4")
    keys.press("Escape")
    last = tab.root.locator(f".ij-grid [data-id={pairs[3][1]}]")
    expect(last).to_be_focused()
    keys.press("5")  # on what one saw last
    expect(last).to_contain_text("5")
    eventually(tab.page, lambda: verdicts(host, made)[pairs[3][1]], "kept")

    def rated() -> list[str]:
        return [image["id"] for image in host.api("GET", f"jobs/{made}")["images"] if image["rating"] == 5]

    eventually(tab.page, rated, [pairs[3][1]])
    last.dblclick()
    keys.press("c")
    shows(pairs[3])
    keys.press("ArrowUp")
    shows(pairs[2])
    keys.press("Escape")
    expect(tab.viewer).to_have_attribute("data-id", pairs[2][1])


def test_one_image_alone_cannot_be_compared(tab: Tab, host: Host, compare: Locator) -> None:
    host.create("Alone")
    tab.open().show("Alone")
    expect(tab.images).to_have_count(1, timeout=LONG)
    pick(tab, 1)
    tab.page.keyboard.press("c")
    expect(tab.toast).to_contain_text("Select two to four images to compare")
    expect(tab.toast.locator("svg").first.locator("path")).to_have_count(3)  # an "i": nothing is done
    expect(compare).to_have_count(0)


def test_delete_drops_the_image_and_undo_brings_it_back(tab: Tab, host: Host, compare: Locator) -> None:
    job = host.create("Three", 3)["id"]
    tab.open().show("Three")
    expect(tab.images).to_have_count(3, timeout=LONG)
    ids = pick(tab, 3)
    keys = tab.page.keyboard
    keys.press("c")
    panes = compare.locator(".ij-pane")
    expect(panes).to_have_count(3)
    keys.press("ArrowLeft")
    keys.press("Delete")
    expect(panes).to_have_count(2)
    assert [pane.get_attribute("data-id") for pane in panes.all()] == [ids[0], ids[2]]
    expect(compare.locator(f".ij-pane[data-id={ids[2]}]")).to_have_attribute("aria-current", "true")
    expect(tab.toast).to_contain_text("1 image moved to the trash.")
    assert [image["id"] for image in host.api("GET", "trash")["images"]] == [ids[1]]
    keys.press("Control+z")
    expect(panes).to_have_count(3)
    assert [pane.get_attribute("data-id") for pane in panes.all()] == ids
    compare.get_by_role("button", name="Delete").click()
    expect(panes).to_have_count(2)
    keys.press("Delete")  # one alone cannot be compared
    expect(compare).to_have_count(0)
    expect(tab.images).to_have_count(1)
    tab.toast.get_by_role("button", name="Undo").click()
    expect(tab.images).to_have_count(2)
    trashed = lambda: sum(image["trashed"] for image in host.api("GET", f"jobs/{job}")["images"])  # noqa: E731
    eventually(tab.page, trashed, 1)


def test_the_list_of_keys_is_there_too(tab: Tab, host: Host, compare: Locator) -> None:
    host.create("Two", 2)
    tab.open().show("Two")
    expect(tab.images).to_have_count(2, timeout=LONG)
    pick(tab, 2)
    tab.page.keyboard.press("c")
    expect(compare.locator(".ij-pane")).to_have_count(2)
    tab.page.keyboard.press("?")
    keys = tab.root.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    tab.page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    expect(compare).to_be_visible()
