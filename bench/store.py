"""The store's speed: what a verdict costs, and what a start costs.

    python -m bench.store

Each goal is a ratio against a baseline measured in the same run, in turns with what it is compared
with, so that a machine that gets slower in between slows both.
"""

from __future__ import annotations

import gc
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec

from bench.row import Row
from inu_jobs.model import Image, Job, Task
from inu_jobs.store import Store
from inu_jobs.store.snapshot import Snapshot

MANY, FEW = 100_000, 1_000
PER_JOB = 1_000
VERDICTS = 400
STARTS = 7

replace = msgspec.structs.replace


def fill(folder: Path, count: int) -> None:
    """A store of ``count`` done tasks with an image each, as a settled snapshot."""
    store = Store(folder)
    with store.transaction() as t:
        for first in range(0, count, PER_JOB):
            payload = t.put_payload(
                {"prompt": f"a night market, rain, neon {first}", "steps": 20, "seed": first}
            )
            job = Job(f"j{first:017}", f"LoRA test {first}", "txt2img", 1.7e9 + first, payload)
            t.put(job)
            for n in range(first, min(first + PER_JOB, count)):
                t.put(*_task_and_image(job, n))
    store.close()
    store = Store(folder)  # which compacts
    store.idle()
    store.close()


def _task_and_image(job: Job, n: int) -> tuple[Task, Image]:
    task = Task(
        f"t{n:017}",
        job.id,
        n % PER_JOB,
        job.payload,
        changes={"seed": 1_000_000 + n, "override_settings.sd_model_checkpoint": "dream.safetensors"},
        coords=[n % 10, n % 7],
        state="done",
        started=1.7e9 + n,
        finished=1.7e9 + n + 4.25,
    )
    image = Image(
        f"i{n:017}",
        job.id,
        task.id,
        f"outputs/txt2img-images/2026-01-31/{n:05}-{1_000_000 + n}.png",
        1.7e9 + n + 4.5,
        size=1_500_000 + n,
        mtime=1_700_000_000_000_000_000 + n,
        width=1024,
        height=1024,
        seed=1_000_000 + n,
    )
    return task, image


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def verdicts(many: Path, few: Path, scratch: Path) -> list[Row]:
    """Seconds of a verdict in a big and in a small store, and of writing the same bytes."""
    stores = [Store(many), Store(few)]
    images = [iter(_all_images(store)) for store in stores]
    # Both write the same: ids are of one length, and revisions nearly
    journals = [many / "jobs.journal", few / "jobs.journal"]
    times: list[list[float]] = [[], [], []]
    with _appending(scratch) as append:
        for _ in range(VERDICTS):
            before = journals[0].stat().st_size if journals[0].exists() else 0
            for store, next_image, column in zip(stores, images, times, strict=False):
                image = replace(next(next_image), verdict="kept")
                column.append(_time(partial(_save, store, image)))
            line = bytes(journals[0].stat().st_size - before)
            times[2].append(_time(partial(append, line)))
    for store in stores:
        store.close()
    big, small, base = map(statistics.median, times)
    detail = f"verdict {big * 1e6:.0f} µs at {MANY:,} images, {small * 1e6:.0f} µs at {FEW:,}"
    detail += f"; write + fsync {base * 1e6:.0f} µs"
    ratio, growth = big / base, big / small
    return [
        Row(f"a verdict saved, {MANY:,} images", ratio, "x write + fsync", "≤ 3", ratio <= 3, detail),
        Row(f"the same, against {FEW:,} images", growth, "x", "≤ 1.2", growth <= 1.2, detail),
    ]


def _all_images(store: Store) -> Iterator[Image]:
    for job in store.jobs():
        yield from store.images_of(job.id)


def _save(store: Store, image: Image) -> None:
    with store.transaction() as t:
        t.put(image)


@contextmanager
def _appending(path: Path) -> Iterator[Callable[[bytes], None]]:
    """The baseline: one write and one fsync, on the same disk."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0))

    def append(data: bytes) -> None:
        os.write(fd, data)
        os.fsync(fd)

    try:
        yield append
    finally:
        os.close(fd)


def loading(many: Path) -> Row:
    """Opening the store, against decoding its file (already in memory) as plain objects or as typed
    records, whichever is faster, in turns."""
    opened, plain, typed = [], [], []
    for _ in range(STARTS):
        data = (many / "jobs.json").read_bytes()
        gc.collect()
        plain.append(_time(partial(msgspec.json.decode, data)))
        gc.collect()
        typed.append(_time(partial(msgspec.json.decode, data, type=Snapshot)))
        del data
        gc.collect()
        start = time.perf_counter()
        store = Store(many)
        opened.append(time.perf_counter() - start)
        assert store.counts() == (MANY // PER_JOB, MANY, MANY) and not store.problem
        store.close()
        del store
    ours, base = min(opened), min(plain + typed)
    ratio, size = ours / base, (many / "jobs.json").stat().st_size / 1e6
    detail = f"{ours:.3f} s for {size:.0f} MB; decoding: plain {min(plain):.3f} s, typed {min(typed):.3f} s"
    return Row(f"loading {MANY:,} images and tasks", ratio, "x decode", "≤ 1.5", ratio <= 1.5, detail)


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="inu-jobs-bench-") as name:
        folder = Path(name)
        for count in (MANY, FEW):
            fill(folder / str(count), count)
        load = loading(folder / str(MANY))
        return [*verdicts(folder / str(MANY), folder / str(FEW), folder / "scratch"), load]


if __name__ == "__main__":
    for row in run():
        print(f"{'ok ' if row.ok else 'BAD'} {row.name}: {row.value:.2f} {row.unit} (goal {row.goal})")
        print(f"    {row.detail}")
