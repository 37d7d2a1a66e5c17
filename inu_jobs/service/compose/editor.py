"""A job's description, and edits to it while its tasks wait."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET

from ... import api, budgets
from ...errors import NO_JOB, InvalidInput, NotFound, Refused
from ...fields.table import LINES
from ...model import TASK_STATES, Axis, Finding, Job, Payload, Task, new_id
from ...overlay import overlay
from ...plan import PlannedTask, Replanned, is_open, lines_at, replan, template_of, with_known_seeds
from ...ports import Host
from ...queue import Queue
from ...queue.schedule.forecast import Place
from ...sentences import say
from ...store import Store
from ...store.payload_ids import canonical
from ..views import why_not_composed
from . import job_names
from .drafts import MAX_NAME, Draft, Drafter, check_text, errors_first, refuse_errors, source_of
from .plans import plan_view

replace = msgspec.structs.replace
#: tasks shown of a plan, each with its whole payload
Tasks = list[tuple[Task, Payload]]


class Edited(msgspec.Struct, frozen=True):
    """``draft``: of the whole job, with its axes as stored; ``payload``: what the axes are applied to."""

    draft: Draft
    now: Replanned


class Editor:
    """Describes and edits existing jobs."""

    def __init__(self, store: Store, queue: Queue, drafter: Drafter, host: Host) -> None:
        self._store = store
        self._queue = queue
        self._drafter = drafter
        self._host = host

    def spec(self, id: str, waiting: bool = False) -> api.JobSpec:
        """The request that would make this job again. ``waiting``: of tasks that were enqueued one by one,
        only those still waiting. ``Refused`` if the job was not made from such a request."""
        job = self._composed(id)
        axes = [spec_of(axis) for axis in self._axes(job, waiting) if axis.field != LINES]
        lines = next((axis for axis in job.axes if axis.field == LINES), None)
        return api.JobSpec(
            kind=self._kind(job),
            payload=self._payload(job, waiting),
            name=job.name,
            axes=axes,
            lines=lines.text if lines else "",
            lines_at=lines_at(lines) if lines else "instead",
            windows=job.windows,
            priority=job.priority,
        )

    def plan(self, id: str, edit: api.JobEdit) -> api.EditPlan:
        """What ``edit`` would do, without changing anything."""
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
        """Replan waiting tasks; running and finished ones stay. ``Refused`` with the findings if the result
        would fail, unless ``edit.force``."""
        job = self._composed(id)
        if job.archived:
            raise Refused(say("This job is archived: unarchive it to change it."))
        # report errors before anything is taken back
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
        if not job_names.clean(name):
            raise InvalidInput(say("A job needs a name."), "name")
        payload, axes, findings = self._described(job, edit)
        tasks = self._tasks(job)
        known = with_known_seeds(axes, job.axes, tasks)
        made = self._drafter.multiply(self._kind(job), payload, known, edit.drawn_with)
        findings = errors_first([*findings, *made.findings])
        draft = replace(made, axes=axes, findings=findings)
        return Edited(draft, replan(payload, axes, draft.tasks, _taken_back(tasks), canonical))

    def _described(self, job: Job, edit: api.JobEdit) -> tuple[Payload, list[Axis], list[Finding]]:
        """The job as edited. Axes that are not given stay exactly as they are: templates are not filled in
        again."""
        payload = self._payload(job, waiting=True) if edit.payload is UNSET else edit.payload
        spec = api.JobSpec(
            kind=self._kind(job),
            payload=payload,
            axes=[] if edit.axes is UNSET else edit.axes,
            lines="" if edit.lines is UNSET else edit.lines,
            lines_at=edit.lines_at,
        )
        payload, axes, findings = self._drafter.accept(spec)
        kept = self._axes(job, waiting=True)
        axes += [axis for axis in kept if (edit.lines if axis.field == LINES else edit.axes) is UNSET]
        return payload, sorted(axes, key=lambda axis: axis.field == LINES), findings

    def _payload(self, job: Job, waiting: bool) -> Payload:
        """Tasks that were enqueued one by one with random seeds become that many images of one setting."""
        payload = self._drafter.fit(self._store.payload(job.payload) or {})
        if job.kind != "adopted":
            return payload
        seeds = self._seeds(job, waiting)
        if len(seeds) == 1:
            payload = {**payload, "seed": seeds[0]}
        count = payload.get("n_iter", 1)
        if not isinstance(count, int) or not all(map(is_open, seeds)):
            return payload
        return {**payload, "n_iter": count * max(1, len(seeds))}

    def _axes(self, job: Job, waiting: bool) -> list[Axis]:
        if job.kind != "adopted":
            return job.axes
        seeds = self._seeds(job, waiting)
        return [Axis("seed", seeds)] if len(seeds) > 1 and not all(map(is_open, seeds)) else []

    def _seeds(self, job: Job, waiting: bool) -> list[Any]:
        """Of tasks enqueued one by one; the same seed twice would only make the same images."""
        states = ("held", "queued") if waiting else TASK_STATES
        base = self._store.payload(job.payload) or {}
        tasks = [task for task in self._store.tasks_of(job.id) if task.state in states]
        seeds = [task.changes.get("seed", base.get("seed")) for task in tasks]
        return [seed for n, seed in enumerate(seeds) if is_open(seed) or seed not in seeds[:n]]

    def _kind(self, job: Job) -> Literal["txt2img", "img2img"]:
        from_image = job.kind == "adopted" and "init_images" in (self._store.payload(job.payload) or {})
        return "img2img" if job.kind == "img2img" or from_image else "txt2img"

    def _tasks(self, job: Job) -> Tasks:
        """Enqueued tasks belong to no plan, so none of them counts as planned."""
        if job.kind == "adopted":
            return [(task, {}) for task in self._store.tasks_of(job.id)]
        payloads: dict[str, Payload] = {}
        found = []
        for task in budgets.turns(self._store.tasks_of(job.id)):
            if task.payload not in payloads:
                payloads[task.payload] = self._store.payload(task.payload) or {}
            found.append((task, overlay(payloads[task.payload], task.changes)))
        return found

    # -------------------------------------------------------------------------- landing

    def _land(self, before: Job, edit: api.JobEdit, draft: Draft) -> None:
        """Nothing is started or handed over now, but that may have happened since the edit was planned."""
        job = self._store.job(before.id)
        if job is None or (job.axes, job.payload) != (before.axes, before.payload):
            raise Refused(say("This job has been changed in the meantime: check it again."))
        plan = draft.tasks
        now = replan(draft.payload, draft.axes, plan, self._tasks(job), canonical)
        ids = [new_id("t") for _ in now.add]
        name = job_names.clean(edit.name) if edit.name is not UNSET else job.name
        with self._store.transaction() as t:
            payload = t.put_payload(draft.payload)
            t.put(replace(job, name=name, kind=draft.kind, payload=payload, axes=draft.axes))
            left = len(plan)
            for task, place in now.stay:  # tasks no longer planned come last, on no axis
                if place is not None:
                    t.put(replace(task, index=place, coords=plan[place].coords))
                    continue
                # a failed one must not be retried: others replace it
                state = "cancelled" if task.state == "failed" else task.state
                t.put(replace(task, index=left, coords=[], state=state))
                left += 1
            for task, place, planned in now.keep:
                t.put(_planned(task, place, planned, draft.payload, payload))
            for id, (place, planned) in zip(ids, now.add, strict=True):
                new = Task(id=id, job=job.id, index=place, payload=payload)
                t.put(_planned(new, place, planned, draft.payload, payload))
            for task in now.drop:
                if self._store.images_of_task(task.id):  # from an earlier try: they need it
                    t.put(replace(task, state="cancelled", coords=[], index=left))
                else:
                    t.delete_task(task.id)


def _taken_back(tasks: Tasks) -> Tasks:
    """As they will be when the edit is applied, unless one starts before."""
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


def spec_of(axis: Axis) -> api.AxisSpec:
    """The axis as it was requested."""
    if template := template_of(axis):
        return api.AxisSpec(axis.field, template=template)
    if axis.text:
        return api.AxisSpec(axis.field, text=axis.text)
    return api.AxisSpec(axis.field, axis.values)
