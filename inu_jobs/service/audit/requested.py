"""What was requested of an image, as far as known, for the audit to compare with."""

from __future__ import annotations

from typing import Any

from ...errors import InuJobsError
from ...fields.table import SIZE, infotext_label
from ...fields.upscale import is_upscale, scale
from ...library.audit import Asked
from ...library.files import dimensions
from ...library.infotext.parsing import Infotext
from ...library.infotext.to_payload import hashes_both_passes
from ...library.inputs import Inputs
from ...model import Image, Payload, Task
from ...overlay import overlay
from ...plan import all_round, final_size
from ...plan.preflight.installed import SAME
from ...plan.prompts.lora import strengths
from ...plan.prompts.syntax import is_template, loras
from ...ports import Catalog
from ...store import Store

#: values that mean "unchanged" in fields that name something
_SAME = SAME | {"Automatic"}
_LORA_HASHES = "Lora hashes"
#: the oldest supported WebUI, for images that do not tell (a setting)
_THIS = "1.10.1"
#: an upscaler rounds to multiples of 8; hires fix may lose one of them on each side
_BLOCK = 8


class Asking:
    """Finds out what an image should be like; see ``of``."""

    def __init__(self, store: Store, inputs: Inputs, catalog: Catalog) -> None:
        self._store = store
        self._inputs = inputs
        self._catalog = catalog

    def of(self, image: Image, made: Infotext) -> Asked:
        """What was requested of ``image``. ``made``: its infotext, which shows what became of wildcards and
        styles."""
        job, task = self._store.job(image.job), self._store.task(image.task)
        payload = self.payload(task) if task is not None else {}
        if task is None or job is None or job.kind == "imported" or not payload:
            return Asked(loras=self._loras(payload, made, sure=False))
        if job.kind == "adopted":
            sizes, step = _adopted_sizes(payload, made), self._catalog.size_step()
            return Asked(sizes, _BLOCK, step, loras=self._loras(payload, made))
        if is_upscale(payload):  # the infotext is that of its source image
            return Asked(_scaled(self._source(task, payload), scale(payload)), _BLOCK, sure=True)
        if payload.get("script_name"):  # it may vary anything
            return Asked(loras=self._loras(payload, made))
        settings = payload.get("override_settings") or {}
        checkpoint = settings.get("sd_model_checkpoint")
        return Asked(
            sizes=self._sizes(task, payload),
            slack=_BLOCK if payload.get("enable_hr") else 0,
            step=self._catalog.size_step(),
            loras=self._loras(payload, made),
            checkpoint=checkpoint if isinstance(checkpoint, str) and checkpoint not in _SAME else "",
            sampling=_sampling(payload),
        )

    def payload(self, task: Task) -> Payload:
        """With the changes applied; {} if it is not in the store."""
        base = self._store.payload(task.payload)
        return overlay(base, task.changes) if base else {}

    def _sizes(self, task: Task, payload: Payload) -> frozenset[tuple[int, int]]:
        settings = payload.get("override_settings") or {}
        if settings.get("use_old_hires_fix_width_height") and payload.get("enable_hr"):
            return frozenset()
        size = final_size(payload, {})
        if not payload.get("mask"):
            return frozenset({size, self._rounded_first(payload)})
        # inpainting pastes its result back into the source image
        source = self._source(task, payload)
        return frozenset({size, source}) if source else frozenset()

    def _rounded_first(self, payload: Payload) -> tuple[int, int]:
        """The size where the WebUI rounds the first pass, and hires fix scales what came of that."""
        if self._catalog.size_step() <= _BLOCK or not payload.get("enable_hr"):
            return final_size(payload, {})
        sides = {name: payload.get(name) for name in ("width", "height")}
        rounded = {name: all_round(side) for name, side in sides.items() if isinstance(side, int)}
        return final_size(payload, rounded)

    def _source(self, task: Task, payload: Payload) -> tuple[int, int] | None:
        image = self._store.image(task.source) if task.source else None
        if image is not None:
            return (image.width, image.height) if image.width and image.height else None
        first = next(iter(payload.get("init_images") or ()), None)
        if not isinstance(first, str) or not first.startswith("input:"):
            return None
        try:
            size = dimensions(self._inputs.path(first))
        except InuJobsError:  # it was swept: no waiting job needs it
            return None
        return size if all(size) else None

    def _loras(self, payload: Payload, made: Infotext, sure: bool = True) -> tuple[str, ...]:
        """The LoRAs in the prompt with any strength. For an image of another WebUI (not ``sure``), only its
        hashes show that they were in the prompt."""
        settings = payload.get("override_settings") or {}
        if payload.get("disable_extra_networks") or settings.get("lora_add_hashes_to_infotext") is False:
            return ()
        if _LORA_HASHES not in made.fields and not (sure and self._catalog.lora_hashes()):
            return ()
        hires = made.fields.get(infotext_label("hr_prompt"), "")
        version = made.fields.get("Version", _THIS if sure else "")
        if loras(hires) and not hashes_both_passes(version):
            return ()
        return tuple(
            lora.name
            for prompt in (made.prompt, hires)
            for lora in loras(prompt)
            if not is_template(lora.name) and not _is_off(prompt, lora.name)
        )


def _is_off(prompt: str, name: str) -> bool:
    """It has no strength anywhere, so some WebUIs do not even load it."""
    told = strengths(prompt, name)
    return bool(told) and not any(told)


def _adopted_sizes(payload: Payload, made: Infotext) -> frozenset[tuple[int, int]]:
    """For a task queued with the scheduler's own button, scripts and img2img's scale are unknown."""
    if "resize_mode" in payload or "width" not in payload or "height" not in payload:
        return frozenset()
    if made.fields.get(infotext_label(SIZE)) != f"{payload['width']}x{payload['height']}":
        return frozenset()
    return frozenset({final_size(payload, {})})


def _scaled(size: tuple[int, int] | None, factor: float) -> frozenset[tuple[int, int]]:
    return frozenset({(round(size[0] * factor), round(size[1] * factor))}) if size else frozenset()


def _sampling(payload: Payload) -> dict[tuple[str, str], tuple[str, str]]:
    asked = {}
    sampler = payload.get("sampler_name") or payload.get("sampler_index")
    if (name := _name(sampler)) != "":
        asked[_labels("sampler_name", "scheduler")] = (name, _name(payload.get("scheduler")))
    if payload.get("enable_hr") and (name := _name(payload.get("hr_sampler_name"))) != "":
        asked[_labels("hr_sampler_name", "hr_scheduler")] = (name, _name(payload.get("hr_scheduler")))
    return asked


def _labels(sampler: str, scheduler: str) -> tuple[str, str]:
    return infotext_label(sampler), infotext_label(scheduler)


def _name(value: Any) -> str:
    return value if isinstance(value, str) and value not in _SAME else ""
