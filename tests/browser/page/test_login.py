"""The tab behind a login, in a browser: nothing for who has none, everything for who has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.contract.kit.whole import make
from tests.sandbox.process import Sandbox

from ..tab import Host, WebuiTab

USER, PASSWORD = "anna", "secret"


@pytest.fixture(params=["stand-in", "webui"])
def kind(request: pytest.FixtureRequest) -> str:
    return "sandbox" if request.param == "stand-in" else "webui"


@pytest.fixture(params=["--api-auth", "--gradio-auth"])
def locked(request: pytest.FixtureRequest, kind: str, tmp_path: Path) -> Iterator[tuple[str, Sandbox]]:
    flag = str(request.param)
    with make(kind, request.config, tmp_path / "host", [flag, f"{USER}:{PASSWORD}"]) as host:
        yield flag, host


def enter(page: Page, flag: str) -> None:
    """Past gradio's own login form; the browser answers --api-auth by itself."""
    if flag == "--gradio-auth":
        page.wait_for_selector("input[type=password]")
        assert page.locator("#inu-jobs").count() == 0
        page.locator("input").first.fill(USER)
        page.fill("input[type=password]", PASSWORD)
        page.get_by_role("button", name="Login").click()


def test_a_job_behind_a_login(browser: Browser, kind: str, locked: tuple[str, Sandbox]) -> None:
    flag, host = locked
    basic = {"username": USER, "password": PASSWORD} if flag == "--api-auth" else None
    context = browser.new_context(viewport={"width": 1440, "height": 900}, http_credentials=basic)
    context.set_default_timeout(60_000)
    page = context.new_page()
    tab = WebuiTab(page, Host(host.url, real=kind == "webui"))
    page.goto(host.url)
    enter(page, flag)
    tab.bound().compose("a red fox").locator("[data-ij=queue]").click()
    expect(tab.images).to_have_count(1)
    picture = tab.images.locator("img")
    page.wait_for_function("e => e.complete && e.naturalWidth > 0", arg=picture.element_handle())
    paths = ["/inu-jobs/v1/jobs", "/inu-jobs/ui/main.mjs"]
    addresses = [*(host.url + path for path in paths), str(picture.get_attribute("src"))]
    assert [context.request.get(address).status for address in addresses] == [200, 200, 200]
    stranger = browser.new_context()
    assert [stranger.request.get(address).status for address in addresses] == [401, 401, 401]
    stranger.close()
    context.close()
