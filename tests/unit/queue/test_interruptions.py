"""Interruptions, reloads and kills: what runs again, and what it counts."""

from __future__ import annotations

import msgspec
import pytest

from inu_jobs.ports import Made, Produced, Reattached
from tests.unit.queue.queue_house import House


def test_interrupted_by_the_user_stays_so(house: House) -> None:
    job = house.job(tasks=1, images=4)
    house.tick()
    house.start_next()
    house.scheduler.save(1)
    house.scheduler.end("done")
    house.scheduler.run_all(house.tick)
    task = house.tasks(job)[0]
    assert task.state == "interrupted" and task.error == "It was interrupted after 1 of 4 images."
    assert len(house.paths(job)) == 1


def test_a_run_that_began_while_a_reload_was_under_way_is_queued_again(house: House) -> None:
    job = house.job(tasks=1)
    house.tick()
    begun = house.clock()
    house.clock.now += 2
    task = house.start_next()
    house.scheduler.emit(Reattached(begun))
    house.tick()
    house.scheduler.end("interrupted")  # what was left of the old one says so only now
    house.tick()
    assert house.states(job) == ["queued"]
    assert house.start_next() == task
    house.scheduler.end("interrupted", stopped=True)
    house.tick()
    assert house.states(job) == ["interrupted"], "by the user"


def test_interrupted_by_a_reload_is_queued_again_at_most_twice(house: House) -> None:
    job = house.job(tasks=1, images=2)
    for again in range(3):
        house.tick(1)
        house.start_next()
        house.clock.now += 1
        house.scheduler.save(1)
        house.scheduler.reload()
        house.tick()
        assert house.states(job) == (["queued"] if again < 2 else ["interrupted"])
    assert len(house.paths(job)) == 1  # each run's first image took the place of the one before
    house.queue.retry(job.id)
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["done"]
    assert len(house.paths(job)) == 2


def test_a_reload_seen_before_the_end_of_what_it_interrupted(house: House) -> None:
    from inu_jobs.ports import Reattached

    job = house.job(tasks=1, images=2)
    house.tick()
    house.start_next()
    house.clock.now += 1
    house.queue.receive(Reattached(house.clock()))
    house.clock.now += 30
    house.scheduler.end("done")
    house.tick()
    assert house.states(job) == ["queued"]


def test_a_second_run_keeps_ids_and_verdicts(house: House) -> None:
    from msgspec.structs import replace

    job = house.job(tasks=1, images=2)
    house.tick()
    house.start_next()
    house.scheduler.save(1)
    house.scheduler.end("done")
    house.tick()
    kept = house.store.images_of(job.id)[0]
    with house.store.transaction() as transaction:
        transaction.put(replace(kept, verdict="kept", rating=4))
    house.queue.retry(job.id)
    house.scheduler.run_all(house.tick)
    first, second = house.store.images_of(job.id)
    assert (first.id, first.verdict, first.rating) == (kept.id, "kept", 4)
    assert first.path != kept.path and first.path in house.disk
    assert second.index == 1


def test_images_told_twice_count_once(house: House) -> None:
    job = house.job(tasks=1, images=2)
    house.tick()
    id = house.start_next()
    house.scheduler.save(2)
    made = tuple(Made(path) for path in house.disk)
    house.scheduler.emit(Produced(id, made))
    house.scheduler.end("done")
    house.tick()
    assert house.states(job) == ["done"]
    assert sorted(house.paths(job)) == sorted(house.disk)


def test_without_our_script_the_result_counts_but_for_grids(house: House) -> None:
    job = house.job(tasks=1, images=2)
    house.tick()
    house.start_next()
    house.scheduler.save(2, told=False, grid=True)
    house.scheduler.end("done")
    house.tick()
    assert house.states(job) == ["done"]
    assert house.paths(job) == ["outputs/00001.png", "outputs/00002.png"]


def test_vanished_without_an_image_is_lost_and_with_images_done(house: House) -> None:
    job = house.job(tasks=3)
    house.tick()
    house.start_next()
    house.scheduler.save(1)
    house.scheduler.clear()
    house.scheduler.end("done")  # its row is gone: the runner dies without a word
    for _ in range(4):
        house.tick(11)
    assert house.states(job) == ["done", "lost", "lost"]
    assert "vanished" in house.tasks(job)[1].error
    house.queue.retry(job.id)
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["done"] * 3


def test_requeueing_for_ever_is_stopped(house: House) -> None:
    job = house.job(tasks=3)
    house.scheduler.requeue = True
    house.tick()
    runs = 0
    for _ in range(40):
        house.scheduler.kick()
        house.scheduler.fetch()
        if house.scheduler.begin() is None:
            break
        runs += 1
        house.tick()
        house.scheduler.end("failed", "always")
        house.tick()
    hold = house.store.job(job.id).hold  # type: ignore[union-attr]
    assert hold is not None and hold.by == "requeue" and "Auto requeue" in hold.message
    assert runs < 20
    assert "failed" in house.states(job)


def test_killed_before_the_row_was_made(house: House) -> None:
    job = house.job(tasks=1)
    with house.store.transaction() as transaction:
        from msgspec.structs import replace

        transaction.put(replace(house.tasks(job)[0], state="queued"))
    house.restart()
    house.tick()
    assert house.states(job) == ["queued"]
    assert house.scheduler.pending() == [house.tasks(job)[0].id]


def test_killed_while_running_runs_again_and_counts_once(house: House) -> None:
    job = house.job(tasks=2, images=2)
    house.tick()
    house.start_next()
    house.scheduler.save(1)
    house.tick()
    assert len(house.paths(job)) == 1
    house.restart()
    house.tick()
    assert house.states(job) == ["queued", "queued"]
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["done", "done"]
    assert len(house.paths(job)) == 4


def test_killed_after_all_images_were_recorded_does_not_run_again(house: House) -> None:
    job = house.job(tasks=1, images=2)
    house.tick()
    house.start_next()
    house.scheduler.save(2)
    house.tick()
    house.restart()
    house.tick()
    assert house.states(job) == ["done"]
    assert house.scheduler.pending() == []


@pytest.mark.parametrize("end", ["waits", "runs", "cleared"])
def test_what_is_made_again_counts_its_images_in_the_trash_as_not_made(house: House, end: str) -> None:
    job = house.job(tasks=2, images=2)
    house.scheduler.run_all(house.tick)
    one, two = house.tasks(job)
    with house.store.transaction() as transaction:  # all of the first, and one of the second
        for image in (*house.store.images_of_task(one.id), house.store.images_of_task(two.id)[0]):
            transaction.put(msgspec.structs.replace(image, trashed=True))
    house.queue.again([one.id, two.id])
    house.tick()
    assert house.states(job) == ["queued", "queued"]
    if end == "runs":
        house.start_next()
    if end == "cleared":
        house.scheduler.clear()
        for _ in range(4):
            house.tick(11)
        assert house.states(job) == ["lost", "interrupted"]
        assert "1 of 2" in house.tasks(job)[1].error
        house.queue.retry(job.id)
    else:
        house.restart()
        house.tick()
        assert house.states(job) == ["queued", "queued"]
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["done", "done"]
    there = [image for image in house.store.images_of(job.id) if not image.trashed]
    assert len(there) == 4


def test_killed_when_a_cancelled_task_was_not_stopped_yet(house: House) -> None:
    job = house.job(tasks=2)
    house.tick()
    house.start_next()
    house.queue.cancel(job.id)
    house.restart()  # the row of what ran is still pending
    house.tick()
    assert house.scheduler.pending() == []
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["cancelled", "cancelled"]


def test_paused_while_the_scheduler_is_away(house: House) -> None:
    job = house.job(tasks=3)
    house.tick()
    house.scheduler.attached = False
    house.queue.pause(job.id)
    assert house.store.job(job.id).hold is not None  # type: ignore[union-attr]
    house.tick(1)
    assert house.queue.notices()[0].code == "scheduler"
    house.scheduler.attached = True
    house.tick(1)
    assert house.states(job) == ["held"] * 3
    assert house.scheduler.pending() == []


def test_events_missed_are_made_up_from_the_rows(house: House) -> None:
    job = house.job(tasks=2)
    house.tick()
    house.scheduler.listen(lambda event: None)
    house.scheduler.runner.alive = True
    house.scheduler.fetch()
    house.scheduler.begin()
    house.tick(11)
    assert house.states(job)[0] == "running"
    house.scheduler.save(1)
    house.scheduler.end("done")
    for _ in range(3):
        house.tick(11)
    assert house.states(job)[0] == "done"
    assert len(house.paths(job)) == 1
