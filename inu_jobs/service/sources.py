"""Images as sources of a derive: which are meant, and how each was made."""

from __future__ import annotations

from typing import Any

from .. import api
from ..errors import InvalidInput, NotFound, Refused
from ..library import infotext, recipes
from ..model import Image, Payload
from ..overlay import overlay
from ..plan import Source
from ..ports import Catalog, Host
from ..store import Store
from .images import Images
from .selections import selected

#: the recipe of images of which only the infotext is known
_WRITTEN = "infotext"
#: kinds of jobs whose payloads do not say all that made their images
_UNKNOWN = ("adopted", "imported")
_CHECKPOINT = "sd_model_checkpoint"


class Sources:
    def __init__(self, store: Store, host: Host, catalog: Catalog, images: Images) -> None:
        self._store = store
        self._host = host
        self._catalog = catalog
        self._images = images

    def find(self, selection: api.Selection, action: api.DeriveAction) -> list[Source]:
        """``Refused`` if an image cannot be started from; else as ``selected``."""
        images = selected(self._store, selection)
        if not images:
            raise InvalidInput("There is no image in this selection.", "selection")
        _refuse([image for image in images if image.trashed], images, "in the trash: restore or leave out")
        if action in ("img2img", "upscale"):
            gone = [image for image in images if not self._is_there(image)]
            _refuse(gone, images, "not there any more, or not in an output folder of the WebUI: leave out")
        payloads: dict[str, Payload] = {}
        return [self._source(image, payloads) for image in images]

    def _is_there(self, image: Image) -> bool:
        try:
            self._images.resolved(image)
        except NotFound:
            return False
        return True

    def _source(self, image: Image, payloads: dict[str, Payload]) -> Source:
        task = self._store.task(image.task)
        payload: Payload = {}
        if task is not None:
            if task.payload not in payloads:
                payloads[task.payload] = self._store.payload(task.payload) or {}
            payload = overlay(payloads[task.payload], task.changes)
        job = self._store.job(image.job)
        if (not payload.get("prompt") and not payload.get("steps")) or (job and job.kind in _UNKNOWN):
            return self._from_infotext(image)
        settings = payload.get("override_settings") or {}
        read = None
        if image.prompt is not None or _CHECKPOINT not in settings:
            read = self._read(image)
        if read is not None and _CHECKPOINT not in settings:
            known = recipes.settings_of(read, self._catalog.checkpoint_exists)
            payload = {**payload, "override_settings": known | settings}
        return Source(
            id=image.id, payload=payload, recipe=task.payload if task else _WRITTEN, seed=image.seed,
            prompt=image.prompt, index=image.index,
            siblings=len(self._store.images_of_task(image.task)),
            width=image.width, height=image.height,
            **(_other_prompts(read, payload) if read is not None and image.prompt is not None else {}),
        )  # fmt: skip

    def _from_infotext(self, image: Image) -> Source:
        read = self._read(image) or infotext.Infotext("", "", {})
        return Source(
            id=image.id, payload=recipes.payload_of(read, self._catalog.checkpoint_exists), recipe=_WRITTEN,
            seed=image.seed, input_lost=recipes.came_from_image(read),
            width=image.width, height=image.height,
        )  # fmt: skip

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


def _refuse(bad: list[Image], images: list[Image], reason: str) -> None:
    if bad:
        name = bad[0].path.rpartition("/")[2]
        count = f"{len(bad)} of the {len(images)} images are" if len(bad) > 1 else f"The image {name} is"
        raise Refused(f"{count} {reason} {'them' if len(bad) > 1 else 'it'}.")
