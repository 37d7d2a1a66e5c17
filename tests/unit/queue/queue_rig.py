"""A queue with everything around it, for tests: the real store on a real disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inu_jobs.errors import InuJobsError
from inu_jobs.model import Job, Payload, Task, TaskState, new_id
from inu_jobs.plan import cost
from inu_jobs.ports import Room
from inu_jobs.queue import Queue
from inu_jobs.store import Store
from tests.clock import Clock
from tests.unit.queue.queue_scripted import Disk, Scripted


@dataclass
class Choices:
    look_ahead: int = 4
    hold_after_failures: int = 3
    adopt: bool = True
    disk_limit: float = 5
    same_model_run: int = 50
    allowed_hosts: tuple[str, ...] = ()


class Models:
    """``ports.Checkpoints``: a file has any name that begins with its letter, in small or in capitals."""

    loaded = ""
    chosen = ""

    def checkpoint(self, name: str) -> str:
        return (name or self.chosen)[:1].lower()

    def loaded_checkpoint(self) -> str:
        return self.loaded


class QueueRig:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()
        self.disk = Disk()
        self.scheduler = Scripted(self.disk, self.clock)
        self.choices = Choices()
        self.models = Models()
        self.free: int | None = None
        self.unready: dict[str, InuJobsError] = {}
        self._open()

    def _open(self) -> None:
        self.store = Store(self.folder, clock=self.clock)
        self.queue = Queue(
            self.store,
            self.scheduler,
            self.choices,  # type: ignore[arg-type]
            prepare=self.prepare,
            record=self.disk.record,
            cost=cost,
            clock=self.clock,
            checkpoints=self.models,
            room=lambda: None if self.free is None else Room(self.folder, self.free),
        )
        self.scheduler.listen(self.queue.receive)

    def restart(self) -> None:
        """The process was killed: nothing of the queue's memory is left."""
        self.store.close()
        self.scheduler.crash()
        self._open()

    def prepare(self, task: Task) -> Payload:
        if task.id in self.unready:
            raise self.unready[task.id]
        payload = self.store.payload(task.payload)
        assert payload is not None
        return {**payload, **task.changes}

    def job(self, tasks: int = 3, images: int = 1, priority: int = 0, more: Payload | None = None) -> Job:
        with self.store.transaction() as transaction:
            payload = transaction.put_payload({"prompt": "a dog", "batch_size": images, **(more or {})})
            job = Job(new_id("j"), f"job of {tasks}", "txt2img", self.clock(), payload, priority=priority)
            transaction.put(job)
            for index in range(tasks):
                transaction.put(
                    Task(new_id("t"), job.id, index, payload, changes={"seed": index}, images=images)
                )
        return job

    def tick(self, seconds: float = 0.0) -> None:
        self.clock.now += seconds
        self.queue.tick()

    def states(self, job: Job) -> list[TaskState]:
        return [task.state for task in self.store.tasks_of(job.id)]

    def tasks(self, job: Job) -> list[Task]:
        return self.store.tasks_of(job.id)

    def paths(self, job: Job) -> list[str]:
        return [image.path for image in self.store.images_of(job.id)]

    def start_next(self) -> str:
        """The runner takes and starts a task, and we hear of it."""
        self.scheduler.runner.alive = True
        assert self.scheduler.fetch()
        started = self.scheduler.begin()
        assert started is not None
        self.tick()
        return started
