"""Tasks that were queued with the scheduler's own button, from the queue's side."""

from __future__ import annotations

from pathlib import Path

import pytest

from inu_jobs.model import Job
from tests.unit.queue.queue_rig import QueueRig


@pytest.fixture
def rig(tmp_path: Path) -> QueueRig:
    return QueueRig(tmp_path)


def adopted(rig: QueueRig) -> list[Job]:
    return [job for job in rig.store.jobs() if job.kind == "adopted"]


def run(rig: QueueRig, images: int = 1, state: str = "done", error: str = "") -> str:
    id = rig.start_next()
    rig.scheduler.save(images)
    rig.scheduler.end(state, error)  # type: ignore[arg-type]
    rig.tick()
    return id


def test_it_becomes_a_job_with_its_own_id_and_its_images(rig: QueueRig) -> None:
    rig.scheduler.enqueue("task(abc)", n_iter=2)
    rig.tick()
    (job,) = adopted(rig)
    assert rig.states(job) == ["queued"] and rig.tasks(job)[0].id == "task(abc)"
    assert run(rig, images=2) == "task(abc)"
    assert rig.states(job) == ["done"] and len(rig.paths(job)) == 2
    assert "hand_over task(abc)" not in rig.scheduler.log


def test_the_same_settings_within_minutes_are_one_job(rig: QueueRig) -> None:
    for n in range(3):
        rig.scheduler.enqueue(f"task({n})")
        rig.tick(200)
    rig.scheduler.enqueue("task(other)", prompt="a dog")
    rig.tick()
    rig.tick(1000)
    rig.scheduler.enqueue("task(late)", prompt="a dog")
    rig.tick()
    assert [len(rig.tasks(job)) for job in sorted(adopted(rig), key=lambda job: job.created)] == [3, 1, 1]


def test_told_twice_it_is_still_one_task_and_deleted_it_stays_away(rig: QueueRig) -> None:
    rig.scheduler.enqueue("task(a)")
    rig.scheduler.enqueue("task(a)")
    rig.tick()
    (job,) = adopted(rig)
    assert len(rig.tasks(job)) == 1
    rig.queue.remove(job.id)
    assert rig.scheduler.rows_["task(a)"].state == "interrupted"
    rig.scheduler.enqueue("task(a)")
    rig.tick()
    assert adopted(rig) == []


def test_with_the_setting_off_it_is_nobodys(rig: QueueRig) -> None:
    rig.choices.adopt = False
    rig.scheduler.enqueue("task(a)")
    rig.tick()
    run(rig)
    assert rig.store.jobs() == []


def test_pause_and_resume_keep_its_row(rig: QueueRig) -> None:
    for n in range(3):
        rig.scheduler.enqueue(f"task({n})")
    rig.tick()
    (job,) = adopted(rig)
    rig.queue.pause(job.id)
    assert rig.states(job) == ["held"] * 3
    assert {row.state for row in rig.scheduler.rows_.values()} == {"interrupted"}
    rig.tick(30)
    assert rig.states(job) == ["held"] * 3
    rig.queue.resume(job.id)
    rig.tick()
    assert rig.states(job) == ["queued"] * 3
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["done"] * 3 and len(rig.paths(job)) == 3


def test_cancel_then_retry_puts_the_row_back(rig: QueueRig) -> None:
    rig.scheduler.enqueue("task(a)")
    rig.tick()
    (job,) = adopted(rig)
    rig.queue.cancel(job.id)
    rig.tick()
    assert rig.states(job) == ["cancelled"] and not rig.scheduler.pending()
    rig.queue.retry(job.id)
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["done"] and "put_back task(a)" in rig.scheduler.log


def test_a_retry_without_its_row_says_why_it_cannot(rig: QueueRig) -> None:
    rig.scheduler.enqueue("task(a)")
    rig.tick()
    (job,) = adopted(rig)
    assert run(rig, images=0, state="failed", error="boom") == "task(a)"
    assert rig.states(job) == ["failed"]
    del rig.scheduler.rows_["task(a)"]  # "Clear history"
    rig.queue.retry(job.id)
    rig.tick()
    assert rig.states(job) == ["failed"]
    assert "queue it again" in rig.tasks(job)[0].error


def test_a_script_of_the_page_may_make_fewer_than_it_seemed(rig: QueueRig) -> None:
    rig.scheduler.enqueue("task(a)", n_iter=4)
    rig.tick()
    (job,) = adopted(rig)
    run(rig, images=1)
    assert rig.states(job) == ["done"]


def test_interrupted_on_the_page_it_is_interrupted_though_the_scheduler_says_done(rig: QueueRig) -> None:
    rig.scheduler.enqueue("task(a)", n_iter=4)
    rig.tick()
    (job,) = adopted(rig)
    rig.start_next()
    rig.scheduler.runner.interrupted = True
    rig.scheduler.save(1)
    rig.scheduler.end("done")
    rig.tick()
    assert rig.states(job) == ["interrupted"] and len(rig.paths(job)) == 1


def test_many_of_them_do_not_keep_our_own_jobs_waiting(rig: QueueRig) -> None:
    for n in range(30):
        rig.scheduler.enqueue(f"task({n})")
    rig.tick()
    job = rig.job(tasks=6)
    rig.tick()
    assert rig.states(job) == ["queued"] * 3 + ["held"] * 3


def test_after_a_kill_it_goes_on(rig: QueueRig) -> None:
    for n in range(2):
        rig.scheduler.enqueue(f"task({n})")
    rig.tick()
    rig.start_next()
    rig.restart()
    rig.scheduler.rows_["task(1)"].state = "done"
    del rig.scheduler.rows_["task(0)"]
    rig.tick()
    (job,) = adopted(rig)
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["lost", "interrupted"]


WHOLE = {"steps": 20, "sampler_name": "Euler"}


def test_other_seeds_of_the_same_settings_are_one_job(rig: QueueRig) -> None:
    for n, seed in enumerate((-1, 7, 7)):
        rig.scheduler.enqueue(f"task({n})", **WHOLE, seed=seed)
    rig.scheduler.enqueue("task(other)", **{**WHOLE, "steps": 30}, seed=7)
    rig.tick()
    found = [[task.changes for task in rig.tasks(job)] for job in adopted(rig)]
    assert sorted(found, key=len) == [[{}], [{}, {"seed": 7}, {"seed": 7}]]


def test_whole_settings_do_without_the_row(rig: QueueRig) -> None:
    rig.scheduler.enqueue("task(a)", **WHOLE, seed=7)
    rig.tick()
    (job,) = adopted(rig)
    run(rig, images=0, state="failed", error="boom")
    del rig.scheduler.rows_["task(a)"]  # "Clear history"
    rig.queue.retry(job.id)
    rig.tick()
    assert "hand_over task(a)" in rig.scheduler.log
    assert rig.scheduler.rows_["task(a)"].request.payload["steps"] == 20
    rig.scheduler.run_all(rig.tick)
    assert rig.states(job) == ["done"] and len(rig.paths(job)) == 1
