"""The files of images: which may be served, what is written in them, what a payload needs of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .. import api
from ..errors import NotFound
from ..library import files, infotext
from ..library.captures import Captures
from ..library.inputs import Inputs
from ..library.payloads import materialise, tokens_in
from ..library.thumbs import Thumbs, media_type
from ..library.trash import Trash
from ..model import Image, Payload, Task
from ..overlay import overlay
from ..plan import PlannedTask
from ..ports import Host, ImageFacts, Made
from ..store import Store
from .lineage import lineage_of
from .views import Views, image_view, version_of

#: seconds that an input image is kept although no job uses it: somebody may be in the composer
INPUT_AGE = 24 * 3600.0
#: seconds that a thumbnail is kept although no record has it: it is made before the image is recorded
THUMB_AGE = 24 * 3600.0


class Images:
    def __init__(
        self,
        store: Store,
        host: Host,
        inputs: Inputs,
        captures: Captures,
        thumbs: Thumbs,
        views: Views,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._host = host
        self._inputs = inputs
        self._captures = captures
        self._thumbs = thumbs
        self._views = views
        self.trash = Trash(host, clock)

    def image(self, id: str) -> Image:
        image = self._store.image(id)
        if image is None:
            raise NotFound("There is no such image: its job may have been deleted.")
        return image

    def named(self, image: Image) -> Path:
        """Where the record says it is, the trash included; the file need not be there."""
        return (self.trash.place(image) if image.trashed else None) or self._recorded(image)

    def _recorded(self, image: Image) -> Path:
        return files.absolute(image.path, self._host.data_folder())

    def resolved(self, image: Image) -> Path:
        """The file, links followed. ``NotFound`` unless it is an image file in an allowed folder."""
        path = files.allowed(self.named(image), self._host.output_folders())
        if path is None:
            raise NotFound("The image's file is not there any more, or not in an output folder of the WebUI.")
        return path

    def file(self, id: str) -> tuple[Path, str]:
        """(resolved path, version)."""
        image = self.image(id)
        return self.resolved(image), version_of(image)

    def thumb(self, id: str) -> tuple[bytes, str, str]:
        """(bytes, media type, version)."""
        image = self.image(id)
        # kept under the name that the WebUI saved it by, which is the record's
        kept = self._recorded(image), image.size, image.mtime
        # what is kept was made of a file that might be served: no need to follow its links once more
        data = self._thumbs.cached(*kept)
        if data is None or not self.named(image).is_file():
            data = self._thumbs.get(*kept, self.resolved(image))
        return data, media_type(data), version_of(image)

    def info(self, id: str) -> api.ImageInfo:
        image = self.image(id)
        job, task = self._store.job(image.job), self._store.task(image.task)
        if job is None:
            raise NotFound("There is no such image: its job was deleted.")
        try:
            path = self.resolved(image)
            size, text = path.stat().st_size, self.infotext(path)
        except (NotFound, OSError):
            path, size, text = None, image.size, ""
        payload = None
        if task is not None and (base := self._store.payload(task.payload)) is not None:
            payload = overlay(base, task.changes)
        return api.ImageInfo(
            image=image_view(image), job=self._views.summary(job),
            task=next(iter(self._views.tasks([task])), None) if task else None,
            recipe=read_recipe(text), infotext=text, payload=payload, bytes=size, missing=path is None,
            lineage=lineage_of(self._store, image),
        )  # fmt: skip

    def infotext(self, path: Path) -> str:
        """What the WebUI wrote into the file, '' if nothing."""
        try:
            return self._host.infotext(path)
        except Exception:  # Pillow raises many kinds for a damaged file; the rest is still worth showing
            return ""

    # ------------------------------------------------------- for the queue

    def prepare(self, task: Task) -> Payload:
        """The payload of ``task`` with its changes laid over and its tokens resolved."""
        payload = self._store.payload(task.payload)
        if payload is None:
            raise NotFound("The settings of this task are not in the store any more.")
        return materialise(overlay(payload, task.changes), self._inputs, self._source)

    def _source(self, id: str) -> Path:
        image = self.image(id)
        if image.trashed:
            raise NotFound("The source image of this task is in the trash.")
        return self.resolved(image)

    def has(self, token: str) -> bool:
        """What the token names is there, and not in the trash."""
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
        return files.facts(Path(made.path), self._host.data_folder())

    def needed_by_others(self, job: str) -> list[tuple[Image, Task]]:
        """The images of ``job`` that tasks of other jobs still to run start from, each with such a task."""
        found = [(self._store.image(id), task) for id, task in self.needed(without=job).items()]
        return [(image, task) for image, task in found if image is not None and image.job == job]

    def needed(self, without: str = "") -> dict[str, Task]:
        """Ids of the images that tasks still to run start from, each with one such task. ``without``:
        a job whose tasks do not count."""
        found: dict[str, Task] = {}
        payloads: dict[str, set[str]] = {}
        for task in self._store.tasks_in("held", "queued", "running"):
            if task.job == without:
                continue
            if task.payload not in payloads:
                payloads[task.payload] = tokens_in(self._store.payload(task.payload) or {})
            for token in payloads[task.payload] | tokens_of(task):
                if token.startswith("image:"):
                    found.setdefault(token.removeprefix("image:"), task)
        return found

    def sweep(self) -> int:
        """Delete input images that no job and no draft uses any more, and thumbnails of images that are
        not in the store; returns how many files went. None while the store has a problem: another process
        may know of jobs that we do not. So may a file put aside: thumbnails can be made anew, inputs
        cannot. At a start, when nothing can be undone any more."""
        if self._store.read_only or self._store.problem:
            return 0
        gone = self._thumbs.sweep(self._thumbs_in_use(), THUMB_AGE)
        if self._store.kept_aside():
            return gone
        return gone + self._inputs.sweep(self._inputs_in_use(), INPUT_AGE)

    def _inputs_in_use(self) -> set[str]:
        used = self._captures.inputs_in_use()
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


def tokens_of(task: Task | PlannedTask) -> set[str]:
    """The tokens in a task's changes; rather one too many, since this keeps files."""
    found: set[str] = set()
    for value in task.changes.values():
        if isinstance(value, (int, float)):
            continue  # nearly all are
        found |= tokens_in({"init_images": value if isinstance(value, list) else [value], "other": value})
    return found


def read_recipe(text: str) -> list[tuple[str, str]]:
    """An infotext as (label, value) in the WebUI's words."""
    if not text:
        return []
    read = infotext.parse(text)
    prompts = [("Prompt", read.prompt), ("Negative prompt", read.negative)]
    return [(name, value) for name, value in prompts if value] + list(read.fields.items())
