"""What sets a task apart, in short."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any, Protocol

from ..model import Axis
from .kinds import LINES, LORA, REPLACE, SIZE, SWAP
from .lora import ANY
from .prompts import without_networks
from .tasks import CHECKPOINT, VAE

_SHORT = {
    "steps": "{} steps",
    "cfg_scale": "CFG {}",
    "denoising_strength": "denoising {}",
    "seed": "seed {}",
    "subseed": "variation seed {}",
    "subseed_strength": "variation {}",
    "hr_scale": "upscale {}x",
    "override_settings.CLIP_stop_at_last_layers": "clip skip {}",
    "width": "{} wide",
    "height": "{} high",
    "batch_size": "batch of {}",
    VAE: "VAE {}",
}
_BARE = frozenset(
    {
        "prompt",
        "sampler_name",
        "scheduler",
        "hr_upscaler",
        "hr_sampler_name",
        "styles",
        CHECKPOINT,
        SIZE,
        LINES,
    }
)
_LONGEST = 48
_DIGITS = 8  # behind the point, as the WebUI's own grids show; more only shows how halves are rounded
#: what an axis is called where its values stand without their names
_TITLES = {
    "prompt": "Prompt",
    "negative_prompt": "Negative prompt",
    "seed": "Seed",
    "subseed": "Variation seed",
    "subseed_strength": "Variation strength",
    "cfg_scale": "CFG scale",
    "sampler_name": "Sampler",
    "scheduler": "Schedule type",
    "hr_scale": "Upscale by",
    "hr_upscaler": "Upscaler",
    "override_settings.CLIP_stop_at_last_layers": "Clip skip",
    CHECKPOINT: "Checkpoint",
    VAE: "VAE",
    SIZE: "Size",
    LINES: "Prompt line",
}


class _Placed(Protocol):
    @property
    def changes(self) -> dict[str, Any]: ...
    @property
    def coords(self) -> list[int]: ...


def label(axes: Sequence[Axis], task: _Placed, without: Collection[str] = ()) -> str:
    """What sets a task apart, in short: its values on the axes, and its seed if that was drawn for it.
    ``without``: axes left out, by field."""
    told = values_of(axes, task)
    parts = [words for field, words in told.items() if field not in without]
    drawn = _SHORT["seed"].format(task.changes.get("seed"))
    if "seed" in task.changes and all(axis.field != "seed" for axis in axes) and drawn not in parts:
        parts.append(drawn)
    return " · ".join(part for part in parts if part)


def values_of(axes: Sequence[Axis], task: _Placed) -> dict[str, str]:
    """A task's values on the axes, in short, by the axes' fields."""
    if not task.coords:  # the job has been changed since, and has no place for it any more
        return {a.field: value_label(a, task.changes[a.field]) for a in axes if a.field in task.changes}
    told = {}
    for axis, place in zip(axes, task.coords, strict=False):
        value = axis.values[place] if place < len(axis.values) else ""
        # an edited prompt is more than the value that it came from
        if axis.field != "prompt":
            value = task.changes.get(axis.field, value)
        told[axis.field] = value_label(axis, value)
    return told


def axis_title(axis: Axis) -> str:
    """What the axis is, as a heading: "CFG scale", "LoRA inkwash"."""
    head, colon, name = axis.field.partition(":")
    if colon and head == "replace":
        return f"In place of {_short(name)}"
    if colon and head in ("lora", "swap"):
        name = "" if name == ANY else f" {name}"
        return f"LoRA{name or ' strength'}" if head == "lora" else f"In place of LoRA{name}"
    tail = axis.field.rpartition(".")[2].replace("_", " ")
    return _TITLES.get(axis.field) or tail[:1].upper() + tail[1:]


def value_titles(axis: Axis) -> list[str]:
    """The axis' values in short, below a heading that says what they are: "0.4", "without"."""
    return [value_label(axis, value, titled=True) for value in axis.values]


def value_label(axis: Axis, value: Any, titled: bool = False) -> str:
    """A value in short. ``titled``: what it is a value of is said elsewhere."""
    text = _operation(value) if isinstance(value, dict) else ""
    if isinstance(value, float):
        value = int(value) if value.is_integer() else round(value, _DIGITS)
    text = text or (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    if axis.field == LINES:
        text = _line(value)
    elif axis.field in ("prompt", "negative_prompt"):
        text = _what_differs(*_without_networks(text, [str(other) for other in axis.values]))
    text = _short(text)
    if titled:
        edits = axis.field.startswith((LORA, SWAP, REPLACE))
        return "without" if edits and value in (None, "") else text
    if axis.field in _SHORT:
        return _SHORT[axis.field].format(text)
    if axis.field.startswith((LORA, SWAP, REPLACE)):
        return _edit(axis.field, value, text)
    return text if axis.field in _BARE else f"{axis.field.rpartition('.')[2]} {text}"


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _edit(field: str, value: Any, text: str) -> str:
    head, _, name = field.partition(":")
    if head == "replace":
        return text or f"no {name}"
    name = "" if name == ANY else name
    if value is None:
        return f"without {name or 'LoRA'}"
    return f"LoRA {text}" if head == "swap" else " ".join(f"LoRA {name} {text}".split())


def _line(value: Any) -> str:
    """A line's prompt, or else the rest of it."""
    changes = value if isinstance(value, dict) else {}
    prompt = without_networks(str(changes.get("prompt") or ""))
    return prompt or ", ".join(f"{path.rpartition('.')[2]} {item}" for path, item in changes.items())


def _operation(value: dict[str, Any]) -> str:
    """What a derive does to a value, in short; '' if that is no operation."""
    match value:
        case {"scale": factor}:
            return f"x{factor}"
        case {"prefix": text} | {"suffix": text}:
            return f"+ {text}"
        case {"replace": [old, new]}:
            return f"{old} → {new}"
    return ""


def _without_networks(text: str, others: list[str]) -> tuple[str, list[str]]:
    """``<lora:...>`` is noise in a label, unless it is all that tells two prompts apart."""
    plain = [without_networks(other) for other in others]
    return (without_networks(text), plain) if len({*plain}) == len({*others}) else (text, others)


def _what_differs(text: str, others: list[str]) -> str:
    """Prompts on an axis often begin alike: show from the word where they part."""
    if len(others) < 2:
        return text
    low, high = min(others), max(others)
    same = next(
        (n for n, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), min(len(low), len(high))
    )
    start = max(text.rfind(" ", 0, same), text.rfind(",", 0, same)) + 1
    return f"…{text[start:]}" if start > _LONGEST // 2 and text[start:].strip() else text
