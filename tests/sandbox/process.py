"""The sandbox in a process of its own, for tests.

    with Sandbox(tmp_path, faults={"seconds_per_step": 0.05}) as sandbox:
        page.goto(sandbox.url)

When the block ends with an error, what the sandbox printed is printed."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

from tests.sandbox import ROOT


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Sandbox:
    """``folder`` keeps everything: start another one on it to see what a restart does.

    ``arguments`` are the WebUI's flags; ``faults`` the fields of ``tests.sandbox.faults.Faults``."""

    #: what it prints when all extensions have added their routes and events. Before, gradio 4 may answer 500,
    #: and a request ends WebUI 1.10.1 ("Cannot add middleware after an application has started")
    UP = "Startup complete."
    #: seconds until one that does not say so counts as broken: importing gradio takes long on a busy machine
    START = 300.0

    def __init__(
        self, folder: Path, arguments: Sequence[str] = (), faults: dict[str, Any] | None = None
    ) -> None:
        self.folder = Path(folder)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.output: list[str] = []
        self._arguments = list(arguments)
        self.opener = urllib.request.build_opener()
        self._faults = faults or {}
        self._starts = 0
        self._auth = next((b for a, b in pairwise(arguments) if a == "--api-auth"), None)
        self.process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
        if error is not None:
            print(f"--- output of the sandbox in {self.folder} ---", *self.output, sep="\n")

    def command(self) -> tuple[list[str], Path]:
        """How to start it, and in which folder."""
        return [sys.executable, "-u", "-m", "tests.sandbox", "--data-dir", str(self.folder)], ROOT

    def start(self) -> Sandbox:
        """Start it and wait until its page and the extension's API answer."""
        command, cwd = self.command()
        self._starts = self._started()
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), *self._arguments],
            cwd=cwd,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env={
                **os.environ,
                "PYTHONIOENCODING": "utf-8",
                "INU_SANDBOX_FAULTS": json.dumps(self._faults),
            },
        )
        self._reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self._reader.start()
        self.wait_until_up()
        return self

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self.output.append(line.rstrip("\n"))

    def _started(self) -> int:
        """How often it said that it is up."""
        return sum(self.UP in line for line in self.output)

    def wait_until_up(self) -> None:
        """Until it says so, once more than before, and the extension's own API answers."""
        self.until_said()
        self.until_answers()

    def until_said(self) -> None:
        end = time.monotonic() + self.START
        while self._started() <= self._starts:
            if not self._alive() or time.monotonic() > end:
                self._did_not_start()
            time.sleep(0.1)
        self._starts = self._started()

    def until_answers(self) -> None:
        """With whatever status."""
        end = time.monotonic() + self.START
        while self._alive() and time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.url}/inu-jobs/v1/status", timeout=10):
                    return
            except urllib.error.HTTPError as error:
                with error:
                    if error.code in (401, 403):  # it is there, and asks who we are
                        return
            except OSError:
                pass
            time.sleep(0.1)
        self._did_not_start()

    def _alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _did_not_start(self) -> NoReturn:
        self.kill()
        raise RuntimeError("The WebUI did not start. It printed:\n" + "\n".join(self.output))

    def kill(self) -> None:
        """End it at once, as a power cut would; the WebUI ends itself just as hard."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self._reader.join()

    def set_faults(self, **values: Any) -> dict[str, Any]:
        return dict(self.request("/sandbox/faults", values))

    def request(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """A JSON request as the extension's own page makes it; None for an empty answer.

        Raises ``urllib.error.HTTPError`` for an error status."""
        text = self.fetch(path, body, method)
        return json.loads(text) if text else None

    def fetch(self, path: str, body: Any = None, method: str | None = None) -> bytes:
        """The bytes of an answer. Sent by ``opener``, which may carry a login."""
        headers = {"Content-Type": "application/json", "X-Inu-Jobs": "1"}
        if self._auth:
            token = base64.b64encode(self._auth.encode()).decode()
            headers["Authorization"] = f"Basic {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with self.opener.open(request, timeout=120) as answer:
            return bytes(answer.read())

    def reload_ui(self) -> None:
        """ "Reload UI", without the page; returns when it is up again."""
        before = self.request("/sandbox/reload", {})["started"]
        self._starts = self._started()
        end = time.monotonic() + self.START
        while time.monotonic() < end:
            try:
                if self.request("/sandbox/state")["started"] > before:
                    self.wait_until_up()
                    return
            except (OSError, ValueError):
                pass  # between two servers
            time.sleep(0.1)
        raise RuntimeError("Reload UI did not come back:\n" + "\n".join(self.output))
