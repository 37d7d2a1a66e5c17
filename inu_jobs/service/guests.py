"""Tasks of other WebUIs that run on this one: their WebUI puts them here, follows them, fetches the images
and then has its copies deleted. They are jobs like others to the queue, and shown nowhere among one's own."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from .. import api
from ..budgets import GUEST_TASKS
from ..errors import InvalidInput, NotFound, Refused
from ..library.infotext.text_files import own_text
from ..library.payload_images import TEXT_FIELDS, tokens_in
from ..library.trash.checks import LeftAlone, check_file
from ..model import Guest, Image, Job, Payload, Task, new_id
from ..plan import MAX_TASKS, PlannedTask, check_payload, expand
from ..plan.preflight import preflight_all
from ..plan.text_budget import Texts
from ..ports import Catalog, Settings
from ..queue import Queue
from ..queue.schedule import windows
from ..sentences import UNSAID, Sentence, say, says_of
from ..store import Store
from .compose.drafts import (
    MAX_NAME,
    MAX_PRIORITY,
    Drafter,
    check_payload_size,
    check_text,
    refuse_errors,
    source_of,
)
from .images.files import Images
from .views import version_of

replace = msgspec.structs.replace

#: of a guest's job, and of its tasks: the other WebUI chooses them
ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_PRIORITIES = {"last": -MAX_PRIORITY, "turn": 0, "first": MAX_PRIORITY}
_OFF = say(
    "This WebUI makes no images for others: choose when theirs run in Settings > Inu Jobs, “Tasks of other"
    " WebUIs”."
)
_OPEN = say(
    "This WebUI makes images for others only if it has a password: start it with --api-auth or --gradio-auth."
)
_PAUSED = say("The owner of this WebUI paused these tasks.")
_GONE = say("This WebUI has no tasks by that id.")


class Guests:
    """Each method raises ``Refused`` if guests are not wanted; ``protected``: whether this WebUI has a
    password."""

    def __init__(
        self,
        store: Store,
        queue: Queue,
        settings: Settings,
        catalog: Catalog,
        drafter: Drafter,
        images: Images,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._queue = queue
        self._settings = settings
        self._catalog = catalog
        self._drafter = drafter
        self._images = images
        self._clock = clock
        self._lock = threading.Lock()  # whoever sends the same twice gets one job

    def check(self, protected: bool) -> None:
        """``Refused`` if guests are not wanted here."""
        if not protected:
            raise Refused(_OPEN)
        if self._settings.guests == "off":
            raise Refused(_OFF)

    # ------------------------------------------------------------------ putting

    def put(self, client: str, spec: api.GuestSpec) -> api.GuestView:
        """Queue those of ``spec.tasks`` that are not here yet. Putting the same again changes nothing."""
        _check_id(client, "id")
        check_text(spec.name, "name", MAX_NAME)
        if not spec.name.strip():
            raise InvalidInput(say("A guest needs a name."), "name")
        if len(spec.tasks) > GUEST_TASKS:
            raise InvalidInput(say("Send at most {most} tasks at a time.", most=GUEST_TASKS), "tasks")
        texts = Texts("tasks")
        for place, task in enumerate(spec.tasks):
            _check_id(task.id, f"tasks.{place}.id")
            texts.count({name: text for name, text in task.payload.items() if name in TEXT_FIELDS})
        with self._lock:
            job = self._find(client)
            known = {task.remote for task in self._store.tasks_of(job.id)} if job is not None else set()
            fresh = {task.id: task.payload for task in spec.tasks if task.id not in known}
            if job is not None and fresh and spec.kind != job.kind:
                raise InvalidInput(say("These tasks are of another kind than those already here."), "kind")
            if len(known) + len(fresh) > MAX_TASKS:
                raise InvalidInput(
                    say("A job can have at most {max_tasks:,} tasks.", max_tasks=MAX_TASKS), "tasks"
                )
            places = {task.id: place for place, task in enumerate(spec.tasks)}
            accepted = {
                id: self._accept(payload, spec.kind, f"tasks.{places[id]}.payload")
                for id, payload in fresh.items()
            }
            groups = [(payload, [planned]) for payload, planned in accepted.values()]
            refuse_errors(preflight_all(groups, self._catalog, spec.kind))
            if accepted or job is None:
                job = self._keep(client, spec, job, accepted)
        self._queue.renew(job.id)
        self._queue.nudge()
        return self._view(job)

    def _accept(self, payload: Payload, kind: api.TaskKind, where: str) -> tuple[Payload, PlannedTask]:
        """The payload as it is kept, and its only task."""
        try:
            check_payload(payload, kind)
            kept = self._drafter.take(payload, kind)
            check_payload_size(kept)
            if tokens := [token for token in tokens_in(kept) if token.startswith("image:")]:
                raise InvalidInput(
                    say("'{token}' is an image of this WebUI: send the image itself.", token=tokens[0])
                )
            self._drafter.check_tokens(kept, "")
            if _is_open(kept):
                raise InvalidInput(
                    say("The task needs a seed: its images must not depend on chance."), "seed"
                )
            planned = expand(kept, kind, [], rng=random.Random(0)).tasks  # noqa: S311 no seed is open
        except InvalidInput as problem:
            field = f"{where}.{problem.field}" if problem.field else where
            raise type(problem)(problem.sentence, field) from problem
        if len(planned) != 1:
            raise InvalidInput(say("'n_iter' must be 1: send a task for each."), f"{where}.n_iter")
        return kept, planned[0]

    def _keep(
        self,
        client: str,
        spec: api.GuestSpec,
        job: Job | None,
        accepted: Mapping[str, tuple[Payload, PlannedTask]],
    ) -> Job:
        name = spec.name.strip()
        with self._store.transaction() as t:
            hashes = {id: t.put_payload(payload) for id, (payload, _) in accepted.items()}
            if job is None:
                job = Job(
                    id=new_id("j"), name=f"for {name}", kind=spec.kind, created=self._clock(),
                    payload=next(iter(hashes.values()), None) or t.put_payload({}),
                    priority=_PRIORITIES[self._settings.guests], guest=Guest(client, name),
                )  # fmt: skip
                t.put(job)
            first = max((task.index for task in self._store.tasks_of(job.id)), default=-1) + 1
            for place, (id, (payload, planned)) in enumerate(accepted.items()):
                task = Task(
                    id=new_id("t"), job=job.id, index=first + place, payload=hashes[id],
                    changes=planned.changes, images=planned.images,
                    source=source_of(payload, planned.changes), remote=id,
                )  # fmt: skip
                t.put(task)
        return job

    # ---------------------------------------------------------------- following

    def follow(self, client: str) -> api.GuestView:
        """The state of its tasks, and their images. Asking keeps them running."""
        job = self._of(client)
        self._queue.renew(job.id)
        return self._view(job)

    def file(self, client: str, image: str) -> tuple[Path, str]:
        """(resolved path, version) of an image of its own."""
        job, found = self._of(client), self._store.image(image)
        if found is None or found.job != job.id:
            raise NotFound(say("There is no such image: its job may have been deleted."))
        self._queue.renew(job.id)
        return self._images.resolved(found), version_of(found)

    def _view(self, job: Job) -> api.GuestView:
        waits, reason = self._waits(job)
        return api.GuestView(
            id=job.guest.client if job.guest else "",
            name=job.guest.name if job.guest else "",
            tasks=[self._task(task) for task in self._store.tasks_of(job.id) if task.remote],
            waits=waits,
            reason=reason,
            reason_says=says_of(reason),
            eta=self._queue.left(job.id),
        )

    def _waits(self, job: Job) -> tuple[api.Waits, Sentence]:
        if job.hold is not None:  # also while the last one that had started still runs
            return "hold", job.hold.sentence or _PAUSED
        run = self._queue.runs().get(job.id)
        if run is None and not windows.is_open(job.windows, self._clock()):
            return "window", UNSAID  # nothing is left, and nothing more could start
        waits = run.waits if run is not None else ""
        everything = self._store.hold
        return waits, everything.sentence if waits == "stopped" and everything is not None else UNSAID

    def _task(self, task: Task) -> api.GuestTask:
        return api.GuestTask(
            id=task.remote, state=task.state, error=task.error, error_says=task.error_says,
            started=task.started, finished=task.finished,
            images=[_image(image) for image in self._store.images_of_task(task.id) if not image.trashed],
        )  # fmt: skip

    # ------------------------------------------------------------------- ending

    def free(self, client: str, tasks: Iterable[str]) -> api.GuestView:
        """Delete tasks: those that wait are taken back, those that run are stopped, and the images of those
        that have ended were fetched. Tasks that are not here are none."""
        with self._lock:
            job = self._of(client)
            wanted = set(tasks)
            gone = [task for task in self._store.tasks_of(job.id) if task.remote in wanted]
            job = self._delete(job, gone)
        self._queue.renew(job.id)
        return self._view(job)

    def remove(self, client: str) -> None:
        """Delete all of it, with its images."""
        with self._lock:
            job = self._of(client)
            self._delete(job, self._store.tasks_of(job.id))
            self._queue.remove(job.id)

    def _delete(self, job: Job, gone: Sequence[Task]) -> Job:
        """Delete tasks with their images, and remember what they cost."""
        images = [image for task in gone for image in self._store.images_of_task(task.id)]
        self._queue.drop(job.id, [task.id for task in gone])
        for image in images:
            self._erase(image)
        with self._store.transaction() as t:
            known = self._store.job(job.id)
            if known is None or known.guest is None:
                raise NotFound(_GONE)
            guest = replace(
                known.guest,
                seconds=known.guest.seconds + sum(map(_seconds, gone)),
                images=known.guest.images + len(images),
            )
            if guest != known.guest:
                known = replace(known, guest=guest)
                t.put(known)
        return known

    def _erase(self, image: Image) -> None:
        """Only the file that was recorded, with the text file that was saved along with it."""
        with suppress(NotFound, LeftAlone, OSError):
            path = self._images.named(image)
            self._images.resolved(image)  # it lies in an output folder
            check_file(path, image)
            text = own_text(path, self._images.written)
            path.unlink()
            if text is not None:
                text.unlink()

    # ------------------------------------------------------------------ its owner

    def all(self) -> api.GuestList:
        """For the owner of this WebUI: who runs tasks here, and what that costs."""
        return api.GuestList(
            self._settings.guests,
            [self._summary(job) for job in self._store.jobs() if job.guest is not None],
        )

    def _summary(self, job: Job) -> api.GuestSummary:
        tasks = self._store.tasks_of(job.id)
        guest = job.guest or Guest("", "")
        counts = self._store.task_counts(job.id)
        waits, _ = self._waits(job)
        return api.GuestSummary(
            job=job.id, name=guest.name,
            tasks={**{state: n for state, n in counts.items() if n}, "total": sum(counts.values())},
            images=guest.images + sum(self._store.verdict_counts(job.id).values()),
            seconds=guest.seconds + sum(map(_seconds, tasks)),
            waits=waits, silence=self._queue.silence(job.id),
            forgotten=self._queue.is_forgotten(job.id),
        )  # fmt: skip

    # ------------------------------------------------------------------- finding

    def _find(self, client: str) -> Job | None:
        found = (job for job in self._store.jobs() if job.guest is not None and job.guest.client == client)
        return next(found, None)

    def _of(self, client: str) -> Job:
        job = self._find(client)
        if job is None:
            raise NotFound(_GONE)
        return job


def _check_id(id: str, field: str) -> None:
    if not ID.fullmatch(id):
        raise InvalidInput(say("'{field}' must be 8 to 64 letters, digits, '-' or '_'.", field=field), field)


def _is_open(payload: Payload) -> bool:
    """Whether its images depend on chance."""
    varies = (payload.get("subseed_strength") or 0) > 0
    seeds = ["seed", *(["subseed"] if varies else [])]
    return any(not isinstance(payload.get(name), int) or payload[name] < 0 for name in seeds)


def _seconds(task: Task) -> float:
    if task.started is None or task.finished is None:
        return 0.0
    return max(0.0, task.finished - task.started)


def _image(image: Image) -> api.GuestImage:
    return api.GuestImage(
        id=image.id, name=image.path.rpartition("/")[2], bytes=image.size, index=image.index,
        width=image.width, height=image.height, seed=image.seed, subseed=image.subseed,
        prompt=image.prompt, version=version_of(image),
    )  # fmt: skip
