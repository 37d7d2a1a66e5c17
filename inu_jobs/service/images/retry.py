"""Making images again: the old ones go to the trash, their tasks wait anew."""

from __future__ import annotations

from functools import partial

import msgspec

from ... import api
from ...errors import SchedulerError
from ...model import ENDED, Image, Task
from ...ports import Scheduler
from ...queue import Queue
from ...sentences import say
from ...store import Store
from ..trash.trash import Trash
from ..undo import Undos
from .selections import pick

NO_TASK = say("It was not made by a task that is known here, so it cannot be made again.")
AT_WORK = say("Its task waits or runs already.")


class ImageRetry:
    def __init__(self, store: Store, queue: Queue, scheduler: Scheduler, trash: Trash, undos: Undos) -> None:
        self._store = store
        self._scheduler = scheduler
        self._queue = queue
        self._trash = trash
        self._undos = undos

    def images(self, selection: api.Selection) -> api.Result:
        """The other images of the same tasks, of a batch, keep their verdicts: the new run's files, which are
        the same pictures, take their places. ``done``: how many went to the trash to be made again. Undone,
        they are back, and tasks that wait or run do so no more."""
        picked = pick(self._store, selection)
        failed, again, tasks = list(picked.failed), list[Image](), dict[str, Task]()
        runs = self._running()  # just cancelled, and not stopped yet
        for image in picked.images:
            task = self._store.task(image.task)
            job = self._store.job(image.job)
            if task is None or job is None or job.kind == "imported":
                failed.append(api.Failure.of(image, NO_TASK))
            elif task.state not in ENDED or task.id == runs:
                failed.append(api.Failure.of(image, AT_WORK))
            else:
                again.append(image)
                tasks[task.id] = task
        if not again:
            return api.Result(0, failed)
        moved = self._trash.trash(api.Selection(images=[image.id for image in again]))
        kept = {failure.id for failure in moved.failed}
        gone = [image for image in again if image.id not in kept]
        if not gone or moved.undo is None:
            return api.Result(0, failed + moved.failed)
        waiting = self._queue.again({image.task for image in gone})
        before = [task for id, task in tasks.items() if id in waiting]
        ids = [image.id for image in gone]
        undo = self._undos.add(partial(self._back, moved.undo, before, ids), len(ids))
        return api.Result(len(gone), failed + moved.failed, undo)

    def _running(self) -> str | None:
        try:
            return self._scheduler.status().current
        except SchedulerError:
            return None

    def _back(self, undo: str, before: list[Task], ids: list[str]) -> api.Result:
        self._queue.not_again(before)  # first: a run takes the place of what is there
        restored = self._undos.run(undo)
        again = partial(self.images, api.Selection(images=ids))
        return msgspec.structs.replace(restored, undo=self._undos.add(again, len(ids)))
