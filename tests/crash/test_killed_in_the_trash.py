"""Killed in a bulk trash, restore or purge of 1,000 files: each file is in exactly one place afterwards,
and the store agrees."""

from __future__ import annotations

import hashlib
import itertools
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from inu_jobs.library.trash.places import FOLDER
from inu_jobs.model import Image
from inu_jobs.service.trash.bulk import CHUNK
from tests.crash.trash_victim import FILES, act, fill, images
from tests.unit.service.service_kit import House

ROOT = Path(__file__).resolve().parents[2]
#: kills half-way, and at least one in each of OPS; not more than MOST rounds are tried for that
ROUNDS = int(os.environ.get("INU_CRASH_TRASH_ROUNDS", "4"))
MOST = ROUNDS * 12
SEED = int(os.environ.get("INU_CRASH_SEED", "0"))
OPS = ("trash", "restore", "purge", "recycle")


def run(folder: Path, op: str, moves: int, wait: float) -> None:
    """Kill a process that does ``op``: ``wait`` seconds after it has moved so many files."""
    command = [sys.executable, "-m", "tests.crash.trash_victim", str(folder), op]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"working\n"
        before = in_trash(folder)
        while process.poll() is None and abs(in_trash(folder) - before) < moves:
            pass  # it is over in some hundredths of a second
        time.sleep(wait)
        process.kill()


def in_trash(folder: Path) -> int:
    try:
        return sum(path.suffix == ".png" for path in (folder / "outputs" / FOLDER).iterdir())
    except FileNotFoundError:
        return 0


def check(house: House, contents: dict[str, str], purged: set[str], recycled: set[str]) -> None:
    """``purged`` may be gone; ``recycled`` may be in the bin. A hash is of one image only: no two files
    have the same bytes."""
    kept = images(house)
    seen: dict[str, list[Path]] = {}
    for path in [*house.outputs.rglob("*.png"), *house.bin.glob("*.png")]:
        seen.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), []).append(path)
    assert all(len(paths) == 1 for paths in seen.values()), "a file is in two places"
    for image in kept:
        assert seen.pop(contents[image.id], None) == [where(house, image)], "a record without its file"
    gone = set(contents) - {image.id for image in kept}
    assert gone <= purged | recycled, "gone, and nobody asked for it"
    # what is left belongs to no record: it lies in the bin, with all that could only go there
    assert all(paths[0].parent == house.bin for paths in seen.values()), "a file without a record"
    assert {contents[id] for id in gone - purged} <= set(seen), "a file was not recycled but lost"
    assert set(seen) <= {contents[id] for id in gone & recycled}
    check_texts(house, kept, purged, recycled)


def check_texts(house: House, kept: list[Image], purged: set[str], recycled: set[str]) -> None:
    """Each text file is where its image is; of one that was to go it may have gone before it."""
    places: dict[str, list[Path]] = {}
    for path in [*house.outputs.rglob("*.txt"), *house.bin.glob("*.txt")]:
        places.setdefault(path.read_text("utf-8"), []).append(path)
    assert all(len(paths) == 1 for paths in places.values()), "a text file is in two places"
    for image in kept:
        (path,) = places.pop(image.id, [None])
        if path is None:
            assert image.id in purged, "a text file is gone, and nobody asked for it"
        elif path.parent == house.bin:
            assert image.id in recycled
        else:
            assert path == where(house, image).with_suffix(".txt"), "a text file without its image"
    assert all(paths[0].parent == house.bin for paths in places.values()), "a text file without its image"


def where(house: House, image: Image) -> Path:
    return house.outputs / FOLDER / f"{image.id}.png" if image.trashed else house.folder / image.path


def made_ready(folder: Path, op: str, contents: dict[str, str]) -> list[Image]:
    """As many images as a round takes, all where ``op`` starts from."""
    house = House(folder)
    missing = FILES - len(images(house))
    house.close()
    if missing:
        contents |= fill(folder, len(contents), missing)
    house = House(folder)
    act(house, "restore" if op == "trash" else "trash")
    found = images(house)
    house.close()
    assert len(found) == FILES and all(image.trashed == (op != "trash") for image in found)
    return found


@pytest.mark.crash
@pytest.mark.timeout(300)
def test_killed_in_a_bulk_trash_restore_or_purge(tmp_path: Path) -> None:
    assert FILES >= 1000 and CHUNK < FILES
    chance = random.Random(SEED)
    contents: dict[str, str] = {}
    taken: dict[str, set[str]] = {op: set() for op in OPS}
    inside: Counter[str] = Counter()
    for op in itertools.islice(itertools.cycle(OPS), MOST):
        found = made_ready(tmp_path, op, contents)
        taken[op] |= {image.id for image in found}
        # one in three before the first file has moved: while the manifest is written
        moves = chance.choice([0, chance.randrange(1, CHUNK), chance.randrange(CHUNK, FILES)])
        run(tmp_path, op, moves, 0 if moves else chance.random() * 0.01)
        house = House(tmp_path)
        assert not house.store.problem and not house.store.read_only
        moved = sum(not where(house, image).exists() for image in found)
        # some files are not where they were, of which the store knows nothing, and not all have moved
        known = {image.id: image for image in images(house)}
        behind = any(not where(house, image).exists() for image in known.values())
        inside[op] += behind and 0 < moved < FILES
        house.service.trash.recover()
        check(house, contents, taken["purge"], taken["recycle"])
        house.close()
        if inside.total() >= ROUNDS and all(inside[op] for op in OPS):
            break
    assert all(inside[op] for op in OPS), f"not killed in each of them: {inside}"
