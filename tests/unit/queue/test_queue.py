"""The queue, moved step by step."""

from __future__ import annotations

import msgspec
import pytest

from inu_jobs.errors import NotFound, Refused
from inu_jobs.ports import Finished, Made, Produced, Reattached, Started
from inu_jobs.queue.failure_reasons import UNNAMED
from tests.unit.queue.queue_house import House
from tests.unit.queue.queue_scripted import REFUSED


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
    with pytest.raises(Refused, match="nothing to retry"):
        house.queue.retry(job.id)
    house.scheduler.run_all(house.tick)
    with pytest.raises(Refused, match="nothing to cancel"):
        house.queue.cancel(job.id)
    with pytest.raises(Refused, match="nothing to pause"):
        house.queue.pause(job.id)


def test_equal_failures_in_a_row_hold_the_job(house: House) -> None:
    job = house.job(tasks=8)
    for _ in range(3):
        house.tick()
        house.start_next()
        house.scheduler.end("failed", "no such lamp")
    house.tick()
    held = house.store.job(job.id).hold  # type: ignore[union-attr]
    assert held is not None and held.by == "errors"
    assert "3 tasks in a row failed" in held.message and "no such lamp" in held.message
    assert house.states(job) == ["failed"] * 3 + ["held"] * 5
    house.tick(60)
    assert house.scheduler.pending() == []


def end_next(house: House, error: str = "") -> None:
    house.tick()
    house.start_next()
    if not error:
        house.scheduler.save(1)
    house.scheduler.end("failed" if error else "done", error)


def burn(house: House, error: str) -> int:
    """The runner takes and ends whatever waits there before we hear of anything; how many it took."""
    started = len(house.scheduler.pending())
    for _ in range(started):
        house.scheduler.runner.alive = True
        assert house.scheduler.fetch() and house.scheduler.begin()
        house.scheduler.end("failed", error)
    house.tick()
    return started


@pytest.mark.parametrize("limit", [1, 3, 5])
def test_never_more_is_handed_over_than_may_fail(house: House, limit: int) -> None:
    house.choices.look_ahead, house.choices.hold_after_failures = 8, limit
    job = house.job(tasks=20)
    house.tick()
    assert burn(house, "no such lamp") == limit
    assert house.states(job) == ["failed"] * limit + ["held"] * (20 - limit)
    assert house.store.job(job.id).hold is not None  # type: ignore[union-attr]


def test_another_reason_begins_to_count_anew(house: House) -> None:
    house.choices.look_ahead = 8
    job = house.job(tasks=20)
    house.tick()
    end_next(house, "one")
    end_next(house, "two")
    house.tick()
    assert house.scheduler.pending() == [task.id for task in house.tasks(job)[2:4]]


def test_a_job_that_worked_and_begins_to_fail_gets_back_what_is_too_much(house: House) -> None:
    house.choices.look_ahead = 8
    job = house.job(tasks=20)
    end_next(house)
    house.tick()
    house.tick()
    assert len(house.scheduler.pending()) == 8
    end_next(house, "no such lamp")
    house.tick()
    assert house.scheduler.pending() == [task.id for task in house.tasks(job)[2:4]]
    end_next(house)
    house.tick()
    house.tick()
    assert len(house.scheduler.pending()) == 8


def test_after_a_restart_or_an_edit_a_job_has_to_show_again_that_it_works(house: House) -> None:
    house.choices.look_ahead = 8
    job = house.job(tasks=20)
    end_next(house)
    house.tick()
    house.queue.replan(job.id, lambda: None)
    house.tick()
    assert len(house.scheduler.pending()) == 3
    end_next(house)
    house.tick()
    house.restart()
    house.tick()
    assert len(house.scheduler.pending()) == 3


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


def test_different_failures_do_not(house: House) -> None:
    job = house.job(tasks=8)
    for reason in ("one", "two", "one", "two"):
        house.tick()
        house.start_next()
        house.scheduler.end("failed", reason)
    house.tick()
    assert house.store.job(job.id).hold is None  # type: ignore[union-attr]


SAME = [
    ("Lora 'ada' not found in /models/Lora", "Lora 'eve' not found in /models/Lora/people"),
    ("[Errno 20] Not a directory: 'out/2025-01-01'", "[Errno 13] Not a directory: 'out/2025-01-02'"),
    (r"cannot write C:\out\0001.png (12 KB)", r"cannot write D:\out\0002.png (9 KB)"),
    ("object at 0x7f8284832a50 has no size", "object at 0x7f8284832b70 has no size"),
    ("shapes (77x768) and (1280x320)", "shapes (154x768) and (1280x320)"),
    ("step 3 of 20: " + "the lamp broke " * 30, "step 17 of 20: " + "the lamp broke " * 30),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_error_with_other_names_and_numbers_is_the_same(house: House, one: str, other: str) -> None:
    job = house.job(tasks=8)
    for error in (one, other, one):
        end_next(house, error)
    house.tick()
    held = house.store.job(job.id).hold  # type: ignore[union-attr]
    assert held is not None and held.by == "errors"
    assert held.message.endswith(house.tasks(job)[2].error), "told as it was"


def test_runs_without_an_image_that_nobody_stopped_are_failures(house: House) -> None:
    job = house.job(tasks=8)
    for _ in range(3):
        house.tick()
        house.start_next()
        house.scheduler.end("done", stopped=False)
    house.tick()
    assert house.states(job) == ["failed"] * 3 + ["held"] * 5
    held = house.store.job(job.id).hold  # type: ignore[union-attr]
    assert held is not None and held.by == "errors" and "without an image" in held.message


@pytest.mark.parametrize("stopped", [True, None])
def test_runs_that_somebody_stopped_are_none(house: House, stopped: bool | None) -> None:
    job = house.job(tasks=8)
    for _ in range(4):
        house.tick()
        house.start_next()
        house.scheduler.end("done", stopped=stopped)
    house.tick()
    assert house.states(job)[:4] == ["interrupted"] * 4
    assert house.store.job(job.id).hold is None  # type: ignore[union-attr]


def test_a_path_that_is_no_text_ends_the_task_with_a_sentence(house: House) -> None:
    job = house.job(tasks=2)
    house.tick()
    for told in (True, False):
        task = house.start_next()
        if told:
            house.scheduler.emit(Produced(task, (house.disk.write("caf\udce9/1.png"),)))
        house.scheduler.runner.saved.append(house.disk.write("caf\udce9/1.png").path)
        house.scheduler.end()
        house.tick()
    assert house.states(job) == ["failed", "failed"]
    assert {task.error for task in house.tasks(job)} == {UNNAMED}


def test_words_that_are_no_text_are_kept_as_far_as_they_are(house: House) -> None:
    job = house.job(tasks=2)
    house.tick()
    end_next(house, "no file caf\udce9.png")
    task = house.start_next()
    made = house.disk.write("1.png")
    house.scheduler.emit(Produced(task, (Made(made.path, prompt="a \ud83d fox"),)))
    house.scheduler.end()
    house.tick()
    assert [(task.state, task.error) for task in house.tasks(job)] == [
        ("failed", "The WebUI says: no file caf?.png"),
        ("done", ""),
    ]
    assert [image.prompt for image in house.store.images_of(job.id)] == ["a ? fox"]


def test_too_few_images_of_a_batch_are_no_failure(house: House) -> None:
    job = house.job(tasks=2, images=4)
    house.tick()
    house.start_next()
    house.scheduler.save(1)
    house.scheduler.end("done", stopped=False)
    house.tick()
    assert house.states(job)[0] == "interrupted"


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


def test_a_task_that_cannot_be_prepared_fails_with_that_sentence(house: House) -> None:
    job = house.job(tasks=2)
    first = house.tasks(job)[0]
    house.unready[first.id] = NotFound("The picture to start from is gone.")
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["failed", "done"]
    assert house.store.task(first.id).error == "The picture to start from is gone."  # type: ignore[union-attr]


def test_a_failure_without_a_reason_is_looked_into(house: House) -> None:
    job = house.job(tasks=2)
    house.tick()
    id = house.start_next()
    house.unready[id] = NotFound("The picture to start from is gone.")
    house.scheduler.end("failed", "")
    house.tick()
    assert house.tasks(job)[0].error == "The picture to start from is gone."
    house.start_next()
    house.scheduler.end("failed", "")
    house.tick()
    assert "gave no reason" in house.tasks(job)[1].error


def test_a_task_that_the_scheduler_refuses_fails_with_its_sentence(house: House) -> None:
    job = house.job(tasks=2)
    house.scheduler.refuse[house.tasks(job)[0].id] = REFUSED
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["failed", "done"]
    assert "no such script" in house.tasks(job)[0].error


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
    assert "disappeared" in house.tasks(job)[1].error
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
