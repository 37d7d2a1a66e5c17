"""What a bulk verdict, trash and restore of 10,000 images cost, against the bare disk.

python -m bench.bulk
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import msgspec

from bench.row import Row
from inu_jobs.api import Selection, SetVerdict
from inu_jobs.durable_files import sync_folder
from inu_jobs.library.trash.places import FOLDER
from inu_jobs.model import Image, Job, Task
from tests.clock import NOON
from tests.unit.service.service_kit import House

COUNT = 10_000
ROUNDS = 3
JOB = "jbulk"


def fill(house: House) -> None:
    """One job of COUNT images with a small file each: a rename costs the same whatever the size."""
    folder = house.outputs / "2026-01-31"
    folder.mkdir()
    with house.store.transaction() as t:
        payload = t.put_payload({"prompt": "a night market", "steps": 20})
        t.put(Job(JOB, "bulk", "txt2img", NOON, payload))
        for n in range(COUNT):
            path = folder / f"{n:05}-{1_000_000 + n}.png"
            path.write_bytes(b"picture %d" % n)
            stat = path.stat()
            t.put(Task(f"t{n:017}", JOB, n, payload, changes={"seed": n}, state="done"))
            t.put(
                Image(
                    f"i{n:017}",
                    JOB,
                    f"t{n:017}",
                    path.relative_to(house.folder).as_posix(),
                    NOON + n,
                    size=stat.st_size,
                    mtime=stat.st_mtime_ns,
                    width=1024,
                    height=1024,
                    seed=n,
                )
            )
    house.store.compact()


def bare_moves(house: House) -> tuple[float, float]:
    """Seconds of the same renames there and back, each way with one fsync of both folders."""
    source, target = house.outputs / "2026-01-31", house.outputs / f"{FOLDER}-bare"
    target.mkdir(exist_ok=True)
    names = sorted(path.name for path in source.iterdir())
    times = []
    for here, there in ((source, target), (target, source)):
        start = time.perf_counter()
        for name in names:
            os.rename(here / name, there / name)  # noqa: PTH104 - the plainest there is
        sync_folder(here)
        sync_folder(there)
        times.append(time.perf_counter() - start)
    return times[0], times[1]


def mark(house: House, round: int) -> tuple[float, float]:
    """Seconds of one verdict on all images, and of writing and fsyncing the same bytes."""
    house.store.compact()  # so that none that an earlier round set off runs beside
    start = time.perf_counter()
    verdict = "kept" if round % 2 == 0 else "rejected"
    result = house.service.marks.set_verdict(SetVerdict(Selection(jobs=[JOB]), verdict))
    ours = time.perf_counter() - start
    assert result.done == COUNT
    data = msgspec.json.encode(house.store.images_of(JOB))  # the journal's line, but for its head
    start = time.perf_counter()
    with (house.folder / "bare").open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return ours, time.perf_counter() - start


def move(house: House) -> tuple[float, float]:
    selected = Selection(jobs=[JOB])
    times = []
    for act in (house.service.trash.trash, house.service.trash.restore):
        start = time.perf_counter()
        result = act(selected)
        times.append(time.perf_counter() - start)
        assert result.done == COUNT and not result.failed
    return times[0], times[1]


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="inu-jobs-bench-") as name:
        house = House(Path(name))
        fill(house)
        verdicts, moves, bare = [], [], []
        for number in range(ROUNDS):
            verdicts.append(mark(house, number))
            bare.append(bare_moves(house))
            moves.append(move(house))
        house.close()
    rows = [_row("verdict", min(v for v, _ in verdicts), min(b for _, b in verdicts), "write + fsync", 30)]
    for place, what in enumerate(("trash", "restore")):
        ours, base = min(times[place] for times in moves), min(times[place] for times in bare)
        rows.append(_row(what, ours, base, "rename + fsync", 10))
    return rows


def _row(what: str, ours: float, base: float, against: str, goal: int) -> Row:
    ratio = ours / base
    detail = f"{ours:.3f} s for {COUNT:,} images; bare {against} {base:.3f} s"
    return Row(f"bulk {what}, {COUNT:,} images", ratio, f"x {against}", f"≤ {goal}", ratio <= goal, detail)


if __name__ == "__main__":
    for row in run():
        print(
            f"{'ok ' if row.ok else 'BAD'} {row.name}: {row.value:.2f} {row.unit} ({row.goal}); {row.detail}"
        )
