"""The trash: moving in, restoring, purging. Records follow their files, some hundreds at a time, so that
progress shows and a kill leaves little to repair; ``recover`` does that at the next start."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import UNSET

from .. import api
from ..durable_files import reason
from ..errors import NO_JOB, NotFound, Refused, StoreError, StoreWriteFailed
from ..library.payloads import tokens_in
from ..library.trash.folders import LeftAlone, Outcome, TrashFolders
from ..library.trash.strays import Stray, bring_back, find_strays
from ..model import Image, Job, Task
from ..queue import Queue
from ..sentences import Sentence, say
from ..store import Store, Transaction
from .images.files import Images, tokens_of
from .images.selections import Picked, pick
from .progress import BulkProgress
from .trash_reasons import not_moved, still_needed
from .undo import Undos
from .views import image_view

#: files moved between two transactions
CHUNK = 500

replace = msgspec.structs.replace


class Trash:
    """``files``: the trash folders. ``images`` knows what tasks still need; ``recycle`` moves a file to the
    recycle bin."""

    def __init__(
        self,
        store: Store,
        queue: Queue,
        images: Images,
        files: TrashFolders,
        undos: Undos,
        recycle: Callable[[Path], None],
        works: BulkProgress,
    ) -> None:
        self._store = store
        self._queue = queue
        self._images = images
        self._files = files
        self._undos = undos
        self._recycle = recycle
        self._works = works
        self._lock = threading.Lock()  # one chunk at a time, so that checks stay valid until it is done

    def trashed(self) -> api.TrashList:
        """Most recently deleted first; those with an unknown time last."""
        images, entries = self._all_trashed(), self._files.entries()
        since = {id: entry.at for id, entry in entries.items()}
        images.sort(key=lambda image: (since.get(image.id, 0.0), image.created, image.id), reverse=True)
        sizes = [image.size for image in images]
        strays = len(self._strays())
        jobs = filter(None, map(self._store.job, {image.job for image in images}))
        names = [api.JobName(job.id, job.name) for job in jobs]
        return api.TrashList([image_view(image) for image in images], sizes, sum(sizes), strays, names)

    def _strays(self) -> list[Stray]:
        return find_strays(self._files.roots(), lambda id: self._store.image(id) is not None)

    def bring_strays(self) -> api.Result:
        """Move files in the trash folders that belong to no job back to their original folders, where they
        can be imported. Each is one rename and is recorded nowhere: a kill leaves it in one place or the
        other."""
        if self._store.read_only or self._store.problem:
            raise Refused(say("The store has a problem, so these files may belong to a job after all."))
        with self._lock:
            strays = self._strays()
            with self._works.doing("restore", say("Restoring"), len(strays)) as progress:
                failed = bring_back(strays, progress)
            self._files.tidy(self._is_trashed)
        return api.Result(len(strays) - len(failed), failed)

    def _all_trashed(self) -> list[Image]:
        return [image for job in self._store.jobs() for image in self._trashed_of(job.id)]

    def _trashed_of(self, job: str) -> list[Image]:
        return [image for image in self._store.images_of(job) if image.trashed]

    # ---------------------------------------------------------- away and back

    def trash(self, selection: api.Selection) -> api.Result:
        """Images that a waiting or running task needs are skipped, and the task is named. If an image's file
        has already been deleted by hand, its record is deleted."""
        picked = pick(self._store, selection)
        return self._result("trash", picked.images, picked.failed)

    def restore(self, selection: api.Selection) -> api.Result:
        """Move images back to their folders, never over another file. A job deleted with its images is listed
        again."""
        picked = pick(self._store, selection, trashed=True)
        return self._result("restore", picked.images, picked.failed)

    def _result(
        self, op: Literal["trash", "restore"], images: Iterable[Image], failed: list[api.Failure]
    ) -> api.Result:
        done, left = self._move(op, [image.id for image in images])
        back = self.restore if op == "trash" else self.trash
        gone = [image for image in done if self._store.image(image.id) is None]
        if not gone:
            return api.Result(len(done), failed + left, self._undo(back, done))
        lost = {image.id for image in gone}
        undo = self._undo_trash([image for image in done if image.id not in lost], gone)
        return api.Result(len(done), failed + left, undo, gone=len(gone))

    def _undo_trash(self, moved: Sequence[Image], gone: Sequence[Image]) -> str | None:
        """``gone``: images of which only the record was deleted."""
        if not gone:
            return self._undo(self.restore, moved)
        return self._undos.add(partial(self._bring_back, moved, gone), len(moved) + len(gone))

    def _bring_back(self, moved: Sequence[Image], gone: Sequence[Image]) -> api.Result:
        returned = self._put_back(gone)
        others = [image.id for image in moved]
        restored = self.restore(api.Selection(images=others)) if others else api.Result(0)
        again = partial(self.trash, api.Selection(images=returned + others))
        undo = self._undos.add(again, len(returned) + len(others))
        return replace(restored, done=restored.done + len(returned), undo=undo)

    def _put_back(self, gone: Iterable[Image]) -> list[str]:
        """Undo ``_forget``. Returns the ids of those whose task still exists; a job deleted with its images
        is listed again."""
        deleted = self._deleted_jobs()
        with self._store.transaction() as t:
            images = [
                replace(image, trashed=False)
                for image in gone
                if self._store.task(image.task) is not None and self._store.image(image.id) is None
            ]
            t.put(*images)
            for id, count in Counter(image.task for image in images).items():
                task = self._store.task(id)
                if task is not None and task.state == "done":
                    t.put(replace(task, purged=max(0, task.purged - count)))
            self._list_again(t, {image.job for image in images} & deleted)
        return [image.id for image in images]

    def _undo(self, back: Callable[[api.Selection], api.Result], done: Sequence[Image]) -> str | None:
        if not done:
            return None
        selection = api.Selection(images=[image.id for image in done])
        return self._undos.add(partial(back, selection), len(done))

    def _move(
        self, op: Literal["trash", "restore"], ids: Sequence[str], deleted: frozenset[str] = frozenset()
    ) -> Outcome:
        if op == "trash":
            return self._in_chunks(
                "trash", say("Moving to the trash"), ids, lambda some: self._trash_some(some, deleted)
            )
        deleted = self._deleted_jobs()
        return self._in_chunks(
            "restore", say("Restoring"), ids, lambda some: self._restore_some(some, deleted)
        )

    def _trash_some(self, ids: Sequence[str], deleted: frozenset[str]) -> Outcome:
        there, failed = self._now(ids, trashed=False)
        there, needed = self._without_needed(there)
        gone = self._files.gone(there)
        lost = {image.id for image in gone}
        moved = self._files.put_in([image for image in there if image.id not in lost], deleted)
        try:
            with self._store.transaction() as t:
                late = self._too_late(moved.done + gone)
                kept = {failure.id for failure in late}
                back = self._files.undo("trash", [image for image in moved.done if image.id in kept])
                home = {image.id for image in back.done}
                self._forget(t, lost - kept)
                for was in (image for image in moved.done if image.id not in home):
                    now = self._store.image(was.id)
                    if now is not None and _same_file(now, was):
                        t.put(replace(now, trashed=True))
        except StoreError:
            self._files.undo("trash", moved.done)
            raise
        done = [image for image in moved.done + gone if image.id not in kept]
        return Outcome(done, failed + needed + moved.failed + late)

    def _too_late(self, images: Sequence[Image]) -> list[api.Failure]:
        """Why some must stay after all, because of changes since they were checked. Call in a transaction, so
        that nothing more changes."""
        free, needed = self._without_needed(images)
        return needed + [
            api.Failure.of(image, say("It has just been made again."))
            for image in free
            if (now := self._store.image(image.id)) is not None and not _same_file(now, image)
        ]

    def _restore_some(self, ids: Sequence[str], deleted: frozenset[str]) -> Outcome:
        there, failed = self._now(ids, trashed=True)
        moved = self._files.take_out(there)
        try:
            with self._store.transaction() as t:
                for image in filter(None, (self._store.image(image.id) for image in moved.done)):
                    t.put(replace(image, trashed=False))
                self._list_again(t, {image.job for image in moved.done} & deleted)
        except StoreError:
            self._files.undo("restore", moved.done)
            raise
        return Outcome(moved.done, failed + moved.failed)

    def _list_again(self, t: Transaction, jobs: Iterable[str]) -> None:
        for job in map(self._store.job, jobs):
            if job is not None and job.archived:
                t.put(replace(job, archived=False))

    def _now(self, ids: Iterable[str], *, trashed: bool) -> Outcome:
        """As they are now: another request may have been faster."""
        picked = pick(self._store, api.Selection(images=list(ids)), trashed=trashed)
        return Outcome(*picked)

    def _without_needed(self, images: Iterable[Image]) -> Outcome:
        needs = self._images.needed()
        free: list[Image] = []
        failed: list[api.Failure] = []
        for image in images:
            task = needs.get(image.id)
            job = self._store.job(task.job) if task is not None else None
            if task is None or job is None:
                free.append(image)
            else:
                message = say(
                    "Task {index} of the job “{name}” still needs it.", index=task.index + 1, name=job.name
                )
                failed.append(api.Failure.of(image, message))
        return Outcome(free, failed)

    def _in_chunks(
        self, id: str, what: Sentence, ids: Sequence[str], work: Callable[[Sequence[str]], Outcome]
    ) -> Outcome:
        with self._works.doing(id, what, len(ids)) as progress:
            all = self._all_chunks(ids, work, progress)
        if all.done and not self._store.trashed_count():
            with self._lock:
                self._files.tidy(self._is_trashed)
        return all

    def _all_chunks(
        self,
        ids: Sequence[str],
        work: Callable[[Sequence[str]], Outcome],
        progress: Callable[[int], None],
    ) -> Outcome:
        """Raises StoreError if the store could not even take the first chunk; then nothing was moved."""
        all = Outcome([], [])
        for start in range(0, len(ids), CHUNK):
            try:
                with self._lock:
                    with self._store.transaction():
                        pass  # a store that cannot be written says so before a file is moved
                    done, failed = work(ids[start : start + CHUNK])
            except StoreError as error:
                if not all.done:
                    raise
                left = filter(None, map(self._store.image, ids[start:]))
                all.failed.extend(api.Failure.of(image, error.sentence) for image in left)
                break
            all.done.extend(done)
            all.failed.extend(failed)
            progress(min(start + CHUNK, len(ids)))
        return all

    # -------------------------------------------------------------- for good

    def purge(self, wanted: api.Purge) -> api.Result:
        """Permanently delete from the trash, all of it or some: to the system's recycle bin if there is one,
        unless ``for_good``. The records are deleted, too. Cannot be undone."""
        if wanted.selection is UNSET:
            picked = Picked(self._all_trashed(), [])
        else:
            picked = pick(self._store, wanted.selection, trashed=True)
        jobs = self._deleted_jobs()
        done, left = self._in_chunks(
            "purge",
            say("Deleting permanently"),
            [image.id for image in picked.images],
            lambda ids: self._purge_some(ids, wanted.for_good, jobs),
        )
        if done:
            with self._lock:
                self._drop_empty(jobs)
                self._files.tidy(self._is_trashed)
        return api.Result(len(done), picked.failed + left)

    def _purge_some(self, ids: Sequence[str], for_good: bool, jobs: frozenset[str]) -> Outcome:
        there, failed = self._now(ids, trashed=True)
        there, needed = self._without_needed(there)  # by a task that is to be retried, say
        remove = Path.unlink if for_good else self._recycle
        gone = self._files.destroy(there, remove, jobs, from_home=not for_good)
        try:
            with self._store.transaction() as t:
                self._forget(t, [image.id for image in gone.done])
        except StoreWriteFailed as error:  # purging again will do it; or recovering, if the manifest has it
            cause = error.__cause__
            why = f"{reason(cause, self._store.folder)}." if isinstance(cause, OSError) else str(error)
            raise StoreWriteFailed(
                say("The files were deleted, but the list still shows them. {why}", why=why)
            ) from error
        return Outcome(gone.done, failed + needed + gone.failed)

    def _forget(self, t: Transaction, ids: Iterable[str]) -> None:
        """Delete the records; each finished task keeps their number, or else it would seem to have made
        none."""
        gone = list(filter(None, map(self._store.image, ids)))
        for image in gone:
            t.delete_image(image.id)
        for id, count in Counter(image.task for image in gone).items():
            task = self._store.task(id)
            if task is not None and task.state == "done":
                t.put(replace(task, purged=task.purged + count))

    def _is_trashed(self, id: str) -> bool:
        image = self._store.image(id)
        return image is not None and image.trashed

    def _deleted_jobs(self) -> frozenset[str]:
        """Jobs deleted with their images, some of which are still in the trash."""
        return frozenset(e.with_job for e in self._files.entries().values() if e.with_job)

    def _drop_empty(self, jobs: Iterable[str]) -> None:
        with self._store.transaction() as t:
            for job in map(self._store.job, jobs):
                if job is None or not job.archived or self._at_work(job.id):
                    continue
                if not self._store.images_of(job.id):
                    t.delete_job(job.id)

    # ------------------------------------------------------------- whole jobs

    def delete_job(self, id: str, *, keep: bool = False) -> api.Deleted:
        """Cancel the job and move its images to the trash; or, with ``keep``, leave their files in place and
        delete only their records. Everything in the trash then, including what was deleted before, remains
        restorable, and so does the job: somebody who deletes an image and then its job expects to find the
        image in the Trash view, neither back in its folder nor lost in a hidden one. The job is archived
        until its last image is purged, when it is deleted, or restored, when it is listed again. A job with
        no image in the trash is deleted at once.
        Images that cannot be moved, or are restored in the meantime, stay, and so does the job: if none was
        moved, it stays as it was, with ``Refused``. Files that are only saved now stay in place, and their
        records are deleted."""
        if self._store.job(id) is None:
            raise NotFound(NO_JOB)
        if needed := self._images.needed_by_others(id):
            image, task = needed[0]
            raise Refused(still_needed(image, len(needed), task, self._store.job(task.job)))
        waited = {task.id for task in self._store.tasks_of(id) if task.state in ("held", "queued")}
        if self._at_work(id):
            with suppress(Refused):  # its last task has just ended
                self._queue.cancel(id)
        job, tasks, known = self._store.job(id), self._store.tasks_of(id), self._store.images_of(id)
        if job is None:
            raise NotFound(NO_JOB)
        ids = [image.id for image in known if not image.trashed]
        done, failed = Outcome([], []) if keep else self._move("trash", ids, frozenset({id}))
        gone = [image for image in done if self._store.image(image.id) is None]
        with self._lock:  # so that nobody restores any of them now
            moved = [image for image in done if self._is_trashed(image.id)]
            home = [image for image in self._store.images_of(id) if not image.trashed]
            if not keep and (left := not_moved(home, {image.id for image in known}, failed)):
                return self._stays(job, moved, gone, left)
            trashed = self._trashed_of(id)
            if trashed:
                self._archive(id, trashed, home)
        went = [image.id for image in gone + home]
        if trashed:
            undo = self._undo_trash(moved, gone + home)
            return api.Deleted([], [], went, trashed=len(moved), undo=undo)
        as_they_were = [_waiting(task) if task.id in waited else task for task in tasks]
        undo = self._undo_delete(job, as_they_were, gone + home)  # first: it keeps the payloads
        self._queue.remove(id)
        return api.Deleted([id], [task.id for task in tasks], went, undo=undo)

    def _stays(
        self, job: Job, moved: Sequence[Image], gone: Sequence[Image], left: list[api.Failure]
    ) -> api.Deleted:
        if not moved:
            self._put_back(gone)
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
        undo = self._undo_trash(moved, gone)
        return api.Deleted([], [], [image.id for image in gone], trashed=len(moved), failed=left, undo=undo)

    def _archive(self, id: str, trashed: Sequence[Image], home: Sequence[Image]) -> None:
        with suppress(OSError, LeftAlone):  # otherwise it stays archived, to be deleted from there
            self._files.leave_with(id, trashed)
        with self._store.transaction() as t:
            job = self._store.job(id)
            if job is None:
                raise NotFound(NO_JOB)
            t.put(replace(job, archived=True, hold=None))
            self._forget(t, [image.id for image in home])

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

    def _at_work(self, job: str) -> bool:
        counts = self._store.task_counts(job)
        return bool(counts["held"] or counts["queued"] or counts["running"])

    # ------------------------------------------------------------ after a kill

    def recover(self) -> None:
        """Make the store agree with where the files are. Only for what a manifest lists: if a whole disk is
        missing, there is no manifest, and nothing is lost. Costs nothing if the trash is empty."""
        with self._lock:
            if self._store.read_only:
                return
            entries = self._files.entries()
            if not entries:
                return
            purged: list[Image] = []
            with self._store.transaction() as t:
                for id, entry in entries.items():
                    image = self._store.image(id)
                    if image is None:
                        continue
                    self._files.settle(image, entry.op)
                    if self._files.place(image) is not None:
                        # otherwise it was made again under the same name, and the file there is the old one
                        if not image.trashed and not self._files.is_home(image):
                            t.put(replace(image, trashed=True))
                    elif image.trashed and self._files.is_home(image, any_time=entry.op == "restore"):
                        t.put(replace(image, trashed=False))
                    elif image.trashed and entry.op == "purge":
                        purged.append(image)
                self._forget(t, [image.id for image in self._files.gone(purged)])
            self._drop_empty({entry.with_job for entry in entries.values() if entry.with_job})
            self._files.tidy(self._is_trashed)


def _waiting(task: Task) -> Task:
    return replace(task, state="held", error="", error_says=None, started=None, finished=None)


def _same_file(a: Image, b: Image) -> bool:
    return (a.path, a.size, a.mtime) == (b.path, b.size, b.mtime)
