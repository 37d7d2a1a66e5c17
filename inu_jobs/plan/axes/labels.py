"""What sets a task apart, in short."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple, Protocol

from ...fields.table import FILES, LINES, LORA, REPLACE, SWAP, TABLE, field_of, label_of, unit_of
from ...model import Axis
from ..prompts.lora import ANY
from ..prompts.syntax import without_networks
from ..text_budget import OfLists

_LONGEST = 48
_DIGITS = 8  # behind the point, as the WebUI's own grids show; more only shows how halves are rounded
_SEED = TABLE["seed"].short


class _Placed(Protocol):
    @property
    def changes(self) -> dict[str, Any]: ...
    @property
    def coords(self) -> list[int]: ...


def label(axes: Sequence[Axis], task: _Placed, without: Collection[str] = (), with_drawn: bool = True) -> str:
    """What sets a task apart, in short: its values on the axes, and its seed if that was drawn for it
    (unless ``with_drawn`` is False). ``without``: axes left out, by field."""
    told = values_of(axes, task)
    parts = [words for field, words in told.items() if field not in without]
    if not with_drawn:
        return " · ".join(filter(None, parts))
    drawn = _SEED.format(task.changes.get("seed"))
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
        if head == "swap":
            return f"In place of LoRA{name}"
        return f"LoRA{name}" if name else str(label_of(LORA))
    return str(label_of(axis.field))


def value_titles(axis: Axis) -> list[str]:
    """The axis' values in short, below a heading that says what they are: "0.4", "without"."""
    return [value_label(axis, value, titled=True) for value in axis.values]


def value_label(axis: Axis, value: Any, titled: bool = False) -> str:
    """A value in short. ``titled``: what it is a value of is said elsewhere."""
    text = _operation(value) if isinstance(value, dict) else ""
    if axis.field == FILES and isinstance(value, dict):
        text = str(value.get("name"))
    if isinstance(value, float):
        value = int(value) if value.is_integer() else round(value, _DIGITS)
    text = text or (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    if axis.field == LINES:
        text = _line(value)
    elif axis.field in ("prompt", "negative_prompt"):
        text = _what_differs(text, _AMONG.of(axis.values))
    text = _short(text)
    if titled:
        edits = axis.field.startswith((LORA, SWAP, REPLACE))
        return "without" if edits and value in (None, "") else text
    if axis.field.startswith((LORA, SWAP, REPLACE)):
        return _edit(axis.field, value, text)
    return _of_field(axis.field, text)


def _of_field(path: str, text: str) -> str:
    """A value, and what it is a value of: "20 steps"."""
    field = field_of(path)
    return field.short.format(text) if field and field.short else f"{unit_of(path)} {text}"


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
    return prompt or ", ".join(_of_field(path, str(item)) for path, item in changes.items())


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


class _Among(NamedTuple):
    """Of the prompts on an axis: whether they are told apart without ``<lora:...>``, which is noise in a
    label; and how many characters all of them begin with, None if there is one alone."""

    plain: bool
    same: int | None


def _among(values: list[Any]) -> _Among:
    others = [str(value) for value in values]
    without = [without_networks(other) for other in others]
    plain = len({*without}) == len({*others})
    texts = without if plain else others
    if len(texts) < 2:
        return _Among(plain, None)
    low, high = min(texts), max(texts)
    ends = min(len(low), len(high))
    return _Among(plain, next((n for n in range(ends) if low[n] != high[n]), ends))


#: a job's tasks are labelled one by one, and each has the others beside it
_AMONG = OfLists(_among)


def _what_differs(text: str, among: _Among) -> str:
    """Prompts on an axis often begin alike: show from the word where they part."""
    text = without_networks(text) if among.plain else text
    same = among.same
    if same is None:
        return text
    start = max(text.rfind(" ", 0, same), text.rfind(",", 0, same)) + 1
    return f"…{text[start:]}" if start > _LONGEST // 2 and text[start:].strip() else text
