"""Pause, resume, cancel, retry and remove."""

from __future__ import annotations

import pytest

from inu_jobs.errors import NotFound, Refused
from tests.unit.queue.queue_ends import burn, end_next
from tests.unit.queue.queue_house import House


def test_pause_takes_back_what_waits_and_lets_the_running_one_finish(house: House) -> None:
    job = house.job(tasks=6)
    house.tick()
    running = house.start_next()
    house.queue.pause(job.id)
    assert house.states(job) == ["running"] + ["held"] * 5
    house.tick()
    assert house.scheduler.pending() == []
    house.scheduler.save(1)
    house.scheduler.end()
    house.tick()
    assert house.store.task(running).state == "done"  # type: ignore[union-attr]
    hold = house.store.job(job.id).hold  # type: ignore[union-attr]
    assert hold is not None and hold.by == "user"
    house.queue.resume(job.id)
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["done"] * 6


def test_a_withdrawn_task_that_the_runner_held_runs_and_is_recorded(house: House) -> None:
    job = house.job(tasks=3)
    house.tick()
    house.scheduler.runner.alive = True
    house.scheduler.fetch()
    house.queue.pause(job.id)
    assert house.states(job) == ["held"] * 3
    house.scheduler.begin()
    house.tick()
    assert house.states(job) == ["running", "held", "held"]
    house.scheduler.save(1)
    house.scheduler.end()
    house.tick()
    assert house.states(job) == ["done", "held", "held"]
    assert len(house.paths(job)) == 1


def test_resumed_while_the_runner_still_holds_it_waits_its_turn(house: House) -> None:
    job = house.job(tasks=2)
    house.tick()
    house.scheduler.runner.alive = True
    house.scheduler.fetch()
    house.queue.pause(job.id)
    house.queue.resume(job.id)
    house.tick()
    assert house.states(job) == ["held", "queued"]
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["done", "done"]
    assert len(house.paths(job)) == 2


def test_cancel_interrupts_the_running_one_and_keeps_what_it_saved(house: House) -> None:
    job = house.job(tasks=4, images=3)
    house.tick()
    house.start_next()
    house.scheduler.save(1)
    house.queue.cancel(job.id)
    assert house.states(job) == ["cancelled"] * 4
    assert house.scheduler.runner.interrupted
    house.scheduler.end()
    house.tick()
    assert house.states(job) == ["cancelled"] * 4
    assert len(house.paths(job)) == 1
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["cancelled"] * 4


def test_a_cancelled_task_that_starts_after_all_is_interrupted(house: House) -> None:
    job = house.job(tasks=1, images=4)
    house.tick()
    house.scheduler.runner.alive = True
    house.scheduler.fetch()
    house.queue.cancel(job.id)
    house.scheduler.begin()
    house.tick()
    assert house.scheduler.runner.interrupted
    house.scheduler.end()
    house.tick()
    assert house.states(job) == ["cancelled"]


def test_retry_queues_what_did_not_work(house: House) -> None:
    job = house.job(tasks=3)
    house.tick()
    house.start_next()
    house.scheduler.end("failed", "boom")
    house.tick()
    failed = house.tasks(job)[0]
    assert (failed.state, failed.error, failed.attempt) == ("failed", "The WebUI says: boom", 1)
    house.queue.retry(job.id)
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["done"] * 3


def test_retry_of_one_task_leaves_the_others(house: House) -> None:
    job = house.job(tasks=3)
    house.queue.cancel(job.id)
    house.queue.retry(job.id, house.tasks(job)[1].id)
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["cancelled", "done", "cancelled"]
    with pytest.raises(Refused):
        house.queue.retry(job.id, house.tasks(job)[1].id)


def test_remove_while_it_runs(house: House) -> None:
    job = house.job(tasks=3)
    house.clock.now += 1
    other = house.job(tasks=1)
    house.tick()
    house.start_next()
    house.queue.remove(job.id)
    assert house.store.job(job.id) is None and house.store.tasks_of(job.id) == []
    assert house.scheduler.runner.interrupted
    house.scheduler.save(1)
    house.scheduler.end()
    house.scheduler.run_all(house.tick)
    assert house.states(other) == ["done"]
    assert house.store.counts() == (1, 1, 1)


def test_sentences_for_what_cannot_be_done(house: House) -> None:
    for action in (house.queue.pause, house.queue.resume, house.queue.cancel, house.queue.retry):
        with pytest.raises(NotFound, match="no such job"):
            action("j-nobody")
    with pytest.raises(NotFound):
        house.queue.remove("j-nobody")
    job = house.job(tasks=1)
    with pytest.raises(Refused, match="nothing to try again"):
        house.queue.retry(job.id)
    house.scheduler.run_all(house.tick)
    with pytest.raises(Refused, match="nothing to cancel"):
        house.queue.cancel(job.id)
    with pytest.raises(Refused, match="nothing to pause"):
        house.queue.pause(job.id)


@pytest.mark.parametrize("error", ["no such lamp", "CUDA out of memory"])
def test_resume_after_failures_tries_those_again_too(house: House, error: str) -> None:
    job = house.job(tasks=8)
    house.tick()
    burn(house, error)
    for _ in range(4):
        house.tick(1)
    assert house.store.job(job.id).hold is not None  # type: ignore[union-attr]
    house.queue.resume(job.id)
    assert house.states(job) == ["held"] * 8
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["done"] * 8 and house.store.job(job.id).hold is None  # type: ignore[union-attr]


def test_resume_tries_nothing_again_that_killed_or_that_the_user_paused(
    house: House,
) -> None:
    from msgspec.structs import replace

    job = house.job(tasks=6)
    end_next(house, "another thing")
    house.tick()
    house.queue.pause(job.id)
    house.queue.resume(job.id)
    assert house.states(job)[0] == "failed", "paused by the user"
    for _ in range(3):
        end_next(house, "no such lamp")
    house.tick()
    with house.store.transaction() as transaction:
        transaction.put(replace(house.tasks(job)[1], deaths=2))
    house.queue.resume(job.id)
    assert house.states(job) == ["held", "failed", "held", "held", "held", "held"]
