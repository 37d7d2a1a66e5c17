"""A real WebUI with Agent Scheduler and this extension, in a data folder of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import ROOT, first_settings, free_port, webui_command
from tests.sandbox.process import Sandbox

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


@contextmanager
def running(path: Path, folder: Path) -> Iterator[WebUI]:
    """The WebUI in ``path``, with the data folder ``folder``."""
    install_extension(folder / "extensions" / "inu-jobs")
    (folder / "tmp").mkdir(exist_ok=True)  # Forge Neo's folder for pictures that it does not save
    port = free_port()
    command = [*webui_command(path, folder, port), "--api"]
    log = folder / "webui.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=path, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield when_up(f"http://127.0.0.1:{port}", process, log)
    finally:
        process.kill()
        process.wait()


@contextmanager
def put_back(webui: WebUI, defaults: dict[str, Any]) -> Iterator[None]:
    """The settings named in ``defaults`` are afterwards what they were; what nobody had set is as there."""
    before = webui.ask("/sdapi/v1/options")
    yield
    webui.set_options(**{name: before.get(name, default) for name, default in defaults.items()})


@pytest.fixture(scope="session")
def webui(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebUI]:
    path = request.config.getoption("--webui", None)
    if not path:
        pytest.skip("needs --webui PATH")
    folder = tmp_path_factory.mktemp("webui")
    for found in sorted((Path(path) / "extensions").glob("*/internal_controlnet")):
        shutil.copytree(found.parent, folder / "extensions" / found.parent.name)
    if settings := first_settings(Path(path)):
        (folder / "config.json").write_text(json.dumps(settings))
    with running(Path(path), folder) as started:
        yield started


@pytest.fixture(scope="session")
def sandbox_webui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebUI]:
    folder = tmp_path_factory.mktemp("sandbox")
    with Sandbox(folder, ["--controlnet"], faults={"seconds_per_step": 0}) as running:
        yield WebUI(running.url)


@pytest.fixture(params=["stand-in", "webui"])
def host(request: pytest.FixtureRequest) -> WebUI:
    """The stand-in and, with ``--webui PATH``, a real WebUI."""
    name = "webui" if request.param == "webui" else "sandbox_webui"
    webui: WebUI = request.getfixturevalue(name)
    return webui


def when_up(url: str, process: subprocess.Popen[bytes], log: Path) -> WebUI:
    """A request while it still adds its API ends the WebUI 1.10.1: it says itself when it is ready."""
    end = time.monotonic() + MINUTES
    while b"Startup time:" not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > end:
            raise AssertionError(log.read_text("utf-8", "replace")[-4000:])
        time.sleep(0.2)
    webui = WebUI(url)
    if not webui.ask("/sdapi/v1/options").get("sd_model_checkpoint"):
        first, *_ = webui.ask("/sdapi/v1/sd-models")
        webui.set_options(sd_model_checkpoint=first["title"])
    return webui
