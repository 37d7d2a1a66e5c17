"""Makes sure that the scheduler's queue moves while our tasks wait in it."""

from __future__ import annotations

from ..model import Notice, Task
from ..ports import SchedulerStatus
from ..sentences import say
from .adoption import own
from .desk import Desk

_WEDGED_SECONDS = 8.0
#: seconds after which a runner has not been started by whoever queued the task
_STARTING_SECONDS = 2.0


class Watchdog:
    """Wakes or frees a scheduler that is stuck; see ``look``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stuck: tuple[str, float] | None = None
        self._asleep: tuple[object, float] | None = None  # what is waiting, and since when

    def look(self, status: SchedulerStatus, queued: int) -> None:
        """``queued``: how many of our tasks were queued at the time of the status. Raises ``SchedulerError``
        if the scheduler does not respond."""
        self._stop_unwanted(status.current)
        if self._desk.memory_ran_out and status.paused_by == "memory":
            # our own task is set aside and its job put on hold, so that others can continue
            self._desk.memory_ran_out = False
            self._desk.scheduler.end_memory_pause()
            return
        waiting = bool(self._desk.here("queued"))
        if not waiting or status.paused:
            self._stuck = self._asleep = None
            return
        if status.runner:
            self._asleep = None
        else:
            self._wake(status.pending - queued)
        self._watch_current(status)

    def _wake(self, others: int) -> None:
        """A task was added in the second before its runner went to sleep, or its runner died. Others that
        queue a task start the runner right after; if we did it, too, there could be two. ``others``: waiting
        tasks that are not ours."""
        desk = self._desk
        theirs = frozenset(task.id for task in desk.here("queued") if not own(desk, task))
        if theirs or others > 0:
            waiting = (theirs, others)
            if self._asleep is None or self._asleep[0] != waiting:
                self._asleep = (waiting, desk.clock())
            if desk.clock() - self._asleep[1] < _STARTING_SECONDS:
                return
        desk.scheduler.kick()

    def _stop_unwanted(self, current: str | None) -> None:
        """Interrupt repeatedly: before a generation has begun, the WebUI forgets it."""
        desk = self._desk
        with desk.lock:
            if current is None:
                return
            task = desk.store.task(current)
            if current in desk.stopping or (task is not None and _is_unwanted(task)):
                desk.stop_here(current)

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
                        say(
                            "The queue was stuck: a task of another program had failed but still"
                            " counted as running. Inu Jobs cleared it."
                        ),
                    )
                )


def _is_unwanted(task: Task) -> bool:
    """It has ended, or another machine makes it."""
    return task.lane != "" or task.state in ("cancelled", "done")
