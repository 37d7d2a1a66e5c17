"""What a house lends to the machines that make images for it, and how it reaches another house."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from inu_jobs.durable_files import copy_new
from inu_jobs.machines import Peer
from inu_jobs.machines.home import Home
from inu_jobs.model import Machine, Task
from inu_jobs.ports import Arrived, HandOver, LaneEvent
from inu_jobs.sentences import UNSAID

if TYPE_CHECKING:
    from tests.unit.service.service_kit import House

#: seconds after which a machine that does not answer is given up
PATIENCE = 5.0


def network(answer: Callable[[httpx.Request], httpx.Response]) -> httpx.MockTransport:
    """Answers come over it piece by piece, as over a real one."""

    def asked(request: httpx.Request) -> httpx.Response:
        told = answer(request)
        headers = [pair for pair in told.headers.items() if pair[0] != "content-length"]
        return httpx.Response(told.status_code, headers=headers, stream=httpx.ByteStream(told.content))

    return httpx.MockTransport(asked)


def alone(machine: Machine) -> Peer:
    """A network without any other machine."""
    return Peer(machine, network(lambda request: httpx.Response(404)))


def home_of(house: House) -> Home:
    numbers = itertools.count(1)

    def prepare(task: Task) -> HandOver:
        payload = house.service.images.prepare_for_elsewhere(task)
        return HandOver(task.id, task.job, "", bool(payload.get("init_images")), payload)

    def keep(arrived: Arrived, claim: Callable[[Path], None]) -> Path:
        path = house.outputs / f"{next(numbers):05}-{arrived.seed}-arrived{arrived.suffix}"
        claim(path)
        copy_new(arrived.file, path)
        return path

    def deliver(event: LaneEvent) -> None:
        house.queue.receive(event)

    def expected(lane: str) -> dict[str, Task]:
        there = house.store.tasks_in("queued", "running")
        return {task.remote: task for task in there if task.lane == lane}

    return Home(
        name=house.folder.name,
        epoch=lambda: house.store.epoch,
        expected=expected,
        prepare=prepare,
        differs=lambda request, file: UNSAID,
        keep=keep,
        names_of=house.catalog.checkpoint_ids,
        deliver=deliver,
    )
