"""Axes multiply into tasks."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Collection, Sequence
from random import Random
from typing import Any, Protocol

import msgspec

from ..api import JobSpec
from ..errors import InvalidInput
from ..model import Axis, Payload
from .fields import LARGEST_SEED, check_field, check_payload, check_value
from .prompts import without_networks

#: more than that in one job is a slip, and costs memory before anybody sees it
MAX_TASKS = 20_000
#: the WebUI's own range for a seed that is drawn (modules/processing.py, get_fixed_seed)
SEEDS = 4_294_967_294
CHECKPOINT = "override_settings.sd_model_checkpoint"
VAE = "override_settings.sd_vae"


class PlannedTask(msgspec.Struct, frozen=True):
    """``changes``: dotted path -> value; ``coords``: one index an axis; ``images``: how many it makes."""

    changes: dict[str, Any]
    coords: list[int]
    images: int


class _Placed(Protocol):
    @property
    def changes(self) -> dict[str, Any]: ...
    @property
    def coords(self) -> list[int]: ...


def expand(spec: JobSpec, *, rng: Random) -> list[PlannedTask]:
    """The tasks of a job, in the order in which they should run, seeds drawn.

    Every combination of the axes' values is there once; where ``n_iter`` is above 1 it becomes that
    many tasks with the seeds (or, with variation, the subseeds) that the WebUI would count up to.
    ``InvalidInput`` with the field for a value of the wrong type, an axis that makes no sense, or more
    than ``MAX_TASKS``.
    """
    payload, axes = spec.payload, spec.axes
    check_payload(payload, spec.kind)
    _check_axes(axes, spec.kind)
    _check_count(payload, axes)
    seeds = _Seeds(rng, axes)
    keyed = []
    for coords in itertools.product(*(range(len(axis.values)) for axis in axes)):
        changes = {axis.field: axis.values[place] for axis, place in zip(axes, coords, strict=True)}
        key = order(axes, coords)
        for repeat, task in enumerate(_repeat(payload, changes, coords, seeds)):
            keyed.append(((key[0], repeat, *key[1:]), task))
    keyed.sort(key=lambda pair: pair[0])
    return [seeds.fix(payload, task) for _, task in keyed]


# ------------------------------------------------------------------------------ checks


def _check_axes(axes: Sequence[Axis], kind: str) -> None:
    for number, axis in enumerate(axes):
        check_field(axis.field, kind, f"axes.{number}.field")
        for other in axes[:number]:
            if f"{axis.field}.".startswith(f"{other.field}.") or f"{other.field}.".startswith(
                f"{axis.field}."
            ):
                raise InvalidInput(
                    f"Two axes vary {axis.field}; give each field one axis.", f"axes.{number}.field"
                )
        if not axis.values:
            raise InvalidInput(f"The axis {axis.field} has no values.", f"axes.{number}.values")
        if "." not in axis.field:
            for place, value in enumerate(axis.values):
                check_value(axis.field, value, kind, f"axes.{number}.values.{place}")


def _check_count(payload: Payload, axes: Sequence[Axis]) -> None:
    """Counted, not made: a slip must not cost memory."""
    count = math.prod(len(axis.values) for axis in axes if axis.field != "n_iter")
    repeats = next((axis.values for axis in axes if axis.field == "n_iter"), [payload.get("n_iter")])
    for value in repeats:
        if value is not None and value < 1:
            raise InvalidInput("The batch count (n_iter) must be at least 1.", "n_iter")
    count *= sum(int(value or 1) for value in repeats)
    if count > MAX_TASKS:
        raise InvalidInput(f"That would be {count:,} tasks; a job takes at most {MAX_TASKS:,}.", "axes")


# ------------------------------------------------------------------------------- order


def order(axes: Sequence[Axis], coords: Sequence[int]) -> tuple[Any, ...]:
    """What to sort by: (model, seed, spread). A checkpoint is loaded once; then everything is shown
    with the first seed before the second; and of the other axes first the diagonal, which has every
    value of each axis in it, then its parallels."""
    model: list[int] = []
    seed: list[int] = []
    rest: list[tuple[int, int]] = []  # (length of the axis, place on it)
    for axis, place in zip(axes, coords, strict=True):
        if axis.field in (CHECKPOINT, VAE):
            # the same model named twice still is one load
            first = axis.values.index(axis.values[place])
            model[0:0] = [first] if axis.field == CHECKPOINT else []
            model.extend([first] if axis.field == VAE else [])
        elif axis.field in ("seed", "subseed"):
            seed.append(place)
        else:
            rest.append((len(axis.values), place))
    rest.sort(key=lambda item: -item[0])
    lead = rest[0][1] if rest else 0
    offsets = tuple((place - lead) % length for length, place in rest[1:])
    return (tuple(model), tuple(seed), offsets, lead, tuple(coords))


# ------------------------------------------------------------------------------- seeds


class _Seeds:
    """Draws seeds: for the whole job where an axis asks for them, else one a task, no two alike."""

    def __init__(self, rng: Random, axes: Sequence[Axis]) -> None:
        self._rng = rng
        self._drawn: set[int] = set()
        self._on_axes = {
            axis.field: {place: self.draw() for place, value in enumerate(axis.values) if is_open(value)}
            for axis in axes
            if axis.field in ("seed", "subseed")
        }
        self._place = {axis.field: number for number, axis in enumerate(axes)}

    def draw(self) -> int:
        while True:
            seed = self._rng.randrange(SEEDS)
            if seed not in self._drawn:
                self._drawn.add(seed)
                return seed

    def of(self, field: str, value: Any, coords: Sequence[int]) -> int:
        """The seed for ``value``: itself if it is one, else what was drawn for its place on the axis,
        else a new draw."""
        if not is_open(value):
            return int(value)
        axis = self._on_axes.get(field)
        return axis[coords[self._place[field]]] if axis is not None else self.draw()

    def fix(self, payload: Payload, task: PlannedTask) -> PlannedTask:
        """Nothing is left to chance at run time: a second run after a crash gives the same image."""
        changes = dict(task.changes)
        for field in ("seed", "subseed"):
            value = changes.get(field, payload.get(field))
            if is_open(value):
                changes[field] = self.of(field, value, task.coords)
        return PlannedTask(changes, task.coords, task.images)


def is_open(seed: Any) -> bool:
    """True for a seed that the WebUI would draw (modules/processing.py, get_fixed_seed)."""
    return seed is None or seed == -1


def _repeat(
    payload: Payload, changes: dict[str, Any], coords: tuple[int, ...], seeds: _Seeds
) -> list[PlannedTask]:
    """One task for each iteration. The WebUI counts seeds up over all images of a generation, so the
    second iteration of a batch of 4 begins at seed + 4; with variation it counts only subseeds."""
    now = {**payload, **changes}
    count, batch = int(now.get("n_iter") or 1), max(1, int(now.get("batch_size") or 1))
    place = list(coords)
    if now.get("n_iter") not in (None, 1):
        changes = {**changes, "n_iter": 1}
    if count == 1:
        return [PlannedTask(changes, place, batch)]
    counted = "subseed" if (now.get("subseed_strength") or 0) > 0 else "seed"
    first = {field: seeds.of(field, now.get(field), coords) for field in ("seed", "subseed")}
    if first[counted] + count * batch >= LARGEST_SEED:
        raise InvalidInput(f"The {counted} is too large to count up from.", counted)
    return [
        PlannedTask({**changes, **first, counted: first[counted] + number * batch}, place, batch)
        for number in range(count)
    ]


# ------------------------------------------------------------------------------- label

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
    {"prompt", "sampler_name", "scheduler", "hr_upscaler", "hr_sampler_name", "styles", CHECKPOINT}
)
_LONGEST = 48


def label(axes: Sequence[Axis], task: _Placed, without: Collection[str] = ()) -> str:
    """What sets a task apart, in short: its values on the axes, and its seed if that was drawn for it.
    ``without``: axes left out, by field."""
    parts = []
    for axis, place in zip(axes, task.coords, strict=False):
        if axis.field in without:
            continue
        value = task.changes.get(axis.field, axis.values[place] if place < len(axis.values) else "")
        parts.append(_value_label(axis, value))
    if "seed" in task.changes and all(axis.field != "seed" for axis in axes):
        parts.append(_SHORT["seed"].format(task.changes["seed"]))
    return " · ".join(part for part in parts if part)


def _value_label(axis: Axis, value: Any) -> str:
    text = _operation(value) if isinstance(value, dict) else ""
    text = text or (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
    if axis.field in ("prompt", "negative_prompt"):
        text = _what_differs(*_without_networks(text, [str(other) for other in axis.values]))
    text = " ".join(text.split())
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1].rstrip() + "…"
    if axis.field in _SHORT:
        return _SHORT[axis.field].format(text)
    if axis.field.startswith("lora:"):
        return f"LoRA {axis.field.removeprefix('lora:').removeprefix('*')} {text}".replace("  ", " ")
    return text if axis.field in _BARE else f"{axis.field.rpartition('.')[2]} {text}"


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
