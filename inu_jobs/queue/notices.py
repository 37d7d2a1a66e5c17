"""What the user should know about the queue as a whole, each in one sentence."""

from __future__ import annotations

from ..api import Notice
from ..ports import SchedulerStatus
from .desk import Desk


def notices(desk: Desk, status: SchedulerStatus) -> list[Notice]:
    found = desk.passing_notices()
    hold = desk.store.hold
    if hold is not None and hold.by == "disk":
        found.insert(0, Notice("error", "disk", hold.message))
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
                f"Agent Scheduler's action after completion is “{status.when_empty}”: it happens when its"
                " queue is empty, although jobs here are on hold.",
            )
        )
    found.extend(Notice("warning", "scheduler", warning) for warning in status.warnings)
    return found


def _paused(status: SchedulerStatus) -> Notice:
    if status.paused_by == "memory":
        return Notice(
            "error",
            "paused",
            "Agent Scheduler paused its queue: the graphics card ran out of memory. Resume it in its tab.",
        )
    return Notice("info", "paused", "Agent Scheduler's queue is paused: resume it in its tab.")
