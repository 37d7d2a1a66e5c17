"""Interruptions, reloads and kills: what runs again, and what it counts."""

from __future__ import annotations

import msgspec
import pytest

from inu_jobs.ports import Made, Produced, Reattached
from tests.unit.queue.queue_rig import QueueRig


def test_interrupted_by_the_user_stays_so(rig: QueueRig) -> None:
    job = rig.job(tasks=1, images=4)
    rig.tick()
    rig.start_next()
    rig.scheduler.save(1)
    rig.scheduler.end("done")
    rig.scheduler.run_all(rig.tick)
    task = rig.tasks(job)[0]
    assert task.state == "interrupted" and task.error == "It was interrupted after 1 of 4 images."
    assert len(rig.paths(job)) == 1


def test_a_run_that_began_while_a_reload_was_under_way_is_queued_again(rig: QueueRig) -> None:
    job = rig.job(tasks=1)
    rig.tick()
    begun = rig.clock()
    rig.clock.now += 2
    task = rig.start_next()
    rig.scheduler.emit(Reattached(begun))
    rig.tick()
    rig.scheduler.end("interrupted")  # what was left of the old one says so only now
    rig.tick()
    assert rig.states(job) == ["queued"]
    assert rig.start_next() == task
    rig.scheduler.end("interrupted", stopped=True)
    rig.tick()
    assert rig.states(job) == ["interrupted"], "by the user"


def test_interrupted_by_a_reload_is_queued_again_at_most_twice(rig: QueueRig) -> None:
    job = rig.job(tasks=1, images=2)
    for again in range(3):
        rig.tick(1)
        rig.start_next()
        rig.clock.now += 1
        rig.scheduler.save(1)
        rig.scheduler.reload()
        rig.tick()
        assert rig.states(job) == (["queued"] if again < 2 else ["interrupted"])
    assert len(rig.paths(job)) == 1  # each run's first image took the place of the one before
    rig.queue.retry(job.id)
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["done"]
    assert len(rig.paths(job)) == 2


def test_a_reload_seen_before_the_end_of_what_it_interrupted(rig: QueueRig) -> None:
    from inu_jobs.ports import Reattached

    job = rig.job(tasks=1, images=2)
    rig.tick()
    rig.start_next()
    rig.clock.now += 1
    rig.queue.receive(Reattached(rig.clock()))
    rig.clock.now += 30
    rig.scheduler.end("done")
    rig.tick()
    assert rig.states(job) == ["queued"]


def test_a_second_run_keeps_ids_and_verdicts(rig: QueueRig) -> None:
    from msgspec.structs import replace

    job = rig.job(tasks=1, images=2)
    rig.tick()
    rig.start_next()
    rig.scheduler.save(1)
    rig.scheduler.end("done")
    rig.tick()
    kept = rig.store.images_of(job.id)[0]
    with rig.store.transaction() as transaction:
        transaction.put(replace(kept, verdict="kept", rating=4))
    rig.queue.retry(job.id)
    rig.scheduler.run_all(rig.tick)
    first, second = rig.store.images_of(job.id)
    assert (first.id, first.verdict, first.rating) == (kept.id, "kept", 4)
    assert first.path != kept.path and first.path in rig.disk
    assert second.index == 1


def test_images_told_twice_count_once(rig: QueueRig) -> None:
    job = rig.job(tasks=1, images=2)
    rig.tick()
    id = rig.start_next()
    rig.scheduler.save(2)
    made = tuple(Made(path) for path in rig.disk)
    rig.scheduler.emit(Produced(id, made))
    rig.scheduler.end("done")
    rig.tick()
    assert rig.states(job) == ["done"]
    assert sorted(rig.paths(job)) == sorted(rig.disk)


def test_without_our_script_the_result_counts_but_for_grids(rig: QueueRig) -> None:
    job = rig.job(tasks=1, images=2)
    rig.tick()
    rig.start_next()
    rig.scheduler.save(2, told=False, grid=True)
    rig.scheduler.end("done")
    rig.tick()
    assert rig.states(job) == ["done"]
    assert rig.paths(job) == ["outputs/00001.png", "outputs/00002.png"]


def test_vanished_without_an_image_is_lost_and_with_images_done(rig: QueueRig) -> None:
    job = rig.job(tasks=3)
    rig.tick()
    rig.start_next()
    rig.scheduler.save(1)
    rig.scheduler.clear()
    rig.scheduler.end("done")  # its row is gone: the runner dies without a word
    for _ in range(4):
        rig.tick(11)
    assert rig.states(job) == ["done", "lost", "lost"]
    assert "vanished" in rig.tasks(job)[1].error
    rig.queue.retry(job.id)
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["done"] * 3


def test_requeueing_for_ever_is_stopped(rig: QueueRig) -> None:
    job = rig.job(tasks=3)
    rig.scheduler.requeue = True
    rig.tick()
    runs = 0
    for _ in range(40):
        rig.scheduler.kick()
        rig.scheduler.fetch()
        if rig.scheduler.begin() is None:
            break
        runs += 1
        rig.tick()
        rig.scheduler.end("failed", "always")
        rig.tick()
    hold = rig.store.job(job.id).hold  # type: ignore[union-attr]
    assert hold is not None and hold.by == "requeue" and "Auto requeue" in hold.message
    assert runs < 20
    assert "failed" in rig.states(job)


def test_killed_before_the_row_was_made(rig: QueueRig) -> None:
    job = rig.job(tasks=1)
    with rig.store.transaction() as transaction:
        from msgspec.structs import replace

        transaction.put(replace(rig.tasks(job)[0], state="queued"))
    rig.restart()
    rig.tick()
    assert rig.states(job) == ["queued"]
    assert rig.scheduler.pending() == [rig.tasks(job)[0].id]


def test_killed_while_running_runs_again_and_counts_once(rig: QueueRig) -> None:
    job = rig.job(tasks=2, images=2)
    rig.tick()
    rig.start_next()
    rig.scheduler.save(1)
    rig.tick()
    assert len(rig.paths(job)) == 1
    rig.restart()
    rig.tick()
    assert rig.states(job) == ["queued", "queued"]
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["done", "done"]
    assert len(rig.paths(job)) == 4


def test_killed_after_all_images_were_recorded_does_not_run_again(rig: QueueRig) -> None:
    job = rig.job(tasks=1, images=2)
    rig.tick()
    rig.start_next()
    rig.scheduler.save(2)
    rig.tick()
    rig.restart()
    rig.tick()
    assert rig.states(job) == ["done"]
    assert rig.scheduler.pending() == []


@pytest.mark.parametrize("end", ["waits", "runs", "cleared"])
def test_what_is_made_again_counts_its_images_in_the_trash_as_not_made(rig: QueueRig, end: str) -> None:
    job = rig.job(tasks=2, images=2)
    rig.scheduler.run_all(rig.tick)
    one, two = rig.tasks(job)
    with rig.store.transaction() as transaction:  # all of the first, and one of the second
        for image in (*rig.store.images_of_task(one.id), rig.store.images_of_task(two.id)[0]):
            transaction.put(msgspec.structs.replace(image, trashed=True))
    rig.queue.again([one.id, two.id])
    rig.tick()
    assert rig.states(job) == ["queued", "queued"]
    if end == "runs":
        rig.start_next()
    if end == "cleared":
        rig.scheduler.clear()
        for _ in range(4):
            rig.tick(11)
        assert rig.states(job) == ["lost", "interrupted"]
        assert "1 of 2" in rig.tasks(job)[1].error
        rig.queue.retry(job.id)
    else:
        rig.restart()
        rig.tick()
        assert rig.states(job) == ["queued", "queued"]
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["done", "done"]
    there = [image for image in rig.store.images_of(job.id) if not image.trashed]
    assert len(there) == 4


def test_killed_when_a_cancelled_task_was_not_stopped_yet(rig: QueueRig) -> None:
    job = rig.job(tasks=2)
    rig.tick()
    rig.start_next()
    rig.queue.cancel(job.id)
    rig.restart()  # the row of what ran is still pending
    rig.tick()
    assert rig.scheduler.pending() == []
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["cancelled", "cancelled"]


def test_paused_while_the_scheduler_is_away(rig: QueueRig) -> None:
    job = rig.job(tasks=3)
    rig.tick()
    rig.scheduler.attached = False
    rig.queue.pause(job.id)
    assert rig.store.job(job.id).hold is not None  # type: ignore[union-attr]
    rig.tick(1)
    assert rig.queue.notices()[0].code == "scheduler"
    rig.scheduler.attached = True
    rig.tick(1)
    assert rig.states(job) == ["held"] * 3
    assert rig.scheduler.pending() == []


def test_events_missed_are_made_up_from_the_rows(rig: QueueRig) -> None:
    job = rig.job(tasks=2)
    rig.tick()
    rig.scheduler.listen(lambda event: None)
    rig.scheduler.runner.alive = True
    rig.scheduler.fetch()
    rig.scheduler.begin()
    rig.tick(11)
    assert rig.states(job)[0] == "running"
    rig.scheduler.save(1)
    rig.scheduler.end("done")
    for _ in range(3):
        rig.tick(11)
    assert rig.states(job)[0] == "done"
    assert len(rig.paths(job)) == 1
