"""One image on the whole page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .reviewed import COUNT, Reviewed, asked_of, eventually


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
