"""What a derive does to the values in each image's own payload."""

from __future__ import annotations

import math
from typing import Any

from ...errors import InvalidInput
from ...fields import upscale
from ...fields.field_types import check_field, check_value
from ...fields.table import LORA, PROMPTS, TABLE
from ...model import Payload
from ...overlay import look_up
from ...sentences import UNSAID, Sentence, say
from ...spelling import nearest, with_suggestion
from ..prompts.lora import ANY, curve_stays, has_strength, scale_strength, set_strength
from ..prompts.syntax import loras
from ..text_budget import check_length, replaced

_SIZES = frozenset({"width", "height", "hr_resize_x", "hr_resize_y"})
_WITH_LORAS = ("prompt", "hr_prompt")  # both take LoRAs
_TEXT_OPERATIONS = frozenset({"prefix", "suffix", "replace"})
_MOST_STRENGTH = 1_000.0
_MOST_FACTOR = 1_000.0
_LARGEST = 2**53  # what JSON's numbers hold
#: what defines a derived task, and so cannot be changed
_GIVEN = {
    "init_images": say("the image itself is the starting point"),
    "batch_size": say("a derived task makes one image; vary the seed for more"),
    "n_iter": say("a derived task makes one image; vary the seed for more"),
    "script_name": say("the image keeps its own scripts"),
    "script_args": say("the image keeps its own scripts"),
}


def check_path(path: str, kind: str, where: str) -> None:
    """``InvalidInput`` if ``path`` cannot be changed. ``kind``: txt2img, img2img or upscale."""
    if kind == "upscale":
        upscale.path_of(path, where)
    elif path.startswith(LORA):
        if not path.removeprefix(LORA):
            raise InvalidInput(say("Say which LoRA to change: lora:NAME, or lora:* for all."), where)
    else:
        head = path.partition(".")[0]
        if head in _GIVEN:
            raise InvalidInput(
                say("{head} cannot be changed: {given}.", head=head, given=_GIVEN[head]), where
            )
        check_field(path, kind, where)


def is_operation(value: Any) -> bool:
    """True for ``{"scale": ...}`` and the text operations; anything else is a plain value."""
    if not isinstance(value, dict) or not value:
        return False
    return set(value) == {"scale"} or set(value) <= _TEXT_OPERATIONS


def changed(now: Payload, path: str, value: Any, kind: str, where: str) -> dict[str, Any]:
    """Dotted path -> new value: what ``value`` at ``path`` means for the payload ``now``. ``InvalidInput``
    with ``where`` if it is not possible there."""
    if kind == "upscale":
        return _upscaled(now, path, value, where)
    if path.startswith(LORA):
        return _strengths(now, path.removeprefix(LORA), value, where)
    new = _operated(now, path, value, where) if is_operation(value) else value
    if "." not in path:
        check_value(path, new, kind, where)
    found = {path: new}
    if path == "hr_scale":  # a size in pixels would override it
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
            raise InvalidInput(
                say("There is no number at {path} to multiply; set it instead.", path=path), where
            )
        if not abs(value * factor) < _LARGEST:
            raise InvalidInput(say("{path} would be far too large.", path=path), where)
        return _scaled(path, value, factor)
    if path not in PROMPTS:
        raise InvalidInput(say("Only prompts can be changed that way; set {path} instead.", path=path), where)
    return _reworded(value if isinstance(value, str) else "", operation, where)


def _scaled(path: str, value: float, factor: float) -> float:
    product = value * factor
    if path in _SIZES:
        return max(8, round(product / 8) * 8) if value else 0
    product = round(product) if path in TABLE and TABLE[path].type == "integer" else round(product, 6)
    return int(product) if product == int(product) and isinstance(value, int) else product


def _reworded(text: str, operation: dict[str, Any], where: str) -> str:
    if "replace" in operation:
        pair = operation["replace"]
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
            raise InvalidInput(
                say("“replace” takes two strings: the text to find, and its replacement."), where
            )
        if not pair[0]:
            raise InvalidInput(say("“replace” needs a text to find."), where)
        text = replaced(text, pair[0], pair[1], where)
    for part in ("prefix", "suffix"):
        if not isinstance(operation.get(part, ""), str):
            raise InvalidInput(say("“{part}” must be a string.", part=part), where)
    check_length(len(text) + sum(len(operation.get(part, "")) for part in ("prefix", "suffix")), where)
    return f"{operation.get('prefix', '')}{text}{operation.get('suffix', '')}"


def _strengths(now: Payload, name: str, value: Any, where: str) -> dict[str, Any]:
    found = {}
    for field in _WITH_LORAS:
        text = now.get(field)
        if not isinstance(text, str) or not text:
            continue
        if is_operation(value):
            if "scale" not in value:
                raise InvalidInput(say("A LoRA's strength can only be set or multiplied."), where)
            new = scale_strength(text, name, _factor(value["scale"], where))
        elif _is_number(value) and abs(value) <= _MOST_STRENGTH:
            new = set_strength(text, name, value)
        else:
            raise InvalidInput(say("A LoRA's strength must be a number."), where)
        if new != text:
            found[field] = new
    return found


def _factor(value: Any, where: str) -> float:
    if not _is_number(value) or not 0 <= value <= _MOST_FACTOR:
        raise InvalidInput(say("“scale” must be a number from 0 to {most:g}.", most=_MOST_FACTOR), where)
    return float(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def meets_nothing(path: str, value: Any, now: Payload) -> Sentence:
    """Why the change finds nothing to change in ``now``, else ``UNSAID``."""
    if path.startswith(LORA):
        name = path.removeprefix(LORA)
        texts = [str(now.get(field) or "") for field in _WITH_LORAS]
        there = {lora.name for text in texts for lora in loras(text)}
        if name in there or (name == ANY and there):
            settable = any(has_strength(text, name) for text in texts)
            return UNSAID if settable else say("{absent}.", absent=curve_stays(name))
        if name == ANY:
            return say("{absent}.", absent=say("There is no LoRA in the prompt"))
        near = nearest(name, there)
        return with_suggestion(say("There is no LoRA “{name}” in the prompt", name=name), name, near)
    if is_operation(value) and "replace" in value:
        try:
            text = look_up(now, path)
        except LookupError:
            return UNSAID
        if isinstance(text, str) and value["replace"][0] not in text:
            return say(
                "The text to replace, “{text}”, is not in {path}.", text=value["replace"][0], path=path
            )
    return UNSAID
