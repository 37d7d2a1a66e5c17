"""A job's images as a table of two of its axes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Picture
from playwright.sync_api import Locator, expect

from ..tab import PAYLOAD, Host, Tab

LONG = 180_000


@pytest.fixture
def job(tab: Tab, host: Host) -> Any:
    """Two prompts by three CFG scales by two seeds, done and open."""
    spec = {
        "kind": "txt2img", "name": "A table", "force": True, "payload": {**PAYLOAD, "prompt": "x"},
        "axes": [
            {"field": "prompt", "values": ["a fox", "a cat"]},
            {"field": "cfg_scale", "values": [5, 7.5, 10]},
            {"field": "seed", "values": [1, 2]},
        ],
    }  # fmt: skip
    made = host.api("POST", "jobs", spec)
    tab.open().show("A table")
    expect(tab.images).to_have_count(12, timeout=LONG)
    tab.button("Matrix").click()
    return made


@pytest.fixture
def table(tab: Tab, job: Any) -> Locator:
    return tab.root.locator("[data-ij=matrix]")


def coords(host: Host, job: Any) -> dict[str, list[int]]:
    detail = host.api("GET", f"jobs/{job['id']}")
    of = {task["id"]: task["coords"] for task in detail["tasks"]}
    return {image["id"]: of[image["task"]] for image in detail["images"]}


def shown(table: Locator) -> list[str]:
    return [str(cell.get_attribute("data-id")) for cell in table.locator("[data-ij=image]").all()]


def test_axes_as_rows_columns_and_tabs(tab: Tab, host: Host, job: Any, table: Locator) -> None:
    expect(table.locator(".ij-matrix-row")).to_have_text(["a fox", "a cat"])
    expect(table.locator(".ij-matrix-column")).to_have_text(["5", "7.5", "10"])
    cells = table.locator("[data-ij=image]")
    expect(cells).to_have_count(6)
    where = coords(host, job)
    assert [where[id] for id in shown(table)] == [[r, c, 0] for r in range(2) for c in range(3)]
    tab.root.get_by_role("group", name="Seed").get_by_role("button", name="2").click()
    expect(cells).to_have_count(6)
    assert [where[id] for id in shown(table)] == [[r, c, 1] for r in range(2) for c in range(3)]
    tab.button("Swap rows and columns").click()
    expect(table.locator(".ij-matrix-row")).to_have_text(["5", "7.5", "10"])
    expect(cells).to_have_count(6)
    assert [where[id] for id in shown(table)] == [[r, c, 1] for c in range(3) for r in range(2)]
    tab.root.locator(".ij-matrix-bar select").first.select_option(label="Seed")
    expect(table.locator(".ij-matrix-row")).to_have_text(["1", "2"])
    expect(table.locator(".ij-matrix-column")).to_have_text(["a fox", "a cat"])
    tab.root.get_by_role("button", name="Grid", exact=True).click()
    expect(table).to_be_hidden()
    expect(tab.root.locator(".ij-grid [data-ij=image]")).to_have_count(12)


@pytest.mark.hosted
def test_it_is_picked_in_and_worked_by_keys(tab: Tab, host: Host, job: Any, table: Locator) -> None:
    cells = table.locator("[data-ij=image]")
    where = coords(host, job)
    cells.nth(0).click()
    tab.page.keyboard.press("ArrowRight")
    tab.page.keyboard.press("ArrowDown")
    expect(cells.nth(4)).to_be_focused()
    tab.page.keyboard.press("p")
    expect(table.locator("[data-verdict=kept]")).to_have_count(1)
    kept = str(table.locator("[data-verdict=kept]").get_attribute("data-id"))
    assert where[kept] == [1, 1, 0]
    cells.nth(0).click()
    cells.nth(4).click(modifiers=["Shift"])
    selected = table.locator("[aria-selected=true]")
    expect(selected).to_have_count(4)
    assert sorted(where[str(cell.get_attribute("data-id"))] for cell in selected.all()) == [
        [0, 0, 0], [0, 1, 0], [1, 0, 0], [1, 1, 0],
    ]  # fmt: skip
    tab.page.keyboard.press("x")
    expect(table.locator("[data-verdict=rejected]")).to_have_count(4)
    tab.page.keyboard.press("Control+a")
    expect(selected).to_have_count(6)
    cells.nth(2).click()
    tab.page.keyboard.press("Space")
    expect(tab.viewer).to_be_visible()
    tab.page.keyboard.press("ArrowRight")
    tab.page.keyboard.press("Escape")
    expect(cells.nth(3)).to_be_focused()
    tab.page.keyboard.press("Delete")
    expect(cells).to_have_count(5)


def test_a_job_with_nothing_to_lay_out_has_no_table(tab: Tab, host: Host) -> None:
    host.create("Only one", 1)
    tab.open().show("Only one")
    expect(tab.images).to_have_count(1, timeout=LONG)
    expect(tab.button("Matrix")).to_be_hidden()


def test_it_is_exported_as_one_picture(
    tab: Tab, host: Host, job: Any, table: Locator, tmp_path: Path
) -> None:
    """All of it, then the one image that was kept."""
    sizes = []
    for choice, count in (("All images", "6 images"), ("Kept images only", "1 image")):
        if choice == "Kept images only":
            table.locator("[data-ij=image]").nth(4).click()
            tab.page.keyboard.press("p")
            expect(table.locator("[data-verdict=kept]")).to_have_count(1)
        tab.button("Export table…").click()
        dialog = tab.root.get_by_role("dialog", name="Export the table as one image")
        with tab.page.expect_download() as started:
            dialog.get_by_role("button", name=choice).click()
        assert started.value.suggested_filename == "A table - matrix.jpg"
        started.value.save_as(tmp_path / "matrix.jpg")
        expect(tab.toast.last).to_contain_text(count)
        with Picture.open(tmp_path / "matrix.jpg") as picture:
            sizes.append(picture.size)
    assert sizes[0] == sizes[1]  # the same table, with empty places


def test_what_came_of_one_image_stands_at_the_same_place_of_each_cell(tab: Tab, host: Host) -> None:
    start = host.create("Sources", 3)["id"]
    host.until(start, lambda found: len(found["images"]) == 3)
    sources = [image["id"] for image in host.api("GET", f"jobs/{start}")["images"]]
    axes = [{"field": "denoising_strength", "values": [0.3, 0.5]}, {"field": "cfg_scale", "values": [5, 8]}]
    spec = {"selection": {"images": sources}, "action": "img2img", "axes": axes, "force": True}
    made = host.api("POST", "derive", {**spec, "name": "Compared"})["id"]
    host.until(made, lambda found: len(found["images"]) == 12)
    detail = host.api("GET", f"jobs/{made}")
    source = {task["id"]: task["source"] for task in detail["tasks"]}
    of = {image["id"]: source[image["task"]] for image in detail["images"]}
    tab.open().show("Compared")
    order = tab.root.get_by_label("Order")
    order.select_option(label="By source")
    expect(tab.images).to_have_count(12)
    ids = tab.images.evaluate_all(
        "all => all.sort((a, b) => a.ariaPosInSet - b.ariaPosInSet).map(cell => cell.dataset.id)"
    )
    assert [of[id] for id in ids] == [id for id in sources for _ in range(4)]
    coords = {task["id"]: task["coords"] for task in detail["tasks"]}
    at = {image["id"]: coords[image["task"]] for image in detail["images"]}
    assert [at[id] for id in ids] == [[0, 0], [0, 1], [1, 0], [1, 1]] * 3
    tab.button("Matrix").click()
    table = tab.root.locator("[data-ij=matrix]")
    expect(table.locator("[data-ij=image]")).to_have_count(12)
    assert [of[id] for id in shown(table)] == sources * 4
    # of a job that started from nothing there is no such order
    tab.show("Sources")
    assert order.locator("option", has_text="By source").get_attribute("hidden") is not None
    expect(order.locator("option:checked")).to_have_text("As queued")
    tab.show("Compared")  # where it is as it was chosen
    expect(order.locator("option:checked")).to_have_text("By source")
