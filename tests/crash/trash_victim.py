"""A process that is killed while it moves many files: ``python -m tests.crash.trash_victim FOLDER OP COUNT``.

It says "working" when it begins and "done" when it was not killed in time.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from inu_jobs.api import Purge, Selection
from inu_jobs.model import Image, Job, Task
from tests.unit.service.service_kit import NOON, House

FILES = 1000


def fill(folder: Path) -> dict[str, str]:
    """A store of one job with FILES images, no two alike; their hashes by id."""
    house = House(folder)
    hashes = {}
    with house.store.transaction() as t:
        payload = t.put_payload({"prompt": "a dog"})
        t.put(Job("j-crash", "crash", "txt2img", NOON, payload))
        t.put(Task("t-crash", "j-crash", 0, payload, state="done", images=FILES))
        for number in range(FILES):
            path = house.outputs / str(number % 7) / f"{number:05}.png"
            path.parent.mkdir(exist_ok=True)
            data = f"picture {number}".encode() * (1 + number % 5)
            path.write_bytes(data)
            stat = path.stat()
            id = f"i{number:017}"
            hashes[id] = hashlib.sha256(data).hexdigest()
            name = path.relative_to(folder).as_posix()
            image = Image(id, "j-crash", "t-crash", name, NOON, stat.st_size, stat.st_mtime_ns, index=number)
            t.put(image)
    house.close()
    return hashes


def main() -> None:
    folder, op, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    house = House(folder)
    wanted = [image.id for image in house.store.images_of("j-crash") if image.trashed == (op != "trash")]
    selection = Selection(images=wanted[:count])
    print("working", flush=True)
    if op == "purge":
        house.service.trash.purge(Purge(selection, for_good=True))
    else:
        getattr(house.service.trash, op)(selection)
    print("done", flush=True)


if __name__ == "__main__":
    main()
