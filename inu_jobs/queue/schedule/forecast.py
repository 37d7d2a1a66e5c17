"""When what waits will be done: one machine, jobs in turn, run windows and holds."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

import msgspec

from ...model import Job, Waits, Window
from ...store import Store
from .order import turn
from .windows import is_open, next_change

#: how often the machine may turn from one job to another before the rest is not told any more
_STEPS = 1000
_KNOWN_SECONDS = 1.0


class Place(msgspec.Struct, frozen=True):
    """Where a job that is not there yet would stand in the queue; or ``job``, that shall be another."""

    windows: Sequence[Window] = ()
    priority: int = 0
    hold: bool = False
    job: str = ""


class JobRun(msgspec.Struct):
    """``seconds`` of work left, None if not known or, of what stands still, not asked. ``starts``, ``ends``:
    whole seconds since the epoch, None where that cannot be told."""

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
        self._lock = threading.Lock()  # all ask at once after each change
        self._runs: dict[str, JobRun] = {}
        self._as_of: object = None  # what ``_runs`` belongs to
        self._since = 0.0

    def runs(self) -> dict[str, JobRun]:
        """Of all jobs that have tasks left, by job, in turn. Asked for often: known for a second."""
        with self._lock:
            as_of = (self._store.epoch, self._store.revision, self._stopped())
            if self._as_of != as_of or not 0 <= self._clock() - self._since < _KNOWN_SECONDS:
                jobs = sorted(self._waiting(), key=turn)
                self._runs = self._tell([(job, self._left_of(job)) for job in jobs], self._clock())
                self._as_of = as_of
                self._since = self._clock()  # it may have taken longer than that
            return self._runs

    def _waiting(self) -> list[Job]:
        return [job for job in self._store.jobs() if _count(self._store, job)]

    def _left_of(self, job: Job) -> float | None:
        """It need not be known of what stands still."""
        return self._left(job.id) if job.hold is None else None

    def ends(self) -> float | None:
        """When all that does not stand still is done; None if that cannot be told."""
        ends = [run.ends for run in self.runs().values() if run.waits != "hold"]
        return max(end for end in ends if end) if ends and None not in ends else None

    def of(self, place: Place, seconds: float | None) -> JobRun:
        """Of a job with so many seconds of work, were it queued now."""
        now = self._clock()
        known = self._store.job(place.job)
        fresh = known or Job("", "", "txt2img", now, "", priority=place.priority, windows=list(place.windows))
        jobs = [(job, self._left_of(job)) for job in self._waiting() if job.id != place.job]
        jobs = sorted([*jobs, (fresh, seconds)], key=lambda pair: turn(pair[0]))
        return self._tell(jobs, now, held={fresh.id} if place.hold else set())[fresh.id]

    def _tell(
        self, jobs: Sequence[tuple[Job, float | None]], now: float, held: set[str] | None = None
    ) -> dict[str, JobRun]:
        stopped = self._stopped()
        runs, free = {}, []
        for job, seconds in jobs:
            run = runs[job.id] = JobRun(job.id, job.windows, seconds)
            hold = job.hold is not None or job.id in (held or ())
            if self._store.task_counts(job.id).get("running"):
                run.starts = round(now)
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


class _Row:
    """The runs with the same windows, in turn, with their places among all. Asked with times that only
    grow, so the calendar is looked at once for each time that the windows open or close."""

    def __init__(self, windows: Sequence[Window]) -> None:
        self.runs: deque[tuple[int, JobRun]] = deque()
        self.open = True
        self.change: float | None = None
        self._windows = windows
        self._known = False

    def look(self, at: float) -> None:
        if self._windows and (not self._known or (self.change is not None and at >= self.change)):
            self.open = is_open(self._windows, at)
            self.change = next_change(self._windows, at)
        self._known = True


def _lay_out(runs: Sequence[JobRun], now: float) -> None:
    """Set ``starts`` and ``ends``: at any time the first of ``runs`` whose window is open has the machine.
    (That tasks for the loaded model may go first is left out: it moves little.)"""
    running = {run.job for run in runs if run.starts is not None}
    here = _follow(runs, now)
    for run in runs:
        if not run.waits and run is not here and run.job not in running:
            run.waits = "others"  # also where it is its turn within this second


def _follow(runs: Sequence[JobRun], now: float) -> JobRun | None:
    """Set ``starts`` and ``ends``. The run that has the machine now."""
    left = {run.job: run.seconds for run in runs}
    rows = _rows(runs)
    at = now
    here: JobRun | None = None
    for _ in range(_STEPS):
        rows = [row for row in rows if row.runs]
        first, change = _first_open(rows, at)
        if first is not None:
            run = first.runs[0][1]
            if at == now and here is None:
                here = run
            if run.starts is None:
                run.starts = round(at)
            seconds = left[run.job]
            if seconds is None:
                break  # nobody knows when the machine is free again
            if change is None or at + seconds <= change:
                at += seconds
                run.ends = round(at)
                first.runs.popleft()
                continue
            left[run.job] = seconds - (change - at)
        if change is None:
            break
        at = change
    return here


def _rows(runs: Sequence[JobRun]) -> list[_Row]:
    found: dict[object, _Row] = {}
    for place, run in enumerate(runs):
        key = tuple((window.start, window.end, *window.days) for window in run.windows)
        found.setdefault(key, _Row(run.windows)).runs.append((place, run))
    return list(found.values())


def _first_open(rows: Sequence[_Row], at: float) -> tuple[_Row | None, float | None]:
    """The row whose turn it is, if any is open; and when the next of all windows opens or closes."""
    for row in rows:
        row.look(at)
    change = min((row.change for row in rows if row.change is not None), default=None)
    first = min((row for row in rows if row.open), key=lambda row: row.runs[0][0], default=None)
    return first, change
