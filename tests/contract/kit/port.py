"""What every scheduler behind ``inu_jobs.ports.Scheduler`` does: Agent Scheduler's adapter in a host, and
those in memory that the unit tests run on. A driver lets it run and fail; a case knows nothing else of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from inu_jobs.errors import SchedulerBusy
from inu_jobs.model import new_id
from inu_jobs.ports import Event, Finished, Scheduler, Started

Answer = TypeVar("Answer")


class Driver(Protocol):
    """A scheduler that a case can move. ``events``: all that it told so far."""

    @property
    def scheduler(self) -> Scheduler: ...

    @property
    def events(self) -> list[Event]: ...

    def hold(self) -> None:
        """From now on nothing is started, until a task is run."""

    def hand(self, job: str, task: str = "", error: str = "") -> str:
        """Hand a task of one image over; its id. ``error``: what it will fail with."""

    def run(self, task: str) -> Finished:
        """Let what waits run until ``task`` has ended, and is let go of."""

    def start(self, job: str) -> str:
        """Hand over a task that runs until it is interrupted, and let it start."""

    def settle(self) -> None:
        """Until nothing runs any more."""


def patiently(call: Callable[..., Answer], *args: object) -> Answer:
    """It may say that it still holds an earlier run, for some seconds."""
    end = time.monotonic() + 20
    while True:
        try:
            return call(*args)
        except SchedulerBusy:
            assert time.monotonic() < end, "it never let go of the earlier run"
            time.sleep(0.05)


def what_is_handed_over_waits(driver: Driver) -> None:
    job, other = new_id("j"), new_id("j")
    driver.hold()
    ours = {driver.hand(job), driver.hand(job)}
    driver.hand(other)
    rows = driver.scheduler.rows([job])
    assert set(rows) == ours
    assert {(row.job, row.state, row.error, row.images) for row in rows.values()} == {
        (job, "pending", "", ())
    }
    assert driver.scheduler.rows([]) == {}


def a_row_is_found_by_its_task(driver: Driver) -> None:
    job, other = new_id("j"), new_id("j")
    driver.hold()
    first, second = driver.hand(job), driver.hand(other)
    assert set(driver.scheduler.rows([other], [first, "t-unknown"])) == {first, second}


def a_run_is_told_from_start_to_end(driver: Driver) -> None:
    job = new_id("j")
    task = driver.hand(job)
    end = driver.run(task)
    assert (end.state, end.error, len(end.images)) == ("done", "", 1)
    told = [type(event) for event in driver.events if getattr(event, "task", "") == task]
    assert (told[0], told[-1]) == (Started, Finished) and told.count(Started) == told.count(Finished) == 1
    row = driver.scheduler.rows([job])[task]
    assert (row.state, row.images) == ("done", end.images)


def a_failure_has_its_reason(driver: Driver) -> None:
    job = new_id("j")
    task = driver.hand(job, error="boom")
    end = driver.run(task)
    assert (end.state, end.error) == ("failed", "boom")
    row = driver.scheduler.rows([job])[task]
    assert (row.state, row.error) == ("failed", "boom")


def what_is_withdrawn_does_not_run(driver: Driver) -> None:
    job = new_id("j")
    driver.hold()
    first, second = driver.hand(job), driver.hand(job)
    assert driver.scheduler.withdraw([first, "t-unknown"]) == {first}
    assert driver.scheduler.withdraw([first]) == set()
    assert driver.run(second).state == "done"
    driver.settle()
    assert not [event for event in driver.events if event == Started(first)]


def what_has_ended_cannot_be_withdrawn(driver: Driver) -> None:
    job = new_id("j")
    task = driver.hand(job)
    driver.run(task)
    assert driver.scheduler.withdraw([task]) == set()
    assert driver.scheduler.rows([job])[task].state == "done"


def what_has_ended_is_handed_over_again(driver: Driver) -> None:
    job = new_id("j")
    task = driver.hand(job)
    driver.run(task)
    driver.hold()
    assert driver.hand(job, task) == task
    row = driver.scheduler.rows([job])[task]
    assert (row.state, row.images) == ("pending", ())
    driver.events.clear()
    assert driver.run(task).state == "done"


def what_was_withdrawn_is_handed_over_again(driver: Driver) -> None:
    job = new_id("j")
    driver.hold()
    task = driver.hand(job)
    driver.scheduler.withdraw([task])
    driver.hand(job, task)
    assert driver.run(task).state == "done"


def what_was_withdrawn_is_put_back(driver: Driver) -> None:
    job = new_id("j")
    driver.hold()
    task = driver.hand(job)
    driver.scheduler.withdraw([task])
    assert patiently(driver.scheduler.put_back, task)
    assert driver.scheduler.rows([job])[task].state == "pending"
    assert driver.run(task).state == "done"


def what_is_unknown_is_not_put_back(driver: Driver) -> None:
    assert not driver.scheduler.put_back("t-unknown")


def only_what_runs_is_interrupted(driver: Driver) -> None:
    job = new_id("j")
    running = driver.start(job)
    waiting = driver.hand(job)
    assert driver.scheduler.status().current == running
    assert driver.scheduler.rows([job])[running].state == "running"
    assert driver.scheduler.withdraw([running]) == set()
    assert not driver.scheduler.interrupt(waiting)
    assert driver.scheduler.interrupt(running)
    assert driver.run(running).state == "interrupted"
    assert driver.run(waiting).state == "done"
    assert not driver.scheduler.interrupt(running)


def only_what_has_ended_is_forgotten(driver: Driver) -> None:
    job = new_id("j")
    done = driver.hand(job)
    driver.run(done)
    driver.settle()
    driver.hold()
    waiting = driver.hand(job)
    driver.scheduler.forget([done, waiting, "t-unknown"])
    assert set(driver.scheduler.rows([job])) == {waiting}


def an_idle_one_has_no_progress(driver: Driver) -> None:
    driver.settle()
    status = driver.scheduler.status()
    assert (status.attached, status.current, status.generating) == (True, None, False)
    assert driver.scheduler.progress().task is None
    assert driver.scheduler.preview() is None


CASES: dict[str, Callable[[Driver], None]] = {
    case.__name__: case
    for case in (
        what_is_handed_over_waits,
        a_row_is_found_by_its_task,
        a_run_is_told_from_start_to_end,
        a_failure_has_its_reason,
        what_is_withdrawn_does_not_run,
        what_has_ended_cannot_be_withdrawn,
        what_has_ended_is_handed_over_again,
        what_was_withdrawn_is_handed_over_again,
        what_was_withdrawn_is_put_back,
        what_is_unknown_is_not_put_back,
        only_what_runs_is_interrupted,
        only_what_has_ended_is_forgotten,
        an_idle_one_has_no_progress,
    )
}
