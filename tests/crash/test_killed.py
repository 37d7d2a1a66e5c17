"""Killed at any moment, under load: what was acknowledged is there, and every image counts once."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inu_jobs.store import Store

ROOT = Path(__file__).resolve().parents[2]
PROBE = ROOT / "tests" / "contract" / "probe" / "probe_script.py"
ROUNDS = int(os.environ.get("INU_CRASH_ROUNDS", "10"))
SEED = int(os.environ.get("INU_CRASH_SEED", "0"))


class Victim:
    """One process; it starts to work at ``go``, so that its imports cost no round any time."""

    def __init__(self, folder: Path, seed: int, *more: str) -> None:
        self.log = folder / f"victim-{seed}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.crash.victim", str(folder), str(seed), *more],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, "INU_PROBE_ROOT": str(ROOT)},
            )

    def go(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(b"go\n")
        self.process.stdin.flush()
        while (line := self.process.stdout.readline()).strip() != b"working":
            assert line, self.log.read_text("utf-8", "replace")

    def kill(self) -> None:
        self.process.kill()
        self.close()

    def close(self) -> int:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.stdout.read()
        self.process.stdout.close()
        return self.process.wait()


class Acknowledged:
    """What the victims said had landed, all of them together."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.read_to = 0
        self.revision = 0
        self.records: dict[str, Any] = {}
        self.removed: set[str] = set()

    def read(self) -> None:
        with self.path.open("rb") as file:
            file.seek(self.read_to)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self.read_to += len(line)
                said = msgspec.json.decode(line)
                self.revision = said["revision"]
                for record in (*said["jobs"], *said["tasks"], *said["images"]):
                    self.records[record["id"]] = record
                for id in said["removed"]:
                    self.records.pop(id, None)
                    self.removed.add(id)

    def cut(self) -> None:
        """Drop a line that was being written at the kill."""
        with self.path.open("r+b") as file:
            file.truncate(self.read_to)


def check(store: Store, told: Acknowledged) -> None:
    assert not store.problem and not store.read_only, store.problem
    assert store.revision >= told.revision
    records: dict[str, Any] = {}
    for job in store.jobs():
        records[job.id] = job
        records.update({task.id: task for task in store.tasks_of(job.id)})
        records.update({image.id: image for image in store.images_of(job.id)})
    later = store.revision > told.revision  # landed, and killed before it could say so
    for id, said in told.records.items():
        found = records.get(id)
        assert found is not None or later, f"{id} is lost"
        if not later:
            assert msgspec.to_builtins(found) == said
    assert later or set(records) == set(told.records)
    images = [record for id, record in records.items() if id.startswith("i")]
    paths = [image.path for image in images]
    assert len(set(paths)) == len(paths)
    assert all(Path(path).is_file() for path in paths)
    places = [(image.task, image.index) for image in images]
    assert len(set(places)) == len(places)


@pytest.fixture
def victims() -> Iterator[list[Victim]]:
    """All that were started; none outlives the test."""
    started: list[Victim] = []
    yield started
    for victim in started:
        if victim.process.poll() is None:
            victim.kill()


@pytest.mark.crash
def test_killed_at_random_moments(tmp_path: Path, victims: list[Victim]) -> None:
    scripts = tmp_path / "extensions" / "probe" / "scripts"
    scripts.mkdir(parents=True)
    shutil.copy(PROBE, scripts / "inu_jobs_probe.py")
    told = Acknowledged(tmp_path / "acknowledged.jsonl")
    chance = random.Random(SEED)
    victims.append(Victim(tmp_path, SEED))
    for number in range(ROUNDS):
        victim = victims[-1]
        more = ["settle"] if number == ROUNDS - 1 else []
        victims.append(Victim(tmp_path, SEED + number + 1, *more))
        victim.go()
        time.sleep(chance.random() * 0.4)
        victim.kill()
        told.read()
        told.cut()
        store = Store(tmp_path / "store")
        check(store, told)
        told.revision = store.revision
        refresh(told, store)
        store.close()
    last = victims[-1]
    last.go()
    assert last.close() == 0, last.log.read_text("utf-8", "replace")
    store = Store(tmp_path / "store")
    told.read()
    check(store, told)
    tasks = [task for job in store.jobs() for task in store.tasks_of(job.id)]
    assert tasks and {task.state for task in tasks} == {"done"}
    for task in tasks:
        assert [image.index for image in store.images_of_task(task.id)] == [0, 1]
    store.close()


def refresh(told: Acknowledged, store: Store) -> None:
    """From here on, what is there counts as acknowledged: the store has just answered with it."""
    told.records = {}
    for job in store.jobs():
        for record in (job, *store.tasks_of(job.id), *store.images_of(job.id)):
            told.records[record.id] = msgspec.to_builtins(record)
