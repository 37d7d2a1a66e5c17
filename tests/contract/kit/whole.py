"""A whole WebUI with the extension in it: the sandbox, or a real one, behind the same few methods."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.sandbox.process import Sandbox
from tests.webui.conftest import install_extension
from tests.webui.gradio_events import fire_and_leave
from tests.webui.page import fires

from ..conftest import webui_command

PATIENCE = 900.0  # seconds; a WebUI on a slow machine
#: what a WebUI prints when it reads a checkpoint; the second is Forge's and Forge Neo's
LOADS = ("Loading weights [", "Loading Model: ")
#: as the stand-in has them
LORAS = ("testlora", "testlora2")
#: what the extension prints when it cannot run there
DOES_NOT_RUN = ("Inu Jobs: The Python package", "Inu Jobs: This WebUI is not supported")
WAITING = {"held", "queued", "running"}


class RealWebui(Sandbox):
    """A real WebUI, with a data folder of its own and a copy of the extension in it."""

    UP = "Startup time:"
    START = PATIENCE

    def __init__(self, webui: Path, folder: Path, arguments: Sequence[str] = ()) -> None:
        super().__init__(folder, ["--api", *arguments])
        self._webui = webui

    def command(self) -> tuple[list[str], Path]:
        extension = self.folder / "extensions" / "inu-jobs"
        if not extension.exists():
            install_extension(extension)
            (self.folder / "tmp").mkdir(exist_ok=True)  # as in tests/webui/conftest.py
        command = webui_command(self._webui, self.folder, self.port)
        at = command.index("--port")
        return command[:at] + command[at + 2 :] + self._loras(), self._webui

    def _loras(self) -> list[str]:
        """The flag for a folder of LoRAs with the names that the tests know, made of those that are there."""
        folder = self.folder / "loras"
        there = sorted((self._webui / "models" / "Lora").glob("*.safetensors"))
        for name, file in zip(LORAS, there, strict=False):
            folder.mkdir(exist_ok=True)
            if not (copy := folder / f"{name}.safetensors").exists():
                shutil.copy(file, copy)
        return ["--lora-dir", str(folder)] if there else []

    def wait_until_up(self) -> None:
        self.until_said()
        # without it none of our routes is there: better said at once than waited for
        missing = [line for line in self.output if line.startswith(DOES_NOT_RUN)]
        if missing:
            self.kill()
            raise RuntimeError(missing[-1])
        self.until_answers()


def make(kind: str, config: pytest.Config, folder: Path, arguments: Sequence[str] = ()) -> Sandbox:
    """``kind``: "sandbox", or "webui" for the one of ``--webui PATH``; not started yet."""
    if kind == "sandbox":
        return Sandbox(folder, arguments, {"seconds_per_step": 0.03})
    path = config.getoption("--webui", None)
    if not path:
        pytest.skip("needs --webui PATH")
    return RealWebui(Path(path), folder, arguments)


class Jobs:
    """What the tests ask of a host."""

    def __init__(self, host: Sandbox) -> None:
        self.host = host

    def api(self, path: str, body: Any = None, method: str | None = None) -> Any:
        return self.host.request(f"/inu-jobs/v1{path}", body, method)

    def queue(self, seeds: int, *, axes: Sequence[dict[str, Any]] = (), **payload: Any) -> str:
        """A small txt2img job of ``seeds`` images a setting; its id."""
        small = {
            "prompt": "a house by a lake",
            "steps": 3,
            "width": 96,
            "height": 64,
            "sampler_name": "Euler a",
        }
        seed = {"field": "seed", "values": list(range(1, seeds + 1))}
        body = {"kind": "txt2img", "payload": small | payload, "axes": [*axes, seed], "force": True}
        return str(self.api("/jobs", body)["id"])

    def states(self, job: str) -> dict[str, int]:
        counts = self.api(f"/jobs/{job}")["job"]["tasks"]
        return {state: count for state, count in counts.items() if count and state != "total"}

    def until(self, job: str, met: Callable[[dict[str, int]], bool]) -> dict[str, int]:
        end = time.monotonic() + PATIENCE
        while not met(states := self.states(job)):
            assert time.monotonic() < end, (states, self.api("/status"))
            time.sleep(0.2)
        return states

    def until_ended(self, job: str) -> dict[str, int]:
        return self.until(job, lambda states: not WAITING & set(states))

    def until_done(self, job: str, count: int) -> None:
        self.until(job, lambda states: states.get("done", 0) >= count)

    def files(self, job: str) -> list[str]:
        """Paths of all its images, each fetched as a file and as a thumbnail."""
        images = self.api(f"/jobs/{job}")["images"]
        for image in images:
            self.fetch(f"/images/{image['id']}/thumb")
            assert self.fetch(f"/images/{image['id']}/file")[:4] == b"\x89PNG"
        return [image["path"] for image in images]

    def fetch(self, path: str) -> bytes:
        return self.host.fetch(f"/inu-jobs/v1{path}")

    def listed(self) -> int:
        """How long Agent Scheduler's own list is; what runs is in it."""
        return int(self.host.request("/agent-scheduler/v1/queue?limit=1")["total_pending_tasks"])

    def failed(self) -> int:
        """How many tasks in Agent Scheduler's own list failed."""
        return int(self.host.request("/agent-scheduler/v1/history?status=failed&limit=1")["total"])

    def loads(self) -> int:
        """How many checkpoints were read from disk since the host was made, by what the WebUI prints."""
        return sum(line.startswith(LOADS) for line in list(self.host.output))

    def upscalers(self) -> list[str]:
        """What hires fix can use here; there are WebUIs without latent upscaling."""
        catalog = self.api("/catalog")
        return [*catalog["latent_upscale_modes"], *catalog["upscalers"]]

    def reload_ui(self) -> None:
        """Press "Reload UI" on the page, and wait until it is up again."""
        before, config = self._app(), self.host.request("/config")
        (button,) = [
            c["id"] for c in config["components"] if c["props"].get("elem_id") == "settings_restart_gradio"
        ]
        number = next(n for n, event in enumerate(config["dependencies"]) if fires(event, button, "click"))
        try:
            fire_and_leave(self.host.url, config, number, [], secrets.token_hex(5))
        except (ConnectionClosed, OSError, HTTPException, AssertionError):
            pass  # the server is gone already
        if not isinstance(self.host, RealWebui):  # which says itself when it is up again
            end = time.monotonic() + PATIENCE
            while self._app() in (None, before):
                assert time.monotonic() < end, "Reload UI did not come back"
                time.sleep(0.1)
        self.host.wait_until_up()

    def _app(self) -> int | None:
        """Which page is served: each "Reload UI" builds another. None while there is none."""
        try:
            return int(self.host.request("/app_id")["app_id"])
        except OSError:
            return None
