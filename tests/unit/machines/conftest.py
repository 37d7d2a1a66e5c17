"""Two houses: ours, and one on another machine that makes images for us."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from inu_jobs.api import JobSpec
from inu_jobs.machines import Peer
from inu_jobs.machines.lane import MachineLane
from inu_jobs.model import Image, Machine, Task
from tests.unit.service.machines_kit import network
from tests.unit.service.service_kit import House
from tests.unit.web.web_kit import plain_app

Answer = Callable[[httpx.Request], httpx.Response | None]


class Line:
    """The network between the two: ``fault`` may answer in the other's place, or raise."""

    def __init__(self, there: House) -> None:
        self.there = TestClient(plain_app(there, api_auth="ada:secret"), base_url="http://10.0.0.7:7860")
        self.fault: Answer = lambda request: None
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        told = self.fault(request)
        if told is not None:
            return told
        headers = {name: value for name, value in request.headers.items() if name != "content-length"}
        answer = self.there.request(
            request.method, request.url.path, content=request.content, headers=headers
        )
        return httpx.Response(answer.status_code, headers={}, content=answer.content)


class Two:
    """Ours, with the other as its only machine."""

    def __init__(self, folder: Path) -> None:
        self.here, self.there = House(folder / "here"), House(folder / "there")
        self.there.settings.guests = "turn"
        self.line = Line(self.there)
        transport = network(self.line)
        self.here.pool.connect = lambda machine: Peer(machine, transport)
        self.here.pool.start()
        self.machine = Machine("m-1", "Attic", "http://10.0.0.7:7860", "ada", "secret")
        self.here.pool.put(self.machine)
        self.lane._clock = lambda: self.here.clock.now
        self.lane.step()

    @property
    def lane(self) -> MachineLane:
        return self.here.pool.lane("m-1")

    def look(self) -> None:
        """Both sides do what they have to."""
        self.here.queue.tick()
        self.lane.step()
        self.there.queue.tick()
        self.lane.step()
        self.here.queue.tick()

    def tasks(self, job: str) -> list[Task]:
        return self.here.store.tasks_of(job)

    def states(self, job: str) -> list[tuple[str, str]]:
        return [(task.state, task.lane) for task in self.tasks(job)]

    def images(self, job: str) -> list[Image]:
        return self.here.store.images_of(job)

    def close(self) -> None:
        self.here.close()
        self.there.close()


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    both = Two(tmp_path)
    yield both
    both.close()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    alone = House(tmp_path)
    yield alone
    alone.close()


def refuse(status: int, body: Any) -> Answer:
    return lambda request: httpx.Response(status, json=body)


SAMPLED = {"prompt": "a fox", "steps": 20, "width": 64, "height": 64, "sampler_name": "Euler a"}


def new_job(two: Two, tasks: int, **payload: object) -> str:
    spec = JobSpec("txt2img", {**SAMPLED, "seed": 100, "n_iter": tasks, **payload}, force=True)
    id = two.here.service.jobs.create(spec).id
    two.here.queue._desk.worked.add(id)  # else it first has to show that it works
    return id


def elsewhere(two: Two, job: str) -> list[str]:
    return [task.state for task in two.tasks(job) if task.lane]
