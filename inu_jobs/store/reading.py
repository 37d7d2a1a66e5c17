"""Queries answered from memory. Thread-safe; they never wait for the disk."""

from __future__ import annotations

import threading

import msgspec

from ..model import TASK_STATES, Hold, Image, Job, Payload, Task, TaskState, Verdict
from .index import VERDICTS, Index


class Reading:
    """Records are frozen and shared; lists, dicts and payloads are copies for the caller."""

    def __init__(self) -> None:
        self._index = Index()
        self._state_lock = threading.RLock()

    def jobs(self) -> list[Job]:
        """Newest first."""
        with self._state_lock:
            jobs = list(self._index.jobs.values())
        return sorted(jobs, key=lambda job: (job.created, job.id), reverse=True)

    @property
    def hold(self) -> Hold | None:
        """Why nothing at all may start, None if it may."""
        with self._state_lock:
            return self._index.hold

    def job(self, id: str) -> Job | None:
        with self._state_lock:
            return self._index.jobs.get(id)

    def task(self, id: str) -> Task | None:
        with self._state_lock:
            return self._index.tasks.get(id)

    def image(self, id: str) -> Image | None:
        with self._state_lock:
            return self._index.images.get(id)

    def payload(self, hash: str) -> Payload | None:
        """A copy, as JSON gives it. Also None if a file from elsewhere has something else in its place, under
        its correct name."""
        with self._state_lock:
            data = self._index.payloads.get(hash)
        try:
            return None if data is None else msgspec.json.decode(data, type=Payload)
        except (ValueError, RecursionError):
            return None

    def tasks_of(self, job: str) -> list[Task]:
        """By index."""
        with self._state_lock:
            return self._index.tasks_of(job)

    def images_of(self, job: str) -> list[Image]:
        """By their task's index, then their own."""
        with self._state_lock:
            return self._index.images_of(job)

    def images_of_task(self, task: str) -> list[Image]:
        """By index."""
        with self._state_lock:
            return self._index.images_of_task(task)

    def tasks_from(self, image: str) -> list[Task]:
        """Tasks of all jobs that start from that image: older jobs first, then by index."""
        with self._state_lock:
            return self._index.tasks_from(image)

    def tasks_in(self, *states: TaskState) -> list[Task]:
        """Tasks of all jobs that are in one of ``states``: older jobs first, then by index."""
        with self._state_lock:
            return self._index.tasks_in(states)

    def image_by_path(self, path: str) -> Image | None:
        """The image last recorded with that path, as in ``Image.path``."""
        with self._state_lock:
            return self._index.image_by_path(path)

    def lies_in_trash(self, job: str) -> bool:
        """Whether the job only exists because of its images in the trash: it was deleted with its images."""
        record = self.job(job)
        images = self.images_of(job) if record is not None and record.archived else []
        return bool(images) and all(image.trashed for image in images)

    def image_folders(self) -> set[str]:
        """The folders of all images, as in ``Image.path``: everything before the file name, up to '/'."""
        with self._state_lock:
            return self._index.image_folders()

    def task_counts(self, job: str) -> dict[TaskState, int]:
        """Tasks by state, with every state included; always up to date, so this is cheap."""
        with self._state_lock:
            shelf = self._index.shelves.get(job)
            return dict(shelf.states) if shelf else dict.fromkeys(TASK_STATES, 0)

    def verdict_counts(self, job: str) -> dict[Verdict, int]:
        """Images by verdict, excluding the trash, with every verdict included; always up to date, so this is
        cheap."""
        with self._state_lock:
            shelf = self._index.shelves.get(job)
            return dict(shelf.verdicts) if shelf else dict.fromkeys(VERDICTS, 0)

    def findings_count(self, job: str) -> int:
        """How many of the job's images, excluding the trash, have findings."""
        with self._state_lock:
            shelf = self._index.shelves.get(job)
            return shelf.findings if shelf else 0

    def trashed_count(self) -> int:
        """How many of all images are in the trash; cheap."""
        with self._state_lock:
            there = sum(sum(shelf.verdicts.values()) for shelf in self._index.shelves.values())
            return len(self._index.images) - there

    def counts(self) -> tuple[int, int, int]:
        """The numbers of all jobs, tasks and images."""
        with self._state_lock:
            return len(self._index.jobs), len(self._index.tasks), len(self._index.images)
