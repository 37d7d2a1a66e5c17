"""The browser's Back leads out of what is open, and not out of the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from ..conftest import watch
from ..tab import Host, Tab, WebuiTab


def done(host: Host, name: str, count: int) -> list[str]:
    id = str(host.create(name, count)["id"])
    host.until(id, lambda found: len(found["images"]) == count)
    return [image["id"] for image in host.api("GET", f"jobs/{id}")["images"]]


@pytest.fixture(params=[Tab, WebuiTab], ids=["alone", "hosted"])
def phone(request: pytest.FixtureRequest, browser: Browser, host: Host, errors: list[str]) -> Iterator[Tab]:
    context = browser.new_context(viewport={"width": 400, "height": 820}, has_touch=True, is_mobile=True)
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto("about:blank?before")
    watch(page, errors, only_ours=host.real)
    tab: Tab = request.param(page, host)
    done(host, "On the phone", 3)
    tab.open()
    expect(tab.row("On the phone")).to_be_visible()
    yield tab
    context.close()
    assert errors == []


def left(page: Page) -> None:
    """The next Back leaves the page: nothing of ours is left in the history."""
    with page.expect_navigation(url="about:blank?before"):
        page.evaluate("void setTimeout(() => history.back())")


def tap(tab: Tab) -> None:
    tab.row("On the phone").tap()
    expect(tab.images).to_have_count(3)


def shut(tab: Tab) -> None:
    expect(tab.viewer).to_have_count(0)
    expect(tab.title).to_be_visible()


def listed(tab: Tab) -> None:
    expect(tab.row("On the phone")).to_be_visible()
    expect(tab.title).to_be_hidden()


def test_back_closes_the_large_view_then_the_job(phone: Tab) -> None:
    tap(phone)
    phone.images.nth(1).tap()
    expect(phone.viewer).to_be_visible()
    phone.page.go_back()
    shut(phone)
    phone.page.go_back()
    listed(phone)
    phone.page.go_forward()
    shut(phone)
    phone.page.go_back()
    listed(phone)
    left(phone.page)


def test_our_own_buttons_take_the_steps_out_again(phone: Tab) -> None:
    for _ in range(2):
        tap(phone)
        phone.images.first.tap()
        phone.viewer.get_by_role("button", name="Grid").tap()
        shut(phone)
        phone.images.first.tap()
        expect(phone.viewer).to_be_visible()
        phone.page.keyboard.press("Escape")
        shut(phone)
        phone.button("Back to the job list").locator("visible=true").tap()
        listed(phone)
    left(phone.page)


def test_back_from_the_trash_and_from_find(phone: Tab) -> None:
    for name in ("Trash", "Find images"):
        phone.root.locator(".ij-entry").filter(has_text=name).tap()
        page = phone.root.get_by_role("region", name=name)
        expect(page).to_be_visible()
        phone.page.go_back()
        listed(phone)
        expect(page).to_be_hidden()
        phone.root.locator(".ij-entry").filter(has_text=name).tap()
        page.get_by_role("button", name="Back to the job list").tap()
        listed(phone)
    left(phone.page)


def test_back_closes_a_dialog(phone: Tab) -> None:
    phone.button("Run plan").tap()
    plan = phone.root.locator("[data-ij=runs]")
    expect(plan).to_be_visible()
    phone.page.go_back()
    expect(plan).to_have_count(0)
    listed(phone)
    left(phone.page)


def test_a_reload_returns_to_the_job(phone: Tab) -> None:
    tap(phone)
    phone.images.first.tap()
    expect(phone.viewer).to_be_visible()
    phone.reload()
    shut(phone)
    expect(phone.title).to_have_text("On the phone")
    phone.page.go_back()
    listed(phone)
    left(phone.page)


def test_a_deleted_job_leaves_no_step_behind(phone: Tab) -> None:
    tap(phone)
    phone.button("More actions").tap()
    phone.root.get_by_role("menuitem", name="Delete job…").tap()
    phone.root.get_by_role("dialog").get_by_role("button", name="Delete job").tap()
    expect(phone.row("On the phone")).to_have_count(0)
    expect(phone.title).to_be_hidden()
    left(phone.page)


def test_the_list_is_where_it_was(phone: Tab) -> None:
    for nth in range(25):
        phone.host.create(f"Job {nth:02}", hold=True)
    row = phone.row("Job 03")
    row.scroll_into_view_if_needed()
    row.tap()
    expect(phone.title).to_have_text("Job 03")
    expect(phone.title).to_be_in_viewport()
    phone.page.go_back()
    expect(row).to_be_in_viewport()


def test_a_walk_from_the_large_view_goes_back_step_by_step(phone: Tab, host: Host) -> None:
    (source, *_) = done(host, "Source", 1)
    selection = {"images": [source]}
    made = host.api("POST", "derive", {"selection": selection, "action": "img2img", "name": "Painted over"})
    host.until(made["id"], lambda found: len(found["images"]) == 1)
    phone.row("Painted over").tap()
    phone.images.first.tap()
    phone.viewer.locator("[data-ij=sources]").get_by_role("button").tap()
    expect(phone.title).to_have_text("Source")
    expect(phone.viewer).to_have_attribute("data-id", source)
    phone.page.go_back()
    shut(phone)
    expect(phone.title).to_have_text("Source")
    phone.page.go_back()
    expect(phone.title).to_have_text("Painted over")
    phone.page.go_back()
    listed(phone)
    left(phone.page)


def test_on_a_wide_screen_only_what_lies_over_the_page_is_a_step(tab: Tab, host: Host) -> None:
    for name in ("Here", "There"):
        done(host, name, 2)
    tab.page.goto("about:blank?before")
    tab.open().show("Here")
    tab.page.evaluate("history.replaceState({theirs: 1}, '')")
    tab.show("There")
    tab.images.first.dblclick()
    expect(tab.viewer).to_be_visible()
    tab.page.keyboard.press("c")  # nothing to compare with: no step
    assert tab.page.evaluate("history.state.theirs") == 1
    tab.page.go_back()
    expect(tab.viewer).to_have_count(0)
    expect(tab.title).to_have_text("There")
    assert tab.page.evaluate("history.state.theirs") == 1
    tab.page.go_forward()  # what was closed is not opened again
    tab.images.nth(1).dblclick()
    expect(tab.viewer).to_be_visible()
    tab.page.keyboard.press("Escape")
    expect(tab.viewer).to_have_count(0)
    left(tab.page)


def test_on_a_wide_screen_back_leads_from_the_trash_to_the_job(tab: Tab, host: Host) -> None:
    for name in ("One", "Another"):
        done(host, name, 2)
    tab.page.goto("about:blank?before")
    tab.open().show("One")
    tab.root.locator("[data-ij=trash]").click()
    expect(tab.title).to_be_hidden()
    tab.root.locator(".ij-entry", has_text="Find images").click()
    expect(tab.root.get_by_role("region", name="Find images")).to_be_visible()
    tab.page.go_back()
    expect(tab.title).to_have_text("One")
    expect(tab.images).to_have_count(2)
    tab.root.locator("[data-ij=trash]").click()
    tab.row("Another").click()
    expect(tab.title).to_have_text("Another")
    tab.page.go_back()
    expect(tab.title).to_have_text("One")
    left(tab.page)
