"""Which runs count as failed, and when failures hold a job."""

from __future__ import annotations

import pytest

from inu_jobs.errors import NotFound
from inu_jobs.ports import Made, Produced
from inu_jobs.queue.failure_reasons import UNNAMED
from tests.unit.queue.queue_ends import end_next
from tests.unit.queue.queue_house import House
from tests.unit.queue.queue_scripted import REFUSED


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
