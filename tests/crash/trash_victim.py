"""A process that is killed while it moves many files: ``python -m tests.crash.trash_victim FOLDER OP``.

``OP`` is trash, restore, purge (for good) or recycle (a purge into the recycle bin). It says "working"
when it begins.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from inu_jobs.api import Purge, Selection
from inu_jobs.model import Image, Job, Task
from tests.clock import NOON
from tests.unit.service.service_kit import House

FILES = 1000


def fill(folder: Path, first: int, count: int) -> dict[str, str]:
    """Images in a job of their own, numbered from ``first``, no two alike, each with a text file that says
    its id; their hashes by id."""
    house = House(folder)
    hashes = {}
    with house.store.transaction() as t:
        payload = t.put_payload({"prompt": "a dog"})
        t.put(Job(f"j{first}", "crash", "txt2img", NOON, payload))
        t.put(Task(f"t{first}", f"j{first}", 0, payload, state="done", images=count))
        for number in range(first, first + count):
            path = house.outputs / str(number % 7) / f"{number:05}.png"
            path.parent.mkdir(exist_ok=True)
            data = f"picture {number}".encode() * (1 + number % 5)
            path.write_bytes(data)
            path.with_suffix(".txt").write_text(f"i{number:017}", "utf-8")
            stat = path.stat()
            id = f"i{number:017}"
            hashes[id] = hashlib.sha256(data).hexdigest()
            name = path.relative_to(folder).as_posix()
            t.put(Image(id, f"j{first}", f"t{first}", name, NOON, stat.st_size, stat.st_mtime_ns))
    house.close()
    return hashes


def images(house: House) -> list[Image]:
    return [image for job in house.store.jobs() for image in house.store.images_of(job.id)]


def act(house: House, op: str) -> None:
    """Do it with all images that are not there yet."""
    ids = [image.id for image in images(house) if image.trashed == (op != "trash")]
    if op in ("purge", "recycle"):
        house.service.trash.purge(Purge(Selection(images=ids), for_good=op == "purge"))
    else:
        getattr(house.service.trash, op)(Selection(images=ids))


def main() -> None:
    house = House(Path(sys.argv[1]))
    print("working", flush=True)
    act(house, sys.argv[2])


if __name__ == "__main__":
    main()
