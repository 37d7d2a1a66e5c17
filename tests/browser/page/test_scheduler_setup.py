"""Agent Scheduler is missing, disabled, broken or the wrong one: two clicks in a browser, and jobs run."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.sandbox import HOST, headless
from tests.sandbox.process import Sandbox

from ..tab import Host, Tab, WebuiTab

#: the one for another WebUI than the stand-in's
OTHER = "https://github.com/supersonic13/sd-webui-agent-scheduler"
VERSION = {"a1111": "WebUI v1.10.1", "neo": "WebUI neo"}[HOST]
LONG = 180_000


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    return headless.scheduler_repository(tmp_path / "mirror" / "sd-webui-agent-scheduler")


@contextmanager
def started(folder: Path, mirror: Path, *arguments: str, **config: object) -> Iterator[Sandbox]:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config))
    with Sandbox(folder, ["--no-scheduler", "--inu-jobs-scheduler-url", str(mirror), *arguments]) as sandbox:
        yield sandbox


@contextmanager
def opened(browser: Browser, width: int = 1440) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": width, "height": 900})
    yield context.new_page()
    context.close()


def installed(folder: Path, name: str, remote: str = "", script: str = "") -> None:
    """As if the user had put it there. ``script``: instead of its own."""
    target = headless.scheduler_repository(folder / "extensions" / name)
    if remote:
        subprocess.run(["git", "remote", "add", "origin", remote], cwd=target, check=True)
    if script:
        shutil.rmtree(target / "scripts")
        (target / "scripts").mkdir()
        (target / "scripts" / "task_scheduler.py").write_text(script)


def click(tab: Tab, label: str) -> None:
    tab.button(label).click(timeout=LONG)


def ready(tab: Tab) -> Locator:
    return tab.root.locator(".ij-status").get_by_text("Agent Scheduler is connected and idle.")


def begin_again(sandbox: Sandbox) -> None:
    """What webui.sh does when the WebUI has asked for it."""
    assert sandbox.process is not None
    sandbox.process.wait(sandbox.START)
    asked = sandbox.folder / "tmp" / "restart"
    assert asked.exists()
    asked.unlink()
    sandbox.start()


def test_two_clicks_and_what_waited_runs(
    browser: Browser, tmp_path: Path, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SD_WEBUI_RESTART", "tmp/restart")
    away = mirror.rename(mirror.with_name("away"))
    with started(tmp_path / "host", mirror) as sandbox, opened(browser) as page:
        tab = WebuiTab(page, Host(sandbox.url, real=False)).open()
        expect(tab.root.get_by_role("alert")).to_contain_text("Agent Scheduler is not installed.")
        expect(tab.root.locator(".ij-status")).to_contain_text("No Agent Scheduler")
        tab.button("Install").dblclick()
        expect(tab.root).to_contain_text(f"{mirror} could not be downloaded: repository")
        away.rename(mirror)
        job = str(tab.host.create("Waits", 2)["id"])
        tab.show("Waits")
        click(tab, "Install")  # on the job's page, too
        click(tab, "Restart")
        expect(tab.root.locator(".ij-status")).to_contain_text("Restarting the WebUI")
        begin_again(sandbox)
        # the page loads again and opens the tab by itself
        expect(tab.images).to_have_count(2, timeout=LONG)
        assert tab.host.job(job)["tasks"]["done"] == 2


def test_reload_ui_is_enough_where_nothing_starts_it_again(
    browser: Browser, tmp_path: Path, mirror: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SD_WEBUI_RESTART", raising=False)
    installed(tmp_path / "host", "forge", OTHER, script="import modules.only_there\n")
    with started(tmp_path / "host", mirror) as sandbox, opened(browser, 400) as page:
        tab = Tab(page, Host(sandbox.url, real=False)).open()
        expect(tab.root.get_by_role("alert")).to_contain_text("(forge) is not the one for this WebUI")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.get_by_text("For a bug report", exact=True).click()
        report = page.locator(".ij-setup pre")
        expect(report).to_contain_text(VERSION)
        expect(report).to_contain_text(f"from {OTHER}")
        page.set_viewport_size({"width": 400, "height": 900})
        click(tab, "Install")
        click(tab, "Restart")
        expect(ready(tab)).to_be_visible(timeout=LONG)
        assert json.loads((tmp_path / "host" / "config.json").read_text())["disabled_extensions"] == ["forge"]
        assert (tmp_path / "host" / "extensions" / "forge").is_dir()


def test_a_disabled_one_is_enabled(browser: Browser, tmp_path: Path, mirror: Path) -> None:
    installed(tmp_path / "host", "mine")
    with (
        started(tmp_path / "host", mirror, disabled_extensions=["mine", "another"]) as sandbox,
        opened(browser) as page,
    ):
        tab = Tab(page, Host(sandbox.url, real=False)).open()
        expect(tab.root.get_by_role("alert")).to_contain_text("is disabled in the Extensions tab (mine)")
        click(tab, "Enable")
        click(tab, "Restart")
        expect(ready(tab)).to_be_visible(timeout=LONG)
        kept = json.loads((tmp_path / "host" / "config.json").read_text())["disabled_extensions"]
        assert kept == ["another"]


def test_one_that_does_not_load_says_why(browser: Browser, tmp_path: Path, mirror: Path) -> None:
    script = "from modules.shared import no_such_name\n"
    installed(tmp_path / "host", "right", str(mirror), script)
    with started(tmp_path / "host", mirror) as sandbox, opened(browser) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=sandbox.url)
        tab = Tab(page, Host(sandbox.url, real=False)).open()
        expect(tab.root.get_by_role("alert")).to_contain_text(
            "did not load: cannot import name 'no_such_name'"
        )
        page.get_by_text("For a bug report", exact=True).click()
        click(tab, "Copy")
        expect(tab.button("Copied")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()").splitlines()
        assert [line.split(" ")[0] for line in copied] == ["Agent", "WebUI", "Agent", "Inu"]
        expect(tab.button("Restart")).to_be_visible()


def test_who_may_not_install_reads_why(browser: Browser, tmp_path: Path, mirror: Path) -> None:
    with started(tmp_path / "host", mirror, "--listen") as sandbox, opened(browser) as page:
        tab = Tab(page, Host(sandbox.url, real=False)).open()
        expect(tab.root).to_contain_text("--enable-insecure-extension-access")
        expect(tab.button("Install")).to_have_count(0)
        for action in ("install", "enable", "restart"):
            asked = page.request.post(
                f"{sandbox.url}/inu-jobs/v1/scheduler/{action}",
                headers={"X-Inu-Jobs": "1", "Content-Type": "application/json"},
                data=json.dumps({"url": str(mirror)}),
            )
            assert asked.status == 409, action
        time.sleep(0.5)
        assert list((tmp_path / "host" / "extensions").iterdir()) == []


class Unstartable(Sandbox):
    """One in which Inu Jobs cannot start."""

    def wait_until_up(self) -> None:
        self.until_said()


def test_if_inu_jobs_cannot_start_the_tab_says_why(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "inu-jobs").write_text("where its folder should be")
    with Unstartable(tmp_path) as sandbox, opened(browser) as page:
        page.goto(sandbox.url)
        page.wait_for_selector("#txt2img_prompt textarea")
        page.wait_for_function("window.inuJobs")
        WebuiTab(page, Host(sandbox.url, real=False)).go("Jobs")
        root = page.locator("#inu-jobs")
        expect(root.locator(".ij-problem")).to_contain_text("Inu Jobs could not start: FileExistsError")
        report = root.locator("textarea").input_value().splitlines()
        assert report[1].startswith(VERSION) and report[-1].startswith("Inu Jobs ")
        root.get_by_role("button", name="Copy").click()
        chosen = root.locator("textarea").evaluate(
            "(box) => box.value.slice(box.selectionStart, box.selectionEnd)"
        )
        assert chosen.startswith("Inu Jobs could not start")
