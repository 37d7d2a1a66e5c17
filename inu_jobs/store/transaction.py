"""One write: collected in memory, checked, then saved by the store all at once."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ..budgets import turns
from ..errors import InvalidInput, NotFound
from ..model import AnyRecord, Hold, Image, Job, Payload, Task
from ..sentences import say
from . import payload_ids
from .index import Index
from .journal import Change

#: what msgspec raises for values that JSON cannot represent
NOT_JSON = (TypeError, ValueError, OverflowError, RecursionError)


class Transaction:
    """``put`` complete records, ``delete`` by id. Nothing is visible before the ``with`` block has ended; a
    later call for the same id replaces an earlier one."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._jobs: dict[str, Job] = {}
        self._tasks: dict[str, Task] = {}
        self._images: dict[str, Image] = {}
        self._payloads: dict[str, msgspec.Raw] = {}
        self._deleted_jobs: dict[str, None] = {}
        self._deleted_tasks: dict[str, None] = {}
        self._deleted_images: dict[str, None] = {}
        self._hold: Hold | msgspec.UnsetType | None = msgspec.UNSET

    def put(self, *records: AnyRecord) -> None:
        """New records, or new versions of existing ones. A task stays in its job, an image in its task. The
        end of the block raises NotFound if a record's payload, job or task is missing."""
        for record in records:
            if isinstance(record, Image):
                self._images[record.id] = record
            elif isinstance(record, Task):
                self._tasks[record.id] = record
            else:
                self._jobs[record.id] = record

    def put_payload(self, payload: Payload) -> str:
        """Returns the payload's hash (SHA-256 of its canonical JSON), for records in this transaction: a
        payload that no job or task refers to is dropped at the next snapshot."""
        try:
            data = payload_ids.canonical(payload)
            msgspec.json.decode(data, type=Payload)
        except NOT_JSON as error:
            raise InvalidInput(
                say("The payload cannot be stored as JSON: {error}.", error=str(error)), "payload"
            ) from error
        digest = payload_ids.digest(data)
        if digest not in self._index.payloads:
            self._payloads[digest] = msgspec.Raw(data)
        return digest

    def set_hold(self, hold: Hold | None) -> None:
        """For everything: why no task at all may start, or None to allow it."""
        self._hold = hold

    def delete_job(self, id: str) -> None:
        """Delete the job with its tasks and their images. An unknown id is fine, as for all deletions."""
        self._jobs.pop(id, None)
        _discard(self._tasks, [t.id for t in self._tasks.values() if t.job == id])
        _discard(self._images, [i.id for i in self._images.values() if i.job == id])
        if id in self._index.jobs:
            self._deleted_jobs[id] = None

    def delete_task(self, id: str) -> None:
        """Delete the task with its images."""
        self._tasks.pop(id, None)
        _discard(self._images, [i.id for i in self._images.values() if i.task == id])
        if id in self._index.tasks:
            self._deleted_tasks[id] = None

    def delete_image(self, id: str) -> None:
        self._images.pop(id, None)
        if id in self._index.images:
            self._deleted_images[id] = None

    def change(self) -> Change:
        """All of it, checked: whatever a Change contains can be applied and read back."""
        for job in self._jobs.values():
            self._check_payload(job, self._index.jobs.get(job.id))
        for task in turns(self._tasks.values()):
            self._check_task(task)
        for image in turns(self._images.values()):
            self._check_image(image)
        return Change(
            deleted_jobs=list(self._deleted_jobs),
            deleted_tasks=list(self._deleted_tasks),
            deleted_images=list(self._deleted_images),
            payloads=self._payloads,
            jobs=list(self._jobs.values()),
            tasks=list(self._tasks.values()),
            images=list(self._images.values()),
            hold=self._hold,
        )

    def _check_payload(self, record: Job | Task, old: Job | Task | None) -> None:
        if old is not None and old.payload == record.payload:
            return  # also if the payload was lost to damage: the record still has a state and a name
        if record.payload not in self._payloads and record.payload not in self._index.payloads:
            raise NotFound(
                say("The payload of {id} is not in the store: put it in the same transaction.", id=record.id)
            )

    def _check_task(self, task: Task) -> None:
        self._check_payload(task, self._index.tasks.get(task.id))
        if task.job not in self._jobs and (
            task.job not in self._index.jobs or task.job in self._deleted_jobs
        ):
            raise NotFound(
                say(
                    "The job {job} no longer exists, so its task {id} cannot be stored.",
                    job=task.job,
                    id=task.id,
                )
            )
        old = self._remaining_task(task.id)
        if old is not None and old.job != task.job:
            raise InvalidInput(say("The task {id} belongs to another job.", id=task.id))

    def _check_image(self, image: Image) -> None:
        task = self._tasks.get(image.task) or self._remaining_task(image.task)
        if task is None:
            raise NotFound(
                say(
                    "The task {task} no longer exists, so its image {id} cannot be stored.",
                    task=image.task,
                    id=image.id,
                )
            )
        if task.job != image.job:
            raise InvalidInput(say("The image {id} names a different job than its task does.", id=image.id))
        old = self._index.images.get(image.id)
        kept = old is not None and image.id not in self._deleted_images and self._remaining_task(old.task)
        if old is not None and kept and old.task != image.task:
            raise InvalidInput(say("The image {id} belongs to another task.", id=image.id))

    def _remaining_task(self, id: str) -> Task | None:
        """The task before this transaction, unless this deletes it."""
        task = self._index.tasks.get(id)
        if task is None or id in self._deleted_tasks or task.job in self._deleted_jobs:
            return None
        return task


def _discard(records: dict[str, Task] | dict[str, Image], ids: Iterable[str]) -> None:
    for id in ids:
        records.pop(id, None)
