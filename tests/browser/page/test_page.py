"""The page itself: keys, sizes, what it asks of the server, and what it says when things are broken."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from ..conftest import watch
from ..tab import Host, Tab, WebuiTab

LONG = 180_000


def test_the_viewer_is_worked_by_keys(tab: Tab, host: Host) -> None:
    host.create("To look at", 3, prompt="a fox in the snow")
    tab.open().show("To look at")
    expect(tab.images).to_have_count(3, timeout=LONG)
    ids = tab.images.evaluate_all("cells => cells.map(cell => cell.dataset.id)")
    tab.images.first.focus()
    keys = tab.page.keyboard
    keys.press("Enter")
    expect(tab.viewer).to_have_attribute("data-id", ids[0])
    expect(tab.viewer).to_contain_text("1 of 3")
    expect(tab.viewer.locator(".ij-panel")).to_contain_text("a fox in the snow")
    keys.press("ArrowRight")
    expect(tab.viewer).to_have_attribute("data-id", ids[1])
    keys.press("End")
    keys.press("ArrowRight")  # there is no fourth
    expect(tab.viewer).to_contain_text("3 of 3")
    keys.press("z")
    expect(tab.viewer).to_have_class("ij-viewer ij-zoomed")
    keys.press("z")
    expect(tab.viewer).to_have_class("ij-viewer")
    keys.press("Escape")
    expect(tab.viewer).to_have_count(0)
    expect(tab.root.locator(f"[data-ij=image][data-id={ids[2]}]")).to_be_focused()


def test_copy_infotext(tab: Tab, host: Host) -> None:
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    host.create("To copy", prompt="a fox to copy")
    tab.open().show("To copy")
    expect(tab.images).to_have_count(1, timeout=LONG)
    tab.images.first.dblclick()
    expect(tab.viewer.locator(".ij-panel")).to_contain_text("a fox to copy")
    tab.button("Copy infotext").click()
    expect(tab.button("Copied")).to_be_visible()
    copied = tab.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("a fox to copy") and "Steps: 1" in copied


def test_arrow_keys_walk_the_grid_and_one_tab_leaves_it(tab: Tab, host: Host) -> None:
    host.create("To walk", 40, hold=True)
    tab.open().show("To walk")
    cell = tab.root.locator(".ij-cell:focus .ij-cell-nr")
    tab.cells.first.focus()
    columns = tab.cells.evaluate_all(
        "c => c.filter(x => x.getBoundingClientRect().top === c[0].getBoundingClientRect().top).length"
    )
    for key, number in (
        ("ArrowRight", 2),
        ("ArrowDown", 2 + columns),
        ("ArrowLeft", 1 + columns),
        ("ArrowUp", 1),
    ):
        tab.page.keyboard.press(key)
        expect(cell).to_have_text(str(number))
    tab.page.keyboard.press("End")
    expect(cell).to_have_text("40")
    assert tab.root.locator(".ij-cell[tabindex='0']").count() == 1


def test_a_large_job_costs_no_more_than_what_is_seen(tab: Tab, host: Host) -> None:
    host.create("Three thousand", 3000, hold=True)
    tab.open().show("Three thousand")
    assert tab.root.locator("*").count() < 2000
    tab.cells.first.focus()
    tab.page.keyboard.press("End")
    expect(tab.root.locator(".ij-cell:focus .ij-cell-nr")).to_have_text("3000")
    expect(tab.root.locator(".ij-cell:focus")).to_be_in_viewport()
    tab.page.mouse.move(900, 600)
    tab.page.mouse.wheel(0, -10_000_000)
    expect(tab.root.locator(".ij-cell-nr").get_by_text("1", exact=True)).to_be_in_viewport()
    assert tab.root.locator("*").count() < 2000


@pytest.mark.hosted
def test_400_pixels_wide_list_and_page_are_two_screens(
    browser: Browser, host: Host, errors: list[str]
) -> None:
    host.create("On the phone", 5, hold=True)
    context = browser.new_context(viewport={"width": 400, "height": 860}, has_touch=True, is_mobile=True)
    page = context.new_page()
    watch(page, errors, only_ours=host.real)
    tab = Tab(page, host).open()
    expect(tab.row("On the phone")).to_be_visible()
    expect(tab.title).to_be_hidden()
    tab.row("On the phone").tap()
    expect(tab.title).to_be_visible()
    expect(tab.row("On the phone")).to_be_hidden()
    assert too_small(page) == []
    assert tab.root.evaluate("e => e.scrollWidth <= e.clientWidth")
    tab.root.locator(".ij-actions [data-act=resume]").tap()
    expect(tab.images).to_have_count(5, timeout=LONG)
    tab.button("Back to the job list").locator("visible=true").tap()
    expect(tab.row("On the phone")).to_be_visible()
    assert too_small(page) == []
    context.close()
    assert errors == []


def too_small(page: Page) -> list[str]:
    """Buttons and fields of ours lower than a finger needs."""
    return page.locator("#inu-jobs :is(button, select, input, summary):visible").evaluate_all(
        "all => all.filter(e => e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 120))"
    )


@pytest.mark.hosted
def test_a_tab_that_nobody_sees_does_not_follow_its_job(tab: WebuiTab, host: Host) -> None:
    job = host.create("Quiet", hold=True)["id"]
    follows = f"**/changes*job={job}"  # what asks for no job looks, now and then, for news to tell
    asked: list[str] = []
    tab.page.on("request", lambda request: f"job={job}" in request.url and asked.append(request.url))
    tab.page.clock.install()
    tab.load()
    tab.page.clock.run_for(60_000)
    assert asked == []  # not before it is opened
    tab.go("Jobs")
    tab.page.clock.run_for(1000)
    expect(tab.row("Quiet")).to_be_visible()
    tab.row("Quiet").click()
    with tab.page.expect_request(follows):
        tab.page.clock.run_for(10_000)
    tab.go("txt2img")
    two_frames(tab.page)
    asked.clear()
    tab.page.clock.run_for(60_000)
    two_frames(tab.page)
    assert asked == []
    with tab.page.expect_request(follows):
        tab.go("Jobs")
        tab.page.clock.run_for(1000)


def two_frames(page: Page) -> None:
    """Until the browser has told who is in view; the page's own clock stands still meanwhile."""
    for _ in range(2):
        page.screenshot(clip={"x": 0, "y": 0, "width": 8, "height": 8})


def test_a_lost_connection_is_said_and_mended(tab: Tab, host: Host, errors: list[str]) -> None:
    host.create("Still here", hold=True)
    tab.open()
    tab.page.route("**/inu-jobs/v1/**", lambda route: route.abort())
    expect(tab.root.get_by_role("alert")).to_contain_text("No connection to the WebUI")
    expect(tab.row("Still here")).to_be_visible()
    tab.page.unroute("**/inu-jobs/v1/**")
    expect(tab.root.get_by_role("alert")).to_have_count(0, timeout=LONG)
    errors[:] = [error for error in errors if "Failed to load resource" not in error]


@pytest.mark.hosted
def test_what_cannot_be_loaded_is_said_in_the_tab(tab: WebuiTab, errors: list[str]) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=401, body="{}")

    tab.page.route("**/inu-jobs/ui/*/main.mjs", refuse)
    tab.load().go("Jobs")
    expect(tab.root).to_have_text("The Jobs tab could not be loaded. Reload the page, and log in if asked.")
    errors.clear()


@pytest.mark.hosted
def test_nothing_shows_before_its_styles_are_there(tab: WebuiTab) -> None:
    """In the time between, the tab would be a heap of texts and large signs."""
    came: list[Route] = []

    def hold(route: Route) -> None:
        came.append(route)

    tab.page.route("**/inu-jobs/ui/*/ui.css", hold)
    with tab.page.expect_response("**/frame/frame.mjs"):
        tab.load().go("Jobs")
    tab.page.wait_for_timeout(500)
    expect(tab.root).to_be_empty()
    assert len(came) == 1
    came[0].continue_()
    expect(tab.root.locator(".ij-status")).not_to_be_empty()
    assert tab.root.evaluate("root => getComputedStyle(root).display") == "grid"
    # where ours stood before: what a user or a theme puts on the page afterwards still goes over it
    before = "link => link.previousElementSibling.getAttribute('href').includes('style.css')"
    assert tab.page.locator("link[href$='/ui.css']").evaluate(before)


@pytest.mark.hosted
def test_styles_that_cannot_be_loaded_are_asked_for_again(tab: WebuiTab, errors: list[str]) -> None:
    tab.page.route("**/inu-jobs/ui/*/ui.css", lambda route: route.fulfill(status=401, body="{}"))
    tab.load().go("Jobs")
    expect(tab.root).to_contain_text("could not be loaded")
    errors.clear()
    tab.page.unroute("**/inu-jobs/ui/*/ui.css")
    tab.capture("a fox")
    expect(tab.composer.locator(".ij-sum")).to_be_visible()
    expect(tab.page.locator("link[href$='/ui.css']")).to_have_count(1)


def test_an_action_that_fails_says_why(tab: Tab, host: Host, errors: list[str]) -> None:
    job = host.create("Gone soon", hold=True)
    tab.open().show("Gone soon")
    tab.page.route("**/changes*", lambda route: route.abort())
    host.api("DELETE", f"jobs/{job['id']}?images=keep")
    tab.button("Cancel").click()
    expect(tab.toast).to_contain_text("job")
    errors[:] = [error for error in errors if "Failed to load resource" not in error]


@pytest.mark.hosted
def test_every_rule_of_the_style_sheet_is_under_our_own_class(tab: WebuiTab) -> None:
    tab.load()
    selectors = tab.page.evaluate(
        """async () => {
            const links = [...document.styleSheets].map(sheet => sheet.href ?? "");
            const texts = await Promise.all(links.filter(link => link.includes("style.css")).map(async link =>
                (await fetch(link)).text()));
            const main = new URL(document.getElementById("inu-jobs").dataset.main, document.baseURI);
            const all = await (await fetch(new URL("ui.css", main))).text();
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(texts.find(text => text.startsWith("/* Inu Jobs")) + all);
            return [...sheet.cssRules].map(rule => rule.selectorText ?? rule.name);
        }"""
    )
    ours = [name for selector in selectors for name in selector.split(",")]
    assert len(ours) > 20, "the style sheets were not found"
    assert [name for name in ours if not name.strip().startswith((".ij-", ".dark .ij-", "ij-"))] == []


def test_images_that_come_while_another_job_is_opened_are_not_missed(tab: Tab, host: Host) -> None:
    """The answer about the job before comes late, and knows more than the job that is open by then."""
    before = host.create("Before", 1)["id"]
    after = host.create("After", 3, hold=True)["id"]
    tab.open().show("Before")
    expect(tab.images).to_have_count(1)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    tab.page.route(re.compile(rf"/changes\?.*job={before}"), hold)
    while not held:
        tab.page.wait_for_timeout(50)
    tab.row("After").click()
    expect(tab.cells).to_have_count(3)
    host.api("POST", f"jobs/{after}/resume")
    host.until(after, lambda found: len(found["images"]) == 3)
    held[0].continue_()
    expect(tab.images).to_have_count(3)


def test_an_image_without_a_thumbnail_says_why(tab: Tab, host: Host, errors: list[str]) -> None:
    host.create("Large", 1)
    words = "a.png is too large for a thumbnail: 13000x13000 pixels."
    tab.page.route(
        re.compile(r"/thumb(\?|$)"), lambda route: route.fulfill(status=404, json={"detail": words})
    )
    tab.open().show("Large")
    expect(tab.cells.first).to_contain_text(words)
    errors.clear()
