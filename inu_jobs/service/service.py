"""The use cases, one method each. Every one may be called from any thread; what cannot be done raises
one of the ``InuJobsError`` family, with a sentence for the user."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec
from msgspec import UNSET

from .. import api
from ..errors import NO_JOB, InvalidInput, NotFound, Refused
from ..library.captures import Captures
from ..library.inputs import Inputs
from ..library.recipe_shelf import RecipeShelf
from ..library.thumbs import Thumbs
from ..library.trash import recycle
from ..model import Hold, Job, Task, new_id
from ..ports import Catalog, Host, Scheduler
from ..queue import Queue, windows
from ..queue.forecast import Place
from ..store import Store
from . import names
from .auditing import Auditor
from .deriving import Deriver
from .drafts import MAX_NAME, MAX_NOTE, Drafter, check_priority, check_text, refuse_errors, source_of
from .editing import Editor
from .exports import Exports
from .finding import Finder
from .images import Images
from .importing import Importer
from .looking import Looker
from .marks import Marks
from .plans import plan_view
from .recipes import Recipes
from .retrying import Retry
from .runs import RunPlanner
from .selections import selected
from .sources import Sources
from .trash import TrashCan
from .undo import Undos
from .views import Views
from .works import Works


class Service:
    def __init__(
        self,
        store: Store,
        queue: Queue,
        scheduler: Scheduler,
        catalog: Catalog,
        host: Host,
        inputs: Inputs,
        captures: Captures,
        thumbs: Thumbs,
        version: str,
        recipes: RecipeShelf,
        clock: Callable[[], float] = time.time,
        recycle: Callable[[Path], None] = recycle,
    ) -> None:
        """``recycle`` takes a file to the recycle bin of the system."""
        self._store = store
        self._queue = queue
        self._host = host
        self._captures = captures
        self._clock = clock
        self._views = Views(store, queue, clock)
        self._drafter = Drafter(store, inputs, catalog)
        self._images = Images(store, host, inputs, captures, thumbs, self._views, clock)
        sources = Sources(store, host, catalog, self._images)
        self._deriver = Deriver(
            store, sources, self._drafter, inputs, catalog, host, queue=queue, clock=clock
        )
        self.plan_derive = self._deriver.plan
        self.recipes = Recipes(recipes, inputs, clock)
        self.expand_prompts = self._drafter.prompts
        self._editor = Editor(store, queue, self._drafter, host)
        self.spec = self._editor.spec
        self.plan_edit = self._editor.plan
        self.prompts_file = self._drafter.lines
        self.find_images = Finder(store).find
        self.importer = Importer(store, host, catalog)
        self._works = Works()
        self.exports = Exports(store, self._images, host, partial(selected, store), self._works)
        undos = Undos()
        self.undo = undos.run
        self.named = undos.named
        self.marks = Marks(store, undos)
        self.trash = TrashCan(store, queue, self._images, self._images.trash, undos, recycle, self._works)
        self.auditor = Auditor(store, self._images, inputs, catalog, clock, self._works)
        self.retry_images = Retry(store, queue, scheduler, self.trash, undos).retry
        looker = Looker(store, queue, scheduler, catalog, self._views, self._works, version)
        self.status = looker.status
        self.run_plan = RunPlanner(store, queue, self._views, clock).plan
        self.list_jobs = looker.list_jobs
        self.get_job = looker.get_job
        self.changes = looker.changes
        self.live = looker.live
        self.preview = looker.preview
        self.catalog = looker.catalog
        self.capture = captures.get
        # what the queue needs, and what the routes serve
        self.prepare = self._images.prepare
        self.record = self._images.record
        self.image_file = self._images.file
        self.thumb = self._images.thumb
        self.image_info = self._images.info
        self.sweep = self._images.sweep

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
                note=spec.note, windows=spec.windows,
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
                pass  # the draft only lends its name
        return (
            names.clean(spec.name)
            or names.clean(captured)
            or names.from_prompt(spec.payload.get("prompt"))
            or f"{spec.kind} {time.strftime('%Y-%m-%d %H:%M', time.localtime(self._clock()))}"
        )

    # ----------------------------------------------------------------- handling

    def patch(self, id: str, changes: api.JobPatch) -> api.JobSummary:
        """Only the fields that are given. ``Refused`` to archive a job that is still at work."""
        fields = {
            name: value for name, value in msgspec.structs.asdict(changes).items() if value is not UNSET
        }
        if "name" in fields:
            fields["name"] = names.clean(fields["name"])
            if not fields["name"]:
                raise InvalidInput("A job needs a name.", "name")
            check_text(fields["name"], "name", MAX_NAME)
        check_text(fields.get("note", ""), "note", MAX_NOTE)
        check_priority(fields.get("priority", 0))
        windows.check(fields.get("windows", ()))
        with self._store.transaction() as t:
            job = self._job(id)
            counts = self._store.task_counts(id)
            if fields.get("archived") and any(counts.get(state) for state in ("held", "queued", "running")):
                raise Refused("This job is still at work: cancel it or wait for its end, then archive it.")
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
        self._queue.resume(id)
        return self._summary(id)

    def stop_all(self) -> api.Status:
        """No task of any job starts any more; the running one finishes."""
        self._queue.stop_all()
        return self.status()

    def go_on(self) -> api.Status:
        """``Refused`` while the disk is too full to go on."""
        self._queue.go_on()
        return self.status()

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
        the trash stay in the Trash view (see ``TrashCan.delete_job``)."""
        return self.trash.delete_job(id, keep=True)

    def _job(self, id: str) -> Job:
        job = self._store.job(id)
        if job is None:
            raise NotFound(NO_JOB)
        return job

    def _summary(self, id: str) -> api.JobSummary:
        return self._views.summary(self._job(id))
