"""Hosts for the contract cases: each is a process of its own, asked over HTTP."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
_START = 900.0  # seconds; a WebUI on a slow machine loads its model first


class Host:
    """A WebUI with Agent Scheduler and the probe in it."""

    def __init__(self, command: list[str], cwd: Path, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/inu-jobs-probe/"
        self.log = folder / "host.log"
        self.starts = 0
        scripts = folder / "extensions" / "inu-jobs-probe" / "scripts"
        scripts.mkdir(parents=True)
        shutil.copy(HERE / "probe" / "probe_script.py", scripts / "inu_jobs_probe.py")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=cwd,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "INU_PROBE_ROOT": str(ROOT)},
            )

    def ask(self, part: str) -> None:
        """Run a part of a case in the host; fails with the traceback from there, skips what it has not."""
        request = urllib.request.Request(self.url + part, method="POST")
        with urllib.request.urlopen(request, timeout=_START) as answer:
            told = msgspec.json.decode(answer.read())
        assert told["ok"], told["error"] + "\n--- end of the host's log ---\n" + self.tail()
        if told["skipped"]:
            pytest.skip(told["skipped"])

    def wait(self) -> None:
        """Until the host has come up once more. It says so itself: a request while it still adds its API
        ends the WebUI 1.10.1, and one under way keeps it from reloading."""
        self.starts += 1
        end = time.monotonic() + _START
        while self.log.read_bytes().count(b"\nStartup time:") < self.starts:
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"The host did not come up.\n{self.tail()}")
            time.sleep(0.1)

    def tail(self) -> str:
        return self.log.read_text("utf-8", "replace")[-4000:]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


def webui_command(webui: Path, folder: Path, port: int) -> list[str]:
    """Start the WebUI in ``webui`` with a data folder of its own and a copy of Agent Scheduler, whose
    database lies in its own folder."""
    found = [path for path in (webui / "extensions").iterdir() if (path / "agent_scheduler").is_dir()]
    if not found:
        pytest.fail(f"There is no Agent Scheduler in {webui / 'extensions'}.")
    copy = folder / "extensions" / found[0].name
    if not copy.exists():
        shutil.copytree(found[0], copy, ignore=shutil.ignore_patterns("*.sqlite3*", "__pycache__", ".git"))
    venv = webui / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    python = os.environ.get("WEBUI_PYTHON") or (str(venv) if venv.exists() else sys.executable)
    return [
        python, "-u", "launch.py", "--skip-prepare-environment", "--skip-install", "--skip-version-check",
        "--data-dir", str(folder), *models_of(webui, folder), "--port", str(port),
        # gradio 4 serves the page's own scripts from the data folder alone, unless told otherwise
        "--gradio-allowed-path", str(webui),
        *shlex.split(os.environ.get("WEBUI_ARGS", "")),
    ]  # fmt: skip


def models_of(webui: Path, folder: Path) -> list[str]:
    """The flag for the folder with the models: on Forge Neo ``--model-ref``, on A1111 and Forge
    ``--models-dir``. A1111 has none before 1.10: there ``folder`` gets a link."""
    flags = (webui / "modules" / "paths_internal.py").read_text("utf-8")
    there = [flag for flag in ("--models-dir", "--model-ref") if f'"{flag}"' in flags]
    if there:
        return [there[0], str(webui / "models")]
    if not (folder / "models").exists():
        (folder / "models").symlink_to(webui / "models", target_is_directory=True)
    return []


def first_settings(webui: Path) -> dict[str, Any]:
    """What a config.json made by hand must hold: without the mark of its version Forge Neo says that it was
    updated, and waits for a key. There the refiner is shown only to those who ask for it."""
    launch = (webui / "modules" / "launch_utils.py").read_text("utf-8")
    mark = re.search(r'^VERSION_UID\b.*= "(.+)"', launch, re.MULTILINE)
    return {"VERSION_UID": mark[1], "show_refiner": True} if mark else {}


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="session", params=["stand-in", "webui"])
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    folder, port = tmp_path_factory.mktemp("host"), free_port()
    if request.param == "webui":
        webui = request.config.getoption("--webui", None)
        if not webui:
            pytest.skip("needs --webui PATH")
        command, cwd = webui_command(Path(webui), folder, port), Path(webui)
    else:
        cwd = ROOT
        command = [sys.executable, "-m", "tests.contract.kit.standin", str(folder), str(port)]
    running = Host(command, cwd, folder, port)
    try:
        running.wait()
        running.ask("ready")
        yield running
    finally:
        running.stop()
