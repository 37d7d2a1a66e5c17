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
from ..errors import InvalidInput, NotFound, Refused, SchedulerError
from ..library.captures import Captures
from ..library.inputs import Inputs
from ..library.recipe_shelf import RecipeShelf
from ..library.thumbs import Thumbs
from ..library.trash import recycle
from ..model import Hold, Job, Task, new_id
from ..ports import Catalog, Host, Progress, Scheduler, SchedulerStatus, Settings
from ..queue import Queue
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
from .lineage import children_of, parents_of
from .marks import Marks
from .plans import plan_view
from .recipes import Recipes
from .retrying import Retry
from .selections import selected
from .sources import Sources
from .trash import TrashCan
from .undo import Undos
from .views import Views, affected, image_view
from .works import Works


class Service:
    def __init__(
        self,
        store: Store,
        queue: Queue,
        scheduler: Scheduler,
        catalog: Catalog,
        host: Host,
        settings: Settings,
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
        self._scheduler = scheduler
        self._catalog = catalog
        self._host = host
        self._settings = settings
        self._captures = captures
        self._version = version
        self._clock = clock
        self._views = Views(store, queue, clock)
        self._drafter = Drafter(store, inputs, catalog)
        self._images = Images(store, host, inputs, captures, thumbs, self._views, clock)
        sources = Sources(store, host, catalog, self._images)
        self._deriver = Deriver(
            store, sources, self._drafter, inputs, catalog, host, nudge=queue.nudge, clock=clock
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
        self.exports = Exports(store, self._images, host, partial(selected, store))
        undos = Undos()
        self.undo = undos.run
        self.marks = Marks(store, undos)
        self._works = Works()
        self.trash = TrashCan(store, queue, self._images, self._images.trash, undos, recycle, self._works)
        self.auditor = Auditor(store, self._images, inputs, catalog, clock, self._works)
        self.retry_images = Retry(store, queue, scheduler, self.trash, undos).retry
        # what the queue needs, and what the routes serve
        self.prepare = self._images.prepare
        self.record = self._images.record
        self.image_file = self._images.file
        self.thumb = self._images.thumb
        self.image_info = self._images.info
        self.sweep = self._images.sweep

    # ------------------------------------------------------------------ looking

    def status(self) -> api.Status:
        try:
            scheduler = self._scheduler.status()
        except SchedulerError as error:
            scheduler = SchedulerStatus(attached=False, problem=str(error))
        running = self._queue.running()
        jobs, tasks, images = self._store.counts()
        store = self._store
        return api.Status(
            version=self._version,
            scheduler=api.SchedulerView(
                attached=scheduler.attached, name=scheduler.name, paused=scheduler.paused,
                paused_by=scheduler.paused_by, running=running.id if running else None,
                problem=scheduler.problem,
            ),
            store=api.StoreView(
                epoch=store.epoch, revision=store.revision, jobs=jobs, tasks=tasks, images=images,
                read_only=store.read_only, problem=store.problem, trashed=store.trashed_count(),
            ),
            waiting=self._waiting(),
            running=len(store.tasks_in("running")),
            eta=self._queue.eta(None),
            notices=self._queue.notices(),
            work=self._works.now(),
        )  # fmt: skip

    def _waiting(self) -> int:
        """Tasks that will run by themselves: those of held jobs do not."""
        free = (self._store.task_counts(job.id) for job in self._store.jobs() if job.hold is None)
        return sum(counts.get("held", 0) + counts.get("queued", 0) for counts in free)

    def list_jobs(self, state: str = "", text: str = "", limit: int = 200, offset: int = 0) -> api.JobList:
        """``state``: one of STATES, '' for all that are not archived. ``text``: words that must all be
        in the name, the note or the prompt."""
        epoch, revision = self._store.epoch, self._store.revision
        states: dict[str, int] = {}
        found = []
        for job in self._store.jobs():
            its = "archived" if job.archived else self._views.state(job)
            states[its] = states.get(its, 0) + 1
            if (its == state if state else its != "archived") and self._has_words(job, text):
                found.append(job)
        page = [self._views.summary(job) for job in found[offset : offset + limit]]
        return api.JobList(epoch, revision, page, len(found), states)

    def _has_words(self, job: Job, text: str) -> bool:
        words = text.casefold().split()
        if not words:
            return True
        where = "\n".join((job.name, job.note, self._views.facts(job).recipe.prompt)).casefold()
        return all(word in where for word in words)

    def get_job(self, id: str) -> api.JobDetail:
        epoch, revision = self._store.epoch, self._store.revision
        job = self._job(id)
        return api.JobDetail(
            epoch=epoch, revision=revision, job=self._views.summary(job), axes=job.axes,
            payload=self._store.payload(job.payload) or {},
            tasks=self._views.tasks(self._store.tasks_of(id)),
            images=[image_view(image) for image in self._store.images_of(id)],
            parents=parents_of(self._store, job), children=children_of(self._store, job),
        )  # fmt: skip

    def changes(self, epoch: str, since: int, job: str | None = None) -> api.Changes:
        """``job``: tasks and images of this job only; jobs come all."""
        store = self._store
        found = store.changes(epoch, since)
        jobs = list(map(store.job, affected(store, found.jobs, found.tasks, found.images)))
        tasks = [t for t in map(store.task, found.tasks) if t is not None and job in (None, t.job)]
        images = [i for i in map(store.image, found.images) if i is not None and job in (None, i.job)]
        return api.Changes(
            epoch=found.epoch, revision=found.revision, reset=found.reset,
            jobs=[self._views.summary(known) for known in jobs if known is not None],
            tasks=self._views.tasks(tasks),
            images=[image_view(image) for image in images],
            removed=api.Removed(found.removed_jobs, found.removed_tasks, found.removed_images),
            live=self.live(), status=self.status(),
        )  # fmt: skip

    def live(self) -> api.Live:
        """Of our tasks only: what others generate is none of our business."""
        progress = self._progress()
        task = self._store.task(progress.task) if progress.task else None
        if task is None:
            return api.Live()
        return api.Live(
            task=task.id, job=task.job, fraction=progress.fraction, step=progress.step,
            steps=progress.steps, eta=progress.eta, preview=progress.preview,
        )  # fmt: skip

    def preview(self) -> tuple[bytes, str] | None:
        """(bytes, media type) of the live preview, None if there is none or it is not of our task."""
        if self.live().task is None:
            return None
        try:
            return self._scheduler.preview()
        except SchedulerError:
            return None

    def _progress(self) -> Progress:
        try:
            return self._scheduler.progress()
        except SchedulerError:
            return Progress()

    def capture(self, id: str) -> api.Capture:
        return self._captures.get(id)

    def catalog(self) -> dict[str, list[str] | dict[str, list[str]]]:
        found = self._catalog
        return {
            "checkpoints": found.checkpoints(), "vaes": found.vaes(), "samplers": found.samplers(),
            "schedulers": found.schedulers(), "upscalers": found.upscalers(),
            "latent_upscale_modes": found.latent_upscale_modes(), "loras": found.loras(),
            "embeddings": found.embeddings(), "styles": found.styles(), "wildcards": found.wildcards(),
            "scripts": {"txt2img": found.scripts(False), "img2img": found.scripts(True)},
        }  # fmt: skip

    # ------------------------------------------------------------------- making

    def plan(self, spec: api.JobSpec) -> api.Plan:
        """What ``create`` would do. Nothing is queued, nothing stored but input images."""
        return plan_view(self._drafter.draft(spec), self._store, self._host)

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
                note=spec.note,
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
        with self._store.transaction() as t:
            job = self._job(id)
            counts = self._store.task_counts(id)
            if fields.get("archived") and any(counts.get(state) for state in ("held", "queued", "running")):
                raise Refused("This job is still at work: cancel it or wait for its end, then archive it.")
            changed = msgspec.structs.replace(job, **fields)
            if changed != job:
                t.put(changed)
        if "priority" in fields:
            self._queue.nudge()
        return self._summary(id)

    def pause(self, id: str) -> api.JobSummary:
        """Waiting tasks come back, the running one finishes."""
        self._queue.pause(id)
        return self._summary(id)

    def resume(self, id: str) -> api.JobSummary:
        self._queue.resume(id)
        return self._summary(id)

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
        deleted = self.trash.delete_job(id, keep=True)
        self.sweep()
        return deleted

    def _job(self, id: str) -> Job:
        job = self._store.job(id)
        if job is None:
            raise NotFound("There is no such job: it may have been deleted.")
        return job

    def _summary(self, id: str) -> api.JobSummary:
        return self._views.summary(self._job(id))
