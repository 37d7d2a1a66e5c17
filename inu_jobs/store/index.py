"""The records in memory: dicts by id, and the few indexes that the queries need. Not thread-safe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

import msgspec

from ..budgets import turns
from ..model import ENDED, TASK_STATES, Hold, Image, Job, Task, TaskState, Verdict
from .journal import Change

_R = TypeVar("_R", Task, Image)
_job: Callable[[Task | Image], str] = attrgetter("job")
_state: Callable[[Task], TaskState] = attrgetter("state")
_task: Callable[[Image], str] = attrgetter("task")
_trashed: Callable[[Image], bool] = attrgetter("trashed")
_verdict: Callable[[Image], Verdict] = attrgetter("verdict")
_findings: Callable[[Image], object] = attrgetter("findings")

VERDICTS: tuple[Verdict, ...] = ("unreviewed", "kept", "rejected")


class Shelf:
    """What belongs to one job. Counts of images leave out trashed ones."""

    __slots__ = ("findings", "images", "states", "tasks", "verdicts")

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        self.images: dict[str, Image] = {}
        self.states: dict[TaskState, int] = dict.fromkeys(TASK_STATES, 0)
        self.verdicts: dict[Verdict, int] = dict.fromkeys(VERDICTS, 0)
        self.findings = 0

    def count(self, image: Image, step: int) -> None:
        if not image.trashed:
            self.verdicts[image.verdict] += step
            if image.findings:
                self.findings += step


class Applied(msgspec.Struct, frozen=True):
    """What one change did. ``orphans``: records left out because their job or task is not there,
    which only a damaged file can bring about."""

    removed_jobs: list[str]
    removed_tasks: list[str]
    removed_images: list[str]
    orphans: int


class Index:
    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.tasks: dict[str, Task] = {}
        self.images: dict[str, Image] = {}
        #: canonical JSON by hash: each reader decodes its own, so none can change another's
        self.payloads: dict[str, bytes] = {}
        self.shelves: dict[str, Shelf] = {}
        #: why nothing at all may start
        self.hold: Hold | None = None
        #: tasks that have not ended: few, and asked for all the time
        self._live: dict[TaskState, dict[str, Task]] = {s: {} for s in TASK_STATES if s not in ENDED}
        self._of_task: dict[str, dict[str, Image]] | None = None
        self._by_path: dict[str, str] | None = None
        #: source image -> the tasks that start from it
        self._by_source: dict[str, dict[str, Task]] | None = None

    # ------------------------------------------------------------- filling

    def fill(self, jobs: list[Job], tasks: list[Task], images: list[Image]) -> int:
        """Take in a whole snapshot; the index must be empty. Returns how many records were left out:
        orphans and doubles. ``apply`` does the same, one by one; this runs for 100,000 at each start,
        so it takes a job's records at once, in loops that the interpreter runs itself."""
        self.jobs = {job.id: job for job in jobs}
        self.shelves = {id: Shelf() for id in self.jobs}
        wanted = {task.id: task for task in tasks}
        for job, group in groupby(wanted.values(), _job):
            shelf = self.shelves.get(job)
            if shelf is not None:
                self._fill_tasks(shelf, list(group))
        pictures = {image.id: image for image in images}
        for job, images_of_job in groupby(pictures.values(), _job):
            shelf = self.shelves.get(job)
            if shelf is not None:
                self._fill_images(shelf, list(images_of_job))
        self.tasks = self._without_orphans(wanted, [s.tasks for s in self.shelves.values()])
        self.images = self._without_orphans(pictures, [s.images for s in self.shelves.values()])
        return len(tasks) - len(self.tasks) + len(images) - len(self.images)

    def _fill_tasks(self, shelf: Shelf, tasks: list[Task]) -> None:
        shelf.tasks.update({task.id: task for task in tasks})
        states = Counter(map(_state, tasks))
        for state, count in states.items():
            shelf.states[state] += count
        if not states.keys() <= ENDED:
            for task in tasks:
                if task.state not in ENDED:
                    self._live[task.state][task.id] = task

    def _fill_images(self, shelf: Shelf, images: list[Image]) -> None:
        if not shelf.tasks.keys() >= set(map(_task, images)):
            images = [image for image in images if image.task in shelf.tasks]
        shelf.images.update({image.id: image for image in images})
        if any(map(_trashed, images)):
            images = [image for image in images if not image.trashed]
        for verdict, count in Counter(map(_verdict, images)).items():
            shelf.verdicts[verdict] += count
        shelf.findings += sum(map(bool, map(_findings, images)))

    @staticmethod
    def _without_orphans(records: dict[str, _R], shelved: list[dict[str, _R]]) -> dict[str, _R]:
        if len(records) == sum(map(len, shelved)):
            return records
        return {id: record for shelf in shelved for id, record in shelf.items()}

    def apply(self, change: Change) -> Applied:
        """Costs what is in ``change`` and what it deletes, not what is in the store."""
        gone = Applied([], [], [], 0)
        for id in change.deleted_images:
            self._drop_image(id, gone)
        for id in change.deleted_tasks:
            self._drop_task(id, gone)
        for id in change.deleted_jobs:
            self._drop_job(id, gone)
        for hash, raw in change.payloads.items():
            self.payloads.setdefault(hash, bytes(raw))
        if change.hold is not msgspec.UNSET:
            self.hold = change.hold
        for job in change.jobs:
            self.jobs[job.id] = job
            if job.id not in self.shelves:
                self.shelves[job.id] = Shelf()
        orphans = sum(not self._put_task(task) for task in turns(change.tasks))
        orphans += sum(not self._put_image(image) for image in turns(change.images))
        return msgspec.structs.replace(gone, orphans=orphans)

    def _put_task(self, task: Task) -> bool:
        shelf = self.shelves.get(task.job)
        if shelf is None:
            return False
        old = self.tasks.get(task.id)
        if old is not None:
            if old.job != task.job:
                return False
            shelf.states[old.state] -= 1
            self._forget_live(old)
            self._forget_source(old)
        self.tasks[task.id] = shelf.tasks[task.id] = task
        if self._by_source is not None and task.source is not None:
            self._by_source.setdefault(task.source, {})[task.id] = task
        shelf.states[task.state] += 1
        if task.state not in ENDED:
            self._live[task.state][task.id] = task
        return True

    def _put_image(self, image: Image) -> bool:
        shelf = self.shelves.get(image.job)
        if shelf is None or image.task not in shelf.tasks:
            return False
        old = self.images.get(image.id)
        if old is not None:
            if old.task != image.task:
                return False
            shelf.count(old, -1)
            if self._by_path is not None and old.path != image.path:
                self._forget_path(old)
        self.images[image.id] = shelf.images[image.id] = image
        shelf.count(image, 1)
        if self._of_task is not None:
            self._of_task.setdefault(image.task, {})[image.id] = image
        if self._by_path is not None:
            self._by_path[image.path] = image.id
        return True

    def _drop_job(self, id: str, gone: Applied) -> None:
        if self.jobs.pop(id, None) is None:
            return
        for task in list(self.shelves[id].tasks):
            self._drop_task(task, gone)
        del self.shelves[id]
        gone.removed_jobs.append(id)

    def _drop_task(self, id: str, gone: Applied) -> None:
        task = self.tasks.pop(id, None)
        if task is None:
            return
        for image in list(self._images_by_task().get(id, ())):
            self._drop_image(image, gone)
        shelf = self.shelves[task.job]
        del shelf.tasks[id]
        shelf.states[task.state] -= 1
        self._forget_live(task)
        self._forget_source(task)
        gone.removed_tasks.append(id)

    def _drop_image(self, id: str, gone: Applied) -> None:
        image = self.images.pop(id, None)
        if image is None:
            return
        shelf = self.shelves[image.job]
        del shelf.images[id]
        shelf.count(image, -1)
        if self._of_task is not None:
            rest = self._of_task[image.task]
            del rest[id]
            if not rest:
                del self._of_task[image.task]
        self._forget_path(image)
        gone.removed_images.append(id)

    def _forget_live(self, task: Task) -> None:
        if task.state not in ENDED:
            del self._live[task.state][task.id]

    def _forget_source(self, task: Task) -> None:
        if self._by_source is not None and task.source is not None:
            self._by_source[task.source].pop(task.id, None)

    def _forget_path(self, image: Image) -> None:
        if self._by_path is not None and self._by_path.get(image.path) == image.id:
            del self._by_path[image.path]

    # --------------------------------------------------------------- asking

    def tasks_of(self, job: str) -> list[Task]:
        shelf = self.shelves.get(job)
        return sorted(shelf.tasks.values(), key=attrgetter("index", "id")) if shelf else []

    def images_of(self, job: str) -> list[Image]:
        shelf = self.shelves.get(job)
        if shelf is None:
            return []
        tasks = shelf.tasks
        return sorted(shelf.images.values(), key=lambda i: (tasks[i.task].index, i.task, i.index, i.id))

    def images_of_task(self, task: str) -> list[Image]:
        return sorted(self._images_by_task().get(task, {}).values(), key=attrgetter("index", "id"))

    def tasks_in(self, states: Collection[TaskState]) -> list[Task]:
        found: list[Task] = []
        for state in set(states) - ENDED:
            found += self._live[state].values()
        ended = ENDED.intersection(states)
        if ended:
            for shelf in self.shelves.values():
                if any(shelf.states[state] for state in ended):
                    found += [task for task in shelf.tasks.values() if task.state in ended]
        return sorted(found, key=attrgetter("job", "index", "id"))

    def image_by_path(self, path: str) -> Image | None:
        if self._by_path is None:  # made when first asked for: a start need not pay for it
            self._by_path = {image.path: image.id for image in self.images.values()}
        return self.images.get(self._by_path.get(path, ""))

    def image_folders(self) -> set[str]:
        return {image.path[: image.path.rfind("/") + 1] for image in self.images.values()}

    def tasks_from(self, image: str) -> list[Task]:
        if self._by_source is None:  # made when first asked for
            self._by_source = {}
            for task in self.tasks.values():
                if task.source is not None:
                    self._by_source.setdefault(task.source, {})[task.id] = task
        return sorted(self._by_source.get(image, {}).values(), key=attrgetter("job", "index", "id"))

    def _images_by_task(self) -> dict[str, dict[str, Image]]:
        if self._of_task is None:
            found: dict[str, dict[str, Image]] = {}
            for image in self.images.values():
                found.setdefault(image.task, {})[image.id] = image
            self._of_task = found
        return self._of_task
