"""Tasks that were queued with the scheduler's own button, from the queue's side."""

from __future__ import annotations

from pathlib import Path

import pytest

from inu_jobs.model import Job
from tests.unit.queue.queue_house import House


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def adopted(house: House) -> list[Job]:
    return [job for job in house.store.jobs() if job.kind == "adopted"]


def run(house: House, images: int = 1, state: str = "done", error: str = "") -> str:
    id = house.start_next()
    house.scheduler.save(images)
    house.scheduler.end(state, error)  # type: ignore[arg-type]
    house.tick()
    return id


def test_it_becomes_a_job_with_its_own_id_and_its_images(house: House) -> None:
    house.scheduler.enqueue("task(abc)", n_iter=2)
    house.tick()
    (job,) = adopted(house)
    assert house.states(job) == ["queued"] and house.tasks(job)[0].id == "task(abc)"
    assert run(house, images=2) == "task(abc)"
    assert house.states(job) == ["done"] and len(house.paths(job)) == 2
    assert "hand_over task(abc)" not in house.scheduler.log


def test_the_same_settings_within_minutes_are_one_job(house: House) -> None:
    for n in range(3):
        house.scheduler.enqueue(f"task({n})")
        house.tick(200)
    house.scheduler.enqueue("task(other)", prompt="a dog")
    house.tick()
    house.tick(1000)
    house.scheduler.enqueue("task(late)", prompt="a dog")
    house.tick()
    assert [len(house.tasks(job)) for job in sorted(adopted(house), key=lambda job: job.created)] == [3, 1, 1]


def test_told_twice_it_is_still_one_task_and_deleted_it_stays_away(house: House) -> None:
    house.scheduler.enqueue("task(a)")
    house.scheduler.enqueue("task(a)")
    house.tick()
    (job,) = adopted(house)
    assert len(house.tasks(job)) == 1
    house.queue.remove(job.id)
    assert house.scheduler.rows_["task(a)"].state == "interrupted"
    house.scheduler.enqueue("task(a)")
    house.tick()
    assert adopted(house) == []


def test_with_the_setting_off_it_is_nobodys(house: House) -> None:
    house.choices.adopt = False
    house.scheduler.enqueue("task(a)")
    house.tick()
    run(house)
    assert house.store.jobs() == []


def test_pause_and_resume_keep_its_row(house: House) -> None:
    for n in range(3):
        house.scheduler.enqueue(f"task({n})")
    house.tick()
    (job,) = adopted(house)
    house.queue.pause(job.id)
    assert house.states(job) == ["held"] * 3
    assert {row.state for row in house.scheduler.rows_.values()} == {"interrupted"}
    house.tick(30)
    assert house.states(job) == ["held"] * 3
    house.queue.resume(job.id)
    house.tick()
    assert house.states(job) == ["queued"] * 3
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["done"] * 3 and len(house.paths(job)) == 3


def test_cancel_then_retry_puts_the_row_back(house: House) -> None:
    house.scheduler.enqueue("task(a)")
    house.tick()
    (job,) = adopted(house)
    house.queue.cancel(job.id)
    house.tick()
    assert house.states(job) == ["cancelled"] and not house.scheduler.pending()
    house.queue.retry(job.id)
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["done"] and "put_back task(a)" in house.scheduler.log


def test_a_retry_without_its_row_says_why_it_cannot(house: House) -> None:
    house.scheduler.enqueue("task(a)")
    house.tick()
    (job,) = adopted(house)
    assert run(house, images=0, state="failed", error="boom") == "task(a)"
    assert house.states(job) == ["failed"]
    del house.scheduler.rows_["task(a)"]  # "Clear history"
    house.queue.retry(job.id)
    house.tick()
    assert house.states(job) == ["failed"]
    assert "queue it again" in house.tasks(job)[0].error


def test_a_script_of_the_page_may_make_fewer_than_it_seemed(house: House) -> None:
    house.scheduler.enqueue("task(a)", n_iter=4)
    house.tick()
    (job,) = adopted(house)
    run(house, images=1)
    assert house.states(job) == ["done"]


def test_interrupted_on_the_page_it_is_interrupted_though_the_scheduler_says_done(house: House) -> None:
    house.scheduler.enqueue("task(a)", n_iter=4)
    house.tick()
    (job,) = adopted(house)
    house.start_next()
    house.scheduler.runner.interrupted = True
    house.scheduler.save(1)
    house.scheduler.end("done")
    house.tick()
    assert house.states(job) == ["interrupted"] and len(house.paths(job)) == 1


def test_many_of_them_do_not_keep_our_own_jobs_waiting(house: House) -> None:
    for n in range(30):
        house.scheduler.enqueue(f"task({n})")
    house.tick()
    job = house.job(tasks=6)
    house.tick()
    assert house.states(job) == ["queued"] * 3 + ["held"] * 3


def test_after_a_kill_it_goes_on(house: House) -> None:
    for n in range(2):
        house.scheduler.enqueue(f"task({n})")
    house.tick()
    house.start_next()
    house.restart()
    house.scheduler.rows_["task(1)"].state = "done"
    del house.scheduler.rows_["task(0)"]
    house.tick()
    (job,) = adopted(house)
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["lost", "interrupted"]


WHOLE = {"steps": 20, "sampler_name": "Euler"}


def test_other_seeds_of_the_same_settings_are_one_job(house: House) -> None:
    for n, seed in enumerate((-1, 7, 7)):
        house.scheduler.enqueue(f"task({n})", **WHOLE, seed=seed)
    house.scheduler.enqueue("task(other)", **{**WHOLE, "steps": 30}, seed=7)
    house.tick()
    found = [[task.changes for task in house.tasks(job)] for job in adopted(house)]
    assert sorted(found, key=len) == [[{}], [{}, {"seed": 7}, {"seed": 7}]]


def test_whole_settings_do_without_the_row(house: House) -> None:
    house.scheduler.enqueue("task(a)", **WHOLE, seed=7)
    house.tick()
    (job,) = adopted(house)
    run(house, images=0, state="failed", error="boom")
    del house.scheduler.rows_["task(a)"]  # "Clear history"
    house.queue.retry(job.id)
    house.tick()
    assert "hand_over task(a)" in house.scheduler.log
    assert house.scheduler.rows_["task(a)"].request.payload["steps"] == 20
    house.scheduler.run_all(house.tick)
    assert house.states(job) == ["done"] and len(house.paths(job)) == 1
