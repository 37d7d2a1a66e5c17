"""Compares the store with the scheduler's own list: after a start, after a reload, and now and then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from ..model import Task
from ..ports import Finished, Row, SchedulerStatus
from ..sentences import UNSAID, say
from .adoption import own
from .desk import Desk
from .failure_reasons import too_few
from .follower import Follower

Doubts = dict[str, float]  # task -> since when it looks wrong
_SURE_SECONDS = 2.0
DEATHS = 2  # of the WebUI while one task runs; then the task is set aside
_DIED = say(
    "The WebUI quit twice while this task was running, so it was set aside: retry it to try once more."
)
_LOST = say("It disappeared from Agent Scheduler's list without making an image.")


class Reconciler:
    """``drain`` applies pending events, which are newer than any row seen before."""

    def __init__(self, desk: Desk, follower: Follower, drain: Callable[[], None]) -> None:
        self._desk = desk
        self._follower = follower
        self._drain = drain
        self._first = True
        self._doubts: Doubts = {}

    def run(self, status: SchedulerStatus) -> None:
        """Raises ``SchedulerError`` if the scheduler does not respond."""
        desk = self._desk
        with desk.lock:
            store = desk.store
            everywhere, desk.look_everywhere = desk.look_everywhere, False
            jobs = {task.job for task in desk.here("queued", "running")}
            if everywhere:
                jobs = {job.id for job in store.jobs()}
            rows = desk.scheduler.rows(sorted(jobs), self._adopted(everywhere))
            self._drain()
            known, self._doubts = self._doubts, {}
            if self._first:
                self._count_deaths(rows)
            for task in desk.here("queued", "running"):
                self._compare(task, rows.get(task.id), status, known)
            self._sweep(rows, status)
            self._first = False

    def _count_deaths(self, rows: dict[str, Row]) -> None:
        """What was running when we last wrote did not survive the WebUI, or the WebUI did not survive it."""
        desk = self._desk
        for task in desk.here("running"):
            row = rows.get(task.id)
            ended = row is not None and row.state not in ("pending", "running")
            if ended or self._made(task) >= task.images:
                continue  # only its end was not reported
            died = desk.change(task.id, deaths=task.deaths + 1)
            if died is not None and died.deaths >= DEATHS:
                desk.forget(task.job, desk.scheduler.withdraw([task.id]))
                desk.change(task.id, state="failed", error=_DIED, finished=desk.clock())

    def _adopted(self, everywhere: bool) -> list[str]:
        """Jobs whose rows do not name them."""
        store = self._desk.store
        if everywhere:
            jobs = [job.id for job in store.jobs() if job.kind == "adopted"]
            return [task.id for job in jobs for task in store.tasks_of(job)]
        return [task.id for task in self._desk.here("queued", "running") if not own(self._desk, task)]

    @property
    def doubts(self) -> bool:
        """Whether something looked wrong: look again soon."""
        return bool(self._doubts)

    def _compare(self, task: Task, row: Row | None, status: SchedulerStatus, known: Doubts) -> None:
        if row is None:
            if self._first and task.state == "queued":
                self._back(task)  # we were stopped before its row was created
            elif task.id != status.current and self._sure(task, known):
                self._vanished(task)
        elif row.state in ("pending", "running"):
            self._waits(task, status, known)
        elif row.state == "interrupted" and task.state == "queued":
            # Withdrawn by us, but stopped before that was recorded; a run would have made it 'running'.
            if self._sure(task, known):
                self._back(task)
        elif self._sure(task, known):
            self._follower.finished(Finished(task.id, _ended(row), row.error, row.images))

    def _sure(self, task: Task, known: Doubts) -> bool:
        """It has looked wrong long enough for pending events to arrive."""
        now = self._desk.clock()
        since = known.get(task.id, now)
        if self._first or now - since >= _SURE_SECONDS:
            return True
        self._doubts[task.id] = since
        return False

    def _waits(self, task: Task, status: SchedulerStatus, known: Doubts) -> None:
        desk = self._desk
        if self._first and self._made(task) >= task.images:
            # Everything was made and recorded, only the end was not reported: do not make it twice.
            desk.scheduler.withdraw([task.id])
            desk.forget(task.job, [task.id])
            desk.change(task.id, state="done", finished=desk.clock())
        elif task.id == status.current:
            if task.state == "queued":
                desk.change(task.id, state="running", started=desk.clock(), error="")
        elif task.state == "running" and self._sure(task, known):
            desk.change(task.id, state="queued", started=None)

    def _back(self, task: Task) -> None:
        self._desk.change(task.id, state="held", started=None)

    def _made(self, task: Task) -> int:
        """How many of its images exist. One in the trash may be there in order to be made again."""
        return sum(not image.trashed for image in self._desk.store.images_of_task(task.id))

    def _vanished(self, task: Task) -> None:
        desk = self._desk
        run = desk.runs.get(task.id)
        made, now = self._made(task), desk.clock()
        if run is not None and run.saved and not run.images:
            self._follower.finished(Finished(task.id, "done", images=tuple(run.saved)))
        elif made >= task.images or (made and not own(desk, task)):  # how many others make is unknown
            desk.change(task.id, state="done", error=UNSAID, finished=now)
        elif made:
            desk.change(task.id, state="interrupted", error=too_few(made, task.images), finished=now)
        else:
            desk.change(task.id, state="lost", error=_LOST, finished=now)
        desk.runs.pop(task.id, None)

    def _sweep(self, rows: dict[str, Row], status: SchedulerStatus) -> None:
        """Withdraw rows that wait although our task does not."""
        desk = self._desk
        for job in {task.job for task in desk.store.tasks_in("queued")}:
            record = desk.store.job(job)
            if record is not None and record.hold is not None:
                desk.hold(job, record.hold)  # put on hold while the scheduler was unavailable
        stray: dict[str, list[str]] = {}
        for id, row in rows.items():
            task = desk.store.task(id)
            if (
                task is not None
                and row.state == "pending"
                and id != status.current
                and (task.lane or task.state not in ("queued", "running"))
            ):
                stray.setdefault(task.job, []).append(id)
        for job, ids in stray.items():
            desk.forget(job, desk.scheduler.withdraw(ids))


def _ended(row: Row) -> Literal["done", "failed", "interrupted"]:
    return "done" if row.state == "done" else "failed" if row.state == "failed" else "interrupted"
