"""What every scheduler behind ``inu_jobs.ports.Scheduler`` does: Agent Scheduler's adapter in a host, and
those in memory that the unit tests run on. A driver lets it run and fail; a case knows nothing else of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from inu_jobs.ports import Event, Finished, Scheduler, Started


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


def what_is_handed_over_waits(driver: Driver) -> None:
    driver.hold()
    ours = {driver.hand("j-port-1"), driver.hand("j-port-1")}
    driver.hand("j-port-2")
    rows = driver.scheduler.rows(["j-port-1"])
    assert set(rows) == ours
    assert {(row.job, row.state, row.error, row.images) for row in rows.values()} == {
        ("j-port-1", "pending", "", ())
    }
    assert driver.scheduler.rows([]) == {}


def a_row_is_found_by_its_task(driver: Driver) -> None:
    driver.hold()
    one, other = driver.hand("j-port-1"), driver.hand("j-port-2")
    assert set(driver.scheduler.rows(["j-port-2"], [one, "t-unknown"])) == {one, other}


def a_run_is_told_from_start_to_end(driver: Driver) -> None:
    task = driver.hand("j-port-1")
    end = driver.run(task)
    assert (end.state, end.error, len(end.images)) == ("done", "", 1)
    told = [type(event) for event in driver.events if getattr(event, "task", "") == task]
    assert (told[0], told[-1]) == (Started, Finished) and told.count(Started) == told.count(Finished) == 1
    row = driver.scheduler.rows(["j-port-1"])[task]
    assert (row.state, row.images) == ("done", end.images)


def a_failure_has_its_reason(driver: Driver) -> None:
    task = driver.hand("j-port-1", error="boom")
    end = driver.run(task)
    assert (end.state, end.error) == ("failed", "boom")
    row = driver.scheduler.rows(["j-port-1"])[task]
    assert (row.state, row.error) == ("failed", "boom")


def what_is_withdrawn_does_not_run(driver: Driver) -> None:
    driver.hold()
    first, second = driver.hand("j-port-1"), driver.hand("j-port-1")
    assert driver.scheduler.withdraw([first, "t-unknown"]) == {first}
    assert driver.scheduler.withdraw([first]) == set()
    assert driver.run(second).state == "done"
    driver.settle()
    assert not [event for event in driver.events if event == Started(first)]


def what_has_ended_cannot_be_withdrawn(driver: Driver) -> None:
    task = driver.hand("j-port-1")
    driver.run(task)
    assert driver.scheduler.withdraw([task]) == set()
    assert driver.scheduler.rows(["j-port-1"])[task].state == "done"


def what_has_ended_is_handed_over_again(driver: Driver) -> None:
    task = driver.hand("j-port-1")
    driver.run(task)
    driver.hold()
    assert driver.hand("j-port-1", task) == task
    row = driver.scheduler.rows(["j-port-1"])[task]
    assert (row.state, row.images) == ("pending", ())
    driver.events.clear()
    assert driver.run(task).state == "done"


def what_was_withdrawn_is_handed_over_again(driver: Driver) -> None:
    driver.hold()
    task = driver.hand("j-port-1")
    driver.scheduler.withdraw([task])
    driver.hand("j-port-1", task)
    assert driver.run(task).state == "done"


def what_was_withdrawn_is_put_back(driver: Driver) -> None:
    driver.hold()
    task = driver.hand("j-port-1")
    driver.scheduler.withdraw([task])
    assert driver.scheduler.put_back(task)
    assert driver.scheduler.rows(["j-port-1"])[task].state == "pending"
    assert driver.run(task).state == "done"


def what_is_unknown_is_not_put_back(driver: Driver) -> None:
    assert not driver.scheduler.put_back("t-unknown")


def only_what_runs_is_interrupted(driver: Driver) -> None:
    running = driver.start("j-port-1")
    waiting = driver.hand("j-port-1")
    assert driver.scheduler.status().current == running
    assert driver.scheduler.rows(["j-port-1"])[running].state == "running"
    assert driver.scheduler.withdraw([running]) == set()
    assert not driver.scheduler.interrupt(waiting)
    assert driver.scheduler.interrupt(running)
    assert driver.run(running).state == "interrupted"
    assert driver.run(waiting).state == "done"
    assert not driver.scheduler.interrupt(running)


def only_what_has_ended_is_forgotten(driver: Driver) -> None:
    done = driver.hand("j-port-1")
    driver.run(done)
    driver.settle()
    driver.hold()
    waiting = driver.hand("j-port-1")
    driver.scheduler.forget([done, waiting, "t-unknown"])
    assert set(driver.scheduler.rows(["j-port-1"])) == {waiting}


def an_idle_one_has_no_progress(driver: Driver) -> None:
    driver.settle()
    status = driver.scheduler.status()
    assert (status.attached, status.current, status.generating) == (True, None, False)
    assert driver.scheduler.progress().task is None
    assert driver.scheduler.preview() is None


CASES: dict[str, Callable[[Driver], None]] = {
    name: case
    for name, case in list(globals().items())
    if callable(case) and getattr(case, "__module__", "") == __name__ and isinstance(case, type) is False
}
