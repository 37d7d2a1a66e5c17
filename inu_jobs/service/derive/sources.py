"""Images as sources of new ones: which are selected, and how each was made."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import msgspec

from ... import api
from ...errors import InvalidInput, NotFound
from ...fields.table import infotext_label
from ...library import payload_permits
from ...library.infotext import parsing, to_payload
from ...library.infotext.text_files import infotext_of
from ...library.payload_images import tokens_in
from ...model import Image, Payload
from ...overlay import overlay
from ...plan import MAX_TASKS, Source, rewrites
from ...ports import Catalog, Host
from ...sentences import say
from ...store import Store
from ..images.files import Images, tokens_of
from ..images.selections import selected

#: infotexts kept in memory: a plan is requested on every keystroke
READ = 20_000
#: the origin of images whose infotext is all that is known
_WRITTEN = "infotext"
#: kinds of jobs whose payloads do not tell everything about their images
_UNKNOWN = ("adopted", "imported")
_CHECKPOINT = "sd_model_checkpoint"
_GONE = say("Its file no longer exists or is not in an output folder of the WebUI.")

replace = msgspec.structs.replace


class Infotexts:
    """The infotexts of files, cached until a file changes; the ``READ`` most recently used are kept."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._lock = threading.Lock()
        self._known: dict[tuple[str, int, int], parsing.Infotext | None] = {}

    def of(self, path: Path) -> parsing.Infotext | None:
        """None if there is no file, and if neither it nor its text file has an infotext."""
        if (read := self._written(path)) is None and (text := infotext_of(path, "")):
            return parsing.parse(text)
        return read

    def _written(self, path: Path) -> parsing.Infotext | None:
        """From the image file itself."""
        try:
            now = path.stat()
            key = (str(path), now.st_size, now.st_mtime_ns)
            with self._lock:
                if key in self._known:
                    self._known[key] = known = self._known.pop(key)
                    return known
            text = self._host.infotext(path)
        except Exception:  # missing or damaged: Pillow raises many kinds
            return None
        read = parsing.parse(text) if text else None
        with self._lock:
            self._known[key] = read
            if len(self._known) > READ:
                del self._known[next(iter(self._known))]
        return read


class Sources:
    """Turns selected images into sources; see ``find``."""

    def __init__(self, store: Store, host: Host, catalog: Catalog, images: Images) -> None:
        self._store = store
        self._catalog = catalog
        self._images = images
        self._infotexts = Infotexts(host)

    def find(self, selection: api.Selection, action: api.DeriveAction) -> list[Source]:
        """An image that cannot be used says why (``unfit``). Otherwise as ``selected``."""
        images = selected(self._store, selection)
        if not images:
            raise InvalidInput(say("This selection has no images."), "selection")
        if len(images) > MAX_TASKS:
            raise InvalidInput(
                say(
                    "You selected {images:,} images; a job can have at most {max_tasks:,} tasks.",
                    images=len(images),
                    max_tasks=MAX_TASKS,
                ),
                "selection",
            )
        look = _Look(self._store, self._catalog, self._images, self._infotexts, action)
        return [look.source(image) for image in images]


class _Look:
    """Reads the images of one request; what they share is read once."""

    def __init__(
        self, store: Store, catalog: Catalog, images: Images, infotexts: Infotexts, action: api.DeriveAction
    ) -> None:
        self._store = store
        self._images = images
        self._infotexts = infotexts
        self._needs_file = action in ("img2img", "upscale")
        self._permits = payload_permits.Once(catalog)
        self._here = to_payload.Here.of(catalog)
        self._payloads: dict[str, tuple[Payload, set[str]]] = {}  # with the tokens they contain

    def source(self, image: Image) -> Source:
        task = self._store.task(image.task)
        payload: Payload = {}
        tokens: set[str] = set()
        if task is not None:
            if task.payload not in self._payloads:
                base = self._store.payload(task.payload) or {}
                self._payloads[task.payload] = base, tokens_in(base)
            base, tokens = self._payloads[task.payload]
            payload, tokens = overlay(base, task.changes), tokens | tokens_of(task)
        payload, left_out = payload_permits.without(payload, self._permits)
        source = Source(
            id=image.id, payload=payload, origin=task.payload if task else _WRITTEN, seed=image.seed,
            subseed=image.subseed, name=image.path.rpartition("/")[2], width=image.width, height=image.height,
            not_carried=tuple(left_out),
        )  # fmt: skip
        if image.trashed:
            return replace(source, unfit=say("It is in the trash: restore it first."))
        job = self._store.job(image.job)
        written = (not payload.get("prompt") and not payload.get("steps")) or (job and job.kind in _UNKNOWN)
        if written or self._needs_file:
            path = self._file(image)
            if path is None:
                return replace(source, unfit=_GONE)
            if written:
                return self._from_infotext(path, source)
        lost = not all(map(self._images.has, tokens))
        return self._recorded(image, replace(source, input_lost=lost))

    def _recorded(self, image: Image, source: Source) -> Source:
        payload = source.payload
        settings = payload.get("override_settings") or {}
        rewritten = image.prompt is not None
        read = None
        if rewritten or _CHECKPOINT not in settings or rewrites(payload):
            path = self._file(image)
            read = None if path is None else self._infotexts.of(path)
        if read is not None and _CHECKPOINT not in settings:
            known = to_payload.settings_of(read, self._here)
            payload = {**payload, "override_settings": known | settings}
        prompts: dict[str, Any] = {"prompt": image.prompt}
        if read is not None:
            # only the negative prompt may have had wildcards: nothing was recorded for that case
            if not rewritten and rewrites(payload) and read.negative != payload.get("negative_prompt", ""):
                prompts["prompt"] = payload.get("prompt", "")
            if prompts["prompt"] is not None:
                prompts |= _other_prompts(read, payload)
        return replace(
            source, payload=payload, index=image.index,
            siblings=len(self._store.images_of_task(image.task)), **prompts,
        )  # fmt: skip

    def _from_infotext(self, path: Path, source: Source) -> Source:
        read = self._infotexts.of(path) or parsing.Infotext("", "", {})
        return replace(
            source, payload=to_payload.payload_of(read, self._here), origin=_WRITTEN,
            input_lost=to_payload.came_from_image(read),
            not_carried=tuple(to_payload.left_over(read, self._here)),
        )  # fmt: skip

    def _file(self, image: Image) -> Path | None:
        try:
            return self._images.resolved(image)
        except NotFound:
            return None


def _other_prompts(read: parsing.Infotext, payload: Payload) -> dict[str, Any]:
    """Where a style or a script rewrote the prompt, it may have rewritten these, too."""
    found = {"negative_prompt": read.negative}
    if payload.get("enable_hr"):
        for field in ("hr_prompt", "hr_negative_prompt"):
            found[field] = read.fields.get(infotext_label(field), "")
    return found
