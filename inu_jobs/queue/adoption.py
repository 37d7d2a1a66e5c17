"""Tasks queued with the scheduler's own button: they become jobs, and their rows are what runs, until
somebody edits them."""

from __future__ import annotations

from ..model import Job, Payload, Task, new_id
from ..ports import Enqueued
from ..sentences import say
from .desk import Desk

_TOGETHER = 600.0  # seconds between tasks with the same settings that still belong to one job
#: fields of a page's payload that the scheduler's row does not contain (webui/scheduler/enqueued.py)
_OF_THE_PAGE = ("steps", "sampler_name")
GONE = say(
    "It was queued with Agent Scheduler's own button and is no longer in its list, which was the only"
    " place with all of its settings: queue it again."
)


def adopt(desk: Desk, event: Enqueued) -> None:
    """Add it to the newest adopted job if that is recent and has the same settings, apart from seeds, else to
    a new job. It is already waiting at the scheduler."""
    if not desk.settings.adopt or desk.store.task(event.task) is not None or event.task in desk.stopping:
        return
    now = desk.clock()
    with desk.store.transaction() as transaction:
        job = _newest(desk)
        seeds = None if job is None else _other_seeds(desk.store.payload(job.payload) or {}, event.payload)
        if job is None or seeds is None or job.hold is not None or job.archived or _old(desk, job):
            payload = transaction.put_payload(event.payload)
            job = Job(new_id("j"), event.name, "adopted", now, payload)
            transaction.put(job)
            seeds = {}
        index = max((task.index + 1 for task in desk.store.tasks_of(job.id)), default=0)
        task = Task(event.task, job.id, index, job.payload, seeds, state="queued", images=event.images)
        transaction.put(task)


def _other_seeds(before: Payload, now: Payload) -> Payload | None:
    """The seeds of ``now`` that differ from ``before``; None if anything else differs."""
    other = {field: value for field, value in now.items() if before.get(field, None) != value}
    same = before.keys() == now.keys() and other.keys() <= {"seed", "subseed"}
    return other if same else None


def _newest(desk: Desk) -> Job | None:
    adopted = [job for job in desk.store.jobs() if job.kind == "adopted"]
    return max(adopted, key=lambda job: (job.created, job.id), default=None)


def _old(desk: Desk, job: Job) -> bool:
    """By its latest activity: many tasks in a row are one job however long they take."""
    signs = [sign for task in desk.store.tasks_of(job.id) for sign in (task.started, task.finished) if sign]
    return desk.clock() - max([job.created, *signs]) > _TOGETHER


def is_whole(payload: Payload) -> bool:
    """Whether all settings of an adopted task are known, so that it can run without its row."""
    return all(field in payload for field in _OF_THE_PAGE)


def own(desk: Desk, task: Task) -> bool:
    """Whether we handed it over ourselves, and so can do it again."""
    job = desk.store.job(task.job)
    return job is None or job.kind != "adopted"
