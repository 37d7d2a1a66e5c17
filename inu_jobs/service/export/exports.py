"""Exports: what is to be exported, and the downloads waiting to be fetched."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from ... import api, budgets
from ...errors import NO_JOB, NotFound, Refused
from ...fields.table import SIZE, infotext_label
from ...library.export import (
    MAX_ON_SHEETS,
    Look,
    Part,
    csv_of,
    json_of,
    layout_of,
    matrix_of,
    save,
    save_beside,
    sheet_of,
    sheets_needed,
    zip_of,
)
from ...library.export.file_names import download_name
from ...library.export.items import ItemSource, named
from ...library.infotext.text_files import own_text
from ...model import Image, Job, Payload, Task
from ...overlay import overlay
from ...plan import is_special, label, values_of
from ...ports import Host
from ...sentences import say
from ...store import Store
from ..images.files import Images
from ..progress import BulkProgress
from ..views import numbers_in
from .matrix_cells import table_of

#: seconds for which a download can be fetched, also repeatedly (browsers may ask again)
LIFETIME = 600.0
#: downloads kept; they only hold records that the store has anyway
_KEPT = 50
_SUFFIXES: dict[api.SheetPicture, str] = {"jpeg": "jpg", "png": "png"}


class Download(msgspec.Struct, frozen=True):
    """``make`` starts over on each call. Chunks may be empty."""

    id: str
    name: str  # of the file
    media_type: str
    make: Callable[[], Iterator[bytes]]


class Exports:
    """``select`` returns the images of a selection, without those in the trash."""

    def __init__(
        self,
        store: Store,
        images: Images,
        host: Host,
        select: Callable[[api.Selection], list[Image]],
        works: BulkProgress,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._source = _Files(store, images, host)
        self._host = host
        self._select = select
        self._works = works
        self._clock = clock
        self._lock = threading.Lock()
        self._waiting: dict[str, tuple[float, Download]] = {}

    def of_job(self, id: str, spec: api.JobExport) -> api.Export:
        """``NotFound`` if there is no such job; otherwise as ``of``, for its own images only."""
        job = self._store.job(id)
        if job is None:
            raise NotFound(NO_JOB)
        wanted = spec.selection or api.Selection()
        if isinstance(wanted.images, msgspec.UnsetType):
            wanted = msgspec.structs.replace(wanted, jobs=[id])
        images = [image for image in self._select(wanted) if image.job == id]
        if spec.format == "matrix":
            return self._matrix(job, images, spec)
        return self._offer(images, spec.format, spec.picture, job.name)

    def _matrix(self, job: Job, images: Sequence[Image], spec: api.JobExport) -> api.Export:
        table = table_of(job, spec, self._parts(images), self._store)
        look = Look(job.name, spec.picture, tuple(self._host.fonts()))
        layout = layout_of(table, look)
        if layout is None:
            raise Refused(
                say(
                    "{rows:,} by {columns:,} cells are too many for one image: choose axes with fewer"
                    " values for rows and columns, or export a contact sheet.",
                    rows=len(table.rows),
                    columns=len(table.columns),
                )
            )
        file = download_name(job.name, _SUFFIXES[spec.picture], "matrix")
        count = sum(map(len, table.cells.values()))
        make = partial(matrix_of, table, layout, look=look)
        return self._wait_for(self._told(file, f"image/{spec.picture}", count, 1, make), count)

    def of(self, spec: api.ImageExport) -> api.Export:
        """``Refused`` if there is nothing to export, or too much for a contact sheet."""
        images = self._select(spec.selection)
        jobs = {image.job for image in images}
        only = self._store.job(next(iter(jobs))) if len(jobs) == 1 else None
        return self._offer(images, spec.format, spec.picture, only.name if only else "images")

    def save(self, selection: api.Selection) -> api.Result:
        """Copy into the folder of the WebUI's own "Save". ``Refused`` if it is not set."""
        folder = self._host.save_folder()
        if folder is None:
            raise Refused(
                say("The WebUI has no folder for saved images: set one in Settings > Paths for saving.")
            )
        done, failed = 0, []
        images = self._select(selection)
        with self._works.doing("save", say("Saving"), len(images)) as progress:
            for nth, image in enumerate(images, 1):
                try:
                    file = self._source.file(image)
                    copy = save(file, folder)
                    if (text := self._source.text_file(file)) is not None:
                        save_beside(text, copy)
                    done += 1
                except NotFound as error:
                    failed.append(api.Failure.of(image, error.sentence))
                except OSError as error:
                    reason = error.strerror or "the copy failed"
                    failed.append(api.Failure.of(image, say("It was not saved: {reason}.", reason=reason)))
                progress(nth)
        return api.Result(done, failed)

    def fetch(self, token: str) -> Download:
        """``NotFound`` if it is unknown or has expired."""
        with self._lock:
            self._forget_old()
            found = self._waiting.get(token)
        if found is None:
            raise NotFound(say("This download has expired: export again."))
        return found[1]

    def _offer(
        self, images: Sequence[Image], format: api.ExportFormat, picture: api.SheetPicture, title: str
    ) -> api.Export:
        if not images:
            raise Refused(say("There are no images to export."))
        if format == "sheet" and len(images) > MAX_ON_SHEETS:
            raise Refused(
                say(
                    "A contact sheet can have at most {most:,} images, not {images:,}: select fewer, or"
                    " export a zip.",
                    most=MAX_ON_SHEETS,
                    images=len(images),
                )
            )
        return self._wait_for(self._download(self._parts(images), format, picture, title), len(images))

    def _wait_for(self, download: Download, images: int) -> api.Export:
        with self._lock:
            self._forget_old()
            self._waiting[download.id] = (self._clock() + LIFETIME, download)
            while len(self._waiting) > _KEPT:
                del self._waiting[next(iter(self._waiting))]
        return api.Export(download.id, download.name, images)

    def _download(
        self, parts: list[Part], format: api.ExportFormat, picture: api.SheetPicture, title: str
    ) -> Download:
        def told(
            file: str, media_type: str, passes: int, make: Callable[[ItemSource], Iterator[bytes]]
        ) -> Download:
            return self._told(file, media_type, len(parts), passes, make)

        plain = download_name(title, format)
        if format == "zip":
            return told(
                plain,
                "application/zip",
                2,
                lambda source: zip_of(parts, source, self._source.text_file),
            )
        if format == "csv":
            return told(
                download_name(title, "csv"),
                "text/csv; charset=utf-8",
                1,
                lambda source: csv_of(parts, source),
            )
        if format == "json":
            return told(
                download_name(title, "json"), "application/json", 1, lambda source: json_of(parts, source)
            )
        look = Look(title, picture, tuple(self._host.fonts()))
        several = sheets_needed(len(parts)) > 1
        suffix = "zip" if several else _SUFFIXES[picture]
        media_type = "application/zip" if several else f"image/{picture}"
        file = download_name(title, suffix, "sheet")
        return told(file, media_type, 2, lambda source: sheet_of(parts, source, look))

    def _told(
        self,
        file: str,
        media_type: str,
        count: int,
        passes: int,
        make: Callable[[ItemSource], Iterator[bytes]],
    ) -> Download:
        """A download that reports its progress. ``passes``: how often ``make`` reads each of ``count``
        images."""

        id = secrets.token_urlsafe(24)

        def run() -> Iterator[bytes]:
            with self._works.doing(id, say("Exporting {file}", file=file), count) as progress:
                yield from make(_Counted(self._source, lambda asked: progress(asked // passes)))

        return Download(id, file, media_type, run)

    def _parts(self, images: Sequence[Image]) -> list[Part]:
        jobs: dict[str, Job | None] = {}
        numbers: dict[str, int] = {}
        told = []
        for image in budgets.turns(images):
            if image.job not in jobs:
                jobs[image.job] = self._store.job(image.job)
                numbers |= numbers_in(self._store, image.job)
            job, task = jobs[image.job], self._store.task(image.task)
            number = numbers.get(image.id, 1)  # both may have been deleted in the meantime
            if job is None or task is None:
                told.append(Part(image, "" if job is None else job.name, number))
            else:
                told.append(Part(image, job.name, number, label(job.axes, task), _values(job, task, image)))
        return named(told)

    def _forget_old(self) -> None:
        now = self._clock()
        for token in [token for token, (until, _) in self._waiting.items() if until <= now]:
            del self._waiting[token]


def _values(job: Job, task: Task, image: Image) -> dict[str, str]:
    """``Part.values``."""
    told = values_of(job.axes, task)
    told.pop("seed", None)
    # an axis only tells the whole prompt if no source has its own, and no script changed it since
    whole = task.source is None and image.prompt is None
    own = () if whole else ("prompt", "negative_prompt")
    values = {field if field in own else infotext_label(field): words for field, words in told.items()}
    if whole and any(is_special(field) and field != SIZE for field in told):
        values.setdefault(infotext_label("prompt"), "")
    return values


class _Files:
    """``library.export.Source``."""

    def __init__(self, store: Store, images: Images, host: Host) -> None:
        self._store = store
        self._images = images
        self._host = host

    def file(self, image: Image) -> Path:
        return self._images.resolved(image)

    def thumb(self, image: Image) -> bytes:
        return self._images.thumb(image.id)[0]

    def infotext(self, path: Path) -> str:
        return self._images.infotext(path)

    def text_file(self, path: Path) -> Path | None:
        """The text file that was saved with the image file ``path``."""
        return own_text(path, self._images.written)

    def payload(self, image: Image) -> Payload:
        task = self._store.task(image.task)
        base = self._store.payload(task.payload) if task else None
        return overlay(base, task.changes) if task and base is not None else {}


class _Counted:
    """An ``ItemSource`` that counts the images read."""

    def __init__(self, source: ItemSource, asked: Callable[[int], None]) -> None:
        self._source = source
        self._asked = asked
        self._count = 0
        self.infotext = source.infotext
        self.payload = source.payload

    def file(self, image: Image) -> Path:
        self._count_one()
        return self._source.file(image)

    def thumb(self, image: Image) -> bytes:
        self._count_one()
        return self._source.thumb(image)

    def _count_one(self) -> None:
        self._count += 1
        self._asked(self._count)
