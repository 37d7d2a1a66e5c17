"""What is handed to the scheduler, and in which order."""

from __future__ import annotations

import pytest

from inu_jobs.ports import Finished, Made, Produced, Started
from tests.unit.queue.queue_ends import burn, end_next
from tests.unit.queue.queue_rig import QueueRig


def test_feeds_no_more_than_the_look_ahead_and_refills(rig: QueueRig) -> None:
    job = rig.job(tasks=10)
    end_next(rig)
    rig.tick()
    assert rig.states(job).count("queued") == 2, "its runner is between two tasks, and has enough"
    rig.tick()
    assert rig.states(job).count("queued") == 4
    rig.start_next()
    assert rig.states(job).count("queued") == 3  # the running one is in its list too
    assert rig.scheduler.most_pending == 4


def test_at_least_two_wait_whatever_the_setting_says(rig: QueueRig) -> None:
    rig.choices.look_ahead = 0
    job = rig.job(tasks=5)
    rig.tick()
    assert rig.states(job).count("queued") == 2


def test_runs_by_priority_then_age_then_index(rig: QueueRig) -> None:
    rig.choices.look_ahead = 50
    old = rig.job(tasks=2)
    rig.clock.now += 10
    young = rig.job(tasks=2)
    first = rig.job(tasks=2, priority=5)
    rig.tick()
    expected = [task.id for job in (first, old, young) for task in rig.tasks(job)]
    assert list(rig.scheduler.rows_) == expected


def test_a_job_goes_round(rig: QueueRig) -> None:
    job = rig.job(tasks=9, images=2)
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["done"] * 9
    assert sorted(rig.paths(job)) == sorted(rig.disk)
    assert [image.index for image in rig.store.images_of(job.id)] == [0, 1] * 9
    assert all(task.started and task.finished for task in rig.tasks(job))


@pytest.mark.parametrize("limit", [1, 3, 5])
def test_never_more_is_handed_over_than_may_fail(rig: QueueRig, limit: int) -> None:
    rig.choices.look_ahead, rig.choices.hold_after_failures = 8, limit
    job = rig.job(tasks=20)
    rig.tick()
    assert burn(rig, "no such lamp") == limit
    assert rig.states(job) == ["failed"] * limit + ["held"] * (20 - limit)
    assert rig.store.job(job.id).hold is not None  # type: ignore[union-attr]


def test_jobs_whose_turn_comes_later_do_not_go_before_one_that_fails(rig: QueueRig) -> None:
    rig.choices.look_ahead = 8
    first = rig.job(tasks=20)
    rig.clock.now += 1
    second = rig.job(tasks=20)
    rig.tick()
    assert set(rig.states(second)) == {"held"}
    assert burn(rig, "no such lamp") == 3
    assert rig.states(first)[:4] == ["failed"] * 3 + ["held"]
    assert rig.states(second).count("queued") == 3


def test_its_list_does_not_run_empty_where_that_shuts_the_computer_down(rig: QueueRig) -> None:
    rig.scheduler.when_empty = "Shut down"
    job = rig.job(tasks=20)
    for _ in range(2):
        end_next(rig, "no such lamp")
    rig.tick()
    assert rig.states(job).count("queued") == 2


@pytest.mark.parametrize(("combinatorial", "state"), [(True, "done"), (False, "interrupted")])
def test_how_many_combinations_there_are_is_dynamic_prompts_word(
    rig: QueueRig, combinatorial: bool, state: str
) -> None:
    """Its wildcards may have changed since the plan was made."""
    scripts = {"Dynamic Prompts v2.17.1": {"args": [True, combinatorial]}}
    job = rig.job(tasks=2, images=4, more={"alwayson_scripts": scripts})
    rig.tick()
    rig.start_next()
    rig.scheduler.save(3)
    rig.scheduler.end("done", stopped=False)
    rig.tick()
    assert rig.states(job)[0] == state


def test_its_own_requeue_becomes_a_task_of_the_job(rig: QueueRig) -> None:
    job = rig.job(tasks=2)
    rig.scheduler.run_all(rig.tick)
    copy = rig.scheduler.requeue_row(rig.tasks(job)[0].id)
    rig.tick(11)
    assert rig.store.task(copy) is not None
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["done"] * 3
    assert [task.index for task in rig.tasks(job)] == [0, 1, 2]
    assert rig.tasks(job)[2].changes == rig.tasks(job)[0].changes
    assert len(rig.paths(job)) == 3


def test_other_peoples_tasks_leave_no_trace(rig: QueueRig) -> None:
    for event in (Started("theirs"), Produced("theirs", (Made("x.png"),)), Finished("theirs", "done")):
        rig.queue.receive(event)
    rig.tick()
    assert rig.store.counts() == (0, 0, 0)


def test_eta_comes_from_measured_durations(rig: QueueRig) -> None:
    job = rig.job(tasks=4)
    assert rig.queue.eta(job.id) is None
    rig.tick()
    rig.start_next()
    rig.clock.now += 10
    rig.scheduler.save(1)
    rig.scheduler.end("done")
    rig.tick()
    assert rig.queue.eta(job.id) == pytest.approx(30)
    rig.start_next()
    rig.clock.now += 4
    assert rig.queue.eta(None) == pytest.approx(26)
    rig.queue.pause(job.id)
    assert rig.queue.eta(job.id) is None


def test_the_thread_feeds_by_itself(rig: QueueRig) -> None:
    import threading

    fed = threading.Event()
    rig.store.listen(lambda revision: fed.set() if rig.store.tasks_in("queued") else None)
    rig.queue.start()
    try:
        rig.job(tasks=1)
        rig.queue.nudge()
        assert fed.wait(30)
    finally:
        rig.queue.stop()
