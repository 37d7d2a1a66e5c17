"""Deletes whole jobs and moves their images to the trash."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import msgspec

from ... import api
from ...errors import NO_JOB, NotFound, Refused
from ...library.payload_images import tokens_in
from ...library.trash.checks import LeftAlone
from ...library.trash.folders import Outcome, TrashFolders
from ...model import Image, Job, Task
from ...queue import Queue
from ...sentences import say
from ...store import Store
from ..images.files import Images, tokens_of
from ..undo import Undos
from .bulk import Chunks
from .moves import TrashMoves
from .reasons import not_moved, still_needed
from .records import TrashRecords

replace = msgspec.structs.replace


class JobDeletion:
    def __init__(
        self,
        store: Store,
        queue: Queue,
        images: Images,
        records: TrashRecords,
        files: TrashFolders,
        chunks: Chunks,
        moves: TrashMoves,
        undos: Undos,
    ) -> None:
        self._store = store
        self._queue = queue
        self._images = images
        self._records = records
        self._files = files
        self._chunks = chunks
        self._moves = moves
        self._undos = undos

    def delete(self, id: str, *, keep: bool = False) -> api.Deleted:
        """Cancel the job and move its images to the trash; or, with ``keep``, leave their files in place and
        delete only their records. Everything in the trash then, including what was deleted before, remains
        restorable, and so does the job: somebody who deletes an image and then its job expects to find the
        image in the Trash view, neither back in its folder nor lost in a hidden one. The job is archived
        until its last image is purged, when it is deleted, or restored, when it is listed again. A job with
        no image in the trash is deleted at once. Images that cannot be moved, or are restored in the
        meantime, stay, and so does the job: if none was moved, it stays as it was, with ``Refused``. Files
        that are only saved now stay in place, and their records are deleted."""
        if self._store.job(id) is None:
            raise NotFound(NO_JOB)
        if needed := self._images.needed_by_others(id):
            image, task = needed[0]
            raise Refused(still_needed(image, len(needed), task, self._store.job(task.job)))
        waited = {task.id for task in self._store.tasks_of(id) if task.state in ("held", "queued")}
        if self._records.at_work(id):
            with suppress(Refused):  # its last task has just ended
                self._queue.cancel(id)
        job, tasks, known = self._store.job(id), self._store.tasks_of(id), self._store.images_of(id)
        if job is None:
            raise NotFound(NO_JOB)
        ids = [image.id for image in known if not image.trashed]
        done, failed = Outcome([], []) if keep else self._moves.move("trash", ids, frozenset({id}))
        gone = [image for image in done if self._store.image(image.id) is None]
        with self._chunks.lock:  # so that nobody restores any of them now
            moved = [image for image in done if self._records.is_trashed(image.id)]
            home = [image for image in self._store.images_of(id) if not image.trashed]
            if not keep and (left := not_moved(home, {image.id for image in known}, failed)):
                return self._stays(job, moved, gone, left)
            trashed = self._records.trashed_of(id)
            if trashed:
                self._archive(id, trashed, home)
        went = [image.id for image in gone + home]
        if trashed:
            undo = self._moves.undo_trash(moved, gone + home)
            return api.Deleted([], [], went, trashed=len(moved), undo=undo)
        as_they_were = [_waiting(task) if task.id in waited else task for task in tasks]
        undo = self._undo_delete(job, as_they_were, gone + home)  # first: it keeps the payloads
        self._queue.remove(id)
        return api.Deleted([id], [task.id for task in tasks], went, undo=undo)

    def _stays(
        self, job: Job, moved: Sequence[Image], gone: Sequence[Image], left: list[api.Failure]
    ) -> api.Deleted:
        if not moved:
            self._records.put_back(gone)
            raise Refused(
                say(
                    "“{name}” was not deleted, because its images could not be moved: {reason}",
                    name=job.name,
                    reason=left[0].sentence,
                )
            )
        # otherwise it is deleted if it is archived, and all its images are purged
        with suppress(OSError, LeftAlone):
            self._files.leave_with("", moved)
        undo = self._moves.undo_trash(moved, gone)
        return api.Deleted([], [], [image.id for image in gone], trashed=len(moved), failed=left, undo=undo)

    def _archive(self, id: str, trashed: Sequence[Image], home: Sequence[Image]) -> None:
        with suppress(OSError, LeftAlone):  # otherwise it stays archived, to be deleted from there
            self._files.leave_with(id, trashed)
        with self._store.transaction() as t:
            job = self._store.job(id)
            if job is None:
                raise NotFound(NO_JOB)
            t.put(replace(job, archived=True, hold=None))
            self._records.forget(t, [image.id for image in home])

    def _undo_delete(self, job: Job, tasks: Sequence[Task], images: Sequence[Image]) -> str:
        """For a job that is deleted at once: none of its ``images`` is in the trash."""
        hashes = {job.payload, *(task.payload for task in tasks)}
        payloads = [payload for hash in hashes if (payload := self._store.payload(hash)) is not None]
        needs = frozenset().union(*map(tokens_in, payloads), *map(tokens_of, tasks))

        def back() -> api.Result:
            with self._store.transaction() as t:
                if self._store.job(job.id) is not None:
                    raise Refused(say("This job already exists."))
                for payload in payloads:
                    t.put_payload(payload)
                t.put(job, *tasks, *images)
            return api.Result(len(images))

        return self._undos.add(back, len(images), needs)


def _waiting(task: Task) -> Task:
    remote = "" if task.lane else task.remote
    return replace(
        task, state="held", error="", error_says=None, started=None, finished=None, lane="", remote=remote
    )
