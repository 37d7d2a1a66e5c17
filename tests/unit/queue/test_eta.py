from __future__ import annotations

import msgspec
from queue_house import House

from inu_jobs.model import Job, Task, new_id
from inu_jobs.plan import cost

BASE = {"prompt": "a fox", "width": 512, "height": 512, "steps": 20, "sampler_name": "Euler"}


def add(house: House, steps: list[int], done: bool = False) -> Job:
    """A job with a task for each number of steps; a step took a tenth of a second if they are done."""
    with house.store.transaction() as t:
        payload = t.put_payload(BASE)
        job = Job(new_id("j"), "steps", "txt2img", house.clock(), payload)
        t.put(job)
        for index, count in enumerate(steps):
            task = Task(new_id("t") + str(index), job.id, index, payload, changes={"steps": count})
            if done:
                began = house.clock()
                house.clock.now += count * 0.1
                task = msgspec.structs.replace(task, state="done", started=began, finished=house.clock())
            t.put(task)
    return job


def test_what_is_left_follows_the_work_and_not_the_number_of_tasks(house: House) -> None:
    add(house, [10, 20, 30], done=True)
    job = add(house, [10, 50])
    assert round(house.queue.left(job.id) or 0, 6) == 6.0


def test_it_gets_better_as_the_job_runs(house: House) -> None:
    add(house, [20] * 5, done=True)
    job = add(house, [20] * 4)
    assert round(house.queue.left(job.id) or 0, 6) == 8.0
    house.tick()
    house.start_next()
    house.clock.now += 6  # three times as slow as anything before
    house.scheduler.save(1)
    house.scheduler.end("done")
    house.tick()
    assert round(house.queue.left(job.id) or 0, 6) == 18.0


def test_nothing_known_and_nothing_left_are_none(house: House) -> None:
    job = add(house, [20, 20])
    assert house.queue.left(job.id) is None
    assert house.queue.estimate([cost(BASE, {})]).seconds is None
    done = add(house, [20], done=True)
    assert house.queue.left(done.id) is None


def test_an_estimate_counts_the_changes_of_model(house: House) -> None:
    models = ["a", "b", "a", "b"]
    costs = [cost(BASE, {"override_settings.sd_model_checkpoint": model}) for model in models]
    assert house.queue.estimate(costs).loads == 1
    assert house.queue.estimate(costs[::2]).loads == 0
    house.choices.same_model_run = 0
    assert house.queue.estimate(costs).loads == 3
