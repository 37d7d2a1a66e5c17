"""Tasks that were queued with the scheduler's own button: they become jobs, and their rows stay what
runs, as nobody else has all of their settings."""

from __future__ import annotations

import time

from ..model import Job, Task, new_id
from ..ports import Enqueued
from .desk import Desk

_TOGETHER = 600.0  # seconds between two tasks with the same settings that still are one job
GONE = (
    "It was queued with Agent Scheduler's own button and is not in its list any more, which alone had"
    " all of its settings: queue it again."
)


def adopt(desk: Desk, event: Enqueued) -> None:
    """Make it a task of the newest adopted job if that has the same settings and is young, else of a
    job of its own. It waits at the scheduler already."""
    if not desk.settings.adopt or desk.store.task(event.task) is not None or event.task in desk.stopping:
        return
    now = desk.clock()
    with desk.store.transaction() as transaction:
        payload = transaction.put_payload(event.payload)
        job = _newest(desk)
        if job is None or job.payload != payload or job.hold is not None or job.archived or _old(desk, job):
            when = time.strftime("%Y-%m-%d %H:%M", time.localtime(now))
            job = Job(new_id("j"), event.name or f"Enqueued {when}", "adopted", now, payload)
            transaction.put(job)
        index = max((task.index + 1 for task in desk.store.tasks_of(job.id)), default=0)
        transaction.put(Task(event.task, job.id, index, payload, state="queued", images=event.images))


def _newest(desk: Desk) -> Job | None:
    adopted = [job for job in desk.store.jobs() if job.kind == "adopted"]
    return max(adopted, key=lambda job: (job.created, job.id), default=None)


def _old(desk: Desk, job: Job) -> bool:
    """By the newest sign of life: a long row of tasks is one job however long it takes."""
    signs = [sign for task in desk.store.tasks_of(job.id) for sign in (task.started, task.finished) if sign]
    return desk.clock() - max([job.created, *signs]) > _TOGETHER


def own(desk: Desk, task: Task) -> bool:
    """We handed it over ourselves, so we can do so again."""
    job = desk.store.job(task.job)
    return job is None or job.kind != "adopted"
