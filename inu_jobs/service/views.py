"""Turns records into the API's responses."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_args

import msgspec

from .. import api
from ..fields.table import unit_of
from ..model import Axis, Image, Job, JobState, Kind, Payload, Task, TaskState
from ..plan import SIZE_FIELDS, axis_title, final_size, label, value_titles
from ..queue import Queue
from ..queue.adoption import is_whole
from ..queue.schedule.windows import opens
from ..sentences import UNSAID, Sentence, kept, say, says_of
from ..store import Store
from . import hold_titles

#: the states by which a job list can be filtered
STATES: tuple[str, ...] = (*get_args(JobState), "archived")
#: seconds between two of a job's tasks during which it still counts as running
GAP = 5.0
_WITHOUT_TEXT = {
    "failed": say("A task failed, and Agent Scheduler gave no reason."),
    "lost": say("A task was lost: Agent Scheduler no longer knows it."),
}


def job_state(
    counts: Mapping[TaskState, int], unreviewed: int, images: int, held: bool, busy: bool
) -> JobState:
    """``counts``: tasks by state. ``images``: how many there are. ``busy``: it is between two tasks."""
    if counts.get("running"):
        return "running"
    if counts.get("held") or counts.get("queued"):
        return "held" if held else "running" if busy else "waiting"
    if unreviewed:
        return "review"
    if counts.get("done") or images:
        return "done"
    return "failed" if counts.get("failed") or counts.get("lost") else "cancelled"  # or it has no tasks


def own_jobs(store: Store) -> list[Job]:
    """All jobs but those of guests, newest first."""
    return [job for job in store.jobs() if job.guest is None]


class Facts(msgspec.Struct, frozen=True):
    """What can only be found by going through a job's tasks and images."""

    parameters: api.Parameters
    expected: int
    started: float | None
    finished: float | None  # when its latest task ended
    error: Sentence
    cover: str | None
    not_composed: Sentence


class Views:
    """Caches the ``Facts`` of jobs until the store reports a change, so that polling costs as much as has
    changed, not as much as exists."""

    def __init__(
        self,
        store: Store,
        queue: Queue,
        clock: Callable[[], float] = time.time,
        name_of: Callable[[str], str] = lambda lane: "",
    ) -> None:
        """``name_of``: the name of a machine by its id, '' if it was removed."""
        self._name_of = name_of
        self._store = store
        self._queue = queue
        self._clock = clock
        self._lock = threading.Lock()
        self._facts: dict[str, Facts] = {}
        #: by job, and for which payloads: those stay the same, while the facts change with every task
        self._parameters: dict[str, tuple[frozenset[str], api.Parameters]] = {}
        self._seen = ("", -1)

    def facts(self, job: Job) -> Facts:
        """The job's facts, cached."""
        with self._lock:
            self._forget_changed()
            known = self._facts.get(job.id)
            seen = self._seen
        if known is None:
            known = find_facts(self._store, job, self._parameters_of(job))
            with self._lock:
                # a change made while we looked must not be hidden by what we saw before it
                if seen == self._seen == (self._store.epoch, self._store.revision):
                    self._facts[job.id] = known
        return known

    def _parameters_of(self, job: Job) -> api.Parameters:
        tasks = self._store.tasks_of(job.id)
        payloads = frozenset(task.payload for task in tasks) or frozenset([job.payload])
        known = self._parameters.get(job.id)
        if known is None or known[0] != payloads:
            found = (parameters_in(self._store.payload(payload) or {}) for payload in payloads)
            known = self._parameters[job.id] = payloads, in_common(found)
        return known[1]

    def _forget_changed(self) -> None:
        changes = self._store.changes(*self._seen)
        if changes.reset:
            self._facts.clear()
            self._parameters.clear()
        else:
            for id in affected(self._store, changes.jobs, changes.tasks, changes.images):
                self._facts.pop(id, None)
            if changes.removed_tasks or changes.removed_images:
                self._facts.clear()  # it is unknown whose they were
                self._parameters.clear()
        self._seen = (changes.epoch, changes.revision)

    def state(self, job: Job) -> JobState:
        counts = self._store.task_counts(job.id)
        verdicts = self._store.verdict_counts(job.id)
        held = job.hold is not None
        busy = bool(counts.get("queued")) and not held and self._between_tasks(job)
        return job_state(counts, verdicts.get("unreviewed", 0), sum(verdicts.values()), held, busy)

    def _between_tasks(self, job: Job) -> bool:
        if self._queue.running() is not None:
            return False  # another job's turn
        finished = self.facts(job).finished
        return finished is not None and 0 <= self._clock() - finished < GAP

    def summary(self, job: Job) -> api.JobSummary:
        counts = self._store.task_counts(job.id)
        verdicts = self._store.verdict_counts(job.id)
        facts = self.facts(job)
        total = sum(counts.values())
        left = counts.get("held", 0) + counts.get("queued", 0) + counts.get("running", 0)
        run = self._queue.runs().get(job.id) if left else None
        return api.JobSummary(
            id=job.id, name=job.name, kind=job.kind, state=self.state(job), created=job.created,
            tasks={**{state: n for state, n in counts.items() if n}, "total": total},
            images=api.ImageCounts(
                total=sum(verdicts.values()), expected=facts.expected,
                unreviewed=verdicts.get("unreviewed", 0), kept=verdicts.get("kept", 0),
                rejected=verdicts.get("rejected", 0), findings=self._store.findings_count(job.id),
            ),
            progress=(total - left) / total if total else 0.0,
            parameters=facts.parameters,
            eta=self._queue.eta(job.id) if left else None,
            cover=facts.cover, started=facts.started, finished=None if left else facts.finished,
            hold=hold_titles.of_job(job.hold), priority=job.priority, note=job.note, archived=job.archived,
            parent=job.parent, error=facts.error, error_says=says_of(facts.error),
            windows=job.windows, composed=facts.not_composed == "",
            not_composed=facts.not_composed, not_composed_says=says_of(facts.not_composed),
            opens=opens(job.windows, self._clock()) if left else None,
            ends=run.ends if run else None, waits=run.waits if run else "",
        )  # fmt: skip

    def _task(self, task: Task, job: Job, size: tuple[int, int]) -> api.TaskView:
        width, height = size
        return api.TaskView(
            id=task.id, job=task.job, index=task.index, state=task.state, error=task.error,
            error_says=task.error_says,
            changes=task.changes, coords=task.coords, label=label(job.axes, task),
            source_label=self._source_label(task), axes_label=label(job.axes, task, with_drawn=False),
            images=len(self._store.images_of_task(task.id)), width=width, height=height,
            source=task.source, started=task.started, finished=task.finished, purged=task.purged,
            machine=self._machine(task.lane),
        )  # fmt: skip

    def _machine(self, lane: str) -> str:
        return (self._name_of(lane) or say("another machine")) if lane else ""

    def tasks(self, tasks: list[Task]) -> list[api.TaskView]:
        """For tasks of any jobs; each payload is read once."""
        payloads: dict[str, tuple[Payload, tuple[int, int]]] = {}
        found = []
        for task in tasks:
            job = self._store.job(task.job)
            if job is None:
                continue  # deleted in the meantime
            if task.payload not in payloads:
                payload = self._store.payload(task.payload) or {}
                payloads[task.payload] = payload, final_size(payload, {})
            payload, size = payloads[task.payload]
            if not SIZE_FIELDS.isdisjoint(task.changes):
                size = final_size(payload, task.changes)
            found.append(self._task(task, job, size))
        return found

    def _source_label(self, task: Task) -> str:
        image = self._store.image(task.source) if task.source is not None else None
        made_by = self._store.task(image.task) if image is not None else None
        job = self._store.job(made_by.job) if made_by is not None else None
        if made_by is None or job is None:
            return ""
        return label(job.axes, made_by) or f"{job.name} {made_by.index + 1}"


def numbers_in(store: Store, job: str) -> dict[str, int]:
    """The images' numbers as the grid shows them (ui/grid/slots.mjs): each task has as many as it made, or
    one while it waits, and permanently deleted images keep theirs."""
    of_task: dict[str, list[Image]] = {}
    for image in store.images_of(job):
        of_task.setdefault(image.task, []).append(image)
    numbers: dict[str, int] = {}
    first = 1
    for task in store.tasks_of(job):
        images = of_task.get(task.id, [])
        numbers |= {image.id: first + nth for nth, image in enumerate(images)}
        gone = task.purged if task.state == "done" else 0
        first += max(len(images), 0 if gone else 1) + gone
    return numbers


def affected(store: Store, jobs: list[str], tasks: list[str], images: list[str]) -> list[str]:
    """The jobs that these records are or belong to, if they still exist."""
    found = dict.fromkeys(jobs)
    for record in (*map(store.task, tasks), *map(store.image, images)):
        if record is not None:
            found[record.job] = None
    return list(found)


def find_facts(store: Store, job: Job, parameters: api.Parameters) -> Facts:
    """Goes through all tasks and images of the job."""
    tasks, images = store.tasks_of(job.id), store.images_of(job.id)
    shown = [image for image in images if not image.trashed]
    cover = next((i for i in shown if i.verdict == "kept"), None)
    if cover is None and shown:
        cover = max(shown, key=lambda i: (i.verdict != "rejected", i.created))
    bad = [task for task in tasks if task.state in _WITHOUT_TEXT]
    newest = max(bad, key=lambda task: task.finished or 0.0, default=None)
    return Facts(
        parameters=parameters,
        expected=_expected(tasks, images),
        started=min((task.started for task in tasks if task.started is not None), default=None),
        finished=max((task.finished for task in tasks if task.finished is not None), default=None),
        error=(kept(newest.error, newest.error_says) or _WITHOUT_TEXT[newest.state]) if newest else UNSAID,
        cover=cover.id if cover else None,
        not_composed=why_not_composed(store, job),
    )


def _expected(tasks: list[Task], images: list[Image]) -> int:
    """A finished task's deleted images are not expected; any other task is to make them again."""
    shown = Counter(image.task for image in images if not image.trashed)
    trashed = Counter(image.task for image in images if image.trashed)
    return sum(
        max(shown[task.id], task.images - (task.purged + trashed[task.id] if task.state == "done" else 0))
        for task in tasks
    )


_OF_IMAGES: dict[Kind, Sentence] = {
    "upscale": say("An upscale job cannot be edited: make more from its images instead."),
    "imported": say("Imported images have no job to edit: make more from them instead."),
}


def why_not_composed(store: Store, job: Job) -> Sentence:
    """Why a job cannot be described in the composer's terms, and so neither edited nor made again there;
    ``UNSAID`` if it can."""
    payload = store.payload(job.payload) or {}
    if job.guest is not None:
        return say("These tasks are another WebUI's: it decides what they make.")
    if job.kind in _OF_IMAGES:
        return _OF_IMAGES[job.kind]
    if job.kind == "adopted" and not is_whole(payload):
        return say("All of its settings are only in Agent Scheduler's list: it runs but cannot be edited.")
    starts = "init_images" in payload or any(axis.field.startswith("init_images") for axis in job.axes)
    if not starts and any(task.source is not None for task in store.tasks_of(job.id)):
        return say("This job was made from images of other jobs: make more from those instead.")
    return UNSAID


def parameters_in(payload: Payload) -> api.Parameters:
    """Values of the wrong type are omitted: the WebUI will report them."""
    override = payload.get("override_settings")
    checkpoint = override.get("sd_model_checkpoint") if isinstance(override, dict) else None
    width, height = final_size(payload, {})
    return api.Parameters(
        prompt=_text(payload.get("prompt")), checkpoint=_text(checkpoint),
        sampler=_text(payload.get("sampler_name")), scheduler=_text(payload.get("scheduler")),
        steps=_whole(payload.get("steps")), width=width, height=height,
    )  # fmt: skip


def in_common(several: Iterable[api.Parameters]) -> api.Parameters:
    """What all of them have in common. At least one is needed."""
    columns = zip(*map(msgspec.structs.astuple, several), strict=True)
    values = dict(zip(api.Parameters.__struct_fields__, map(set, columns), strict=True))
    common = {name: found.pop() for name, found in values.items() if len(found) == 1}
    return api.Parameters(**{**common, "mixed": not values.keys() - {"prompt"} <= common.keys()})


def image_view(image: Image) -> api.ImageView:
    return api.ImageView(
        id=image.id, job=image.job, task=image.task, index=image.index, path=image.path,
        width=image.width, height=image.height, seed=image.seed, verdict=image.verdict,
        rating=image.rating, trashed=image.trashed, findings=image.findings, created=image.created,
        version=version_of(image),
    )  # fmt: skip


def version_of(image: Image) -> str:
    """Changes whenever the image's file does."""
    return f"{image.mtime:x}-{image.size:x}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31 else 0


def axis_words(axis: Axis) -> api.AxisWords:
    return api.AxisWords(axis_title(axis), str(unit_of(axis.field)), value_titles(axis))
