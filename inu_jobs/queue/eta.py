"""How long tasks take, from those that were done."""

from __future__ import annotations

import heapq
from collections import deque

from ..model import Task
from ..store import Store

_REMEMBERED = 20  # tasks; older ones say little about how fast it goes now


class Durations:
    """Seconds per task, by job and over all. Starts from what the store remembers."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._jobs: dict[str, deque[float]] | None = None
        self._all: deque[float] = deque(maxlen=_REMEMBERED)

    def add(self, task: Task) -> None:
        """Learn from a task that was just done."""
        jobs = self._load()
        if task.started is None or task.finished is None or task.finished < task.started:
            return
        seconds = task.finished - task.started
        jobs.setdefault(task.job, deque(maxlen=_REMEMBERED)).append(seconds)
        self._all.append(seconds)

    def mean(self, job: str) -> float | None:
        """Seconds one task of ``job`` takes: by its own tasks, else by anybody's; None if none ended."""
        seen = self._load().get(job) or self._all
        return sum(seen) / len(seen) if seen else None

    def _load(self) -> dict[str, deque[float]]:
        if self._jobs is None:
            self._jobs = {}
            newest = heapq.nlargest(
                _REMEMBERED * 10, self._store.tasks_in("done"), key=lambda task: task.finished or 0.0
            )
            for task in reversed(newest):
                self.add(task)
        return self._jobs

    def left(self, job: str, now: float) -> float | None:
        """Seconds of work left in a job, not counting what waits before it; None if that is unknown
        or nothing is left."""
        counts = self._store.task_counts(job)
        waiting = counts.get("held", 0) + counts.get("queued", 0)
        running = [task for task in self._store.tasks_in("running") if task.job == job]
        mean = self.mean(job)
        if mean is None or not (waiting or running):
            return None
        elapsed = [now - task.started if task.started else 0.0 for task in running]
        return waiting * mean + sum(max(mean - seconds, 0.0) for seconds in elapsed)
