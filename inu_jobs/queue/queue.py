"""The queue: one thread that feeds the scheduler, follows it and makes sure that it moves."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from ..errors import InuJobsError, SchedulerError, StoreError
from ..log import log
from ..model import Cost, Notice, Payload, Task, TaskState
from ..ports import (
    Checkpoints,
    Event,
    ImageFacts,
    LaneEvent,
    Lanes,
    Made,
    NoLanes,
    Room,
    Scheduler,
    SchedulerStatus,
    Settings,
)
from ..sentences import UNSAID, say
from ..store import Store
from .actions import Actions
from .desk import Desk
from .disk import DiskWatch
from .feeder import Feeder
from .follower import Follower
from .notices import notices
from .reconciliation import Reconciler
from .schedule.eta import CostOf, Estimate
from .schedule.forecast import Forecast, JobRun, Place
from .schedule.order import AsNamed
from .watchdog import Watchdog

_ROUND = 1.0  # seconds between rounds when nothing happens
#: seconds that a round waits for more of the events that come together: a run's file, its images, its end and
#: the next start. A round for each would take the interpreter from the run four times
_GATHER = 0.03
_RECONCILE = 10.0
_DOUBT = 3.0
_ACTIVE: tuple[TaskState, ...] = ("held", "queued", "running")


class Queue:
    """``prepare`` returns a task's payload ready for hand-over (``InuJobsError``: the task fails with that
    sentence); ``record`` the facts of an image file, None if it is missing; ``room`` how much space is left
    on the fullest disk in use, None if unknown; ``cost`` what a task with a payload and changes costs.

    ``receive`` is the scheduler's sink. ``start`` runs ``tick`` on a daemon thread; tests call it directly.
    """

    def __init__(
        self,
        store: Store,
        scheduler: Scheduler,
        settings: Settings,
        prepare: Callable[[Task], Payload],
        record: Callable[[Made], ImageFacts | None],
        cost: CostOf,
        clock: Callable[[], float] = time.time,
        room: Callable[[], Room | None] = lambda: None,
        checkpoints: Checkpoints | None = None,
        lanes: Lanes | None = None,
    ) -> None:
        lanes = lanes or NoLanes()
        self._desk = Desk(store, scheduler, settings, prepare, record, clock, room, cost, lanes)
        self._follower = Follower(self._desk)
        self._feeder = Feeder(self._desk, self._follower, checkpoints or AsNamed())
        self._reconciler = Reconciler(self._desk, self._follower, self._drain)
        self._watchdog = Watchdog(self._desk)
        self._disk = DiskWatch(self._desk)
        self._actions = Actions(self._desk, self._disk)
        self._forecast = Forecast(store, self.left, self._stands_still, clock)
        self._inbox: deque[Event | LaneEvent] = deque()
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._reconciled = float("-inf")
        self._status = SchedulerStatus(attached=False)
        self._trouble = UNSAID

    # ------------------------------------------------------------------ thread

    def start(self) -> None:
        """Start working; starting again has no effect."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._stopping.clear()
        self._thread = threading.Thread(target=self._work, name="inu-jobs-feeder", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop working after the current round. Events are kept for the next start."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(10.0)
        self._thread = None

    def nudge(self) -> None:
        """Start the next round at once."""
        self._wake.set()

    def receive(self, event: Event | LaneEvent) -> None:
        """Accept an event on any thread; returns at once."""
        self._inbox.append(event)
        self._wake.set()

    def _work(self) -> None:
        while not self._stopping.is_set():
            if self._wake.wait(_ROUND):
                self._stopping.wait(_GATHER)
            self._wake.clear()
            try:
                self.tick()
            except Exception as error:  # whatever it was, the next round may work
                log.exception("an error in the queue.")
                self._trouble = say(
                    "The queue ran into an error: {error}. See the console for details.", error=repr(error)
                )

    def tick(self) -> None:
        """One round. Never raises if the scheduler is unavailable or the store cannot be written."""
        if self._desk.store.read_only:
            self._desk.store.idle()  # takes over once the other process has released it
            return
        try:
            self._round()
            self._trouble = UNSAID
        except SchedulerError:
            pass  # the status reports it, and the next round tries again
        except InuJobsError as error:
            self._trouble = error.sentence

    def _round(self) -> None:
        desk = self._desk
        with desk.lock:
            self._drain()
        self._status = status = desk.scheduler.status()
        if not status.attached:
            return
        queued = len(desk.here("queued"))
        with desk.lock:
            self._follower.elsewhere.bring_home()
        now = desk.clock()
        every = _DOUBT if self._reconciler.doubts else _RECONCILE
        if desk.reconcile_now or now - self._reconciled >= every:
            desk.reconcile_now = False
            self._reconciled = now
            self._reconciler.run(status)
        self._disk.look()
        self._feeder.feed(status)
        self._watchdog.look(status, queued)
        if not desk.store.tasks_in("queued", "running"):
            desk.store.idle()

    def _drain(self) -> None:
        """Apply incoming events in order. One that the store could not record stays first."""
        while self._inbox:
            try:
                self._follower.apply(self._inbox[0])
            except (StoreError, SchedulerError):
                raise
            except Exception:
                log.exception("an event of Agent Scheduler could not be handled.")
            self._inbox.popleft()

    # ----------------------------------------------------------------- actions

    def pause(self, job: str) -> None:
        """Take back waiting tasks; the running one finishes."""
        self._actions.pause(job)
        self.nudge()

    def resume(self, job: str) -> None:
        """Let a job run, whoever put it on hold; see ``Actions.resume``."""
        self._actions.resume(job)
        self.nudge()

    def stop_all(self) -> None:
        """Start no more tasks of any job; the running one finishes."""
        self._actions.stop_all()
        self.nudge()

    def go_on(self) -> None:
        """Undo ``stop_all``."""
        self._actions.go_on()
        self.nudge()

    def cancel(self, job: str) -> None:
        """Withdraw waiting tasks; the running one is interrupted, and what it has saved is recorded."""
        self._actions.cancel(job)
        self.nudge()

    def retry(self, job: str, only: str | None = None) -> None:
        """Requeue what failed or was interrupted, cancelled or lost: all of it, or ``only`` that task."""
        self._actions.retry(job, only)
        self.nudge()

    def again(self, tasks: Iterable[str]) -> set[str]:
        """Requeue tasks that have ended, including finished ones; returns those now waiting."""
        waiting = self._actions.again(tasks)
        self.nudge()
        return waiting

    def not_again(self, tasks: Iterable[Task]) -> None:
        """Undo ``again`` for tasks that have not ended since, given as they were before."""
        self._actions.not_again(tasks)
        self.nudge()

    def replan(self, job: str, change: Callable[[], None]) -> None:
        """Have ``change`` decide again what waits; it may read and write the store."""
        self._actions.replan(job, change)
        self.nudge()

    def remove(self, job: str) -> None:
        """Take all of the job out of the queue and delete its records, but not its files."""
        self._actions.remove(job)
        self.nudge()

    def drop(self, job: str, tasks: Iterable[str]) -> None:
        """Delete some of its tasks with their records, but not their files."""
        self._actions.drop(job, tasks)
        self.nudge()

    def renew(self, job: str) -> None:
        """A guest asks for its job: it may go on."""
        if not self._desk.leases.holds(job):
            self.nudge()
        self._desk.leases.renew(job)

    def reconcile(self) -> None:
        """Compare with the scheduler's own list in the next round."""
        self._desk.reconcile_now = True
        self.nudge()

    # --------------------------------------------------------------- questions

    def running(self) -> Task | None:
        """Our task that runs here."""
        running = self._desk.here("running")
        now = (task for task in running if task.id == self._status.current)
        return next(now, running[0] if running else None)

    def notices(self) -> list[Notice]:
        found = notices(self._desk, self._status)
        if self._trouble:
            found.insert(0, Notice("error", "queue", self._trouble))
        return found

    @property
    def keeps_free(self) -> int:
        """Bytes to keep free: with less, nothing starts."""
        return self._disk.limit

    def estimate(self, costs: Sequence[Cost]) -> Estimate:
        """For tasks that do not exist yet, in order."""
        return self._desk.durations.estimate(costs)

    def left(self, job: str) -> float | None:
        """Seconds of work left in a job, on hold or not; None if unknown or nothing is left."""
        return self._desk.durations.left(job, self._desk.clock())

    def runs(self) -> dict[str, JobRun]:
        """When each job with tasks left runs and will be done, in order."""
        return self._forecast.runs()

    def ends(self) -> float | None:
        """When everything not on hold will be done, in seconds since the epoch; None if unknown."""
        return self._forecast.ends()

    def would_run(self, place: Place, seconds: float | None) -> JobRun:
        """When a job with that many seconds of work would run and be done if queued now."""
        return self._forecast.of(place, seconds)

    def silence(self, job: str) -> float:
        """Seconds for which a guest has not asked for its job."""
        return self._desk.leases.silence(job)

    def is_forgotten(self, job: str) -> bool:
        """Whether a guest's job waits because nobody has asked for it for long."""
        return not self._desk.leases.holds(job)

    def _stands_still(self) -> bool:
        return self._desk.store.hold is not None or self._status.paused

    def eta(self, job: str | None) -> float | None:
        """Seconds of work left in a job by itself, or in everything not on hold; None if unknown."""
        desk = self._desk
        now = desk.clock()
        if job is not None:
            known = desk.store.job(job)
            return None if known is None or known.hold is not None else desk.durations.left(job, now)
        jobs = [known.id for known in desk.store.jobs() if known.hold is None and known.guest is None]
        active = [id for id in jobs if any(desk.store.task_counts(id)[state] for state in _ACTIVE)]
        parts = [desk.durations.left(id, now) for id in active]
        return sum(part for part in parts if part is not None) if parts and None not in parts else None
