"""What the cases hold on to inside the host process, stand-in or real."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from inu_jobs.model import new_id
from inu_jobs.ports import Event, Finished, HandOver, Made, Row, Started
from inu_jobs.webui.scheduler.agent_scheduler import AgentScheduler

_LONG = 40.0  # seconds after which a host that should have moved counts as hung
Kind = TypeVar("Kind")


class Inside:
    def __init__(self) -> None:
        self.adapter = AgentScheduler()
        self.events: list[Event] = []
        self.kept: dict[str, Any] = {}  # what one part of a case leaves for the next
        self.adapter.listen(self.events.append)

    # ------------------------------------------------------------ host's globals

    @property
    def opts(self) -> Any:
        from modules import shared

        return shared.opts

    @property
    def state(self) -> Any:
        from modules import shared

        return shared.state

    @property
    def progress(self) -> Any:
        from modules import progress

        return progress

    @property
    def runner(self) -> Any:
        return self._task_runner.TaskRunner.instance

    @property
    def manager(self) -> Any:
        return self._task_runner.task_manager

    @property
    def _task_runner(self) -> Any:
        import sys

        found = [name for name in list(sys.modules) if name.endswith("agent_scheduler.task_runner")]
        return sys.modules[found[0]]

    # ------------------------------------------------------------------- helpers

    def quiet(self) -> None:
        """A clean start: nothing pending, nothing runs, all options as they come."""
        self.opts.data.update(
            queue_paused=False,
            queue_automatic_requeue_failed_task=False,
            queue_completion_action="Do nothing",
        )
        for row in self.manager.get_tasks(status="pending"):
            if row.id != self.progress.current_task:
                self.manager.delete_task(row.id)
        if self.progress.current_task:
            self.state.interrupt()
        self.adapter.unwedge()
        self.until(lambda: not self.runner.is_executing_task and not self.progress.current_task)
        self.adapter.status()
        self.events.clear()

    def until(self, true: Callable[[], Any], seconds: float = _LONG) -> Any:
        """Wait for ``true()``; an error if it does not come."""
        end = time.monotonic() + seconds
        while not (value := true()):
            if time.monotonic() > end:
                raise AssertionError(f"waited {seconds} s; events: {self.events}; {self.adapter.status()}")
            time.sleep(0.02)
        return value

    def payload(self, script: str = "", **fields: Any) -> dict[str, Any]:
        """The smallest image there is; ``script``: what its selectable script should do."""
        made: dict[str, Any] = {
            "prompt": "a dog", "steps": 1, "width": 64, "height": 64, "seed": 1, "sampler_name": "Euler",
            **fields,
        }  # fmt: skip
        if script:
            made.update(prompt=script, script_name="inu probe", script_args=[])
        return made

    def hand(self, payload: dict[str, Any], job: str = "", task: str = "") -> str:
        task = task or new_id("t")
        img2img = "init_images" in payload
        self.adapter.hand_over(HandOver(task, job or new_id("j"), "probe · 1", img2img, payload))
        return task

    def of(self, kind: type[Kind], task: str) -> list[Kind]:
        return [event for event in list(self.events) if isinstance(event, kind) and event.task == task]  # type: ignore[attr-defined]

    def finished(self, task: str) -> Finished:
        """Its end. What is stranded meanwhile is kicked, as the queue's watchdog does."""

        def ended() -> list[Finished]:
            if not self.runner.is_executing_task:
                self.adapter.kick()
            return self.of(Finished, task)

        return self.until(ended)[0]  # type: ignore[no-any-return]

    def started(self, task: str) -> None:
        self.until(lambda: self.of(Started, task))

    def generating(self, task: str) -> None:
        self.until(lambda: self.progress.current_task == task and self.state.job)

    def row(self, task: str) -> Row | None:
        known = self.manager.get_task(task)
        return self.adapter.rows([known.api_task_id]).get(task) if known is not None else None

    def status_of(self, task: str) -> str:
        return str(getattr(self.manager.get_task(task).status, "value", self.manager.get_task(task).status))

    # --------------------------------------------------- what the probe's scripts call

    def produced(self, images: list[Any]) -> None:
        made = [
            Made(str(Path(image.already_saved_as).absolute()), width=image.width, height=image.height)
            for image in images
            if getattr(image, "already_saved_as", None)
        ]
        self.adapter.produced(self.progress.current_task, made, bool(self.state.interrupted))

    def saved(self, path: str) -> None:
        self.adapter.saved(self.progress.current_task, path)


_inside: Inside | None = None


def inside() -> Inside:
    """The one of this process; it outlives "Reload UI", as our runtime does."""
    global _inside
    if _inside is None:
        _inside = Inside()
    return _inside
