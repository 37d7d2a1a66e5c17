"""What the user should know about the queue as a whole, one sentence each."""

from __future__ import annotations

from ..model import Notice
from ..ports import SchedulerStatus
from ..sentences import say
from .desk import Desk


def notices(desk: Desk, status: SchedulerStatus) -> list[Notice]:
    """The notices that show now, for the whole queue."""
    found = desk.passing_notices()
    hold = desk.store.hold
    if hold is not None and hold.message:
        found.insert(0, Notice("error", hold.by, hold.sentence))
    waiting = bool(desk.store.tasks_in("held", "queued"))
    if not status.attached:
        if status.problem:
            found.insert(0, Notice("error", "scheduler", status.problem))
        return found
    if status.paused and waiting:
        found.append(_paused(status))
    if status.when_empty and any(job.hold is not None for job in desk.store.jobs()):
        found.append(
            Notice(
                "warning",
                "when_empty",
                say(
                    "Agent Scheduler's action after completion is “{when_empty}”: it will run when its"
                    " queue is empty, even though jobs here are on hold.",
                    when_empty=status.when_empty,
                ),
            )
        )
    found.extend(Notice("warning", "scheduler", warning) for warning in status.warnings)
    return found


def _paused(status: SchedulerStatus) -> Notice:
    if status.paused_by == "memory":
        return Notice(
            "error",
            "paused",
            say(
                "Agent Scheduler paused its queue: the graphics card ran out of memory. Resume it in its tab."
            ),
        )
    return Notice("info", "paused", say("Agent Scheduler's queue is paused: resume it in its tab."))
