"""Images as sources of a derive: which are meant, and how each was made."""

from __future__ import annotations

from typing import Any

import msgspec

from .. import api
from ..errors import InvalidInput, NotFound
from ..library import infotext, recipes
from ..library.payloads import tokens_in
from ..model import Image, Payload
from ..overlay import overlay
from ..plan import Source
from ..ports import Catalog, Host
from ..store import Store
from .images import Images, tokens_of
from .selections import selected

#: the recipe of images of which only the infotext is known
_WRITTEN = "infotext"
#: kinds of jobs whose payloads do not say all that made their images
_UNKNOWN = ("adopted", "imported")
_CHECKPOINT = "sd_model_checkpoint"
_GONE = "Its file is not there any more, or not in an output folder of the WebUI."

replace = msgspec.structs.replace


class Sources:
    def __init__(self, store: Store, host: Host, catalog: Catalog, images: Images) -> None:
        self._store = store
        self._host = host
        self._catalog = catalog
        self._images = images

    def find(self, selection: api.Selection, action: api.DeriveAction) -> list[Source]:
        """Of what nothing can be made says so (``unfit``). Else as ``selected``."""
        images = selected(self._store, selection)
        if not images:
            raise InvalidInput("There is no image in this selection.", "selection")
        payloads: dict[str, Payload] = {}
        tokens: dict[str, set[str]] = {}
        return [self._source(image, action, payloads, tokens) for image in images]

    def _source(
        self,
        image: Image,
        action: api.DeriveAction,
        payloads: dict[str, Payload],
        tokens: dict[str, set[str]],
    ) -> Source:
        """``payloads`` by their hash, and the ``tokens`` in them: read once each."""
        task = self._store.task(image.task)
        payload: Payload = {}
        if task is not None:
            if task.payload not in payloads:
                payloads[task.payload] = self._store.payload(task.payload) or {}
                tokens[task.payload] = tokens_in(payloads[task.payload])
            payload = overlay(payloads[task.payload], task.changes)
        job = self._store.job(image.job)
        written = (not payload.get("prompt") and not payload.get("steps")) or (job and job.kind in _UNKNOWN)
        source = Source(
            id=image.id, payload=payload, recipe=task.payload if task else _WRITTEN, seed=image.seed,
            name=image.path.rpartition("/")[2], width=image.width, height=image.height,
        )  # fmt: skip
        if image.trashed:
            return replace(source, unfit="It is in the trash: restore it first.")
        if (written or action in ("img2img", "upscale")) and not self._is_there(image):
            return replace(source, unfit=_GONE)
        if written:
            return self._from_infotext(image, source)
        needs = tokens[task.payload] | tokens_of(task) if task else set()
        lost = not all(map(self._images.has, needs))
        return self._recorded(image, replace(source, input_lost=lost))

    def _is_there(self, image: Image) -> bool:
        try:
            self._images.resolved(image)
        except NotFound:
            return False
        return True

    def _recorded(self, image: Image, source: Source) -> Source:
        payload = source.payload
        settings = payload.get("override_settings") or {}
        read = None
        if image.prompt is not None or _CHECKPOINT not in settings:
            read = self._read(image)
        if read is not None and _CHECKPOINT not in settings:
            known = recipes.settings_of(read, self._catalog.checkpoint_exists)
            payload = {**payload, "override_settings": known | settings}
        others = _other_prompts(read, payload) if read is not None and image.prompt is not None else {}
        return replace(
            source, payload=payload, prompt=image.prompt, index=image.index,
            siblings=len(self._store.images_of_task(image.task)), **others,
        )  # fmt: skip

    def _from_infotext(self, image: Image, source: Source) -> Source:
        read = self._read(image) or infotext.Infotext("", "", {})
        payload = recipes.payload_of(read, self._catalog.checkpoint_exists)
        return replace(source, payload=payload, recipe=_WRITTEN, input_lost=recipes.came_from_image(read))

    def _read(self, image: Image) -> infotext.Infotext | None:
        """None where there is no file, or nothing in it."""
        try:
            text = self._host.infotext(self._images.resolved(image))
        except Exception:  # gone, or damaged: Pillow raises many kinds
            return None
        return infotext.parse(text) if text else None


def _other_prompts(read: infotext.Infotext, payload: Payload) -> dict[str, Any]:
    """Where a style or a script rewrote the prompt it may have rewritten these."""
    found = {"negative_prompt": read.negative}
    for field, label in (("hr_prompt", "Hires prompt"), ("hr_negative_prompt", "Hires negative prompt")):
        if payload.get("enable_hr"):
            found[field] = read.fields.get(label, "")
    return found
