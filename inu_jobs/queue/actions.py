"""What users do with a job while it waits and while it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from ..errors import NO_JOB, NotFound, Refused
from ..model import ENDED, RETRYABLE, Hold, Job, Task
from ..sentences import UNSAID, say
from .desk import Desk, replace
from .disk import DiskWatch
from .reconciliation import DEATHS

_ENDING = ("state", "error", "error_says", "started", "finished", "attempt", "deaths", "lane", "remote")


class Actions:
    """Each action raises ``NotFound``, ``Refused``, ``SchedulerError`` or ``StoreError`` with a sentence."""

    def __init__(self, desk: Desk, disk: DiskWatch) -> None:
        self._desk = desk
        self._disk = disk

    def _job(self, id: str) -> Job:
        job = self._desk.store.job(id)
        if job is None:
            raise NotFound(NO_JOB)
        return job

    def pause(self, id: str) -> None:
        """Take back waiting tasks; the running one finishes. Pausing twice has no further effect."""
        with self._desk.lock:
            self._job(id)
            if not self._tasks(id, {"held", "queued", "running"}):
                raise Refused(say("There is nothing to pause: this job has no waiting or running tasks."))
            self._desk.hold(id, Hold(by="user"))

    def resume(self, id: str) -> None:
        """Let it run, whoever put it on hold. If that was because of failures, failed tasks are retried,
        except those during which the WebUI died."""
        desk = self._desk
        with desk.lock:
            job = self._job(id)
            if job.hold is not None and job.hold.by != "user":
                failed = self._tasks(id, {"failed"})
                self._wait_again(task.id for task in failed if task.deaths < DEATHS)
            desk.release(id)

    def stop_all(self) -> None:
        """Start no more tasks of any job; the running one finishes."""
        with self._desk.lock:
            self._desk.hold_all(Hold("user"))

    def go_on(self) -> None:
        """Undo ``stop_all``. ``Refused`` while the disk is too full."""
        with self._desk.lock:
            if problem := self._disk.problem():
                raise Refused(problem)
            self._desk.let_go()

    def cancel(self, id: str) -> None:
        """Withdraw waiting tasks; the running one is interrupted, and what it has saved is recorded."""
        desk = self._desk
        with desk.lock:
            self._job(id)
            tasks = self._tasks(id, {"held", "queued", "running"})
            if not tasks:
                raise Refused(say("There is nothing to cancel: this job has no waiting or running tasks."))
            desk.take_back(id)
            now = desk.clock()
            desk.set_states([task.id for task in tasks], "cancelled", error=UNSAID, finished=now)
            desk.release(id)
            for task in tasks:
                if task.state == "running":
                    desk.stop(task)

    def replan(self, id: str, change: Callable[[], None]) -> None:
        """Have ``change`` decide again what waits, after taking back all of it: what is still queued then is
        about to run. The feeder and the scheduler's events wait until it is done."""
        desk = self._desk
        with desk.lock:
            self._job(id)
            queued = [task.id for task in self._tasks(id, {"queued"})]
            elsewhere = {task for task in queued if desk.is_elsewhere(task)}
            gone = elsewhere | desk.withdraw(id, [task for task in queued if task not in elsewhere])
            if gone:
                desk.set_states(sorted(gone), "held")
            before = {task.id for task in desk.store.tasks_of(id)}
            change()
            desk.only_here.difference_update(before)
            desk.worked.discard(id)  # in its new form it has not been shown to work
            gone = before - {task.id for task in desk.store.tasks_of(id)}
            desk.scheduler.forget(sorted(gone))  # rows of its own button still exist
            for task in gone:
                desk.runs.pop(task, None)

    def retry(self, id: str, only: str | None = None) -> None:
        """Requeue what failed or was interrupted, cancelled or lost: all of it, or ``only`` that task."""
        desk = self._desk
        with desk.lock:
            job = self._job(id)
            running = desk.scheduler.status().current  # just cancelled, and not stopped yet
            ended = [task.id for task in self._tasks(id, set(RETRYABLE)) if task.id != running]
            again = [task for task in ended if only in (None, task)]
            if not again:
                raise Refused(say("There is nothing to retry: no task of this job failed or was stopped."))
            self._wait_again(again)
            if job.hold is not None and job.hold.by != "user":
                desk.release(id)

    def again(self, ids: Iterable[str]) -> set[str]:
        """Requeue tasks that have ended, including finished ones; returns those now waiting."""
        desk = self._desk
        with desk.lock:
            tasks = [task for task in map(desk.store.task, ids) if task is not None and task.state in ENDED]
            wait = {task.id for task in tasks}
            self._wait_again(wait)
            for job in map(desk.store.job, {task.job for task in tasks}):
                if job is not None and job.hold is not None and job.hold.by != "user":
                    desk.release(job.id)
            return wait

    def not_again(self, tasks: Iterable[Task]) -> None:
        """Undo ``again`` for tasks, given as they were, that have not ended since. Running ones are stopped,
        and nothing of that run is recorded."""
        desk = self._desk
        with desk.lock:
            waits = [
                (task, now) for task in tasks if (now := desk.store.task(task.id)) and now.state not in ENDED
            ]
            back = set[str]()
            for job in {now.job for _, now in waits}:
                back |= desk.take_back(job, [now.id for _, now in waits])
            with desk.store.transaction() as transaction:
                for task, now in waits:  # its index may have changed
                    transaction.put(replace(now, **{name: getattr(task, name) for name in _ENDING}))
            for _, now in waits:
                desk.runs.pop(now.id, None)
                if now.state != "held" and now.id not in back:
                    self._stop([now])

    def remove(self, id: str) -> None:
        """Take all of the job out of the queue and delete its records, but not its files."""
        desk = self._desk
        with desk.lock:
            self._job(id)
            tasks = desk.store.tasks_of(id)
            desk.take_back(id)
            with desk.store.transaction() as transaction:
                transaction.delete_job(id)
            self._stop(tasks)
            desk.failures.pop(id, None)
            desk.worked.discard(id)
            desk.leases.end(id)

    def drop(self, id: str, tasks: Iterable[str]) -> None:
        """Delete some tasks of a guest with their records, but not the files of these. What runs is stopped;
        it is not recorded, and what it saves is deleted."""
        desk = self._desk
        with desk.lock:
            self._job(id)
            wanted = set(tasks)
            gone = [task for task in desk.store.tasks_of(id) if task.id in wanted]
            back = desk.take_back(id, wanted)
            with desk.store.transaction() as transaction:
                for task in gone:
                    transaction.delete_task(task.id)
            for task in gone:
                if task.state in ("queued", "running") and task.id not in back:
                    run = desk.runs.get(task.id)
                    desk.dropped[task.id] = [] if run is None or run.images else run.saved
            self._stop(gone)

    def _stop(self, gone: Iterable[Task]) -> None:
        for task in gone:
            self._desk.runs.pop(task.id, None)
            if task.state in ("queued", "running"):
                if not task.lane:
                    self._desk.stopping.add(task.id)
                self._desk.stop(task)

    def _wait_again(self, tasks: Iterable[str]) -> None:
        again = list(tasks)
        for task in again:
            self._desk.runs.pop(task, None)
            self._desk.stopping.discard(task)
            self._desk.only_here.discard(task)
        self._desk.set_states(again, "held", error=UNSAID, started=None, finished=None, attempt=0, deaths=0)

    def _tasks(self, job: str, states: set[str]) -> list[Task]:
        return [task for task in self._desk.store.tasks_of(job) if task.state in states]
