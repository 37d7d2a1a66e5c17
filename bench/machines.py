"""One job on 100 machines, 15 of which die while it runs.

    python -m bench.machines

The machines are simulated: they answer our own requests in this process, make an image in a moment, and
forget nothing unless they die. All else is real: the store, the queue, a thread for each machine, its
requests, the files on the disk. This machine makes none, and keeps the two tasks that it has.

The first row says whether every other task was made, and recorded once. The second is the time of the queue's
own thread for each task, against the same with one machine. The third is two WebUI stand-ins, whose tasks
sleep, against one.
"""

from __future__ import annotations

import io
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import msgspec
from PIL import Image as Picture

from bench.row import Row
from inu_jobs.api import JobSpec
from inu_jobs.machines import MachineShelf, Peer, Pool
from inu_jobs.machines.lane import MachineLane
from inu_jobs.model import Machine
from inu_jobs.service.machines import Requirements
from tests.contract.kit.whole import Jobs
from tests.sandbox.process import Sandbox
from tests.unit.service.machines_kit import home_of, network
from tests.unit.service.service_kit import House

MACHINES, DYING, TASKS = 100, 15, 10_000
TASKS_ALONE = 1_000
KEPT = 2  # tasks that this machine has
SLEEPING = 100
LOST_AFTER = 3.0  # seconds
PATIENCE = 1_200.0  # seconds
_PATH = re.compile(r"/inu-jobs/v1(/status|/catalog|/guests/[\w-]+(?:/free|/images/(\w+))?)$")
PAYLOAD = {"prompt": "a fox", "steps": 20, "width": 64, "height": 64, "sampler_name": "Euler a"}


class Simulated:
    """A machine: answers as Inu Jobs does there."""

    def __init__(self) -> None:
        self.dead = False
        self.tasks: dict[str, dict[str, int]] = {}  # seeds by task, by guest
        self.made = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.dead:
            raise httpx.ConnectError("Connection refused", request=request)
        found = _PATH.match(request.url.path)
        assert found is not None, request.url
        if found[1] == "/status":
            told: Any = {"version": "1", "scheduler": {"attached": True}, "store": {"epoch": "there"}}
        elif found[1] == "/catalog":
            told = {"checkpoints": [], "loras": [], "embeddings": []}
        elif found[2]:
            return httpx.Response(200, content=picture(int(found[2][1:])))
        else:
            told = self._guest(request, found[1].split("/")[2])
        if told is None:
            return httpx.Response(404, content=b'{"detail": "No such guest.", "says": {"text": ""}}')
        return httpx.Response(200, content=msgspec.json.encode(told))

    def _guest(self, request: httpx.Request, guest: str) -> Any:
        if request.method == "PUT":
            body = msgspec.json.decode(request.content)
            self.tasks.setdefault(guest, {}).update({t["id"]: t["payload"]["seed"] for t in body["tasks"]})
        elif guest not in self.tasks:
            return None
        elif request.method == "DELETE":
            return self.tasks.pop(guest) and {}
        elif request.method == "POST":
            for task in msgspec.json.decode(request.content)["tasks"]:
                self.made += self.tasks[guest].pop(task, None) is not None
        return {
            "id": guest, "name": "", "waits": "", "reason": "", "reason_says": None, "eta": None,
            "tasks": [
                {
                    "id": task, "state": "done", "started": 0.0, "finished": 1.0,
                    "images": [
                        {
                            "id": f"i{seed}", "name": "x.png", "bytes": len(picture(seed)), "index": 0,
                            "width": 8, "height": 8, "seed": seed, "subseed": None, "prompt": None,
                            "version": "1",
                        }
                    ],
                }
                for task, seed in self.tasks[guest].items()
            ],
        }  # fmt: skip


_pictures: dict[int, bytes] = {}


def picture(seed: int) -> bytes:
    if seed not in _pictures:
        file = io.BytesIO()
        Picture.new("RGB", (8, 8), (seed % 256, seed // 256 % 256, 7)).save(file, "PNG")
        _pictures[seed] = file.getvalue()
    return _pictures[seed]


class Measured:
    """How long the job took, and of that the queue's own thread, in seconds for each task."""

    def __init__(self, folder: Path, machines: int, dying: int, tasks: int) -> None:
        house = House(folder)
        house.settings.look_ahead = 2
        simulated = {f"m-{n}": Simulated() for n in range(machines)}
        pool = Pool(
            MachineShelf(folder / "machines.json"), folder / "machines", home_of(house),
            Requirements(house.store, house.catalog).of, lambda: LOST_AFTER,
            peer=lambda machine: Peer(machine, network(simulated[machine.id])),
            begin=MachineLane.start,
        )  # fmt: skip
        house.queue._desk.lanes = pool
        pool._shelf.put(tuple(Machine(id, id, f"http://{id}", "", "") for id in simulated))
        job = house.service.jobs.create(
            JobSpec("txt2img", {**PAYLOAD, "seed": 1, "n_iter": tasks}, force=True)
        ).id
        house.queue._desk.worked.add(job)
        pool.start()
        rng = random.Random(16)
        deaths = {rng.randint(tasks // 20, tasks * 3 // 4): id for id in rng.sample(sorted(simulated), dying)}
        begun, own = time.perf_counter(), 0.0
        for _ in _until(begun + PATIENCE):
            before = time.thread_time()
            house.queue.tick()
            own += time.thread_time() - before
            done = house.store.task_counts(job)["done"]
            for at in [at for at in deaths if at <= done]:
                simulated[deaths.pop(at)].dead = True
            if (
                house.store.task_counts(job)["queued"] + house.store.task_counts(job)["held"] == 2
                and done == tasks - 2
            ):
                house.scheduler.begin()  # the two that this machine has: it stands still until then
                break
            house.queue._wake.wait(0.5)
            house.queue._wake.clear()
        self.seconds = time.perf_counter() - begun
        images = house.store.images_of(job)
        self.made = house.store.task_counts(job)["done"]
        self.wrong = len(images) - len({image.task for image in images}) + len(images) - self.made
        self.wrong += sum(task.attempt for task in house.store.tasks_of(job))
        self.wrong += len(list(house.outputs.glob("*.png"))) - len(images)
        self.each = own / max(1, self.made)
        pool.stop()
        house.close()


def _until(end: float) -> Iterator[int]:
    for number in count():
        if time.perf_counter() > end:
            return
        yield number


def sandboxed(folder: Path, machines: int) -> float:
    """Seconds of a job of ``SLEEPING`` tasks that sleep for a second, with that many other machines."""
    sleeps = {"seconds_per_step": 0.1}
    with ExitStack() as stack:
        here = stack.enter_context(Sandbox(folder / "here", faults=sleeps))
        jobs = Jobs(here)
        for number in range(machines):
            there = folder / f"there-{number}"
            there.mkdir(parents=True)
            settings = {"inu_jobs_guests": "in turn with my own jobs"}
            (there / "config.json").write_text(json.dumps(settings), encoding="utf-8")
            other = stack.enter_context(Sandbox(there, ["--api-auth", "ada:secret"], sleeps))
            jobs.api("/machines", {"address": other.url, "user": "ada", "password": "secret"})
            while jobs.api("/status")["machines"]["ready"] <= number:
                time.sleep(0.1)
        jobs.until_done(jobs.queue(1, steps=10), 1)  # what is loaded at first is not counted
        begun = time.perf_counter()
        jobs.until_done(jobs.queue(SLEEPING, steps=10), SLEEPING)
        return time.perf_counter() - begun


def run() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        many = Measured(Path(folder) / "many", MACHINES, DYING, TASKS)
        one = Measured(Path(folder) / "one", 1, 0, TASKS_ALONE)
        alone, together = (sandboxed(Path(folder) / str(n), n) for n in (0, 1))
    wrong = TASKS - KEPT - many.made + many.wrong
    told = f"{many.made:,} made in {many.seconds:.0f} s, each recorded once, no attempt counted"
    name = f"one job on {MACHINES} machines, {DYING} of them dying"
    yield Row(name, float(wrong), "tasks wrong", "= 0", wrong == 0, told)
    ratio = many.each / one.each
    name = f"the queue's own time for each task, {MACHINES} machines against one"
    told = f"{many.each * 1000:.2f} ms against {one.each * 1000:.2f} ms"
    yield Row(name, ratio, "x", "<= 3x", ratio <= 3, told)
    ratio = together / alone
    told = f"{together:.0f} s against {alone:.0f} s"
    yield Row(
        f"{SLEEPING} tasks of a second with a second machine", ratio, "x", "<= 0.6x", ratio <= 0.6, told
    )


if __name__ == "__main__":
    for row in run():
        print(f"{row.name}: {row.value:.2f} {row.unit} ({row.goal}); {row.detail}")
    sys.exit()
