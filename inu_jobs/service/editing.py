"""A job as it was described, and changing that while its tasks wait."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET

from .. import api
from ..errors import NO_JOB, InvalidInput, NotFound, Refused
from ..model import Axis, Finding, Job, Payload, Task, new_id
from ..overlay import overlay
from ..plan import LINES, PlannedTask, Replanned, replan, with_known_seeds
from ..ports import Host
from ..queue import Queue
from ..queue.forecast import Place
from ..store import Store
from ..store.payloads import canonical
from . import names
from .drafts import MAX_NAME, Draft, Drafter, check_text, errors_first, refuse_errors, source_of
from .plans import plan_view
from .views import why_not_composed

replace = msgspec.structs.replace
#: each with its whole payload
Tasks = list[tuple[Task, Payload]]


class Edited(msgspec.Struct, frozen=True):
    """``draft``: of the whole job, its axes as they are kept; ``payload``: what its axes are laid over."""

    draft: Draft
    now: Replanned


class Editor:
    def __init__(self, store: Store, queue: Queue, drafter: Drafter, host: Host) -> None:
        self._store = store
        self._queue = queue
        self._drafter = drafter
        self._host = host

    def spec(self, id: str) -> api.JobSpec:
        """What would make this job anew. ``Refused`` if it was not made from such a description."""
        job = self._composed(id)
        axes = [spec_of(axis) for axis in job.axes if axis.field != LINES]
        lines = next((axis for axis in job.axes if axis.field == LINES), None)
        return api.JobSpec(
            kind=_kind(job),
            payload=self._store.payload(job.payload) or {},
            name=job.name,
            axes=axes,
            lines=lines.text if lines else "",
            lines_at=lines.template.get("at", "instead") if lines else "instead",
            windows=job.windows,
            priority=job.priority,
        )

    def plan(self, id: str, edit: api.JobEdit) -> api.EditPlan:
        """What ``edit`` would do; nothing changes."""
        job = self._composed(id)
        made = self._edit(job, edit)
        tasks = [*((place, task) for _, place, task in made.now.keep), *made.now.add]
        waits = [task for _, task in sorted(tasks, key=lambda pair: pair[0])]
        draft = replace(made.draft, tasks=waits)
        view = plan_view(draft, self._store, self._host, self._queue, Place(job=id))
        return api.EditPlan(
            **msgspec.structs.asdict(view),
            kept=len(made.now.stay),
            dropped=len(made.now.drop),
            added=len(made.now.add),
        )

    def edit(self, id: str, edit: api.JobEdit) -> None:
        """Waiting tasks are replanned; what runs or has ended stays. ``Refused`` with the findings if the
        result cannot be what was asked, unless ``edit.force``."""
        job = self._composed(id)
        if job.archived:
            raise Refused("This job is archived: take it out of the archive to change it.")
        # what is wrong is said before anything is taken back
        made = self._edit(job, edit)
        if not edit.force:
            refuse_errors(made.draft.findings)
        self._queue.replan(id, lambda: self._land(job, edit, made.draft))

    # ------------------------------------------------------------------------- planning

    def _composed(self, id: str) -> Job:
        job = self._store.job(id)
        if job is None:
            raise NotFound(NO_JOB)
        if why := why_not_composed(self._store, job):
            raise Refused(why)
        return job

    def _edit(self, job: Job, edit: api.JobEdit) -> Edited:
        name = edit.name if edit.name is not UNSET else job.name
        check_text(name, "name", MAX_NAME)
        if not names.clean(name):
            raise InvalidInput("A job needs a name.", "name")
        payload, axes, findings = self._described(job, edit)
        tasks = self._tasks(job.id)
        known = with_known_seeds(axes, job.axes, tasks)
        made = self._drafter.multiply(_kind(job), payload, known, edit.drawn_with)
        findings = errors_first([*findings, *made.findings])
        draft = replace(made, axes=axes, findings=findings)
        return Edited(draft, replan(payload, axes, draft.tasks, _taken_back(tasks), canonical))

    def _described(self, job: Job, edit: api.JobEdit) -> tuple[Payload, list[Axis], list[Finding]]:
        """The job as it shall be. Axes that are not given stay as they are, to the letter: a template is
        not filled in again."""
        payload = self._store.payload(job.payload) or {} if edit.payload is UNSET else edit.payload
        spec = api.JobSpec(
            kind=_kind(job),
            payload=payload,
            axes=[] if edit.axes is UNSET else edit.axes,
            lines="" if edit.lines is UNSET else edit.lines,
            lines_at=edit.lines_at,
        )
        payload, axes, findings = self._drafter.accept(spec)
        axes += [axis for axis in job.axes if (edit.lines if axis.field == LINES else edit.axes) is UNSET]
        return payload, sorted(axes, key=lambda axis: axis.field == LINES), findings

    def _tasks(self, job: str) -> Tasks:
        payloads: dict[str, Payload] = {}
        found = []
        for task in self._store.tasks_of(job):
            if task.payload not in payloads:
                payloads[task.payload] = self._store.payload(task.payload) or {}
            found.append((task, overlay(payloads[task.payload], task.changes)))
        return found

    # -------------------------------------------------------------------------- landing

    def _land(self, before: Job, edit: api.JobEdit, draft: Draft) -> None:
        """Nothing runs or is handed over meanwhile, but much may have since the edit was planned."""
        job = self._store.job(before.id)
        if job is None or (job.axes, job.payload) != (before.axes, before.payload):
            raise Refused("This job was changed meanwhile: look at it again.")
        plan = draft.tasks
        now = replan(draft.payload, draft.axes, plan, self._tasks(job.id), canonical)
        ids = [new_id("t") for _ in now.add]
        name = names.clean(edit.name) if edit.name is not UNSET else job.name
        with self._store.transaction() as t:
            payload = t.put_payload(draft.payload)
            t.put(replace(job, name=name, payload=payload, axes=draft.axes))
            left = len(plan)
            for task, place in now.stay:  # what is not in the plan any more comes last, on no axis
                if place is not None:
                    t.put(replace(task, index=place, coords=plan[place].coords))
                    continue
                # one that failed is not to be tried again: others stand in its place
                state = "cancelled" if task.state == "failed" else task.state
                t.put(replace(task, index=left, coords=[], state=state))
                left += 1
            for task, place, planned in now.keep:
                t.put(_planned(task, place, planned, draft.payload, payload))
            for id, (place, planned) in zip(ids, now.add, strict=True):
                new = Task(id=id, job=job.id, index=place, payload=payload)
                t.put(_planned(new, place, planned, draft.payload, payload))
            for task in now.drop:
                if self._store.images_of_task(task.id):  # of a first try: they need it
                    t.put(replace(task, state="cancelled", coords=[], index=left))
                else:
                    t.delete_task(task.id)


def _taken_back(tasks: Tasks) -> Tasks:
    """As they will be when the edit comes to them, if none begins to run before."""
    return [(replace(task, state="held") if task.state == "queued" else task, now) for task, now in tasks]


def _planned(task: Task, place: int, planned: PlannedTask, base: Payload, payload: str) -> Task:
    """``payload``: the hash of ``base``."""
    return replace(
        task,
        index=place,
        payload=payload,
        changes=planned.changes,
        coords=planned.coords,
        images=planned.images,
        source=source_of(base, planned.changes),
    )


def _kind(job: Job) -> Literal["txt2img", "img2img"]:
    return "img2img" if job.kind == "img2img" else "txt2img"


def spec_of(axis: Axis) -> api.AxisSpec:
    """The axis as it was written."""
    if "mode" in axis.template:
        return api.AxisSpec(axis.field, template=api.Template(axis.text, **axis.template))
    if axis.text:
        return api.AxisSpec(axis.field, text=axis.text)
    return api.AxisSpec(axis.field, axis.values)
