"""A queue that stands still is started again, or freed."""

from __future__ import annotations

from tests.unit.queue.queue_house import House


def test_a_stranded_queue_and_a_dead_runner_are_kicked(house: House) -> None:
    house.job(tasks=2)
    house.tick()
    house.scheduler.die()
    house.tick()
    assert house.scheduler.runner.alive


def test_an_enqueue_that_is_just_starting_is_not_kicked(house: House) -> None:
    """It starts the runner itself, a moment after it told of the task: two starts can make two runners."""
    house.scheduler.enqueue("task(a)")
    house.tick()
    house.tick(1)
    assert "kick" not in house.scheduler.log
    house.scheduler.enqueue("task(b)")  # pressed again: that one is just starting, too
    house.tick(1)
    house.tick(1)
    assert "kick" not in house.scheduler.log
    house.tick(1)
    assert house.scheduler.log.count("kick") == 1, "it did not start: it was stranded"


def test_nor_is_one_that_becomes_no_job(house: House) -> None:
    house.choices.adopt = False
    job = house.job(1)
    house.scheduler.enqueue("task(a)")
    house.tick()
    assert house.states(job) == ["queued"] and "kick" not in house.scheduler.log
    house.tick(3)
    assert house.scheduler.log.count("kick") == 1


def test_a_task_of_ours_does_not_wait_for_that(house: House) -> None:
    house.scheduler.enqueue("task(a)")
    house.tick()
    assert house.start_next() == "task(a)"
    house.scheduler.save(1)
    house.scheduler.end()
    house.tick()
    house.scheduler.die()
    house.job(1)
    house.tick()
    assert house.scheduler.log[-1] == "kick"


def test_a_paused_queue_is_not_kicked(house: House) -> None:
    house.job(tasks=2)
    house.scheduler.paused_by = "user"
    house.tick()
    house.tick(5)
    assert "kick" not in house.scheduler.log
    assert [notice.code for notice in house.queue.notices()] == ["paused"]
    house.scheduler.paused_by = "memory"
    house.tick(1)
    assert "memory" in house.queue.notices()[0].message


def test_a_wedged_queue_is_freed_and_said_so(house: House) -> None:
    job = house.job(tasks=1)
    house.scheduler.other = "task(txt2img-ABCDEFG)"
    for _ in range(5):
        house.tick(1)
    assert "unwedge" not in house.scheduler.log
    for _ in range(5):
        house.tick(1)
    assert "unwedge" in house.scheduler.log
    assert "unwedged" in [notice.code for notice in house.queue.notices()]
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["done"]


def test_somebody_elses_generation_is_no_wedge(house: House) -> None:
    house.job(tasks=1)
    house.scheduler.other, house.scheduler.other_generates = "task(txt2img-ABCDEFG)", True
    for _ in range(60):
        house.tick(1)
    assert "unwedge" not in house.scheduler.log
