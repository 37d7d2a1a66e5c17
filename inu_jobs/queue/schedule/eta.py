"""How long waiting tasks will take, estimated from finished ones."""

from __future__ import annotations

import heapq
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ...model import Cost, Payload, Task
from ...store import Store
from .order import model_changes
from .rates import Rates, Span

_REMEMBERED = 1000  # tasks used after a start; older ones say little about the current speed

#: the cost of a task with this payload and these changes, which makes that many images
CostOf = Callable[[Payload, dict[str, Any], int], Cost]


class Estimate(NamedTuple):
    """``seconds``: None without any data. ``loads``: how often another model is loaded in between."""

    seconds: Span | None
    loads: int


class Durations:
    """How long tasks take, starting from what is in the store. Thread-safe. ``bound``: see ``Order``;
    ``lanes``: the other machines that take tasks now."""

    def __init__(
        self,
        store: Store,
        cost_of: CostOf,
        bound: Callable[[], int],
        lanes: Callable[[], Sequence[str]] = lambda: (),
    ) -> None:
        self._lanes = lanes
        self._speeds: dict[str, float] = {}  # of other machines
        self._store = store
        self._cost_of = cost_of
        self._bound = bound
        self._lock = threading.RLock()
        self._rates: Rates | None = None
        self._costs: dict[str, Cost] = {}  # of waiting tasks
        self._waiting: dict[str, list[Cost]] = {}  # by job
        self._ahead: dict[str, Estimate] = {}  # of ``_waiting``
        self._as_of = -1  # the revision that these three belong to

    def add(self, task: Task) -> None:
        """Learn from a task that has just finished."""
        with self._lock:
            self._learn(self._load(), task)

    def estimate(self, costs: Sequence[Cost], job: str = "") -> Estimate:
        """For waiting tasks, in order, if they were the only ones. ``job``: theirs, whose own finished tasks
        are the best guide."""
        with self._lock:
            rates = self._load()
            loads = model_changes([cost.model for cost in costs], self._bound())
            whole = rates.load().times(loads)
            for cost, count in Counter(costs).items():
                span = rates.seconds(cost, job)
                if span is None:
                    return Estimate(None, loads)
                whole = whole.plus(span.times(count))
            return Estimate(whole, loads)

    def left(self, job: str, now: float) -> float | None:
        """Seconds of work left in a job, not counting what waits before it; None if unknown or nothing is
        left."""
        with self._lock:
            self._look()
            running = [task for task in self._store.tasks_in("running") if task.job == job]
            waiting = self._waiting.get(job, [])
            if not (waiting or running):
                return None
            if job not in self._ahead:
                self._ahead[job] = self.estimate(waiting, job)
            ahead = self._ahead[job].seconds
            whole = [self._load().seconds(self._cost(task), job) for task in running]
            if ahead is None or None in whole:
                return None
            gone = [now - task.started if task.started else 0.0 for task in running]
            rest = (max(0.0, span.likely - past) for span, past in zip(whole, gone, strict=True) if span)
            return (ahead.likely + sum(rest)) / self._machines()

    def _machines(self) -> float:
        """How many times as fast as this one all machines are together."""
        return 1.0 + sum(self._speeds.get(lane, 1.0) for lane in self._lanes())

    def _look(self) -> None:
        """What waits now; called for several jobs at a time, and often."""
        revision = self._store.revision
        if self._as_of == revision:
            return
        costs, waiting = {}, dict[str, list[Cost]]()
        for task in self._store.tasks_in("held", "queued"):
            costs[task.id] = cost = self._costs.get(task.id) or self._cost(task)
            waiting.setdefault(task.job, []).append(cost)
        self._costs, self._waiting, self._ahead, self._as_of = costs, waiting, {}, revision

    def _cost(self, task: Task) -> Cost:
        return self._cost_of(self._store.payload(task.payload) or {}, task.changes, task.images)

    def _learn(self, rates: Rates, task: Task) -> None:
        if task.started is None or task.finished is None:
            return
        cost, seconds = self._cost(task), task.finished - task.started
        here = rates.seconds(cost, task.job) if task.lane else None
        if here is None:  # another machine's is better than nothing
            rates.learn(cost, task.job, seconds)
        elif seconds > 0 and here.likely > 0:
            speed = here.likely / seconds
            self._speeds[task.lane] = self._speeds.get(task.lane, speed) * 0.8 + speed * 0.2

    def _load(self) -> Rates:
        if self._rates is None:
            rates = Rates()
            done = self._store.tasks_in("done")
            newest = heapq.nlargest(_REMEMBERED, done, key=lambda task: task.finished or 0.0)
            for task in reversed(newest):
                self._learn(rates, task)
            self._rates = rates
        return self._rates
