"""Seeing that the scheduler's queue moves while tasks of ours wait in it."""

from __future__ import annotations

from ..api import Notice
from ..ports import SchedulerStatus
from .desk import Desk
from .follow import stop_quietly

_WEDGED_SECONDS = 8.0


class Watchdog:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stuck: tuple[str, float] | None = None

    def look(self, status: SchedulerStatus) -> None:
        """Raises ``SchedulerError`` if the scheduler does not answer."""
        self._stop_unwanted(status.current)
        if self._desk.memory_ran_out and status.paused_by == "memory":
            # our task is set aside and its job stands still: the others can go on
            self._desk.memory_ran_out = False
            self._desk.scheduler.end_memory_pause()
            return
        waiting = bool(self._desk.store.tasks_in("queued"))
        if not waiting or status.paused:
            self._stuck = None
            return
        if not status.runner:
            # Added in the second before its runner went to sleep, or its runner died.
            self._desk.scheduler.kick()
        self._watch_current(status)

    def _stop_unwanted(self, current: str | None) -> None:
        """Interrupt again and again: before a generation has begun the WebUI forgets it."""
        desk = self._desk
        with desk.lock:
            if current is None:
                return
            task = desk.store.task(current)
            if current in desk.stopping or (task is not None and task.state in ("cancelled", "done")):
                stop_quietly(desk, current)

    def _watch_current(self, status: SchedulerStatus) -> None:
        now = self._desk.clock()
        if status.current is None or status.generating:
            self._stuck = None
        elif self._stuck is None or self._stuck[0] != status.current:
            self._stuck = (status.current, now)
        elif now - self._stuck[1] >= _WEDGED_SECONDS:
            self._stuck = None
            if self._desk.scheduler.unwedge():
                self._desk.scheduler.kick()
                self._desk.notify(
                    Notice(
                        "warning",
                        "unwedged",
                        "The queue stood still: a task of another program had failed and still counted as"
                        " running. Inu Jobs freed it.",
                    )
                )
