"""Numbers that the WebUI refuses, or that do not make a useful image."""

from __future__ import annotations

from typing import Any, TypeGuard

from ...fields.table import ALL_ROUND, PIXELS, TABLE
from ...model import Finding, Payload
from ...sentences import say
from ..estimate import all_round, final_size
from .model_families import TRAINED

#: checked by ``sizes``
_SIDES = (TABLE["width"], TABLE["height"])
_BOUNDED = [
    (field, field.bounds)
    for field in TABLE.values()
    if field.bounds is not None and field.only != "upscale" and field not in _SIDES
]
_SETTING = "override_settings."
#: relative to the pixels that a model was trained on
_FAR_BELOW, _FAR_ABOVE = 0.3, 3.0


def numbers(now: Payload, kind: str) -> list[Finding]:
    """``now``: a task's whole payload."""
    found = []
    settings = now.get("override_settings") or {}
    for field, bounds in _BOUNDED:
        path = field.path
        value = settings.get(path.removeprefix(_SETTING)) if path.startswith(_SETTING) else now.get(path)
        if not _is_number(value) or (path.startswith("hr_") and not now.get("enable_hr")):
            continue
        if path == "denoising_strength" and kind == "txt2img" and not now.get("enable_hr"):
            continue  # then it has no effect
        if not bounds.least <= value <= bounds.most:
            message = say(
                "{name} must be from {least:g} to {most:g}, not {value:g}.",
                name=field.name,
                least=bounds.least,
                most=bounds.most,
                value=value,
            )
            found.append(Finding("error", "out_of_range", message, path))
        elif not bounds.low <= value <= bounds.high:
            message = say(
                "{name} is usually between {low:g} and {high:g}, not {value:g}.",
                name=field.name,
                low=bounds.low,
                high=bounds.high,
                value=value,
            )
            found.append(Finding("warning", "out_of_range", message, path))
    return found


def sizes(now: Payload, step: int = 8) -> list[Finding]:
    """Width and height that are refused, rounded or unusual. ``now``: a task's whole payload; ``step``: see
    ``ports.Catalog.size_step``."""
    found = []
    for field in _SIDES:
        value, bounds = now.get(field.path), field.bounds
        if bounds is None or not _is_number(value):
            continue
        if not bounds.least <= value <= bounds.most:
            message = say(
                "{name} must be from {least:g} to {most:g} pixels, not {value:g}.",
                name=field.name,
                least=bounds.least,
                most=bounds.most,
                value=value,
            )
            found.append(Finding("error", "size", message, field.path))
        elif value % 8:
            message = say(
                "{name} {value:g} is not a multiple of 8: the image will get {rounded}.",
                name=field.name,
                value=value,
                rounded=str(int(value) // 8 * 8),
            )
            found.append(Finding("warning", "size", message, field.path))
        elif step > 8 and value % ALL_ROUND:
            message = say(
                "{name} {value:g} is not a multiple of {step}: this WebUI may make it {rounded}.",
                name=field.name,
                value=value,
                step=ALL_ROUND,
                rounded=str(all_round(int(value))),
            )
            found.append(Finding("warning", "size", message, field.path))
        elif value < bounds.low:
            message = say(
                "{name} is usually at least {low:g} pixels, not {value:g}.",
                name=field.name,
                low=bounds.low,
                value=value,
            )
            found.append(Finding("warning", "size", message, field.path))
    if now.get("enable_hr") and not found:
        found += _hires_size(now)
    return found


def far_from_trained(now: Payload, family: str, kind: str) -> list[Finding]:
    """A model repeats itself in images much larger than those it was trained on, and falls apart in much
    smaller ones. img2img starts from an image, so large sizes are no problem."""
    width, height = now.get("width"), now.get("height")
    if family not in TRAINED or not _is_number(width) or not _is_number(height):
        return []
    side = TRAINED[family].side
    times = width * height / (side * side)
    if _FAR_BELOW < times < _FAR_ABOVE or (times >= 1 and kind == "img2img"):
        return []
    message = say(
        "{width:g}x{height:g} is far from the {side}x{side} that {family} models were trained on.",
        width=width,
        height=height,
        side=side,
        family=family,
    )
    return [Finding("warning", "size_far", message, "width")]


def _hires_size(now: Payload) -> list[Finding]:
    target = final_size(now, {})
    if not (min(target) >= PIXELS.least and max(target) <= PIXELS.most):
        field = "hr_resize_x" if now.get("hr_resize_x") or now.get("hr_resize_y") else "hr_scale"
        message = say(
            "With hires fix, the image would be {width}x{height} pixels.",
            width=target[0],
            height=target[1],
        )
        return [Finding("error", "size", message, field)]
    return []


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
