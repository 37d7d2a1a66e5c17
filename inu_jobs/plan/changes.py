"""What a derive does to the values of each image's own payload."""

from __future__ import annotations

import math
from typing import Any

from ..errors import InvalidInput
from ..model import Payload
from ..overlay import look_up
from . import upscale
from .fields import FIELDS, check_field, check_value, nearest
from .lora import ANY, scale_strength, set_strength
from .prompts import loras

LORA = "lora:"
_SIZES = frozenset({"width", "height", "hr_resize_x", "hr_resize_y"})
_PROMPTS = ("prompt", "hr_prompt")  # both take LoRAs
_TEXTS = frozenset({"prompt", "negative_prompt", "hr_prompt", "hr_negative_prompt"})
_TEXT_OPERATIONS = frozenset({"prefix", "suffix", "replace"})
_MOST_STRENGTH = 1_000.0
_MOST_FACTOR = 1_000.0
_LARGEST = 2**53  # what JSON's numbers hold
#: what a derived task is, and so nothing that it could be told
_GIVEN = {
    "init_images": "the image itself is what it starts from",
    "batch_size": "a derived task makes one image; vary the seed for more",
    "n_iter": "a derived task makes one image; vary the seed for more",
    "script_name": "the image keeps its own scripts",
    "script_args": "the image keeps its own scripts",
}


def check_path(path: str, kind: str, where: str) -> None:
    """``InvalidInput`` if ``path`` cannot be changed. ``kind``: txt2img, img2img or upscale."""
    if kind == "upscale":
        upscale.path_of(path, where)
    elif path.startswith(LORA):
        if not path.removeprefix(LORA):
            raise InvalidInput("Say which LoRA: lora:NAME, or lora:* for all.", where)
    else:
        head = path.partition(".")[0]
        if head in _GIVEN:
            raise InvalidInput(f"{head} cannot be changed: {_GIVEN[head]}.", where)
        check_field(path, kind, where)


def is_operation(value: Any) -> bool:
    """True for ``{"scale": ...}`` and the text operations; anything else is a plain value."""
    if not isinstance(value, dict) or not value:
        return False
    return set(value) == {"scale"} or set(value) <= _TEXT_OPERATIONS


def changed(now: Payload, path: str, value: Any, kind: str, where: str) -> dict[str, Any]:
    """Dotted path -> new value: what ``value`` at ``path`` means for the payload ``now``.
    ``InvalidInput`` with ``where`` if it means nothing there."""
    if kind == "upscale":
        return _upscaled(now, path, value, where)
    if path.startswith(LORA):
        return _strengths(now, path.removeprefix(LORA), value, where)
    new = _operated(now, path, value, where) if is_operation(value) else value
    if "." not in path:
        check_value(path, new, kind, where)
    found = {path: new}
    if path == "hr_scale":  # a size in pixels would win over it
        found |= {size: 0 for size in ("hr_resize_x", "hr_resize_y") if now.get(size)}
    return found


def _upscaled(now: Payload, name: str, value: Any, where: str) -> dict[str, Any]:
    path = upscale.path_of(name, where)
    new = _operated(now, path, value, where) if is_operation(value) else value
    upscale.check(name, new, where)
    return {path: new}


def _operated(now: Payload, path: str, operation: dict[str, Any], where: str) -> Any:
    try:
        value = look_up(now, path)
    except LookupError:
        value = None
    if "scale" in operation:
        factor = _factor(operation["scale"], where)
        if not _is_number(value):
            raise InvalidInput(f"There is no number at {path} to multiply; set it instead.", where)
        if not abs(value * factor) < _LARGEST:
            raise InvalidInput(f"{path} would be far too large.", where)
        return _scaled(path, value, factor)
    if path not in _TEXTS:
        raise InvalidInput(f"Only prompts can be changed like that; set {path} instead.", where)
    return _reworded(value if isinstance(value, str) else "", operation, where)


def _scaled(path: str, value: float, factor: float) -> float:
    product = value * factor
    if path in _SIZES:
        return max(8, round(product / 8) * 8) if value else 0
    whole = any(fields.get(path) == "integer" for fields in FIELDS.values())
    product = round(product) if whole else round(product, 6)
    return int(product) if product == int(product) and isinstance(value, int) else product


def _reworded(text: str, operation: dict[str, Any], where: str) -> str:
    if "replace" in operation:
        pair = operation["replace"]
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
            raise InvalidInput("“replace” takes two texts: what is there, and what takes its place.", where)
        if not pair[0]:
            raise InvalidInput("“replace” needs a text to look for.", where)
        text = text.replace(pair[0], pair[1])
    for part in ("prefix", "suffix"):
        if not isinstance(operation.get(part, ""), str):
            raise InvalidInput(f"“{part}” must be a text.", where)
    return f"{operation.get('prefix', '')}{text}{operation.get('suffix', '')}"


def _strengths(now: Payload, name: str, value: Any, where: str) -> dict[str, Any]:
    found = {}
    for field in _PROMPTS:
        text = now.get(field)
        if not isinstance(text, str) or not text:
            continue
        if is_operation(value):
            if "scale" not in value:
                raise InvalidInput("The strength of a LoRA can be set or multiplied.", where)
            new = scale_strength(text, name, _factor(value["scale"], where))
        elif _is_number(value) and abs(value) <= _MOST_STRENGTH:
            new = set_strength(text, name, value)
        else:
            raise InvalidInput("The strength of a LoRA must be a number.", where)
        if new != text:
            found[field] = new
    return found


def _factor(value: Any, where: str) -> float:
    if not _is_number(value) or not 0 <= value <= _MOST_FACTOR:
        raise InvalidInput(f"“scale” must be a number from 0 to {_MOST_FACTOR:g}.", where)
    return float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def meets_nothing(path: str, value: Any, now: Payload) -> str:
    """A sentence if the change finds nothing to change in ``now``, else ''."""
    if path.startswith(LORA):
        name = path.removeprefix(LORA)
        there = {lora.name for field in _PROMPTS for lora in loras(str(now.get(field) or ""))}
        if name in there or (name == ANY and there):
            return ""
        if name == ANY:
            return "There is no LoRA in the prompt."
        near = nearest(name, there)
        return f"There is no LoRA “{name}” in the prompt" + (f"; did you mean “{near}”?" if near else ".")
    if is_operation(value) and "replace" in value:
        try:
            text = look_up(now, path)
        except LookupError:
            return ""
        if isinstance(text, str) and value["replace"][0] not in text:
            return f"“{value['replace'][0]}”, which is to be replaced, is not in {path}."
    return ""
