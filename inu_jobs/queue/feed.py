"""Handing over the next few tasks, so that the scheduler always has some and never many."""

from __future__ import annotations

from ..errors import InuJobsError, SchedulerBusy, SchedulerError, StoreError
from ..model import Job, Payload, Task
from ..ports import HandOver
from .adopt import GONE, own
from .desk import Desk
from .follow import Follower
from .order import Order, Round

_AT_LEAST = 2  # or the runner could find its list empty between two rounds of ours


class Feeder:
    def __init__(self, desk: Desk, follower: Follower) -> None:
        self._desk = desk
        self._follower = follower
        self._order = Order(desk.store, lambda: desk.settings.same_model_run)

    def feed(self) -> None:
        """Hand over until the scheduler's list, which shows the running task too, has as many of ours as
        the look-ahead says. Raises ``SchedulerError`` if it is not there, ``StoreError`` if nothing
        can be written."""
        self._recall()
        if self._full():
            return
        waiting = Round(self._order, self._desk.store, self._desk.may_run)
        while not self._full() and (task := waiting.next()) is not None:
            self._offer(task)

    def _full(self) -> bool:
        desk = self._desk
        # what others queued there is no reason to hold ours back
        waiting = sum(own(desk, known) for known in desk.store.tasks_in("queued"))
        most = max(_AT_LEAST, desk.settings.look_ahead)
        return waiting >= _AT_LEAST and waiting + len(desk.store.tasks_in("running")) >= most

    def _recall(self) -> None:
        """Take back what was handed over and may not start any more: a window has closed, say."""
        desk = self._desk
        with desk.lock:
            for id in {task.job for task in desk.store.tasks_in("queued")}:
                job = desk.store.job(id)
                if job is not None and not desk.may_run(job):
                    desk.recall(id)

    def _offer(self, task: Task) -> None:
        desk = self._desk
        try:
            payload = desk.prepare(task)  # may read and encode pictures: without the lock
        except StoreError:
            raise
        except InuJobsError as problem:
            self._refuse(task, str(problem))
            return
        with desk.lock:
            now = desk.store.task(task.id)
            job = desk.store.job(task.job)
            if now is None or now.state != "held" or job is None or not desk.may_run(job):
                return  # paused, cancelled or deleted meanwhile
            self._hand_over(now, job, payload)

    def _hand_over(self, task: Task, job: Job, payload: Payload) -> None:
        desk = self._desk
        # Written first: if we are killed in between, the start finds it queued, without a row.
        desk.change(task.id, state="queued", error="", started=None, finished=None)
        from_image = job.kind in ("img2img", "upscale") or bool(payload.get("init_images"))
        request = HandOver(task.id, job.id, f"{job.name} · {task.index + 1}", from_image, payload)
        try:
            if job.kind != "adopted":
                desk.scheduler.hand_over(request)
            elif not desk.scheduler.put_back(task.id):
                self._refuse(task, GONE)
        except SchedulerBusy:
            desk.change(task.id, state="held")
        except SchedulerError:
            desk.change(task.id, state="held")
            raise
        except InuJobsError as problem:
            self._refuse(task, str(problem))

    def _refuse(self, task: Task, reason: str) -> None:
        with self._desk.lock:
            now = self._desk.store.task(task.id)
            if now is not None and now.state in ("held", "queued"):
                self._follower.fail(now, reason)
