"""A queue that stands still is started again, or freed."""

from __future__ import annotations

from tests.unit.queue.queue_rig import QueueRig


def test_a_stranded_queue_and_a_dead_runner_are_kicked(rig: QueueRig) -> None:
    rig.job(tasks=2)
    rig.tick()
    rig.scheduler.die()
    rig.tick()
    assert rig.scheduler.runner.alive


def test_an_enqueue_that_is_just_starting_is_not_kicked(rig: QueueRig) -> None:
    """It starts the runner itself, a moment after it told of the task: two starts can make two runners."""
    rig.scheduler.enqueue("task(a)")
    rig.tick()
    rig.tick(1)
    assert "kick" not in rig.scheduler.log
    rig.scheduler.enqueue("task(b)")  # pressed again: that one is just starting, too
    rig.tick(1)
    rig.tick(1)
    assert "kick" not in rig.scheduler.log
    rig.tick(1)
    assert rig.scheduler.log.count("kick") == 1, "it did not start: it was stranded"


def test_nor_is_one_that_becomes_no_job(rig: QueueRig) -> None:
    rig.choices.adopt = False
    job = rig.job(1)
    rig.scheduler.enqueue("task(a)")
    rig.tick()
    assert rig.states(job) == ["queued"] and "kick" not in rig.scheduler.log
    rig.tick(3)
    assert rig.scheduler.log.count("kick") == 1


def test_a_task_of_ours_does_not_wait_for_that(rig: QueueRig) -> None:
    rig.scheduler.enqueue("task(a)")
    rig.tick()
    assert rig.start_next() == "task(a)"
    rig.scheduler.save(1)
    rig.scheduler.end()
    rig.tick()
    rig.scheduler.die()
    rig.job(1)
    rig.tick()
    assert rig.scheduler.log[-1] == "kick"


def test_a_paused_queue_is_not_kicked(rig: QueueRig) -> None:
    rig.job(tasks=2)
    rig.scheduler.paused_by = "user"
    rig.tick()
    rig.tick(5)
    assert "kick" not in rig.scheduler.log
    assert [notice.code for notice in rig.queue.notices()] == ["paused"]
    rig.scheduler.paused_by = "memory"
    rig.tick(1)
    assert "memory" in rig.queue.notices()[0].message


def test_a_wedged_queue_is_freed_and_said_so(rig: QueueRig) -> None:
    job = rig.job(tasks=1)
    rig.scheduler.other = "task(txt2img-ABCDEFG)"
    for _ in range(5):
        rig.tick(1)
    assert "unwedge" not in rig.scheduler.log
    for _ in range(5):
        rig.tick(1)
    assert "unwedge" in rig.scheduler.log
    assert "unwedged" in [notice.code for notice in rig.queue.notices()]
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["done"]


def test_somebody_elses_generation_is_no_wedge(rig: QueueRig) -> None:
    rig.job(tasks=1)
    rig.scheduler.other, rig.scheduler.other_generates = "task(txt2img-ABCDEFG)", True
    for _ in range(60):
        rig.tick(1)
    assert "unwedge" not in rig.scheduler.log
