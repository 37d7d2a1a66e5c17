"""Jobs in a page of their own, without the WebUI around."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from ..conftest import watch
from ..tab import Host, Tab, WebuiTab


def done(host: Host, name: str, count: int) -> str:
    id = str(host.create(name, count)["id"])
    host.until(id, lambda found: len(found["images"]) == count)
    return id


def test_a_job_is_reviewed_there(tab: Tab, host: Host) -> None:
    id = done(host, "From the sofa", 3)
    tab.open().show("From the sofa")
    expect(tab.images).to_have_count(3)
    tab.images.first.dblclick()
    expect(tab.viewer).to_be_visible()
    more = tab.viewer.get_by_role("button", name="More actions for this image")
    more.click()
    expect(tab.viewer.get_by_role("menuitem", name="Img2img…")).to_be_visible()
    # to tabs of the WebUI, which is not here
    expect(tab.viewer.get_by_role("menuitem", name="Send to")).to_have_count(0)
    tab.page.keyboard.press("Escape")
    expect(more).to_be_focused()
    tab.page.keyboard.press("p")
    host.until(id, lambda found: [image["verdict"] for image in found["images"]].count("kept") == 1)
    tab.page.keyboard.press("Escape")
    tab.page.keyboard.press("Control+z")
    host.until(id, lambda found: all(image["verdict"] == "unreviewed" for image in found["images"]))


def test_no_other_site_can_frame_it(tab: Tab, host: Host) -> None:
    """A click on somebody's page would fall on what lies in the frame. Our own site may."""
    shown = {}
    for origin in ("http://evil.example", host.url):
        tab.page.route(
            f"{origin}/frame.html",
            lambda route: route.fulfill(
                content_type="text/html", body=f'<iframe src="{host.url}/inu-jobs/"></iframe>'
            ),
        )
        tab.page.goto(f"{origin}/frame.html")
        frame = tab.page.frames[1]
        if origin == host.url:
            frame.wait_for_selector("#inu-jobs .ij-status")
        shown[origin] = frame.locator("#inu-jobs").count()
    assert shown == {"http://evil.example": 0, host.url: 1}


def test_a_job_is_made_again_there(tab: Tab, host: Host) -> None:
    done(host, "Once more", 1)
    tab.open().show("Once more")
    tab.button("More actions").click()
    tab.root.get_by_role("menuitem", name="Duplicate…").click()
    expect(tab.composer.locator(".ij-sum")).to_be_visible()
    tab.composer.locator("[data-ij=queue]").click()
    expect(tab.toast).to_contain_text("queued as")
    expect(tab.toast.get_by_role("button", name="Show job")).to_have_count(0)  # it shows already
    expect(tab.images).to_have_count(1)


@pytest.mark.hosted
def test_the_tab_leads_there_in_its_theme_and_back(tab: WebuiTab, host: Host, errors: list[str]) -> None:
    done(host, "Here and there", 1)
    tab.page.goto(f"{host.url}/?__theme=dark")
    tab.bound().go("Jobs")
    with tab.page.context.expect_page() as made:
        tab.root.get_by_role("link", name="Open jobs in a new window").click()
    page = made.value
    watch(page, errors, only_ours=host.real)
    there = Tab(page, host)
    expect(there.row("Here and there")).to_be_visible()
    expect(page.locator("body")).to_have_class("dark")
    assert ground(page) == ground(tab.page) and page.title() == "Jobs"
    assert page.evaluate("document.querySelectorAll('*').length") < 1000
    for name, role in (("Open the WebUI", "link"), ("New job", "button")):
        with page.context.expect_page() as back:
            there.root.get_by_role(role, name=name).click()
        back.value.wait_for_selector("#txt2img_prompt textarea")
        back.value.close()


def test_where_there_is_room_thumbnails_are_larger_until_one_chooses(tab: Tab, host: Host) -> None:
    done(host, "Room", 2)
    WebuiTab(tab.page, host).open().show("Room")
    in_tab = width(tab)
    tab.open().show("Room")
    assert width(tab) > 1.2 * in_tab
    tab.root.get_by_label("Thumbnail size").fill("136")
    tab.reload().show("Room")
    assert width(tab) < 1.2 * in_tab


def width(tab: Tab) -> float:
    expect(tab.images).to_have_count(2)
    return float(tab.images.first.evaluate("(cell) => cell.getBoundingClientRect().width"))


def ground(page: Page) -> object:
    return page.evaluate("getComputedStyle(document.body).getPropertyValue('--body-background-fill')")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_theme_is_the_browsers_unless_asked_for(
    browser: Browser, host: Host, scheme: str, errors: list[str]
) -> None:
    other = "light" if scheme == "dark" else "dark"
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    watch(page, errors, only_ours=host.real)
    for theme, shown in (("", scheme), (f"?__theme={other}", other)):
        page.goto(f"{host.url}/inu-jobs/{theme}")
        Tab(page, host).ready()
        assert page.locator("body.dark").count() == (shown == "dark")
    context.close()
    assert errors == []


def test_it_is_whole_on_a_phone(browser: Browser, host: Host, errors: list[str]) -> None:
    done(host, "On the phone", 4)
    context = browser.new_context(viewport={"width": 400, "height": 860}, has_touch=True, is_mobile=True)
    page = context.new_page()
    watch(page, errors, only_ours=host.real)
    tab = Tab(page, host).open()
    tab.row("On the phone").tap()
    expect(tab.images).to_have_count(4)
    tops = tab.images.evaluate_all("(cells) => cells.map((cell) => cell.getBoundingClientRect().top)")
    assert tops.count(min(tops)) == 3
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    tab.button("Back to the job list").tap()
    expect(tab.row("On the phone")).to_be_visible()
    context.close()
    assert errors == []
