"""Hands over the next few tasks, so that the scheduler always has some and never many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..errors import InuJobsError, InvalidInput, NotPermitted, SchedulerBusy, SchedulerError, StoreError
from ..model import Hold, Job, Payload, Task
from ..ports import Checkpoints, HandOver, Lane, SchedulerStatus
from ..sentences import UNSAID, Sentence, say, together
from .adoption import GONE, is_whole, own
from .desk import Desk
from .follower import Follower
from .schedule.order import Order, Round

_BESIDE_OTHERS = 4  # tasks handed over here while other machines take some, too
_AT_LEAST = 2  # otherwise the runner could find its list empty between two of our rounds
#: what to do about a job that contains what no job may
_WITHOUT = say("Resume the job to run it without that, or delete it.")
_CANNOT = say("Edit the job or delete it.")


class Feeder:
    """Keeps the scheduler's list filled; see ``feed``."""

    def __init__(self, desk: Desk, follower: Follower, checkpoints: Checkpoints) -> None:
        self._desk = desk
        self._follower = follower
        self._elsewhere = follower.elsewhere
        self._order = Order(desk.store, checkpoints, lambda: desk.settings.same_model_run)
        self._least = 1

    def feed(self, status: SchedulerStatus) -> None:
        """Hand over tasks until the scheduler's list, which includes the running one, has as many of ours as
        the look-ahead says. Raises ``SchedulerError`` if it is unavailable, ``StoreError`` if the store
        cannot be written."""
        # its list must not run empty in between if that shuts the computer down
        self._least = 2 if status.when_empty else 1
        self._recall()
        lanes = [] if status.paused else list(self._desk.lanes.open())
        here = not (self._full(lanes) or self._is_between(status))
        there = Counter(task.lane for task in self._desk.store.tasks_in("queued", "running"))
        free = [lane for lane in lanes if there[lane.id] < lane.ahead]
        if not (here or free):
            return
        waiting = Round(self._order, self._desk.store, self._desk.may_run, self._enough)
        idle = [lane for lane in free if not there[lane.id]]
        if idle and here and not there[""] and (task := waiting.next()):
            self._offer(task)
        for lane in idle:  # first one for each that has none
            there[lane.id] += self._fill(lane, waiting, 1)
        while here and not self._full(lanes) and (task := waiting.next()) is not None:
            self._offer(task)
        for lane in free:
            self._fill(lane, waiting, lane.ahead - there[lane.id])
        if lanes:
            self._share([*([""] if here else []), *(lane.id for lane in free)])

    def _fill(self, lane: Lane, waiting: Round, most: int) -> int:
        """How many tasks that machine has got."""
        desk, got = self._desk, 0
        for _ in range(most):
            task = waiting.next(lane.id, lambda task: self._takes(lane.id, task))
            if task is None:
                break
            with desk.lock:
                now, job = desk.store.task(task.id), desk.store.job(task.job)
                if now is not None and now.state == "held" and job is not None and desk.may_run(job):
                    self._order.hand(now, lane.id)
                    self._elsewhere.send(now, lane.id)
                    got += 1
        return got

    def _takes(self, lane: str, task: Task) -> bool:
        """Never what somebody else sent here, nor what only the page's own row knows."""
        desk = self._desk
        if task.id in desk.only_here:
            return False
        job = desk.store.job(task.job)
        if job is None or job.guest is not None or job.kind == "adopted":
            return False
        return desk.lanes.takes(lane, task)

    def _share(self, free: Sequence[str]) -> None:
        """At the end of the work, a machine that has nothing takes what waits behind another's running
        task."""
        desk = self._desk
        with desk.lock:
            there = desk.store.tasks_in("queued", "running")
            busy = {task.lane for task in there}
            behind = [task for task in there if task.state == "queued" and own(desk, task)]
            running = {task.lane for task in there if task.state == "running"}
            for lane in free:
                if lane in busy:
                    continue
                for task in sorted(behind, key=self._order.handed, reverse=True):
                    if task.lane in running and (not lane or self._takes(lane, task)):
                        behind.remove(task)
                        desk.recall(task.job, [task.id])
                        break

    def _is_between(self, status: SchedulerStatus) -> bool:
        """Its runner has just ended a task and is starting the next: it is using its database, and would have
        to wait for us. The next round, after it has started, is early enough."""
        desk = self._desk
        ended, desk.just_ended = desk.just_ended, False
        if not ended or not status.runner or status.paused or status.current is not None:
            return False
        return sum(own(desk, task) for task in desk.here("queued")) >= _AT_LEAST

    def _full(self, lanes: Sequence[Lane]) -> bool:
        desk = self._desk
        # tasks that others queued there are no reason to delay ours
        waiting = sum(own(desk, known) for known in desk.here("queued"))
        most = max(_AT_LEAST, desk.settings.look_ahead)
        if lanes:  # each machine takes the next one when it is free
            most = min(most, _BESIDE_OTHERS)
        return waiting >= _AT_LEAST and waiting + len(desk.here("running")) >= most

    def _enough(self, job: Job) -> bool:
        """For a job whose latest task failed, or that has not been shown to work, hand over no more tasks
        than may fail: the runner starts the next one long before we hear about the last."""
        return job.kind != "adopted" and self._over(job) >= 0

    def _over(self, job: Job) -> int:
        """How many more are handed over than may fail; negative if fewer."""
        may_fail = self._desk.may_fail(job.id)
        if may_fail is None:
            return -1
        counts = self._desk.store.task_counts(job.id)
        return counts["queued"] + counts["running"] - max(may_fail, self._least)

    def _recall(self) -> None:
        """Take back handed-over tasks that may no longer start, because a run window has closed, say."""
        desk = self._desk
        with desk.lock:
            waiting: dict[str, list[Task]] = {}
            for task in desk.store.tasks_in("queued"):
                waiting.setdefault(task.job, []).append(task)
            for id, tasks in waiting.items():
                job = desk.store.job(id)
                if job is None:
                    continue
                if not desk.may_run(job):
                    desk.recall(id)
                elif job.kind != "adopted" and (over := self._over(job)) > 0:
                    newest = sorted(tasks, key=self._order.handed, reverse=True)
                    desk.recall(id, [task.id for task in newest[:over]])

    def _offer(self, task: Task) -> None:
        desk = self._desk
        try:
            payload = desk.prepare(task)  # may read and encode images: without the lock
        except StoreError:
            raise
        except InvalidInput as problem:
            self._hold(task, problem)
            return
        except InuJobsError as problem:
            self._refuse(task, problem.sentence)
            return
        with desk.lock:
            now = desk.store.task(task.id)
            job = desk.store.job(task.job)
            if now is None or now.state != "held" or job is None or not desk.may_run(job):
                return  # paused, cancelled or deleted in the meantime
            self._hand_over(now, job, payload)

    def _hand_over(self, task: Task, job: Job, payload: Payload) -> None:
        desk = self._desk
        # Recorded first: if we are killed in between, the next start finds it queued, without a row.
        desk.change(task.id, state="queued", error=UNSAID, started=None, finished=None)
        from_image = job.kind in ("img2img", "upscale") or bool(payload.get("init_images"))
        request = HandOver(task.id, job.id, f"{job.name} · {task.index + 1}", from_image, payload)
        try:
            self._order.hand(task)
            if job.kind != "adopted":
                desk.scheduler.hand_over(request)
            elif desk.scheduler.put_back(task.id):
                pass
            elif is_whole(payload):
                desk.scheduler.hand_over(request)
            else:
                self._refuse(task, GONE)
        except SchedulerBusy:
            desk.change(task.id, state="held")
        except SchedulerError:
            desk.change(task.id, state="held")
            raise
        except InuJobsError as problem:
            self._refuse(task, problem.sentence)

    def _hold(self, task: Task, problem: InvalidInput) -> None:
        """It contains what no request could have contained. Nothing of the job is lost: its user decides."""
        way = _WITHOUT if isinstance(problem, NotPermitted) else _CANNOT
        with self._desk.lock:
            job = self._desk.store.job(task.job)
            if job is not None and job.hold is None:
                self._desk.hold(job.id, Hold("payload", together([problem.sentence, way])))

    def _refuse(self, task: Task, reason: Sentence) -> None:
        with self._desk.lock:
            now = self._desk.store.task(task.id)
            if now is not None and now.state in ("held", "queued"):
                self._follower.fail(now, reason)
