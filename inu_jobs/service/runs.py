"""Which job runs when."""

from __future__ import annotations

import time
from collections.abc import Callable

from .. import api
from ..model import Job
from ..queue import Queue
from ..queue.order import turn
from ..queue.windows import is_open, next_change
from ..store import Store
from .views import Views

#: how often the machine may turn from one job to another before the rest is not told any more
_STEPS = 1000
_STOPPED = "Everything is stopped."
_CLOSED = "Its run window is closed."
_BEFORE = "Others go first."
_REASONS = {
    "user": "It is paused.",
    "errors": "It stopped after errors.",
    "memory": "It stopped: memory ran out.",
    "requeue": "It stopped: a task failed over and over.",
}


class RunPlanner:
    def __init__(self, store: Store, queue: Queue, views: Views, clock: Callable[[], float]) -> None:
        self._store = store
        self._queue = queue
        self._views = views
        self._clock = clock

    def plan(self) -> api.RunPlan:
        """Of all jobs that have tasks left, in the order in which they end."""
        now, hold = self._clock(), self._store.hold
        known = {job.id: job for job in sorted(self._store.jobs(), key=turn)}
        told = {id: run for id, job in known.items() if (run := self._run(job)) is not None}
        for id, run in told.items():
            if run.state == "running":
                run.starts = now
            elif hold is not None:
                run.reason = hold.message or _STOPPED
            elif (its := known[id].hold) is not None:
                run.reason = _REASONS.get(its.by, its.message)
            elif not is_open(known[id].windows, now):
                run.reason = _CLOSED
        free = [run for run in told.values() if hold is None and known[run.job].hold is None]
        _lay_out(free, now)
        ends = [run.ends for run in free]
        return api.RunPlan(
            now=now,
            timezone=_zone(now),
            jobs=sorted(told.values(), key=lambda run: (run.ends is None, run.ends or run.starts or now)),
            ends=max(end for end in ends if end) if ends and None not in ends else None,
        )

    def _run(self, job: Job) -> api.RunJob | None:
        counts = self._store.task_counts(job.id)
        left = sum(counts.get(state, 0) for state in ("held", "queued", "running"))
        if not left:
            return None
        return api.RunJob(
            job=job.id, name=job.name, priority=job.priority, state=self._views.state(job), reason="",
            tasks=left, windows=job.windows, seconds=self._queue.left(job.id),
        )  # fmt: skip


def _lay_out(runs: list[api.RunJob], now: float) -> None:
    """Set ``starts`` and ``ends``: at any time the first of ``runs`` whose window is open has the machine.
    (That tasks for the loaded model may go first is left out: it moves little.)"""
    left = {run.job: run.seconds for run in runs}
    at = now
    for _ in range(_STEPS):
        waiting = [run for run in runs if run.ends is None]
        run = next((run for run in waiting if is_open(run.windows, at)), None)
        changes = [change for other in waiting if (change := next_change(other.windows, at)) is not None]
        change = min(changes, default=None)
        if run is not None:
            if run.starts is None:
                run.starts = at
            seconds = left[run.job]
            if seconds is None:
                break  # nobody knows when the machine is free again
            if change is None or at + seconds <= change:
                run.ends = at = at + seconds
                continue
            left[run.job] = seconds - (change - at)
        if change is None:
            break
        at = change
    for run in runs:
        if run.starts != now and not run.reason:
            run.reason = _BEFORE


def _zone(now: float) -> str:
    minutes = time.localtime(now).tm_gmtoff // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
