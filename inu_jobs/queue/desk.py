"""What the parts of the queue share: the store, the scheduler, and what was seen since the start."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from ..errors import SchedulerError
from ..model import Hold, Job, Notice, Payload, Task, TaskState
from ..ports import ImageFacts, Lanes, Made, Room, Scheduler, Settings
from ..sentences import Sentence
from ..store import Store
from .schedule import windows
from .schedule.eta import CostOf, Durations
from .schedule.leases import Leases

replace = msgspec.structs.replace
_NOTICE_SECONDS = 600.0


class TaskRun:
    """One run of a task, as far as events have told. ``images``: ids of the records it made, in order;
    ``made``: how many images it has made, saved or not. ``starts``: how often it started since it last
    finished, because the scheduler's own requeueing is not reported. ``stopped``: it was interrupted.
    ``unnamed``: it saved a file whose path cannot be recorded."""

    def __init__(self, started: float, starts: int = 0) -> None:
        self.started = started
        self.starts = starts
        self.images: list[str] = []
        self.made = 0
        self.saved: list[str] = []
        self.stopped = False
        self.unnamed = False


class Desk:
    """``lock`` is held while the queue decides: by each hand-over, each event and each user action, so that a
    task being handed over is not withdrawn at the same moment. The scheduler's callbacks never take it."""

    def __init__(
        self,
        store: Store,
        scheduler: Scheduler,
        settings: Settings,
        prepare: Callable[[Task], Payload],
        record: Callable[[Made], ImageFacts | None],
        clock: Callable[[], float],
        room: Callable[[], Room | None],
        cost: CostOf,
        lanes: Lanes,
    ) -> None:
        self.store = store
        self.scheduler = scheduler
        self.settings = settings
        self.prepare = prepare
        self.record = record
        self.clock = clock
        self.room = room
        self.lanes = lanes
        self.lock = threading.RLock()
        self.leases = Leases(clock)
        self.runs: dict[str, TaskRun] = {}
        self.stopping: set[str] = set()  # no longer wanted: stopped if they run, and not recorded
        self.failures: dict[str, tuple[str, int]] = {}  # job -> gist of the latest reason, how often in a row
        self.worked: set[str] = set()  # jobs whose latest task made its images, since the start
        self.dropped: dict[str, list[str]] = {}  # a guest's tasks that are being stopped: files to delete
        self.only_here: set[str] = set()  # tasks that another machine could not make
        self.durations = Durations(
            store, cost, lambda: settings.same_model_run, lambda: [lane.id for lane in lanes.open()]
        )
        self.reconcile_now = True
        self.memory_ran_out = False  # for a task of ours: the scheduler paused itself
        self.just_ended = False  # a task has ended, and none was seen to start since
        self.look_everywhere = True  # rows of any job may be waiting that should not
        self._notices: dict[str, tuple[float, Notice]] = {}

    def may_run(self, job: Job) -> bool:
        """Whether its waiting tasks may start now."""
        if self.store.hold is not None or job.hold is not None:
            return False
        if job.guest is not None and (self.settings.guests == "off" or not self.leases.holds(job.id)):
            return False
        return windows.is_open(job.windows, self.clock())

    def may_fail(self, job: str) -> int | None:
        """How many more tasks may fail before the job goes on hold; None if its latest one worked."""
        if job in self.worked:
            return None
        _, times = self.failures.get(job, ("", 0))
        return max(1, self.settings.hold_after_failures - times)

    def run(self, task: str) -> TaskRun:
        """The current run of ``task``."""
        return self.runs.setdefault(task, TaskRun(self.clock()))

    def change(self, task: str, **fields: Any) -> Task | None:
        """Write ``fields`` of a task (``error``: a sentence); None if it no longer exists."""
        with self.store.transaction() as transaction:
            known = self.store.task(task)
            if known is None:
                return None
            changed: Task = replace(known, **_off_lane(known, _stored(fields)))
            if changed != known:
                transaction.put(changed)
            return changed

    def set_states(self, tasks: Iterable[str], state: TaskState, **fields: Any) -> int:
        """Set the state of all these tasks; returns how many there were."""
        count = 0
        with self.store.transaction() as transaction:
            for task in tasks:
                known = self.store.task(task)
                if known is not None:
                    changed = _off_lane(known, {"state": state, **_stored(fields)})
                    transaction.put(replace(known, **changed))
                    count += 1
        return count

    def take_back(self, job: str, only: Iterable[str] | None = None) -> set[str]:
        """Withdraw the job's tasks that wait at the scheduler, or ``only`` some of them, and return them. If
        the scheduler is unavailable, they stay queued, and reconciling takes them back."""
        wanted = None if only is None else set(only)
        queued = [
            task.id
            for task in self.store.tasks_of(job)
            if task.state == "queued" and (wanted is None or task.id in wanted)
        ]
        if not queued:
            return set()
        gone = {id for id in queued if self.is_elsewhere(id)}
        try:
            gone |= self.withdraw(job, [id for id in queued if id not in gone])
        except SchedulerError:
            self.reconcile_now = self.look_everywhere = True
        return gone

    def withdraw(self, job: str, tasks: list[str]) -> set[str]:
        """Take back tasks that wait at the scheduler here. ``SchedulerError`` if it is unavailable."""
        if not tasks:
            return set()
        gone = self.scheduler.withdraw(tasks)
        self.forget(job, gone)
        return gone

    def stop(self, task: Task) -> None:
        """Interrupt a task that may run. Another machine stops it when its record says that it is no longer
        wanted."""
        if task.lane:
            self.lanes.nudge(task.lane)
        else:
            self.stop_here(task.id)

    def stop_here(self, task: str) -> None:
        """Interrupt what runs here; if the scheduler is unavailable, there is nothing to stop."""
        try:
            self.scheduler.interrupt(task)
        except SchedulerError:
            pass

    def is_elsewhere(self, task: str) -> bool:
        """Whether another machine has it: it is taken back as soon as its record says so."""
        known = self.store.task(task)
        return known is not None and known.lane != ""

    def here(self, *states: TaskState) -> list[Task]:
        """The tasks in these states that no other machine has."""
        return [task for task in self.store.tasks_in(*states) if not task.lane]

    def recall(self, job: str, only: Iterable[str] | None = None) -> None:
        """Have the tasks that wait at the scheduler wait here instead, or ``only`` some of them."""
        gone = self.take_back(job, only)
        self.set_states([id for id in gone if _is_queued(self.store.task(id))], "held", started=None)

    def hold_all(self, hold: Hold) -> None:
        """Start nothing more; the running task finishes."""
        with self.store.transaction() as transaction:
            transaction.set_hold(hold)
        for job in {task.job for task in self.store.tasks_in("queued")}:
            self.recall(job)

    def let_go(self) -> None:
        """Undo ``hold_all``."""
        with self.store.transaction() as transaction:
            if self.store.hold is not None:
                transaction.set_hold(None)

    def forget(self, job: str, tasks: Iterable[str]) -> None:
        """Delete withdrawn rows. Those of an adopted job stay, because only they have all of its settings."""
        known = self.store.job(job)
        if known is None or known.kind != "adopted":
            self.scheduler.forget(sorted(tasks))

    def hold(self, job: str, hold: Hold) -> None:
        """Put a job on hold: its waiting tasks come back, the running one finishes."""
        self.recall(job)
        with self.store.transaction() as transaction:
            known = self.store.job(job)
            if known is not None:
                transaction.put(replace(known, hold=hold))

    def release(self, job: str) -> None:
        """Undo ``hold``."""
        self.failures.pop(job, None)
        with self.store.transaction() as transaction:
            known = self.store.job(job)
            if known is not None and known.hold is not None:
                transaction.put(replace(known, hold=None))

    def notify(self, notice: Notice) -> None:
        """Show a notice for a while; it replaces an earlier one with the same code."""
        self._notices[notice.code] = (self.clock() + _NOTICE_SECONDS, notice)

    def passing_notices(self) -> list[Notice]:
        """The notices that are still shown."""
        now = self.clock()
        return [notice for until, notice in list(self._notices.values()) if until > now]


def _off_lane(known: Task, fields: dict[str, Any]) -> dict[str, Any]:
    """A task that waits here is on no machine."""
    return {**fields, "lane": "", "remote": ""} if known.lane and fields.get("state") == "held" else fields


def _stored(fields: dict[str, Any]) -> dict[str, Any]:
    error = fields.get("error")
    if not isinstance(error, Sentence):
        return fields
    return {**fields, "error": str(error), "error_says": error.says if error else None}


def _is_queued(task: Task | None) -> bool:
    return task is not None and task.state == "queued"
