"""Follows the tasks that other machines have. None of their troubles counts as an attempt: a task that is
lost there waits here again, and one that fails there is made here, where it may still fail."""

from __future__ import annotations

from collections import deque

from ..model import Task, new_id
from ..ports import Begun, Delivered, LaneEvent, Returned
from ..sentences import UNSAID
from .desk import Desk
from .recording import Recorder

_REMEMBERED = 2_000  # more than can be on their way


class Elsewhere:
    """Used under the desk's lock."""

    def __init__(self, desk: Desk, recorder: Recorder) -> None:
        self._desk = desk
        self._recorder = recorder
        self._recorded: deque[str] = deque(maxlen=_REMEMBERED)  # what was delivered and counts

    def send(self, task: Task, lane: str) -> None:
        """Put a waiting task on a machine: its record is what that machine goes by."""
        self._desk.change(
            task.id, state="queued", lane=lane, remote=new_id("r"), error=UNSAID, started=None, finished=None
        )
        self._desk.lanes.nudge(lane)

    def bring_home(self) -> None:
        """Tasks of machines that were removed wait here again."""
        known = set(self._desk.lanes.known())
        for task in self._desk.store.tasks_in("queued", "running"):
            if task.lane and task.lane not in known:
                self._back(task)

    def apply(self, event: LaneEvent) -> None:
        """What is about an earlier hand-over, or a task that is no longer wanted, counts for nothing."""
        task = self._desk.store.task(event.task)
        if task is None or task.remote != event.remote or task.state not in ("queued", "running"):
            if isinstance(event, Delivered) and not self._is_recorded(event):
                self._desk.lanes.dropped(event.lane, event.remote)
            return
        if isinstance(event, Begun):
            if task.state == "queued":
                self._desk.change(task.id, state="running", started=self._desk.clock())
        elif isinstance(event, Returned):
            if event.why == "failed":
                self._desk.only_here.add(task.id)
            self._back(task)
        else:
            self._delivered(task, event)

    def _is_recorded(self, event: Delivered) -> bool:
        """Whether it has counted already, now or before this WebUI was killed."""
        facts = map(self._desk.record, event.images)
        paths = [one.path for one in facts if one is not None]
        known = any(self._desk.store.image_by_path(path) is not None for path in paths)
        return known or event.remote in self._recorded

    def _delivered(self, task: Task, event: Delivered) -> None:
        desk = self._desk
        self._recorder.take(task.id, event.images)
        self._recorded.append(event.remote)  # it may be told once more
        run = desk.runs.pop(task.id, None)
        if run is None or len(run.images) < task.images:
            desk.only_here.add(task.id)
            self._back(task)  # here it is told why
            return
        now = desk.clock()
        started = task.started if event.seconds is None else now - event.seconds
        done = desk.change(task.id, state="done", error=UNSAID, started=started, finished=now)
        desk.failures.pop(task.job, None)
        desk.worked.add(task.job)
        if done is not None:
            desk.durations.add(done)

    def _back(self, task: Task) -> None:
        self._desk.runs.pop(task.id, None)
        self._desk.change(task.id, state="held", error=UNSAID, started=None, finished=None)
