"""Which runs count as failed, and when failures hold a job."""

from __future__ import annotations

import pytest

from inu_jobs.errors import NotFound
from inu_jobs.ports import Made, Produced
from inu_jobs.queue.failure_reasons import UNNAMED
from tests.unit.queue.queue_ends import end_next
from tests.unit.queue.queue_rig import QueueRig
from tests.unit.queue.queue_scripted import REFUSED


def test_equal_failures_in_a_row_hold_the_job(rig: QueueRig) -> None:
    job = rig.job(tasks=8)
    for _ in range(3):
        rig.tick()
        rig.start_next()
        rig.scheduler.end("failed", "no such lamp")
    rig.tick()
    held = rig.store.job(job.id).hold  # type: ignore[union-attr]
    assert held is not None and held.by == "errors"
    assert "3 tasks in a row failed" in held.message and "no such lamp" in held.message
    assert rig.states(job) == ["failed"] * 3 + ["held"] * 5
    rig.tick(60)
    assert rig.scheduler.pending() == []


def test_another_reason_begins_to_count_anew(rig: QueueRig) -> None:
    rig.choices.look_ahead = 8
    job = rig.job(tasks=20)
    rig.tick()
    end_next(rig, "one")
    end_next(rig, "two")
    rig.tick()
    assert rig.scheduler.pending() == [task.id for task in rig.tasks(job)[2:4]]


def test_a_job_that_worked_and_begins_to_fail_gets_back_what_is_too_much(rig: QueueRig) -> None:
    rig.choices.look_ahead = 8
    job = rig.job(tasks=20)
    end_next(rig)
    rig.tick()
    rig.tick()
    assert len(rig.scheduler.pending()) == 8
    end_next(rig, "no such lamp")
    rig.tick()
    assert rig.scheduler.pending() == [task.id for task in rig.tasks(job)[2:4]]
    end_next(rig)
    rig.tick()
    rig.tick()
    assert len(rig.scheduler.pending()) == 8


def test_after_a_restart_or_an_edit_a_job_has_to_show_again_that_it_works(rig: QueueRig) -> None:
    rig.choices.look_ahead = 8
    job = rig.job(tasks=20)
    end_next(rig)
    rig.tick()
    rig.queue.replan(job.id, lambda: None)
    rig.tick()
    assert len(rig.scheduler.pending()) == 3
    end_next(rig)
    rig.tick()
    rig.restart()
    rig.tick()
    assert len(rig.scheduler.pending()) == 3


def test_different_failures_do_not(rig: QueueRig) -> None:
    job = rig.job(tasks=8)
    for reason in ("one", "two", "one", "two"):
        rig.tick()
        rig.start_next()
        rig.scheduler.end("failed", reason)
    rig.tick()
    assert rig.store.job(job.id).hold is None  # type: ignore[union-attr]


SAME = [
    ("Lora 'ada' not found in /models/Lora", "Lora 'eve' not found in /models/Lora/people"),
    ("[Errno 20] Not a directory: 'out/2025-01-01'", "[Errno 13] Not a directory: 'out/2025-01-02'"),
    (r"cannot write C:\out\0001.png (12 KB)", r"cannot write D:\out\0002.png (9 KB)"),
    ("object at 0x7f8284832a50 has no size", "object at 0x7f8284832b70 has no size"),
    ("shapes (77x768) and (1280x320)", "shapes (154x768) and (1280x320)"),
    ("step 3 of 20: " + "the lamp broke " * 30, "step 17 of 20: " + "the lamp broke " * 30),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_error_with_other_names_and_numbers_is_the_same(rig: QueueRig, one: str, other: str) -> None:
    job = rig.job(tasks=8)
    for error in (one, other, one):
        end_next(rig, error)
    rig.tick()
    held = rig.store.job(job.id).hold  # type: ignore[union-attr]
    assert held is not None and held.by == "errors"
    assert held.message.endswith(rig.tasks(job)[2].error), "told as it was"


def test_runs_without_an_image_that_nobody_stopped_are_failures(rig: QueueRig) -> None:
    job = rig.job(tasks=8)
    for _ in range(3):
        rig.tick()
        rig.start_next()
        rig.scheduler.end("done", stopped=False)
    rig.tick()
    assert rig.states(job) == ["failed"] * 3 + ["held"] * 5
    held = rig.store.job(job.id).hold  # type: ignore[union-attr]
    assert held is not None and held.by == "errors" and "without an image" in held.message


@pytest.mark.parametrize("stopped", [True, None])
def test_runs_that_somebody_stopped_are_none(rig: QueueRig, stopped: bool | None) -> None:
    job = rig.job(tasks=8)
    for _ in range(4):
        rig.tick()
        rig.start_next()
        rig.scheduler.end("done", stopped=stopped)
    rig.tick()
    assert rig.states(job)[:4] == ["interrupted"] * 4
    assert rig.store.job(job.id).hold is None  # type: ignore[union-attr]


def test_a_path_that_is_no_text_ends_the_task_with_a_sentence(rig: QueueRig) -> None:
    job = rig.job(tasks=2)
    rig.tick()
    for told in (True, False):
        task = rig.start_next()
        if told:
            rig.scheduler.emit(Produced(task, (rig.disk.write("caf\udce9/1.png"),)))
        rig.scheduler.runner.saved.append(rig.disk.write("caf\udce9/1.png").path)
        rig.scheduler.end()
        rig.tick()
    assert rig.states(job) == ["failed", "failed"]
    assert {task.error for task in rig.tasks(job)} == {UNNAMED}


def test_words_that_are_no_text_are_kept_as_far_as_they_are(rig: QueueRig) -> None:
    job = rig.job(tasks=2)
    rig.tick()
    end_next(rig, "no file caf\udce9.png")
    task = rig.start_next()
    made = rig.disk.write("1.png")
    rig.scheduler.emit(Produced(task, (Made(made.path, prompt="a \ud83d fox"),)))
    rig.scheduler.end()
    rig.tick()
    assert [(task.state, task.error) for task in rig.tasks(job)] == [
        ("failed", "The WebUI says: no file caf?.png"),
        ("done", ""),
    ]
    assert [image.prompt for image in rig.store.images_of(job.id)] == ["a ? fox"]


def test_too_few_images_of_a_batch_are_no_failure(rig: QueueRig) -> None:
    job = rig.job(tasks=2, images=4)
    rig.tick()
    rig.start_next()
    rig.scheduler.save(1)
    rig.scheduler.end("done", stopped=False)
    rig.tick()
    assert rig.states(job)[0] == "interrupted"


def test_a_task_that_cannot_be_prepared_fails_with_that_sentence(rig: QueueRig) -> None:
    job = rig.job(tasks=2)
    first = rig.tasks(job)[0]
    rig.unready[first.id] = NotFound("The picture to start from is gone.")
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["failed", "done"]
    assert rig.store.task(first.id).error == "The picture to start from is gone."  # type: ignore[union-attr]


def test_a_failure_without_a_reason_is_looked_into(rig: QueueRig) -> None:
    job = rig.job(tasks=2)
    rig.tick()
    id = rig.start_next()
    rig.unready[id] = NotFound("The picture to start from is gone.")
    rig.scheduler.end("failed", "")
    rig.tick()
    assert rig.tasks(job)[0].error == "The picture to start from is gone."
    rig.start_next()
    rig.scheduler.end("failed", "")
    rig.tick()
    assert "gave no reason" in rig.tasks(job)[1].error


def test_a_task_that_the_scheduler_refuses_fails_with_its_sentence(rig: QueueRig) -> None:
    job = rig.job(tasks=2)
    rig.scheduler.refuse[rig.tasks(job)[0].id] = REFUSED
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["failed", "done"]
    assert "no such script" in rig.tasks(job)[0].error
