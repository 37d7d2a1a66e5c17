"""A browser on the sandbox and, with ``--webui PATH``, on a real WebUI. Needs Chromium ($CHROMIUM).

``tab`` is our own page, at ``/inu-jobs/``. In a test marked ``hosted`` it is the tab in the WebUI's page,
which takes many times as long to load: for what needs the WebUI around it, and for some of the rest."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.contract.kit.whole import RealWebui
from tests.sandbox.process import Sandbox

from .tab import Host, Tab, WebuiTab

#: Debian's browser without windows first: nothing of it runs beside the page
NAMES = (
    "chromium-headless-shell", "chromium", "chromium-browser",
    "google-chrome", "google-chrome-stable", "chrome",
)  # fmt: skip
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
#: what the WebUI's own page asks of other servers, or says of itself
FOREIGN = ("fonts.googleapis", "cdnjs", "ERR_NAME_NOT_RESOLVED", "ERR_INTERNET_DISCONNECTED", "manifest.json")

#: Forge Neo and its Agent Scheduler reload the page once in each session, and remember by these that they did
RELOADED = ("physton_icon_refreshed", "as_initialized")

expect.set_options(timeout=30_000)  # a busy machine, and a real WebUI, take their time


# Not for the whole session: while Playwright is up, its event loop counts as running in this thread, and
# other tests could not run one of theirs.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not path:
        pytest.fail("The browser tests need Chromium: install it, or set CHROMIUM to its path.")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(scope="session")
def real(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealWebui]:
    path = Path(pytestconfig.getoption("--webui"))
    with RealWebui(path, tmp_path_factory.mktemp("webui")) as running:
        yield running


@pytest.fixture(params=["stand-in", "webui"])
def host(request: pytest.FixtureRequest, pytestconfig: pytest.Config) -> Host:
    """A WebUI without jobs; ``sandbox`` is the one whose faults can be switched."""
    if request.param == "stand-in":
        webui: Sandbox = request.getfixturevalue("stand_in")
        webui.set_faults(seconds_per_step=0, fail_next=0, fail_text="")
    else:
        if not pytestconfig.getoption("--webui", None):
            pytest.skip("needs --webui PATH")
        webui = request.getfixturevalue("real")
    running = Host(webui.url, real=isinstance(webui, RealWebui), folder=webui.folder)
    running.clear()
    return running


@pytest.fixture
def sandbox(host: Host, stand_in: Sandbox) -> Sandbox:
    if host.real:
        pytest.skip("only the sandbox fails on demand")
    return stand_in


def watch(page: Page, errors: list[str], *, only_ours: bool = False) -> None:
    """Collects what the page complains of. ``only_ours``: a real WebUI has errors of its own."""

    def add(words: str) -> None:
        if not any(name in words for name in FOREIGN) and (not only_ours or "inu-jobs" in words):
            errors.append(words)

    page.on("pageerror", lambda error: add(f"{error} {error.stack}"))
    page.on(
        "console",
        lambda message: add(f"{message.text} {message.location}") if message.type == "error" else None,
    )


@pytest.fixture
def errors() -> list[str]:
    """What the page complained of; a test that provokes an error empties it."""
    return []


@pytest.fixture(scope="module")
def shared_context(browser: Browser) -> Iterator[BrowserContext]:
    """One for all tests of a module: what it has loaded of the WebUI's page it need not load again."""
    made = browser.new_context(viewport={"width": 1440, "height": 900})
    made.set_default_timeout(120_000)
    keys = "".join(f"sessionStorage.setItem('{key}', '1');" for key in RELOADED)
    made.add_init_script(f"if (location.protocol === 'http:') {{ {keys} }}")
    yield made
    made.close()


@pytest.fixture
def context(shared_context: BrowserContext, host: Host) -> Iterator[BrowserContext]:
    """As if it was new: without pages, and without what they kept."""
    yield shared_context
    shared_context.unroute_all()
    shared_context.clear_permissions()
    shared_context.clear_cookies()
    for page in shared_context.pages:
        page.close()
    page = shared_context.new_page()
    forget = page.context.new_cdp_session(page)
    forget.send("Storage.clearDataForOrigin", {"origin": host.url, "storageTypes": "local_storage"})
    page.close()


@pytest.fixture
def page(context: BrowserContext, host: Host, errors: list[str]) -> Iterator[Page]:
    """One whose errors are those of the test."""
    made = context.new_page()
    watch(made, errors, only_ours=host.real)
    yield made
    assert errors == []


@pytest.fixture
def tab(page: Page, host: Host, request: pytest.FixtureRequest) -> Tab:
    """Not opened yet."""
    return WebuiTab(page, host) if request.node.get_closest_marker("hosted") else Tab(page, host)
