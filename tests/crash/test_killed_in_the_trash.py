"""Killed in a bulk trash, restore or purge of 1,000 files: each file is in exactly one place afterwards,
and the store agrees."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from inu_jobs.library.trash import FOLDER
from inu_jobs.model import Image
from inu_jobs.service.trash import CHUNK
from tests.crash.trash_victim import FILES, fill
from tests.unit.service.service_kit import House

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = int(os.environ.get("INU_CRASH_TRASH_ROUNDS", "40"))
SEED = int(os.environ.get("INU_CRASH_SEED", "0"))


def run(folder: Path, op: str, count: int, until: float) -> bool:
    """Kill a process ``until`` seconds after it began. True if it was still at it."""
    command = [sys.executable, "-m", "tests.crash.trash_victim", str(folder), op, str(count)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"working\n"
        time.sleep(until)
        process.kill()
        return b"done" not in process.stdout.read()


def check(house: House, contents: dict[str, str], purged: set[str]) -> None:
    """``purged``: what may be gone. A hash is of one image only: no two files have the same bytes."""
    images = house.store.images_of("j-crash")
    seen = {}
    for path in house.outputs.rglob("*.png"):
        seen.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), []).append(path)
    assert all(len(paths) == 1 for paths in seen.values()), "a file is in two places"
    assert len(seen) == len(images), "a file without a record, or a record without its file"
    for image in images:
        (path,) = seen[contents[image.id]]
        assert path == where(house, image)
    assert set(contents) - {image.id for image in images} <= purged


def where(house: House, image: Image) -> Path:
    return house.outputs / FOLDER / f"{image.id}.png" if image.trashed else house.folder / image.path


@pytest.mark.crash
@pytest.mark.timeout(300)
def test_killed_in_a_bulk_trash_restore_or_purge(tmp_path: Path) -> None:
    assert FILES >= 1000 and CHUNK < FILES
    chance = random.Random(SEED)
    contents = fill(tmp_path)
    purged: set[str] = set()
    stopped: dict[str, int] = {}
    between = 0
    for _ in range(ROUNDS):
        house = House(tmp_path)
        images = house.store.images_of("j-crash")
        trashed = [image.id for image in images if image.trashed]
        house.close()
        op = "trash" if len(trashed) < len(images) / 2 else chance.choice(["restore", "restore", "purge"])
        # a purge is of a few, so that files are left for the rounds to come
        count = 60 if op == "purge" else FILES
        if op == "purge":
            purged |= set(trashed[:count])
        if run(tmp_path, op, count, chance.random() * (0.01 if op == "purge" else 0.15)):
            stopped[op] = stopped.get(op, 0) + 1
        house = House(tmp_path)
        assert not house.store.problem and not house.store.read_only
        images = house.store.images_of("j-crash")
        between += any(not where(house, image).exists() for image in images)
        house.service.trash.recover()
        check(house, contents, purged)
        house.close()
    assert sum(stopped.values()) >= ROUNDS / 2 and {"trash", "restore"} <= set(stopped), stopped
    assert between, "no kill came between a file and its record: nothing was tried"
