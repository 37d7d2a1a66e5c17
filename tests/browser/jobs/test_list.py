"""The job list: its rows and their keys, and from a row into the images of its job."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from ..conftest import watch
from ..tab import Host, Tab, WebuiTab


def done(host: Host, name: str, count: int, **verdicts: int) -> list[str]:
    """The ids of a new job's images; ``verdicts``: on how many of them, from the first."""
    id = str(host.create(name, count)["id"])
    host.until(id, lambda found: len(found["images"]) == count)
    images = [image["id"] for image in host.api("GET", f"jobs/{id}")["images"]]
    left = list(images)
    for verdict, many in verdicts.items():
        judged, left = left[:many], left[many:]
        host.api("POST", "images/verdict", {"selection": {"images": judged}, "verdict": verdict})
    return images


@pytest.fixture
def bar(tab: Tab) -> Locator:
    return tab.root.get_by_role("toolbar", name="Selected jobs")


def focused(tab: Tab) -> Locator:
    return tab.root.locator("[data-ij=image]:focus")


def verdict(host: Host, image: str) -> str:
    return str(host.api("GET", f"images/{image}/info")["image"]["verdict"])


def test_space_after_opening_a_job_shows_what_is_to_be_reviewed(tab: Tab, host: Host) -> None:
    images = done(host, "Half reviewed", 4, kept=1, rejected=1)
    done(host, "Another", 1)
    tab.open().show("Another")
    tab.show("Half reviewed")
    expect(focused(tab)).to_have_attribute("data-id", images[2])
    expect(tab.root.locator(".ij-selected")).to_be_hidden()  # nothing is selected by that
    keys = tab.page.keyboard
    keys.press("Space")
    expect(tab.viewer).to_have_attribute("data-id", images[2])
    keys.press("Escape")
    expect(tab.viewer).to_have_count(0)


def test_a_verdict_falls_on_the_focused_image_but_delete_does_not(tab: Tab, host: Host) -> None:
    images = done(host, "By keys", 3)
    tab.open().show("By keys")
    expect(focused(tab)).to_have_attribute("data-id", images[0])
    keys = tab.page.keyboard
    keys.press("Delete")
    keys.press("p")
    expect(tab.root.locator(f"[data-id={images[0]}]")).to_have_attribute("data-verdict", "kept")
    expect(focused(tab)).to_have_attribute("data-id", images[1])  # and on to the next
    keys.press("ArrowRight")
    expect(focused(tab)).to_have_attribute("data-id", images[2])
    host.until(host.api("GET", "jobs")["jobs"][0]["id"], lambda found: found["job"]["images"]["kept"] == 1)
    assert [verdict(host, image) for image in images] == ["kept", "unreviewed", "unreviewed"]
    expect(tab.images).to_have_count(3)


def test_space_shows_the_first_image_where_nothing_has_the_focus(tab: Tab, host: Host) -> None:
    images = done(host, "Opened by itself", 2)
    tab.open()
    expect(tab.images).to_have_count(2)
    tab.page.keyboard.press("Space")
    expect(tab.viewer).to_have_attribute("data-id", images[0])


def test_a_job_that_is_opened_by_itself_and_clicked_meanwhile_has_the_focus(tab: Tab, host: Host) -> None:
    images = done(host, "On its way", 2)
    held: list[Route] = []
    id = host.api("GET", "jobs")["jobs"][0]["id"]

    def hold(route: Route) -> None:
        held.append(route)

    tab.page.route(f"**/v1/jobs/{id}", hold, times=1)
    with tab.page.expect_request(f"**/v1/jobs/{id}"):
        tab.open()
    tab.row("On its way").click()
    held[0].continue_()
    expect(focused(tab)).to_have_attribute("data-id", images[0])


@pytest.mark.hosted
def test_the_list_is_one_stop_and_arrows_walk_it(tab: Tab, host: Host) -> None:
    done(host, "Made", 2)
    for name in ("Apple", "Berry", "Cherry"):
        host.create(name, hold=True)
    tab.open().show("Made")
    stop = tab.root.locator(".ij-list-body .ij-scroll :is(summary, .ij-row)[tabindex='0']")
    expect(stop).to_have_count(1)
    expect(stop).to_contain_text("Made")  # where one is
    search = tab.root.get_by_label("Search jobs")
    search.fill("e")  # Apple, Berry, Cherry, Made
    keys = tab.page.keyboard
    keys.press("Tab")  # the filter
    keys.press("Tab")
    row = tab.root.locator(".ij-row:focus")
    expect(row).to_contain_text("Made")
    keys.press("ArrowUp")
    expect(tab.root.locator("summary:focus")).to_contain_text("To review")
    for name in ("Apple", "Berry"):
        keys.press("ArrowUp")
        expect(row).to_contain_text(name)
    expect(stop).to_have_count(1)
    keys.press("Tab")
    expect(row).to_have_count(0)
    keys.press("Shift+Tab")
    expect(row).to_contain_text("Berry")  # where one was
    keys.press("End")
    expect(row).to_contain_text("Made")
    keys.press("Home")
    keys.press("Enter")  # on the heading
    expect(tab.row("Berry")).to_be_hidden()
    keys.press("End")
    keys.press("Enter")
    expect(focused(tab)).to_have_count(1)


def test_letters_in_the_search_are_no_keys_of_the_images(tab: Tab, host: Host) -> None:
    images = done(host, "pxu", 1)
    tab.open().show("pxu")
    expect(focused(tab)).to_have_count(1)
    search = tab.root.get_by_label("Search jobs")
    search.click()
    search.press_sequentially("pxu ")
    expect(search).to_have_value("pxu ")
    expect(search).to_be_focused()
    expect(tab.row("pxu")).to_be_visible()
    expect(tab.viewer).to_have_count(0)
    assert verdict(host, images[0]) == "unreviewed"


def test_a_selection_begins_at_the_job_that_was_clicked(tab: Tab, host: Host, bar: Locator) -> None:
    for name in ("Apple", "Berry", "Cherry", "Date"):
        host.create(name, hold=True)
    tab.open().show("Date")
    expect(bar).to_be_hidden()
    tab.row("Berry").click(modifiers=["ControlOrMeta"])
    expect(bar).to_contain_text("2 jobs selected")
    tab.row("Apple").click(modifiers=["ControlOrMeta"])
    expect(bar).to_contain_text("3 jobs selected")
    tab.show("Cherry")
    expect(bar).to_be_hidden()
    tab.row("Apple").click(modifiers=["Shift"])
    expect(bar).to_contain_text("3 jobs selected")
    expect(tab.title).to_have_text("Cherry")  # the page stays
    tab.page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    tab.row("Date").click(modifiers=["ControlOrMeta"])
    expect(bar).to_contain_text("1 job selected")  # nothing was left to add to


def test_a_row_says_what_is_left_and_what_was_decided(tab: Tab, host: Host) -> None:
    done(host, "Half reviewed", 6, kept=2, rejected=1)
    done(host, "Reviewed", 2, rejected=2)
    tab.open()
    row = tab.row("Half reviewed")
    expect(row).to_have_accessible_name(re.compile("3 to review.*6 images.*2 kept.*1 rejected"))
    expect(tab.row("Reviewed").filter(has_text="2 rejected")).not_to_contain_text("to review")
    for width in (1440, 400):
        tab.page.set_viewport_size({"width": width, "height": 900})
        expect(row.locator(".ij-row-left")).to_be_in_viewport(ratio=1)
        assert row.locator(".ij-row-meta").evaluate("e => e.scrollWidth <= e.clientWidth")


def test_a_cancelled_job_has_not_failed(tab: Tab, host: Host) -> None:
    id = host.create("Thought better of it", 4, hold=True)["id"]
    host.api("POST", f"jobs/{id}/cancel")
    listed = host.api("GET", "jobs?state=cancelled")
    assert [job["id"] for job in listed["jobs"]] == [id] and listed["states"] == {"cancelled": 1}
    tab.open().show("Thought better of it")
    expect(tab.root.locator(".ij-group:visible > summary")).to_have_text("Cancelled1")
    expect(tab.row("Thought")).to_contain_text("4 tasks cancelled")
    expect(tab.root.get_by_role("alert")).to_have_count(0)
    trouble = tab.root.locator(".ij-troubles")
    expect(trouble).to_contain_text("Cancelled before anything was made.")
    tab.root.get_by_label("State").select_option("Failed")
    expect(tab.row("Thought")).to_have_count(0)
    tab.root.get_by_label("State").select_option("Cancelled")
    expect(tab.row("Thought")).to_be_visible()
    tab.root.get_by_label("State").select_option("All states")
    trouble.get_by_role("button", name="Requeue").click()
    expect(tab.images).to_have_count(4, timeout=180_000)
    expect(trouble).to_be_empty()


def reachable(page: Page) -> None:
    for name in ("Find images", "Import…", "Trash"):
        expect(page.locator("#inu-jobs .ij-entry").filter(has_text=name)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("kind", [Tab, WebuiTab], ids=["alone", "hosted"])
def test_on_a_phone_find_import_and_trash_are_in_reach(
    browser: Browser, host: Host, kind: type[Tab], errors: list[str]
) -> None:
    for nth in range(25):
        host.create(f"Job {nth:02}", hold=True)
    context = browser.new_context(viewport={"width": 400, "height": 820}, has_touch=True, is_mobile=True)
    page = context.new_page()
    watch(page, errors, only_ours=host.real)
    tab = kind(page, host).open()
    expect(tab.row("Job 00")).to_be_visible()
    reachable(page)
    tab.row("Job 00").scroll_into_view_if_needed()
    reachable(page)
    page.evaluate("scrollTo(0, 1e6)")
    reachable(page)
    last = tab.root.locator(".ij-row").last.bounding_box()
    foot = tab.root.locator(".ij-list-foot").bounding_box()
    assert last and foot and last["y"] + last["height"] <= foot["y"]  # nothing lies below it
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".ij-entry").filter(has_text="Trash").tap()
    expect(page.get_by_role("region", name="Trash")).to_be_visible()
    context.close()
    assert errors == []
