"""A real WebUI with Agent Scheduler and this extension, in a data folder of its own."""

from __future__ import annotations

import shutil
import subprocess
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.conftest import ROOT, free_port, webui_command

from .page import MINUTES, WebUI

PARTS = ["inu_jobs", "scripts", "javascript", "ui"]
FILES = ["install.py", "preload.py", "metadata.ini", "style.css", "requirements.txt"]


def install_extension(folder: Path) -> None:
    """A copy, so that nothing is written beside the sources."""
    folder.mkdir(parents=True)
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)


@pytest.fixture(scope="session")
def webui(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebUI]:
    path = request.config.getoption("--webui", None)
    if not path:
        pytest.skip("needs --webui PATH")
    folder, port = tmp_path_factory.mktemp("webui"), free_port()
    install_extension(folder / "extensions" / "inu-jobs")
    command = [*webui_command(Path(path), folder, port), "--api"]
    log = folder / "webui.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=path, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield when_up(f"http://127.0.0.1:{port}", process, log)
    finally:
        process.kill()
        process.wait()


def when_up(url: str, process: subprocess.Popen[bytes], log: Path) -> WebUI:
    end = time.monotonic() + MINUTES
    while True:
        try:
            WebUI(url).ask("/inu-jobs/v1/status")
            # the page is served before our buttons are bound, and our routes come last
            return WebUI(url)
        except (urllib.error.URLError, ConnectionError, AssertionError) as error:
            if process.poll() is not None or time.monotonic() > end:
                raise AssertionError(log.read_text("utf-8", "replace")[-4000:]) from error
            time.sleep(0.5)
