"""What exists and what is going on: queries that change nothing."""

from __future__ import annotations

from .. import api
from ..errors import NO_JOB, NotFound, SchedulerError
from ..fields.field import Field
from ..fields.table import SOME_HOSTS, TABLE
from ..model import Job
from ..ports import Catalog, Host, Progress, Scheduler
from ..queue import Queue
from ..sentences import says_of, together
from ..spelling import folded
from ..store import Store
from . import hold_titles
from .images.lineage import children_of, parents_of
from .machines import Machines
from .progress import BulkProgress
from .setup.setup import SchedulerSetup
from .views import Views, affected, axis_words, image_view, own_jobs


class Overview:
    """Queries for the status, the job list, jobs and changes."""

    def __init__(
        self,
        store: Store,
        queue: Queue,
        scheduler: Scheduler,
        catalog: Catalog,
        views: Views,
        works: BulkProgress,
        setup: SchedulerSetup,
        host: Host,
        machines: Machines,
        version: str,
    ) -> None:
        self._store = store
        self._queue = queue
        self._scheduler = scheduler
        self._catalog = catalog
        self._views = views
        self._works = works
        self._setup = setup
        self._host = host
        self._machines = machines
        self._version = version

    def status(self) -> api.Status:
        scheduler = self._setup.status()
        running = self._queue.running()
        jobs, tasks, images = self._own_counts()
        store = self._store
        problem = together([store.problem, store.kept_aside()])
        return api.Status(
            version=self._version,
            scheduler=api.SchedulerView(
                attached=scheduler.attached, name=scheduler.name, paused=scheduler.paused,
                paused_by=scheduler.paused_by, running=running.id if running else None,
                problem=scheduler.problem, problem_says=says_of(scheduler.problem),
                setup=None if scheduler.attached else self._setup.view(scheduler),
            ),
            store=api.StoreView(
                epoch=store.epoch, revision=store.revision, jobs=jobs, tasks=tasks, images=images,
                read_only=store.read_only, problem=problem, problem_says=says_of(problem),
                trashed=store.trashed_count(),
            ),
            waiting=self._waiting(),
            running=sum(self._is_own(task.job) for task in store.tasks_in("running")),
            eta=self._queue.eta(None),
            notices=self._queue.notices(),
            work=self._works.now(),
            hold=hold_titles.of_everything(store.hold),
            ends=self._queue.ends(),
            device=self._host.graphics_card(), machines=self._machines.summary(),
        )  # fmt: skip

    def _waiting(self) -> int:
        """Tasks that will run without the user's help: not those of jobs on hold."""
        free = (self._store.task_counts(job.id) for job in own_jobs(self._store) if job.hold is None)
        return sum(counts.get("held", 0) + counts.get("queued", 0) for counts in free)

    def _own_counts(self) -> tuple[int, int, int]:
        """Jobs, tasks and images, without those of guests."""
        jobs, tasks, images = self._store.counts()
        for job in self._store.jobs():
            if job.guest is not None:
                jobs -= 1
                tasks -= sum(self._store.task_counts(job.id).values())
                images -= len(self._store.images_of(job.id))
        return jobs, tasks, images

    def _is_own(self, id: str) -> bool:
        job = self._store.job(id)
        return job is not None and job.guest is None

    def list_jobs(self, state: str = "", text: str = "", limit: int = 200, offset: int = 0) -> api.JobList:
        """``state``: one of STATES, or '' for all that are not archived. ``text``: words that must all be in
        the name, the note or the prompt."""
        epoch, revision = self._store.epoch, self._store.revision
        states: dict[str, int] = {}
        found = []
        for job in own_jobs(self._store):
            its = "archived" if job.archived else self._views.state(job)
            states[its] = states.get(its, 0) + 1
            if (its == state if state else its != "archived") and self._has_words(job, text):
                found.append(job)
        page = [self._views.summary(job) for job in found[offset : offset + limit]]
        return api.JobList(epoch, revision, page, len(found), states)

    def _has_words(self, job: Job, text: str) -> bool:
        words = folded(text).split()
        if not words:
            return True
        where = folded("\n".join((job.name, job.note, self._views.facts(job).parameters.prompt)))
        return all(word in where for word in words)

    def get_job(self, id: str) -> api.JobDetail:
        """``NotFound`` if there is no such job."""
        epoch, revision = self._store.epoch, self._store.revision
        job = self._store.job(id)
        if job is None:
            raise NotFound(NO_JOB)
        return api.JobDetail(
            epoch=epoch, revision=revision, job=self._views.summary(job), axes=job.axes,
            payload=self._store.payload(job.payload) or {},
            tasks=self._views.tasks(self._store.tasks_of(id)),
            images=[image_view(image) for image in self._store.images_of(id)],
            parents=parents_of(self._store, job), children=children_of(self._store, job),
            axes_words=[axis_words(axis) for axis in job.axes],
        )  # fmt: skip

    def changes(self, epoch: str, since: int, job: str | None = None) -> api.Changes:
        """``job``: tasks and images of this job only; jobs are always included."""
        store = self._store
        found = store.changes(epoch, since)
        jobs = list(map(store.job, affected(store, found.jobs, found.tasks, found.images)))
        tasks = [t for t in map(store.task, found.tasks) if t is not None and self._concerns(t.job, job)]
        images = [i for i in map(store.image, found.images) if i is not None and self._concerns(i.job, job)]
        run = self._queue.runs().get(job or "")
        return api.Changes(
            epoch=found.epoch, revision=found.revision, reset=found.reset,
            jobs=[
                self._views.summary(known)
                for known in jobs
                if known is not None and (known.guest is None or known.id == job)
            ],
            tasks=self._views.tasks(tasks),
            images=[image_view(image) for image in images],
            removed=api.Removed(found.removed_jobs, found.removed_tasks, found.removed_images),
            live=self.live(), status=self.status(),
            ends=run.ends if run else None, waits=run.waits if run else "",
        )  # fmt: skip

    def _concerns(self, id: str, wanted: str | None) -> bool:
        """Whether who asks for the job ``wanted``, or for all, hears of the job ``id``."""
        return id == wanted or (wanted is None and self._is_own(id))

    def live(self) -> api.Live:
        """Only for our tasks: what others generate is not our business."""
        progress = self._progress()
        task = self._store.task(progress.task) if progress.task else None
        if task is None or not self._is_own(task.job):
            return api.Live()
        return api.Live(
            task=task.id, job=task.job, fraction=progress.fraction, step=progress.step,
            steps=progress.steps, eta=progress.eta, preview=progress.preview,
        )  # fmt: skip

    def preview(self) -> tuple[bytes, str] | None:
        """(bytes, media type) of the live preview; None without one, or if the running task is not ours."""
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

    def _has(self, field: Field) -> bool:
        if field.path not in SOME_HOSTS:
            return True
        _, is_setting, setting = field.path.partition("override_settings.")
        if is_setting:
            return not self._catalog.refused_setting(setting)
        return any(field.path in self._catalog.payload_fields(is_img2img) for is_img2img in (False, True))

    def catalog(self) -> dict[str, list[str] | dict[str, list[str]] | list[Field]]:
        """All fields that have a label and that the host has, and the names of everything installed."""
        found = self._catalog
        return {
            "fields": [field for field in TABLE.values() if field.label and self._has(field)],
            "checkpoints": found.checkpoints(), "vaes": found.vaes(), "modules": found.modules() or [],
            "samplers": found.samplers(),
            "schedulers": found.schedulers(), "upscalers": found.upscalers(),
            "latent_upscale_modes": found.latent_upscale_modes(), "loras": found.loras(),
            "embeddings": found.embeddings(), "styles": found.styles(), "wildcards": found.wildcards(),
            "scripts": {"txt2img": found.scripts(False), "img2img": found.scripts(True)},
        }  # fmt: skip
