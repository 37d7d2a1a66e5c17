"""Pause, resume, cancel, retry and remove."""

from __future__ import annotations

import pytest

from inu_jobs.errors import NotFound, Refused
from tests.unit.queue.queue_ends import burn, end_next
from tests.unit.queue.queue_rig import QueueRig


def test_pause_takes_back_what_waits_and_lets_the_running_one_finish(rig: QueueRig) -> None:
    job = rig.job(tasks=6)
    rig.tick()
    running = rig.start_next()
    rig.queue.pause(job.id)
    assert rig.states(job) == ["running"] + ["held"] * 5
    rig.tick()
    assert rig.scheduler.pending() == []
    rig.scheduler.save(1)
    rig.scheduler.end()
    rig.tick()
    assert rig.store.task(running).state == "done"  # type: ignore[union-attr]
    hold = rig.store.job(job.id).hold  # type: ignore[union-attr]
    assert hold is not None and hold.by == "user"
    rig.queue.resume(job.id)
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["done"] * 6


def test_a_withdrawn_task_that_the_runner_held_runs_and_is_recorded(rig: QueueRig) -> None:
    job = rig.job(tasks=3)
    rig.tick()
    rig.scheduler.runner.alive = True
    rig.scheduler.fetch()
    rig.queue.pause(job.id)
    assert rig.states(job) == ["held"] * 3
    rig.scheduler.begin()
    rig.tick()
    assert rig.states(job) == ["running", "held", "held"]
    rig.scheduler.save(1)
    rig.scheduler.end()
    rig.tick()
    assert rig.states(job) == ["done", "held", "held"]
    assert len(rig.paths(job)) == 1


def test_resumed_while_the_runner_still_holds_it_waits_its_turn(rig: QueueRig) -> None:
    job = rig.job(tasks=2)
    rig.tick()
    rig.scheduler.runner.alive = True
    rig.scheduler.fetch()
    rig.queue.pause(job.id)
    rig.queue.resume(job.id)
    rig.tick()
    assert rig.states(job) == ["held", "queued"]
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["done", "done"]
    assert len(rig.paths(job)) == 2


def test_cancel_interrupts_the_running_one_and_keeps_what_it_saved(rig: QueueRig) -> None:
    job = rig.job(tasks=4, images=3)
    rig.tick()
    rig.start_next()
    rig.scheduler.save(1)
    rig.queue.cancel(job.id)
    assert rig.states(job) == ["cancelled"] * 4
    assert rig.scheduler.runner.interrupted
    rig.scheduler.end()
    rig.tick()
    assert rig.states(job) == ["cancelled"] * 4
    assert len(rig.paths(job)) == 1
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["cancelled"] * 4


def test_a_cancelled_task_that_starts_after_all_is_interrupted(rig: QueueRig) -> None:
    job = rig.job(tasks=1, images=4)
    rig.tick()
    rig.scheduler.runner.alive = True
    rig.scheduler.fetch()
    rig.queue.cancel(job.id)
    rig.scheduler.begin()
    rig.tick()
    assert rig.scheduler.runner.interrupted
    rig.scheduler.end()
    rig.tick()
    assert rig.states(job) == ["cancelled"]


def test_retry_queues_what_did_not_work(rig: QueueRig) -> None:
    job = rig.job(tasks=3)
    rig.tick()
    rig.start_next()
    rig.scheduler.end("failed", "boom")
    rig.tick()
    failed = rig.tasks(job)[0]
    assert (failed.state, failed.error, failed.attempt) == ("failed", "The WebUI says: boom", 1)
    rig.queue.retry(job.id)
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["done"] * 3


def test_retry_of_one_task_leaves_the_others(rig: QueueRig) -> None:
    job = rig.job(tasks=3)
    rig.queue.cancel(job.id)
    rig.queue.retry(job.id, rig.tasks(job)[1].id)
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["cancelled", "done", "cancelled"]
    with pytest.raises(Refused):
        rig.queue.retry(job.id, rig.tasks(job)[1].id)


def test_remove_while_it_runs(rig: QueueRig) -> None:
    job = rig.job(tasks=3)
    rig.clock.now += 1
    other = rig.job(tasks=1)
    rig.tick()
    rig.start_next()
    rig.queue.remove(job.id)
    assert rig.store.job(job.id) is None and rig.store.tasks_of(job.id) == []
    assert rig.scheduler.runner.interrupted
    rig.scheduler.save(1)
    rig.scheduler.end()
    rig.scheduler.run_all(rig.tick)
    assert rig.states(other) == ["done"]
    assert rig.store.counts() == (1, 1, 1)


def test_sentences_for_what_cannot_be_done(rig: QueueRig) -> None:
    for action in (rig.queue.pause, rig.queue.resume, rig.queue.cancel, rig.queue.retry):
        with pytest.raises(NotFound, match="no such job"):
            action("j-nobody")
    with pytest.raises(NotFound):
        rig.queue.remove("j-nobody")
    job = rig.job(tasks=1)
    with pytest.raises(Refused, match="nothing to try again"):
        rig.queue.retry(job.id)
    rig.scheduler.run_all(rig.tick)
    with pytest.raises(Refused, match="nothing to cancel"):
        rig.queue.cancel(job.id)
    with pytest.raises(Refused, match="nothing to pause"):
        rig.queue.pause(job.id)


@pytest.mark.parametrize("error", ["no such lamp", "CUDA out of memory"])
def test_resume_after_failures_tries_those_again_too(rig: QueueRig, error: str) -> None:
    job = rig.job(tasks=8)
    rig.tick()
    burn(rig, error)
    for _ in range(4):
        rig.tick(1)
    assert rig.store.job(job.id).hold is not None  # type: ignore[union-attr]
    rig.queue.resume(job.id)
    assert rig.states(job) == ["held"] * 8
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["done"] * 8 and rig.store.job(job.id).hold is None  # type: ignore[union-attr]


def test_resume_tries_nothing_again_that_killed_or_that_the_user_paused(
    rig: QueueRig,
) -> None:
    from msgspec.structs import replace

    job = rig.job(tasks=6)
    end_next(rig, "another thing")
    rig.tick()
    rig.queue.pause(job.id)
    rig.queue.resume(job.id)
    assert rig.states(job)[0] == "failed", "paused by the user"
    for _ in range(3):
        end_next(rig, "no such lamp")
    rig.tick()
    with rig.store.transaction() as transaction:
        transaction.put(replace(rig.tasks(job)[1], deaths=2))
    rig.queue.resume(job.id)
    assert rig.states(job) == ["held", "failed", "held", "held", "held", "held"]
