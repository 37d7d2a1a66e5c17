"""The files of images: which may be served, what they contain, which of them a payload needs."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import msgspec

from ... import api
from ...errors import NotFound
from ...fields.table import infotext_label
from ...library import files
from ...library.captures import Captures
from ...library.infotext import parsing
from ...library.infotext.text_files import infotext_of
from ...library.inputs import Inputs
from ...library.payload_images import accept, materialise, portable, tokens_in
from ...library.thumbs import Thumbs, media_type
from ...library.trash.folders import TrashFolders
from ...model import Image, Payload, Task, TaskState
from ...overlay import overlay
from ...plan import PlannedTask
from ...ports import Host, ImageFacts, Made, Permits
from ...sentences import say
from ...store import Store
from ..undo import Undos
from ..views import Views, image_view, version_of
from .lineage import lineage_of

#: seconds for which an unused input image is kept: somebody may be in the composer
INPUT_AGE = 24 * 3600.0
#: seconds for which a thumbnail without a record is kept: it is made before the image is recorded
THUMB_AGE = 24 * 3600.0
_TO_RUN: tuple[TaskState, ...] = ("held", "queued", "running")


class _Needs(msgspec.Struct, frozen=True):
    """At one revision of the store: ``tasks`` still to run, and the ``images`` that they need."""

    epoch: str
    revision: int
    tasks: set[str]
    images: dict[str, Task]


class Images:
    """Serves image files, thumbnails and infotexts, and prepares payloads."""

    def __init__(
        self,
        store: Store,
        host: Host,
        inputs: Inputs,
        captures: Captures,
        thumbs: Thumbs,
        views: Views,
        clock: Callable[[], float],
        permits: Permits,
        undos: Undos,
    ) -> None:
        self._store = store
        self._host = host
        self._inputs = inputs
        self._captures = captures
        self._thumbs = thumbs
        self._views = views
        self._permits = permits
        self._undos = undos
        self.trash = TrashFolders(host, clock)
        self._needs = _Needs("", 0, set(), {})
        self._needs_lock = threading.Lock()

    def image(self, id: str) -> Image:
        """``NotFound`` if there is no such image."""
        image = self._store.image(id)
        if image is None:
            raise NotFound(say("There is no such image: its job may have been deleted."))
        return image

    def named(self, image: Image) -> Path:
        """The recorded path, including in the trash; the file need not exist."""
        return (self.trash.place(image) if image.trashed else None) or self._recorded(image)

    def _recorded(self, image: Image) -> Path:
        return files.absolute(image.path, self._host.data_folder())

    def resolved(self, image: Image) -> Path:
        """The file, with links resolved. ``NotFound`` unless it is an image file in an allowed folder."""
        path = self._allowed(self.named(image)) or self._just_moved(image)
        if path is None:
            raise NotFound(
                say("The image's file no longer exists or is not in an output folder of the WebUI.")
            )
        return path

    def _allowed(self, path: Path | None) -> Path | None:
        if path is None or not os.path.lexists(path):  # much faster than the checks below
            return None
        return files.allowed(path, self._host.output_folders())

    def _just_moved(self, image: Image) -> Path | None:
        """It was moved to the trash or back since ``image`` was looked up, and its record may be pending."""
        here = self._recorded(image)
        return self._allowed(self.trash.place(image)) or (self._allowed(here) if image.trashed else None)

    def file(self, id: str) -> tuple[Path, str]:
        """(resolved path, version)."""
        image = self.image(id)
        return self.resolved(image), version_of(image)

    def thumb(self, id: str) -> tuple[bytes, str, str]:
        """(bytes, media type, version)."""
        image = self.image(id)
        # cached under the name that the WebUI saved it by, which is the record's
        kept = self._recorded(image), image.size, image.mtime
        # what is cached was made from a file that may be served: no need to resolve its links again
        data = self._thumbs.cached(*kept)
        if data is None or not self.named(image).is_file():
            data = self._thumbs.get(*kept, self.resolved(image))
        return data, media_type(data), version_of(image)

    def info(self, id: str) -> api.ImageInfo:
        """Everything known about an image. ``NotFound`` if there is no such image."""
        image = self.image(id)
        job, task = self._store.job(image.job), self._store.task(image.task)
        if job is None:
            raise NotFound(say("There is no such image: its job was deleted."))
        try:
            path = self.resolved(image)
            size, text = path.stat().st_size, self.infotext(path)
        except (NotFound, OSError):
            path, size, text = None, image.size, ""
        payload = None
        if task is not None and (base := self._store.payload(task.payload)) is not None:
            payload = overlay(base, task.changes)
        parameters, prompts = read_parameters(text)
        return api.ImageInfo(
            image=image_view(image), job=self._views.summary(job),
            task=next(iter(self._views.tasks([task])), None) if task else None,
            parameters=parameters, prompts=prompts, infotext=text, payload=payload, bytes=size,
            missing=path is None,
            lineage=lineage_of(self._store, image),
        )  # fmt: skip

    def infotext(self, path: Path) -> str:
        """What the WebUI wrote into the file, or into its text file; '' if nothing."""
        return infotext_of(path, self.written(path))

    def written(self, path: Path) -> str:
        """From the image file itself."""
        try:
            return self._host.infotext(path)
        except Exception:  # Pillow raises many kinds for a damaged file; the rest is still worth showing
            return ""

    # ------------------------------------------------------- for the queue

    def prepare(self, task: Task) -> Payload:
        """The payload of ``task`` with its changes applied and its tokens resolved. ``InvalidInput`` for
        anything that no request could have contained, but a jobs.json from elsewhere may."""
        return materialise(self._checked(task), self._inputs, self._source)

    def prepare_for_elsewhere(self, task: Task) -> Payload:
        """The same, for another machine: with its images themselves."""
        return portable(self._checked(task), self._inputs, self._source)

    def _checked(self, task: Task) -> Payload:
        payload = self._store.payload(task.payload)
        if payload is None:
            raise NotFound(say("The settings of this task are no longer in the store."))
        # txt2img ignores init_images: the queue sends everything that has them to img2img
        return accept(overlay(payload, task.changes), "img2img", self._inputs, self._permits)

    def _source(self, id: str) -> Path:
        image = self.image(id)
        if image.trashed:
            raise NotFound(say("The source image of this task is in the trash."))
        return self.resolved(image)

    def has(self, token: str) -> bool:
        """Whether the token's file exists, and is not in the trash."""
        kind, _, id = token.partition(":")
        if kind == "input":
            try:
                self._inputs.path(token)
            except NotFound:
                return False
            return True
        image = self._store.image(id)
        return image is not None and not image.trashed

    def record(self, made: Made) -> ImageFacts | None:
        """None if the file is missing. The infotext is read only if the host did not report the seed."""
        path = self._host.data_folder() / made.path
        found = files.facts(path, self._host.data_folder(), (made.width, made.height))
        if found is None or made.seed is not None:
            return found
        seed, subseed = parsing.seeds(self.infotext(path))
        return msgspec.structs.replace(found, seed=seed, subseed=subseed)

    def needed_by_others(self, job: str) -> list[tuple[Image, Task]]:
        """The images of ``job`` that unfinished tasks of other jobs start from, each with one such task."""
        needs = self._of(self._to_run(), without=job)
        found = [(self._store.image(id), task) for id, task in needs.items()]
        return [(image, task) for image, task in found if image is not None and image.job == job]

    def needed(self) -> Mapping[str, Task]:
        """Ids of the images that unfinished tasks start from, each with one such task. Cached until such a
        task changes: bulk actions call this again and again."""
        with self._needs_lock:
            news = self._store.changes(self._needs.epoch, self._needs.revision)
            touched = [*news.tasks, *news.removed_tasks]
            if news.reset or any(id in self._needs.tasks or self._is_to_run(id) for id in touched):
                tasks = self._to_run()  # at least as new as the revision
                self._needs = _Needs(news.epoch, news.revision, {task.id for task in tasks}, self._of(tasks))
            else:
                self._needs = msgspec.structs.replace(self._needs, revision=news.revision)
            return self._needs.images

    def _is_to_run(self, id: str) -> bool:
        task = self._store.task(id)
        return task is not None and task.state in _TO_RUN

    def _to_run(self) -> list[Task]:
        return self._store.tasks_in(*_TO_RUN)

    def _of(self, tasks: Iterable[Task], without: str = "") -> dict[str, Task]:
        """``without``: a job whose tasks do not count."""
        found: dict[str, Task] = {}
        payloads: dict[str, set[str]] = {}
        for task in tasks:
            if task.job == without:
                continue
            if task.payload not in payloads:
                payloads[task.payload] = tokens_in(self._store.payload(task.payload) or {})
            for token in payloads[task.payload] | tokens_of(task):
                if token.startswith("image:"):
                    found.setdefault(token.removeprefix("image:"), task)
        return found

    def sweep(self) -> int:
        """Delete input images that no job or draft uses any more, and thumbnails of images that are not in
        the store; returns how many files were deleted. Deletes none while the store has a problem, because
        another process may know of more jobs, and no inputs while there is a file that was put aside:
        thumbnails can be made again, inputs cannot. For the start, when nothing can be undone."""
        if self._store.read_only or self._store.problem:
            return 0
        gone = self._thumbs.sweep(self._thumbs_in_use(), THUMB_AGE)
        in_use = self.inputs_of_jobs()
        return gone if in_use is None else gone + self._sweep_inputs(in_use)

    def sweep_inputs(self) -> int:
        """Like ``sweep``, but for input images only and at any time: steps that can be undone keep theirs.
        Returns how many files were deleted."""
        in_use = self.inputs_in_use()
        return 0 if in_use is None else self._sweep_inputs(in_use)

    def _sweep_inputs(self, in_use: set[str]) -> int:
        """Delete input images that are neither ``in_use`` nor in a draft; returns how many."""
        return self._inputs.sweep(in_use | self._captures.inputs_in_use(), INPUT_AGE)

    def inputs_in_use(self) -> set[str] | None:
        """Used by jobs, and by those that undo would restore; None while there may be unknown jobs."""
        in_jobs = self.inputs_of_jobs()
        return None if in_jobs is None else in_jobs | self._undos.needed()

    def inputs_of_jobs(self) -> set[str] | None:
        """The tokens in all jobs; None while there may be unknown jobs."""
        if self._store.read_only or self._store.problem or self._store.kept_aside():
            return None
        used: set[str] = set()
        hashes = set()
        for job in self._store.jobs():
            hashes.add(job.payload)
            for task in self._store.tasks_of(job.id):
                hashes.add(task.payload)
                used |= tokens_of(task)
        for hash in hashes:
            used |= tokens_in(self._store.payload(hash) or {})
        return used

    def _thumbs_in_use(self) -> set[str]:
        return {
            self._thumbs.key(self._recorded(image), image.size, image.mtime)
            for job in self._store.jobs()
            for image in self._store.images_of(job.id)
        }


#: how each kind of token begins
_TOKENS = ("input:", "image:")


def tokens_of(task: Task | PlannedTask) -> set[str]:
    """The tokens in a task's changes. Better one too many than too few, since these files are kept."""
    found: set[str] = set()
    for value in task.changes.values():
        if isinstance(value, (int, float)) or (isinstance(value, str) and not value.startswith(_TOKENS)):
            continue  # nearly always
        found |= tokens_in({"init_images": value if isinstance(value, list) else [value], "other": value})
    return found


def read_parameters(text: str) -> tuple[list[tuple[str, str]], int]:
    """An infotext as (label, value) in the WebUI's words, and how many of the first pairs are prompts."""
    if not text:
        return [], 0
    read = parsing.parse(text)
    written = {"prompt": read.prompt, "negative_prompt": read.negative}
    prompts = [(infotext_label(field), words) for field, words in written.items() if words]
    return [*prompts, *read.fields.items()], len(prompts)
