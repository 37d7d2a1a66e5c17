"""The schedulers in memory do what Agent Scheduler does: the cases of ``tests/contract`` run on them, too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from inu_jobs.model import new_id
from inu_jobs.ports import Event, Finished, HandOver, Made, Scheduler
from tests.clock import Clock
from tests.contract.kit import port
from tests.unit.queue.queue_scripted import Disk, Scripted
from tests.unit.service.service_kit import MemoryScheduler


class Driven:
    """What the drivers share: tasks by hand, and which of them fail."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.events: list[Event] = []
        self.errors: dict[str, str] = {}
        scheduler.listen(self.events.append)

    def hold(self) -> None:
        """Nothing starts here by itself."""

    def settle(self) -> None:
        """Nothing runs here but what ``run`` let run to its end."""

    def hand(self, job: str, task: str = "", error: str = "") -> str:
        task = task or new_id("t")
        self.errors[task] = error
        self.scheduler.hand_over(HandOver(task, job, "probe · 1", False, {"prompt": "a dog"}))
        return task

    def start(self, job: str) -> str:
        task = self.hand(job)
        self.begin()
        return task

    def run(self, task: str) -> Finished:
        while not (ended := [e for e in self.events if isinstance(e, Finished) and e.task == task]):
            if self.scheduler.status().current is None:
                self.begin()
            current = self.scheduler.status().current
            assert current is not None, f"{task} never ran"
            self.end(self.errors[current])
        return ended[-1]

    def begin(self) -> None:
        raise NotImplementedError

    def end(self, error: str) -> None:
        raise NotImplementedError


class DrivenMemory(Driven):
    def __init__(self) -> None:
        self.memory = MemoryScheduler()
        super().__init__(self.memory)

    def begin(self) -> None:
        self.memory.begin()

    def end(self, error: str) -> None:
        made = [] if error else [Made(str(Path(f"{self.memory.current}.png").absolute()))]
        self.memory.end(made, error)


class DrivenScripted(Driven):
    def __init__(self) -> None:
        self.scripted = Scripted(Disk(), Clock())
        super().__init__(self.scripted)

    def begin(self) -> None:
        self.scripted.kick()
        assert self.scripted.fetch() and self.scripted.begin()

    def end(self, error: str) -> None:
        if error:
            self.scripted.end("failed", error)
        else:
            self.scripted.save(1)
            self.scripted.end()


@pytest.mark.parametrize("driver", [DrivenMemory, DrivenScripted])
@pytest.mark.parametrize("case", port.CASES.values(), ids=port.CASES)
def test_contract(case: Callable[[port.Driver], None], driver: Callable[[], Driven]) -> None:
    case(driver())
