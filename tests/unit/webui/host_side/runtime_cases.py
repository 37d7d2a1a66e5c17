"""What the extension does beside runs."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from queue import Queue

from tests.unit.webui.host_side.registry import case, saved


@case
def what_a_killed_webui_left_in_the_trash_is_put_right_by_the_one_that_takes_over(folder: Path) -> None:
    from modules import shared

    from inu_jobs.library.trash.folders import TrashFolders
    from inu_jobs.model import Image as Record
    from inu_jobs.model import Job, Task
    from inu_jobs.store import Store
    from inu_jobs.webui.runtime import Runtime

    shared.opts.data["outdir_samples"] = str(folder / "shared")
    (folder / "shared").mkdir()
    path = folder / "shared" / "a.png"
    saved(folder, "a.png").save(path)
    stat = path.stat()
    image = Record("i1", "j1", "t1", str(path), 0.0, stat.st_size, stat.st_mtime_ns)
    killed = Store(folder / "taken")
    with killed.transaction() as transaction:
        payload = transaction.put_payload({"prompt": "a cat"})
        transaction.put(Job("j1", "", "txt2img", 0.0, payload), Task("t1", "j1", 0, payload), image)
    second = Runtime(folder / "taken")
    assert second.store.read_only
    assert TrashFolders(second.host).put_in([image]).failed == []  # and its record does not follow any more
    killed.close()
    second.store.idle()
    for thread in threading.enumerate():
        if thread.name == "inu-jobs-sweep":
            thread.join()
    record = second.store.image("i1")
    assert record is not None and record.trashed
    second.store.close()
    shared.opts.data["outdir_samples"] = ""


@case
def the_hourly_work_goes_on_after_an_error_until_it_is_stopped(folder: Path) -> None:
    from inu_jobs.webui.runtime import Every

    calls: Queue[int] = Queue()

    def act() -> None:
        calls.put(1)
        raise OSError("no disk")

    every = Every(0.01, act)
    every.start()
    every.start()  # as "Reload UI" does
    for _ in range(3):
        calls.get(timeout=30)
    every.stop()
    deadline = time.monotonic() + 30
    while any(thread.name == "inu-jobs-hourly" for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
