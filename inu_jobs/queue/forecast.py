"""When what waits will be done: one machine, jobs in turn, run windows and holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from ..model import Job, Waits, Window
from ..store import Store
from .order import turn
from .windows import is_open, next_change

#: how often the machine may turn from one job to another before the rest is not told any more
_STEPS = 1000


class Place(msgspec.Struct, frozen=True):
    """Where a job that is not there yet would stand in the queue; or ``job``, that shall be another."""

    windows: Sequence[Window] = ()
    priority: int = 0
    hold: bool = False
    job: str = ""


class Run(msgspec.Struct):
    """``seconds`` of work left. ``starts``, ``ends``: seconds since the epoch, None where that cannot be
    told."""

    job: str
    windows: Sequence[Window]
    seconds: float | None
    waits: Waits = ""
    starts: float | None = None
    ends: float | None = None


class Forecast:
    """``left``: seconds of work left in a job, None if not known; ``stopped``: whether nothing starts,
    of whatever job."""

    def __init__(
        self,
        store: Store,
        left: Callable[[str], float | None],
        stopped: Callable[[], bool],
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._left = left
        self._stopped = stopped
        self._clock = clock
        self._runs: dict[str, Run] = {}
        self._as_of: object = None  # what ``_runs`` belongs to

    def runs(self) -> dict[str, Run]:
        """Of all jobs that have tasks left, by job, in turn. Asked for often: known for a second."""
        now = self._clock()
        as_of = (self._store.epoch, self._store.revision, self._stopped(), int(now))
        if self._as_of != as_of:
            jobs = sorted((job for job in self._store.jobs() if _count(self._store, job)), key=turn)
            self._runs = self._tell([(job, self._left(job.id)) for job in jobs], now)
            self._as_of = as_of
        return self._runs

    def ends(self) -> float | None:
        """When all that does not stand still is done; None if that cannot be told."""
        ends = [run.ends for run in self.runs().values() if run.waits != "hold"]
        return max(end for end in ends if end) if ends and None not in ends else None

    def of(self, place: Place, seconds: float | None) -> Run:
        """Of a job with so many seconds of work, were it queued now."""
        now = self._clock()
        known = self._store.job(place.job)
        fresh = known or Job("", "", "txt2img", now, "", priority=place.priority, windows=list(place.windows))
        jobs = [
            (job, self._left(job.id))
            for job in self._store.jobs()
            if job.id != place.job and _count(self._store, job)
        ]
        jobs = sorted([*jobs, (fresh, seconds)], key=lambda pair: turn(pair[0]))
        return self._tell(jobs, now, held={fresh.id} if place.hold else set())[fresh.id]

    def _tell(
        self, jobs: Sequence[tuple[Job, float | None]], now: float, held: set[str] | None = None
    ) -> dict[str, Run]:
        stopped = self._stopped()
        runs, free = {}, []
        for job, seconds in jobs:
            run = runs[job.id] = Run(job.id, job.windows, seconds)
            hold = job.hold is not None or job.id in (held or ())
            if self._store.task_counts(job.id).get("running"):
                run.starts = now
            elif hold or stopped:
                run.waits = "hold" if hold else "stopped"
            elif not is_open(job.windows, now):
                run.waits = "window"
            if not (hold or stopped):
                free.append(run)
        _lay_out(free, now)
        return runs


def _count(store: Store, job: Job) -> int:
    counts = store.task_counts(job.id)
    return sum(counts.get(state, 0) for state in ("held", "queued", "running"))


def _lay_out(runs: Sequence[Run], now: float) -> None:
    """Set ``starts`` and ``ends``: at any time the first of ``runs`` whose window is open has the machine.
    (That tasks for the loaded model may go first is left out: it moves little.)"""
    left = {run.job: run.seconds for run in runs}
    waiting = list(runs)
    at = now
    for _ in range(_STEPS):
        run = next((run for run in waiting if is_open(run.windows, at)), None)
        changes = [next_change(other.windows, at) for other in waiting if other.windows]
        change = min((found for found in changes if found is not None), default=None)
        if run is not None:
            if run.starts is None:
                run.starts = at
            seconds = left[run.job]
            if seconds is None:
                break  # nobody knows when the machine is free again
            if change is None or at + seconds <= change:
                run.ends = at = at + seconds
                waiting.remove(run)
                continue
            left[run.job] = seconds - (change - at)
        if change is None:
            break
        at = change
    for run in runs:
        if run.starts != now and not run.waits:
            run.waits = "others"
