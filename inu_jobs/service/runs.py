"""Which job runs when."""

from __future__ import annotations

import time
from collections.abc import Callable

from .. import api
from ..model import Job
from ..queue import Queue
from ..queue.forecast import Run
from ..store import Store
from .views import Views

_STOPPED = "Everything is stopped."
_PAUSED = "Agent Scheduler is paused."
_WAITS = {"": "", "others": "Others go first.", "window": "Its run window is closed."}
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
        now = self._clock()
        told = []
        for id, run in self._queue.runs().items():
            job = self._store.job(id)
            if job is not None:
                told.append(self._told(job, run))
        return api.RunPlan(
            now=now,
            timezone=_zone(now),
            jobs=sorted(told, key=lambda run: (run.ends is None, run.ends or run.starts or now)),
            ends=self._queue.ends(),
        )

    def _told(self, job: Job, run: Run) -> api.RunJob:
        counts = self._store.task_counts(job.id)
        left = sum(counts.get(state, 0) for state in ("held", "queued", "running"))
        return api.RunJob(
            job=job.id, name=job.name, priority=job.priority, state=self._views.state(job),
            reason=self._reason(job, run), tasks=left, windows=job.windows,
            seconds=self._queue.left(job.id) if run.seconds is None else run.seconds,
            starts=run.starts, ends=run.ends,
        )  # fmt: skip

    def _reason(self, job: Job, run: Run) -> str:
        everything = self._store.hold
        if run.waits == "stopped":
            return _PAUSED if everything is None else everything.message or _STOPPED
        if run.waits != "hold":
            return _WAITS[run.waits]
        return _REASONS.get(job.hold.by, job.hold.message) if job.hold is not None else ""


def _zone(now: float) -> str:
    minutes = time.localtime(now).tm_gmtoff // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
