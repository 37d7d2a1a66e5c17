"""What the store says of what is in the trash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from ... import api
from ...library.trash.folders import Outcome, TrashFolders
from ...model import Image
from ...sentences import say
from ...store import Store, Transaction
from ..images.files import Images
from ..images.selections import pick

replace = msgspec.structs.replace


class TrashRecords:
    """``files``: where they lie. ``images`` tells what tasks still need."""

    def __init__(self, store: Store, images: Images, files: TrashFolders) -> None:
        self._store = store
        self._images = images
        self._files = files

    # ------------------------------------------------------------- looking

    def all_trashed(self) -> list[Image]:
        return [image for job in self._store.jobs() for image in self.trashed_of(job.id)]

    def trashed_of(self, job: str) -> list[Image]:
        return [image for image in self._store.images_of(job) if image.trashed]

    def is_trashed(self, id: str) -> bool:
        image = self._store.image(id)
        return image is not None and image.trashed

    def now(self, ids: Iterable[str], *, trashed: bool) -> Outcome:
        """As they are at this moment: another request may have been quicker."""
        picked = pick(self._store, api.Selection(images=list(ids)), trashed=trashed)
        return Outcome(*picked)

    def without_needed(self, images: Iterable[Image]) -> Outcome:
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

    def deleted_jobs(self) -> frozenset[str]:
        """Those deleted with their images, of which some lie in the trash still."""
        return frozenset(e.with_job for e in self._files.entries().values() if e.with_job)

    def at_work(self, job: str) -> bool:
        counts = self._store.task_counts(job)
        return bool(counts["held"] or counts["queued"] or counts["running"])

    # ------------------------------------------------------------ writing

    def forget(self, t: Transaction, ids: Iterable[str]) -> None:
        """Delete the records; each task that is done remembers how many, else it seems to have made none."""
        gone = list(filter(None, map(self._store.image, ids)))
        for image in gone:
            t.delete_image(image.id)
        for id, count in Counter(image.task for image in gone).items():
            task = self._store.task(id)
            if task is not None and task.state == "done":
                t.put(replace(task, purged=task.purged + count))

    def put_back(self, gone: Iterable[Image]) -> list[str]:
        """Undo for ``forget``. The ids of those whose task is there still; a job deleted with its images
        is listed again."""
        deleted = self.deleted_jobs()
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
            self.list_again(t, {image.job for image in images} & deleted)
        return [image.id for image in images]

    def list_again(self, t: Transaction, jobs: Iterable[str]) -> None:
        for job in map(self._store.job, jobs):
            if job is not None and job.archived:
                t.put(replace(job, archived=False))

    def drop_empty(self, jobs: Iterable[str]) -> None:
        with self._store.transaction() as t:
            for job in map(self._store.job, jobs):
                if job is None or not job.archived or self.at_work(job.id):
                    continue
                if not self._store.images_of(job.id):
                    t.delete_job(job.id)
