"""From the page to a payload whose images match Generate's pixel for pixel. Pure.

Source: WebUI 1.10.1, modules/txt2img.py, modules/img2img.py (what they do with their arguments) and
modules/api/api.py (what the API does with a payload).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import msgspec

from ...errors import InvalidInput
from ...fields.dynamic_prompts import dynamic_prompts
from ...fields.table import FILES, unit_of
from ...model import AxisSpec, Payload
from ...sentences import Sentence, say
from ...service.compose import job_names
from ..host.init_images import ImageTools, pick_images, scaled
from .batch import MODE, Batch, BatchTools, read_batch
from .frozen_settings import CHECKPOINT, Setting, freeze_settings, not_frozen
from .scripts import ScriptOnPage, extra_options, script_fields

#: those that the host's function has
TXT2IMG = """prompt negative_prompt steps sampler_name n_iter batch_size cfg_scale distilled_cfg_scale
    width height enable_hr denoising_strength hr_scale hr_upscaler hr_second_pass_steps hr_resize_x
    hr_resize_y hr_checkpoint_name hr_additional_modules hr_sampler_name hr_scheduler hr_prompt
    hr_negative_prompt hr_cfg hr_distilled_cfg""".split()  # noqa: SIM905
IMG2IMG = """prompt negative_prompt steps sampler_name n_iter batch_size cfg_scale distilled_cfg_scale
    image_cfg_scale denoising_strength width height resize_mode inpainting_fill inpaint_full_res
    inpaint_full_res_padding inpainting_mask_invert""".split()  # noqa: SIM905
#: what the page shows for "nothing chosen"
SAME = {
    "hr_checkpoint_name": "Use same checkpoint",
    "hr_sampler_name": "Use same sampler",
    "hr_scheduler": "Use same scheduler",
}
LATENT_NOISE = 2
SCALE_BY_TAB = 1
TIMES = "\N{MULTIPLICATION SIGN}"


class Page(msgspec.Struct, frozen=True):
    """Everything that Generate would use. ``arguments``: by parameter name of the host's own function;
    ``checkpoint``: title of the current one; ``chips``: the page's override settings, by name."""

    kind: Literal["txt2img", "img2img"]
    arguments: dict[str, Any]
    scripts: list[ScriptOnPage]
    selected: ScriptOnPage | None
    settings: Mapping[str, Setting]
    chips: Mapping[str, Any]
    checkpoint: str
    find_checkpoint: Callable[[str], str | None]
    images: ImageTools
    batch: BatchTools | None = None


class Frozen(msgspec.Struct, frozen=True):
    """A payload and the notes for the user; see ``api.Capture``."""

    payload: Payload
    name: str
    batch_count: int
    summary: list[str]
    not_frozen: list[Sentence]
    axes: list[AxisSpec] = []


def name_arguments(function: Callable[..., Any], values: Sequence[Any]) -> tuple[dict[str, Any], list[Any]]:
    """The ``values`` that the page sends, by parameter name of ``function``, and the values of scripts.

    The host adds ``request`` itself, so it is not among the values."""
    parameters = inspect.signature(function).parameters.values()
    names = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "request"]
    if len(values) <= len(names):
        raise InvalidInput(say("The page does not match the running WebUI: reload the page."))
    return dict(zip(names, values, strict=False)), list(values[len(names) :])


def freeze(page: Page) -> Frozen:
    """Raises InvalidInput (one sentence) if something on the page cannot be captured."""
    payload = txt2img_fields(page) if page.kind == "txt2img" else {}
    image = mask = None
    files = page.kind == "img2img" and page.arguments.get("mode") == MODE
    if files:
        payload = img2img_fields(page, None)
    elif page.kind == "img2img":
        image, mask = pick_images(page.arguments, page.images)
        payload = img2img_fields(page, image)
    payload["styles"] = list(page.arguments.get("prompt_styles") or [])
    payload |= script_fields(page.scripts, page.selected)
    extra = extra_options(page.scripts)
    payload["override_settings"] = freeze_settings(
        page.settings,
        extra,
        page.chips,
        checkpoint=page.checkpoint,
        find_checkpoint=page.find_checkpoint,
        is_img2img=page.kind == "img2img",
    )
    # Last, when nothing can be refused any more: a refused capture leaves no files behind.
    if image is not None:
        payload["init_images"] = [page.images.save(image)]
    if mask is not None:
        payload["mask"] = page.images.save(mask)
    payload |= script_fields(page.scripts, page.selected, page.images.save)
    batch = read_batch(page.arguments, page.batch) if files and page.batch else None
    return Frozen(
        payload=payload,
        name=job_names.captured(payload["prompt"], page.kind),
        batch_count=1 if makes_combinations(payload) else payload["n_iter"],
        summary=summary(payload) + (of_files(batch) if batch else []),
        not_frozen=[
            *not_frozen(page.settings, extra | dict(page.chips)),
            *only_first_batch(payload),
            *(batch.notes if batch else []),
        ],
        axes=[AxisSpec(FILES, batch.values)] if batch else [],
    )


def txt2img_fields(page: Page) -> Payload:
    fields = {name: number(page.arguments[name]) for name in TXT2IMG if name in page.arguments}
    for name, nothing in SAME.items():
        if fields.get(name) == nothing:
            fields[name] = None
    return fields


def img2img_fields(page: Page, image: Any) -> Payload:
    arguments = page.arguments
    fields = {name: number(arguments[name]) for name in IMG2IMG if name in arguments}
    if image is not None and arguments.get("selected_scale_tab") == SCALE_BY_TAB:
        size = scaled(image, arguments["scale_by"], arguments, page.images)
        fields["width"], fields["height"] = size
    fields["inpaint_full_res"] = bool(fields.get("inpaint_full_res"))
    # ``mask_blur`` other than int is ignored by Generate; the API would round it.
    if isinstance(arguments.get("mask_blur"), int):
        fields["mask_blur"] = arguments["mask_blur"]
    # The WebUI reads this before overrides apply, so neither a chip nor the settings at run time may change
    # it.
    if "initial_noise_multiplier" in page.settings:
        fields["initial_noise_multiplier"] = page.settings["initial_noise_multiplier"].value
    return fields


def number(value: Any) -> Any:
    """512.0 as 512: sliders may send either, and the API expects integers."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def only_first_batch(payload: Payload) -> list[Sentence]:
    """A note, if later batches cannot match Generate's."""
    # That noise is drawn once for all batches, from the first seed; each task draws its own.
    if payload.get("mask") and payload.get("inpainting_fill") == LATENT_NOISE and payload["n_iter"] > 1:
        return [
            say(
                "With “latent noise” as {content}, only the first batch is the same as Generate's.",
                content=unit_of("inpainting_fill"),
            )
        ]
    return []


def makes_combinations(payload: Payload) -> bool:
    """If so, one run makes them all, whatever the batch count is."""
    dynamic = dynamic_prompts(payload)
    return dynamic is not None and dynamic.combinatorial


def of_files(batch: Batch) -> list[str]:
    """A short fact about the files of Batch, for the composer."""
    count = len(batch.values)
    return [f"{count:,} file{'' if count == 1 else 's'}, {max(1, batch.bytes >> 20):,} MB, copied"]


def summary(payload: Payload) -> list[str]:
    """Short facts about the payload, for the composer."""
    sampler = " ".join(str(payload[key]) for key in ("sampler_name", "scheduler") if payload.get(key))
    facts = [f"{sampler}, {payload.get('steps')} steps", f"{payload['width']} {TIMES} {payload['height']}"]
    facts.append(payload["override_settings"][CHECKPOINT])
    if payload.get("enable_hr"):
        size = f"{payload.get('hr_scale')}{TIMES}"
        if payload.get("hr_resize_x") or payload.get("hr_resize_y"):
            size = f"to {payload.get('hr_resize_x')} {TIMES} {payload.get('hr_resize_y')}"
        facts.append(f"hires fix {size}, {payload.get('hr_upscaler')}")
    if payload.get("refiner_checkpoint"):
        facts.append(f"refiner {payload['refiner_checkpoint']}")
    if "init_images" in payload:
        facts.append(f"{'inpaint' if payload.get('mask') else 'img2img'} {payload['denoising_strength']}")
    if payload.get("script_name"):
        facts.append(f"script {payload['script_name']}")
    facts.append("random seed" if payload.get("seed", -1) == -1 else f"seed {payload['seed']}")
    return facts
