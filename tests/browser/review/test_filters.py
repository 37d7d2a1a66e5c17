"""Which images of a job are shown, in which order."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from .reviewed import COUNT, Reviewed, eventually


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
