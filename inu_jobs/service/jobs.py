"""Jobs, one at a time or all: making, changing and stopping them. Every method may be called from any thread;
what cannot be done raises one of the ``InuJobsError`` family, with a sentence for the user."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec import UNSET

from .. import api
from ..errors import NO_JOB, InvalidInput, NotFound, Refused
from ..library.captures import Captures
from ..model import Hold, Job, Task, new_id
from ..ports import Host, Permits
from ..queue import Queue
from ..queue.schedule import windows
from ..queue.schedule.forecast import Place
from ..sentences import say
from ..store import Store
from .compose import job_names
from .compose.drafts import MAX_NAME, MAX_NOTE, Drafter, check_priority, check_text, refuse_errors, source_of
from .compose.editor import Editor
from .compose.forbidden_settings import leave_out
from .compose.plans import plan_view
from .derive.deriver import Deriver
from .overview import Overview
from .trash.trash import Trash
from .views import Views


class Jobs:
    def __init__(
        self,
        store: Store,
        queue: Queue,
        host: Host,
        permits: Permits,
        captures: Captures,
        drafter: Drafter,
        editor: Editor,
        deriver: Deriver,
        trash: Trash,
        views: Views,
        overview: Overview,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._queue = queue
        self._host = host
        self._permits = permits
        self._captures = captures
        self._drafter = drafter
        self._editor = editor
        self._deriver = deriver
        self._trash = trash
        self._views = views
        self._overview = overview
        self._clock = clock

    # ------------------------------------------------------------------- making

    def plan(self, spec: api.JobSpec) -> api.Plan:
        """What ``create`` would do. Nothing is queued, nothing stored but input images."""
        place = Place(spec.windows, spec.priority, spec.hold)
        return plan_view(self._drafter.draft(spec), self._store, self._host, self._queue, place)

    def create(self, spec: api.JobSpec) -> api.JobSummary:
        """Store the job and have it queued. ``Refused`` with the findings if the result cannot be what
        was asked, unless ``spec.force``."""
        draft = self._drafter.draft(spec)
        if not spec.force:
            refuse_errors(draft.findings)
        id = new_id("j")
        ids = [new_id("t") for _ in draft.tasks]  # not while others wait for the store
        with self._store.transaction() as t:
            payload = t.put_payload(draft.payload)
            job = Job(
                id=id, name=self._name(spec), kind=spec.kind, created=self._clock(), payload=payload,
                axes=draft.axes, priority=spec.priority, hold=Hold("user") if spec.hold else None,
                note=spec.note, windows=spec.windows, user=self._captures.owner(spec.capture or ""),
            )  # fmt: skip
            t.put(job)
            for index, planned in enumerate(draft.tasks):
                task = Task(
                    id=ids[index], job=id, index=index, payload=payload, changes=planned.changes,
                    coords=planned.coords, images=planned.images,
                    source=source_of(draft.payload, planned.changes),
                )  # fmt: skip
                t.put(task)
        self._queue.nudge()
        return self._summary(id)

    def edit(self, id: str, edit: api.JobEdit) -> api.JobSummary:
        """Change a job whose tasks wait; see ``Editor.edit``."""
        self._editor.edit(id, edit)
        return self._summary(id)

    def derive(self, spec: api.DeriveSpec) -> api.JobSummary:
        """Store and queue a job that makes new images from known ones."""
        return self._summary(self._deriver.create(spec).id)

    def _name(self, spec: api.JobSpec) -> str:
        captured = ""
        if spec.capture:
            try:
                captured = self._captures.get(spec.capture).name
            except NotFound:
                pass  # the draft only lends its name and its user
        prompt = spec.payload.get("prompt")
        return job_names.composed(spec.name, captured, prompt, spec.kind, self._clock())

    # ----------------------------------------------------------------- handling

    def patch(self, id: str, changes: api.JobPatch) -> api.JobSummary:
        """Only the fields that are given. ``Refused`` to archive a job that is still at work."""
        fields = {
            name: value for name, value in msgspec.structs.asdict(changes).items() if value is not UNSET
        }
        if "name" in fields:
            fields["name"] = job_names.clean(fields["name"])
            if not fields["name"]:
                raise InvalidInput(say("A job needs a name."), "name")
            check_text(fields["name"], "name", MAX_NAME)
        check_text(fields.get("note", ""), "note", MAX_NOTE)
        check_priority(fields.get("priority", 0))
        windows.check(fields.get("windows", ()))
        with self._store.transaction() as t:
            job = self._job(id)
            counts = self._store.task_counts(id)
            if fields.get("archived") and any(counts.get(state) for state in ("held", "queued", "running")):
                raise Refused(
                    say("This job is still at work: cancel it or wait for its end, then archive it.")
                )
            changed = msgspec.structs.replace(job, **fields)
            if changed != job:
                t.put(changed)
        if fields.keys() & {"priority", "windows"}:
            self._queue.nudge()
        return self._summary(id)

    def pause(self, id: str) -> api.JobSummary:
        """Waiting tasks come back, the running one finishes."""
        self._queue.pause(id)
        return self._summary(id)

    def resume(self, id: str) -> api.JobSummary:
        """A job that is held because it asks for what none may have goes on without that."""
        job = self._store.job(id)
        if job is not None and job.hold is not None and job.hold.by == "payload":
            leave_out(self._store, job, self._permits)
        self._queue.resume(id)
        return self._summary(id)

    def stop_all(self) -> api.Status:
        """No task of any job starts any more; the running one finishes."""
        self._queue.stop_all()
        return self._overview.status()

    def go_on(self) -> api.Status:
        """``Refused`` while the disk is too full to go on."""
        self._queue.go_on()
        return self._overview.status()

    def cancel(self, id: str) -> api.JobSummary:
        """Nothing of it runs any more; what the running task saved is recorded."""
        self._queue.cancel(id)
        return self._summary(id)

    def retry(self, id: str, only: str | None = None) -> api.JobSummary:
        """Queue again what failed, was interrupted, cancelled or lost: all of it, or ``only`` that task."""
        self._queue.retry(id, only)
        return self._summary(id)

    def delete(self, id: str) -> api.Deleted:
        """The job and its records, also while it runs; its image files stay where they are, and those in
        the trash stay in the Trash view (see ``Trash.delete_job``)."""
        return self._trash.delete_job(id, keep=True)

    def _job(self, id: str) -> Job:
        job = self._store.job(id)
        if job is None:
            raise NotFound(NO_JOB)
        return job

    def _summary(self, id: str) -> api.JobSummary:
        return self._views.summary(self._job(id))
