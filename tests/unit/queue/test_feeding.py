"""What is handed to the scheduler, and in which order."""

from __future__ import annotations

import pytest

from inu_jobs.ports import Finished, Made, Produced, Started
from tests.unit.queue.queue_ends import burn, end_next
from tests.unit.queue.queue_house import House


def test_feeds_no_more_than_the_look_ahead_and_refills(house: House) -> None:
    job = house.job(tasks=10)
    end_next(house)
    house.tick()
    assert house.states(job).count("queued") == 2, "its runner is between two tasks, and has enough"
    house.tick()
    assert house.states(job).count("queued") == 4
    house.start_next()
    assert house.states(job).count("queued") == 3  # the running one is in its list too
    assert house.scheduler.most_pending == 4


def test_at_least_two_wait_whatever_the_setting_says(house: House) -> None:
    house.choices.look_ahead = 0
    job = house.job(tasks=5)
    house.tick()
    assert house.states(job).count("queued") == 2


def test_runs_by_priority_then_age_then_index(house: House) -> None:
    house.choices.look_ahead = 50
    old = house.job(tasks=2)
    house.clock.now += 10
    young = house.job(tasks=2)
    first = house.job(tasks=2, priority=5)
    house.tick()
    expected = [task.id for job in (first, old, young) for task in house.tasks(job)]
    assert list(house.scheduler.rows_) == expected


def test_a_job_goes_round(house: House) -> None:
    job = house.job(tasks=9, images=2)
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["done"] * 9
    assert sorted(house.paths(job)) == sorted(house.disk)
    assert [image.index for image in house.store.images_of(job.id)] == [0, 1] * 9
    assert all(task.started and task.finished for task in house.tasks(job))


@pytest.mark.parametrize("limit", [1, 3, 5])
def test_never_more_is_handed_over_than_may_fail(house: House, limit: int) -> None:
    house.choices.look_ahead, house.choices.hold_after_failures = 8, limit
    job = house.job(tasks=20)
    house.tick()
    assert burn(house, "no such lamp") == limit
    assert house.states(job) == ["failed"] * limit + ["held"] * (20 - limit)
    assert house.store.job(job.id).hold is not None  # type: ignore[union-attr]


def test_jobs_whose_turn_comes_later_do_not_go_before_one_that_fails(house: House) -> None:
    house.choices.look_ahead = 8
    first = house.job(tasks=20)
    house.clock.now += 1
    second = house.job(tasks=20)
    house.tick()
    assert set(house.states(second)) == {"held"}
    assert burn(house, "no such lamp") == 3
    assert house.states(first)[:4] == ["failed"] * 3 + ["held"]
    assert house.states(second).count("queued") == 3


def test_its_list_does_not_run_empty_where_that_shuts_the_computer_down(house: House) -> None:
    house.scheduler.when_empty = "Shut down"
    job = house.job(tasks=20)
    for _ in range(2):
        end_next(house, "no such lamp")
    house.tick()
    assert house.states(job).count("queued") == 2


@pytest.mark.parametrize(("combinatorial", "state"), [(True, "done"), (False, "interrupted")])
def test_how_many_combinations_there_are_is_dynamic_prompts_word(
    house: House, combinatorial: bool, state: str
) -> None:
    """Its wildcards may have changed since the plan was made."""
    scripts = {"Dynamic Prompts v2.17.1": {"args": [True, combinatorial]}}
    job = house.job(tasks=2, images=4, more={"alwayson_scripts": scripts})
    house.tick()
    house.start_next()
    house.scheduler.save(3)
    house.scheduler.end("done", stopped=False)
    house.tick()
    assert house.states(job)[0] == state


def test_its_own_requeue_becomes_a_task_of_the_job(house: House) -> None:
    job = house.job(tasks=2)
    house.scheduler.run_all(house.tick)
    copy = house.scheduler.requeue_row(house.tasks(job)[0].id)
    house.tick(11)
    assert house.store.task(copy) is not None
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["done"] * 3
    assert [task.index for task in house.tasks(job)] == [0, 1, 2]
    assert house.tasks(job)[2].changes == house.tasks(job)[0].changes
    assert len(house.paths(job)) == 3


def test_other_peoples_tasks_leave_no_trace(house: House) -> None:
    for event in (Started("theirs"), Produced("theirs", (Made("x.png"),)), Finished("theirs", "done")):
        house.queue.receive(event)
    house.tick()
    assert house.store.counts() == (0, 0, 0)


def test_eta_comes_from_measured_durations(house: House) -> None:
    job = house.job(tasks=4)
    assert house.queue.eta(job.id) is None
    house.tick()
    house.start_next()
    house.clock.now += 10
    house.scheduler.save(1)
    house.scheduler.end("done")
    house.tick()
    assert house.queue.eta(job.id) == pytest.approx(30)
    house.start_next()
    house.clock.now += 4
    assert house.queue.eta(None) == pytest.approx(26)
    house.queue.pause(job.id)
    assert house.queue.eta(job.id) is None


def test_the_thread_feeds_by_itself(house: House) -> None:
    import threading

    fed = threading.Event()
    house.store.listen(lambda revision: fed.set() if house.store.tasks_in("queued") else None)
    house.queue.start()
    try:
        house.job(tasks=1)
        house.queue.nudge()
        assert fed.wait(30)
    finally:
        house.queue.stop()
