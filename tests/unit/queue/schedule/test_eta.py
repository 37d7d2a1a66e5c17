from __future__ import annotations

import sys
import threading

import msgspec

from inu_jobs.model import Job, Task, new_id
from inu_jobs.plan import cost
from tests.unit.queue.queue_house import House

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


def ask(house: House, jobs: list[str], stop: threading.Event, failed: list[Exception]) -> None:
    try:
        while not stop.is_set():
            for job in jobs:
                house.queue.left(job)
    except Exception as error:
        failed.append(error)


def learn(house: House, job: str) -> None:
    done = house.store.tasks_in("done")[0]
    for nth in range(300):
        house.queue._desk.durations.add(done)
        if nth % 20 == 0:
            with house.store.transaction() as t:  # another revision: what waits is looked at anew
                t.put(msgspec.structs.replace(house.store.job(job), note=str(nth)))


def test_several_ask_while_tasks_are_done(house: House) -> None:
    """Pages poll on threads of their own, and the queue learns of each task on its own."""
    add(house, [20] * 60, done=True)
    jobs = [add(house, [20, 30]).id for _ in range(3)]
    stop, failed = threading.Event(), list[Exception]()
    threads = [threading.Thread(target=ask, args=(house, jobs, stop, failed)) for _ in range(3)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        learn(house, jobs[0])
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        sys.setswitchinterval(before)
    assert failed == []
