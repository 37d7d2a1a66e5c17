"""Numbers that the WebUI refuses, or that make no image worth having."""

from __future__ import annotations

from typing import Any, TypeGuard

from ..model import Finding, Payload
from .estimate import final_size
from .families import TRAINED

_SMALLEST, _LARGEST = 8, 16384  # pixels
#: where the WebUI's own sliders begin; it makes smaller images too when asked
_SMALL = 64

#: field -> (impossible below, impossible above, odd below, odd above). The odd ones are where the
#: WebUI's own sliders end (modules/ui.py of 1.10.1); beyond them is allowed, but rarely meant.
_BOUNDS: dict[str, tuple[float, float, float, float]] = {
    "steps": (1, 10_000, 1, 150),
    "cfg_scale": (-1_000, 1_000, 1, 30),
    "denoising_strength": (0, 1, 0, 1),
    "batch_size": (1, 1_000, 1, 8),
    "subseed_strength": (0, 1, 0, 1),
    "refiner_switch_at": (0, 1, 0.01, 1),
    "hr_scale": (0.05, 64, 1, 4),
    "hr_second_pass_steps": (0, 10_000, 0, 150),
    "image_cfg_scale": (0, 1_000, 0, 3),
    "mask_blur": (0, 1_000, 0, 64),
    "resize_mode": (0, 3, 0, 3),
    "eta": (0, 1_000, 0, 1),
    "initial_noise_multiplier": (0, 1_000, 0, 1.5),
    "inpaint_full_res_padding": (0, 16384, 0, 256),
    "inpainting_fill": (0, 3, 0, 3),
}
#: of the pixels that a model was trained with
_FAR_BELOW, _FAR_ABOVE = 0.3, 3.0
_CLIP_LAYERS = 12
_HIRES = frozenset({"hr_scale", "hr_second_pass_steps"})
_WORDS = {
    "steps": "The number of steps",
    "cfg_scale": "The CFG scale",
    "denoising_strength": "The denoising strength",
    "batch_size": "The batch size",
    "subseed_strength": "The variation strength",
    "hr_scale": "The hires upscale",
    "hr_second_pass_steps": "The number of hires steps",
    "mask_blur": "The mask blur",
}


def numbers(now: Payload, kind: str) -> list[Finding]:
    """``now``: a task's whole payload."""
    found = []
    for field, (least, most, low, high) in _BOUNDS.items():
        value = now.get(field)
        if not _is_number(value) or (field in _HIRES and not now.get("enable_hr")):
            continue
        if field == "denoising_strength" and kind == "txt2img" and not now.get("enable_hr"):
            continue  # of no effect then
        name = _WORDS.get(field, field)
        if not least <= value <= most:
            message = f"{name} must be from {least:g} to {most:g}, not {value:g}."
            found.append(Finding("error", "out_of_range", message, field))
        elif not low <= value <= high:
            message = f"{name} is usually from {low:g} to {high:g}, not {value:g}."
            found.append(Finding("warning", "out_of_range", message, field))
    skip = (now.get("override_settings") or {}).get("CLIP_stop_at_last_layers")
    if _is_number(skip) and not 1 <= skip <= _CLIP_LAYERS:
        message = f"Clip skip must be from 1 to {_CLIP_LAYERS}, not {skip:g}."
        found.append(Finding("error", "out_of_range", message, "override_settings.CLIP_stop_at_last_layers"))
    return found


def sizes(now: Payload) -> list[Finding]:
    found = []
    for field in ("width", "height"):
        value = now.get(field)
        if not _is_number(value):
            continue
        if not _SMALLEST <= value <= _LARGEST:
            message = f"The {field} must be from {_SMALLEST} to {_LARGEST} pixels, not {value:g}."
            found.append(Finding("error", "size", message, field))
        elif value % 8:
            message = (
                f"The {field} {value:g} is not a multiple of 8: the image will have {int(value) // 8 * 8}."
            )
            found.append(Finding("warning", "size", message, field))
        elif value < _SMALL:
            message = f"The {field} is usually from {_SMALL} pixels, not {value:g}."
            found.append(Finding("warning", "size", message, field))
    if now.get("enable_hr") and not found:
        found += _hires_size(now)
    return found


def far_from_trained(now: Payload, family: str, kind: str) -> list[Finding]:
    """A model repeats itself in images much larger than those it learned from, and loses itself in much
    smaller ones. img2img goes on from an image, so that a large one is no trouble."""
    width, height = now.get("width"), now.get("height")
    if family not in TRAINED or not _is_number(width) or not _is_number(height):
        return []
    side = TRAINED[family].side
    times = width * height / (side * side)
    if _FAR_BELOW < times < _FAR_ABOVE or (times >= 1 and kind == "img2img"):
        return []
    message = f"{width:g}x{height:g} is far from the {side}x{side} that {family} models were trained for."
    return [Finding("warning", "size_far", message, "width")]


def _hires_size(now: Payload) -> list[Finding]:
    target = final_size(now, {})
    if not (min(target) >= _SMALLEST and max(target) <= _LARGEST):
        field = "hr_resize_x" if now.get("hr_resize_x") or now.get("hr_resize_y") else "hr_scale"
        message = f"With hires fix the image would have {target[0]}x{target[1]} pixels."
        return [Finding("error", "size", message, field)]
    return []


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
