from __future__ import annotations

import sys
import threading

import msgspec

from inu_jobs.model import Job, Task, new_id
from inu_jobs.plan import cost
from tests.unit.queue.queue_rig import QueueRig

BASE = {"prompt": "a fox", "width": 512, "height": 512, "steps": 20, "sampler_name": "Euler"}


def add(rig: QueueRig, steps: list[int], done: bool = False) -> Job:
    """A job with a task for each number of steps; a step took a tenth of a second if they are done."""
    with rig.store.transaction() as t:
        payload = t.put_payload(BASE)
        job = Job(new_id("j"), "steps", "txt2img", rig.clock(), payload)
        t.put(job)
        for index, count in enumerate(steps):
            task = Task(new_id("t") + str(index), job.id, index, payload, changes={"steps": count})
            if done:
                began = rig.clock()
                rig.clock.now += count * 0.1
                task = msgspec.structs.replace(task, state="done", started=began, finished=rig.clock())
            t.put(task)
    return job


def test_what_is_left_follows_the_work_and_not_the_number_of_tasks(rig: QueueRig) -> None:
    add(rig, [10, 20, 30], done=True)
    job = add(rig, [10, 50])
    assert round(rig.queue.left(job.id) or 0, 6) == 6.0


def test_it_gets_better_as_the_job_runs(rig: QueueRig) -> None:
    add(rig, [20] * 5, done=True)
    job = add(rig, [20] * 4)
    assert round(rig.queue.left(job.id) or 0, 6) == 8.0
    rig.tick()
    rig.start_next()
    rig.clock.now += 6  # three times as slow as anything before
    rig.scheduler.save(1)
    rig.scheduler.end("done")
    rig.tick()
    assert round(rig.queue.left(job.id) or 0, 6) == 18.0


def test_nothing_known_and_nothing_left_are_none(rig: QueueRig) -> None:
    job = add(rig, [20, 20])
    assert rig.queue.left(job.id) is None
    assert rig.queue.estimate([cost(BASE, {})]).seconds is None
    done = add(rig, [20], done=True)
    assert rig.queue.left(done.id) is None


def test_an_estimate_counts_the_changes_of_model(rig: QueueRig) -> None:
    models = ["a", "b", "a", "b"]
    costs = [cost(BASE, {"override_settings.sd_model_checkpoint": model}) for model in models]
    assert rig.queue.estimate(costs).loads == 1
    assert rig.queue.estimate(costs[::2]).loads == 0
    rig.choices.same_model_run = 0
    assert rig.queue.estimate(costs).loads == 3


def ask(rig: QueueRig, jobs: list[str], stop: threading.Event, failed: list[Exception]) -> None:
    try:
        while not stop.is_set():
            for job in jobs:
                rig.queue.left(job)
    except Exception as error:
        failed.append(error)


def learn(rig: QueueRig, job: str) -> None:
    done = rig.store.tasks_in("done")[0]
    for nth in range(300):
        rig.queue._desk.durations.add(done)
        if nth % 20 == 0:
            with rig.store.transaction() as t:  # another revision: what waits is looked at anew
                t.put(msgspec.structs.replace(rig.store.job(job), note=str(nth)))


def test_several_ask_while_tasks_are_done(rig: QueueRig) -> None:
    """Pages poll on threads of their own, and the queue learns of each task on its own."""
    add(rig, [20] * 60, done=True)
    jobs = [add(rig, [20, 30]).id for _ in range(3)]
    stop, failed = threading.Event(), list[Exception]()
    threads = [threading.Thread(target=ask, args=(rig, jobs, stop, failed)) for _ in range(3)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        learn(rig, jobs[0])
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        sys.setswitchinterval(before)
    assert failed == []
