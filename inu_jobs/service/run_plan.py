"""Which job runs when."""

from __future__ import annotations

import time
from collections.abc import Callable

from .. import api
from ..model import Job
from ..queue import Queue
from ..queue.schedule.forecast import JobRun
from ..sentences import UNSAID, Sentence, say, says_of
from ..store import Store
from . import hold_titles
from .views import Views

_PAUSED = say("Agent Scheduler is paused.")
_WAITS = {"": UNSAID, "others": say("Other jobs go first."), "window": say("Its run window is closed.")}


class RunPlanner:
    """Tells which job runs when; see ``plan``."""

    def __init__(self, store: Store, queue: Queue, views: Views, clock: Callable[[], float]) -> None:
        self._store = store
        self._queue = queue
        self._views = views
        self._clock = clock

    def plan(self) -> api.RunPlan:
        """All jobs that have tasks left, in the order in which they end."""
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

    def _told(self, job: Job, run: JobRun) -> api.RunJob:
        counts = self._store.task_counts(job.id)
        left = sum(counts.get(state, 0) for state in ("held", "queued", "running"))
        reason = self._reason(job, run)
        return api.RunJob(
            job=job.id, name=job.name, priority=job.priority, state=self._views.state(job),
            reason=reason, reason_says=says_of(reason), tasks=left, windows=job.windows,
            seconds=self._queue.left(job.id) if run.seconds is None else run.seconds,
            starts=run.starts, ends=run.ends,
        )  # fmt: skip

    def _reason(self, job: Job, run: JobRun) -> Sentence:
        if run.waits == "stopped":
            everything = self._store.hold
            if everything is None:
                return _PAUSED
            return everything.sentence or say("{hold}.", hold=hold_titles.title_of_everything(everything))
        if run.waits != "hold":
            return _WAITS[run.waits]
        return UNSAID if job.hold is None else say("{hold}.", hold=hold_titles.title_of_job(job.hold))


def _zone(now: float) -> str:
    minutes = time.localtime(now).tm_gmtoff // 60
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
