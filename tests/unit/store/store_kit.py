"""What the store's tests share: making records, and comparing a store with what it should hold."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from inu_jobs.model import TASK_STATES, Image, Job, Task
from inu_jobs.store import Store, Transaction
from tests.clock import NOON, Clock

ROOT = Path(__file__).parents[3]
DAY = 86_400.0

_numbers = itertools.count(1)


class Model(msgspec.Struct):
    """What a store should hold, as plain dicts."""

    jobs: dict[str, Job] = {}
    tasks: dict[str, Task] = {}
    images: dict[str, Image] = {}

    def copy(self) -> Model:
        return Model(dict(self.jobs), dict(self.tasks), dict(self.images))

    def delete_job(self, id: str) -> None:
        self.jobs.pop(id, None)
        for task in [t.id for t in self.tasks.values() if t.job == id]:
            self.delete_task(task)

    def delete_task(self, id: str) -> None:
        self.tasks.pop(id, None)
        self.images = {i.id: i for i in self.images.values() if i.task != id}


def held(store: Store) -> Model:
    """All that a store holds, asked for through its own methods."""
    jobs = store.jobs()
    tasks = [task for job in jobs for task in store.tasks_of(job.id)]
    images = [image for job in jobs for image in store.images_of(job.id)]
    assert store.counts() == (len(jobs), len(tasks), len(images))
    return Model({j.id: j for j in jobs}, {t.id: t for t in tasks}, {i.id: i for i in images})


def check(store: Store, model: Model, *, payloads: bool = True) -> None:
    """The store holds exactly the model, and every index agrees with it."""
    assert held(store) == model
    for job in model.jobs.values():
        tasks = [t for t in model.tasks.values() if t.job == job.id]
        images = [i for i in model.images.values() if i.job == job.id and not i.trashed]
        assert [t.index for t in store.tasks_of(job.id)] == sorted(t.index for t in tasks)
        states = Counter(t.state for t in tasks)
        assert store.task_counts(job.id) == {state: states[state] for state in TASK_STATES}
        verdicts = Counter(i.verdict for i in images)
        assert {v: n for v, n in store.verdict_counts(job.id).items() if n} == verdicts
        assert store.findings_count(job.id) == sum(bool(i.findings) for i in images)
        assert not payloads or store.payload(job.payload) is not None
    for task in model.tasks.values():
        mine = [i.id for i in model.images.values() if i.task == task.id]
        assert sorted(i.id for i in store.images_of_task(task.id)) == sorted(mine)
        assert store.task(task.id) == task
    for state in TASK_STATES:
        assert {t.id for t in store.tasks_in(state)} == {
            t.id for t in model.tasks.values() if t.state == state
        }
    assert store.image_folders() == {i.path[: i.path.rfind("/") + 1] for i in model.images.values()}
    for image in model.images.values():
        found = store.image_by_path(image.path)
        assert found is not None and found.path == image.path
        assert store.image(image.id) == image


def new_job(t: Transaction, tasks: int = 2, images: int = 1, **fields: Any) -> Job:
    """Put a job with ``tasks`` done tasks of ``images`` images each."""
    n = next(_numbers)
    payload = t.put_payload({"prompt": f"night market {n}", "seed": n})
    job = Job(f"j{n:04}", f"Job {n}", "txt2img", NOON + n, payload, **fields)
    t.put(job)
    for index in range(tasks):
        task = Task(f"t{n:04}-{index}", job.id, index, payload, changes={"seed": index}, state="done")
        t.put(task)
        t.put(*(new_image(task, i) for i in range(images)))
    return job


def new_image(task: Task, index: int = 0, **fields: Any) -> Image:
    id = f"i{task.id}-{index}"
    return Image(id, task.job, task.id, f"outputs/{id}.png", NOON, index=index, **fields)


def add_job(store: Store, tasks: int = 2, images: int = 1, **fields: Any) -> Job:
    with store.transaction() as t:
        return new_job(t, tasks, images, **fields)


def copy_of(folder: Path, target: Path) -> Path:
    """The folder as a kill at this moment leaves it."""
    shutil.rmtree(target, ignore_errors=True)
    return Path(shutil.copytree(folder, target, ignore=shutil.ignore_patterns("*.lock")))


def python(code: str, *args: object, **options: Any) -> subprocess.Popen[str]:
    """A real process that runs ``code`` with the package and this kit importable."""
    path = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        **options,
    )


def output(process: subprocess.Popen[str]) -> str:
    """What it printed, once it has ended well."""
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out


def make(folder: Path, *, backup: bool, later: int = 0) -> tuple[Model, Model]:
    """A store of one job, backed up or not, then ``later`` jobs in the journal. What it held."""
    store = Store(folder, clock=Clock())
    add_job(store)
    first = held(store)
    if backup:
        store.idle()
    else:
        store.compact()
        for path in (folder / "backups").iterdir():
            path.unlink()
    for _ in range(later):
        add_job(store)
    last = held(store)
    store.close()
    return first, last
