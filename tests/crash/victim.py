"""A process that is killed: store, queue, adapter and the stand-in, under load.

``python -m tests.crash.victim FOLDER SEED [settle]`` waits for a line on stdin, then works until it is
killed. With ``settle`` it makes no new work, finishes all there is and ends by itself.

Each change that the store acknowledged is written to ``acknowledged.jsonl`` when it has landed.
"""

from __future__ import annotations

import os
import random
import sys
import threading
import time
from pathlib import Path

import msgspec
from PIL import Image as Pictures

from inu_jobs.errors import InuJobsError
from inu_jobs.model import Job, Payload, Task, new_id
from inu_jobs.plan import cost
from inu_jobs.ports import ImageFacts, Made
from inu_jobs.queue import Queue
from inu_jobs.store import Store
from tests.contract.kit.inside import inside
from tests.sandbox import headless

ACTIONS = ("pause", "resume", "cancel", "retry", "remove")
replace = msgspec.structs.replace


class Choices:
    look_ahead = 4
    hold_after_failures = 3
    disk_limit = 0
    same_model_run = 50
    allowed_hosts: tuple[str, ...] = ()


class Witness:
    """Writes down what the store has acknowledged. What was written to a file outlives a killed
    process, if not a power cut."""

    def __init__(self, store: Store, path: Path) -> None:
        self.store = store
        self.since = store.revision
        self.lock = threading.Lock()
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        store.listen(self.landed)

    def landed(self, revision: int) -> None:
        store = self.store
        with self.lock:
            seen = store.changes(store.epoch, self.since)
            self.since = seen.revision
            line = {
                "revision": seen.revision,
                "jobs": [job for job in map(store.job, seen.jobs) if job],
                "tasks": [task for task in map(store.task, seen.tasks) if task],
                "images": [image for image in map(store.image, seen.images) if image],
                "removed": [*seen.removed_jobs, *seen.removed_tasks, *seen.removed_images],
            }
            os.write(self.file, msgspec.json.encode(line) + b"\n")


def record(made: Made) -> ImageFacts | None:
    path = Path(made.path)
    try:
        with Pictures.open(path) as picture:
            width, height = picture.size
        facts = path.stat()
    except OSError:
        return None
    return ImageFacts(made.path, facts.st_size, facts.st_mtime_ns, width, height)


class Victim:
    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        headless.start(folder)
        self.store = Store(folder / "store")
        self.witness = Witness(self.store, folder / "acknowledged.jsonl")
        adapter = inside().adapter
        self.queue = Queue(self.store, adapter, Choices(), self.prepare, record, cost)  # type: ignore[arg-type]
        adapter.listen(self.queue.receive)
        self.queue.start()

    def prepare(self, task: Task) -> Payload:
        payload = self.store.payload(task.payload)
        assert payload is not None
        return {**payload, **task.changes}

    def work(self) -> None:
        while True:
            jobs = self.store.jobs()
            waiting = self.store.tasks_in("held", "queued", "running")
            if not jobs or (len(waiting) < 12 and self.random.random() < 0.5):
                self.create()
            elif self.random.random() < 0.5:
                self.act(self.random.choice(ACTIONS), self.random.choice(jobs))
            else:
                self.judge(self.random.choice(jobs))
            time.sleep(self.random.random() * 0.02)

    def create(self) -> None:
        with self.store.transaction() as transaction:
            payload = transaction.put_payload(
                {"prompt": "a dog", "steps": 1, "width": 64, "height": 64, "batch_size": 2}
            )
            job = Job(new_id("j"), "crash", "txt2img", time.time(), payload)
            transaction.put(job)
            for index in range(self.random.randint(1, 6)):
                task = Task(new_id("t"), job.id, index, payload, changes={"seed": index}, images=2)
                transaction.put(task)

    def act(self, action: str, job: Job) -> None:
        try:
            getattr(self.queue, action)(job.id)
        except InuJobsError:
            pass  # nothing to do for that

    def judge(self, job: Job) -> None:
        with self.store.transaction() as transaction:
            for image in self.store.images_of(job.id)[:3]:
                transaction.put(replace(image, rating=self.random.randint(0, 5)))

    def settle(self) -> None:
        end = time.monotonic() + 120
        while any(job for job in self.store.jobs() if self._open(job)):
            if time.monotonic() > end:
                raise SystemExit(
                    f"did not settle: {[self.store.task_counts(j.id) for j in self.store.jobs()]}"
                )
            for job in self.store.jobs():
                self.act("resume", job)
                self.act("retry", job)
            time.sleep(0.2)
        self.queue.stop()
        self.store.close()

    def _open(self, job: Job) -> bool:
        counts = self.store.task_counts(job.id)
        return counts["done"] != sum(counts.values())


def main() -> None:
    folder, seed, settle = Path(sys.argv[1]), int(sys.argv[2]), "settle" in sys.argv  # the host takes argv
    if not sys.stdin.readline():
        return
    victim = Victim(folder, seed)
    print("working", flush=True)
    if settle:
        victim.settle()
    else:
        victim.work()


if __name__ == "__main__":
    main()
