"""Axes multiply into tasks."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from random import Random
from typing import Any

import msgspec

from ..errors import InvalidInput
from ..model import Axis, Finding, Payload
from .fields import check_field, check_payload, check_value, nearest
from .kinds import (
    LINES,
    SIZE,
    check_special,
    clash,
    edited,
    in_turn,
    is_special,
    known_in,
    size_of,
)
from .prompt_lines import placed
from .seeds import Seeds, repeat
from .tasks import CHECKPOINT, MAX_TASKS, VAE, PlannedTask


class Expanded(msgspec.Struct, frozen=True):
    """``tasks`` in the order in which they should run; ``findings``: axes that find nothing to change."""

    tasks: list[PlannedTask]
    findings: list[Finding]


def expand(payload: Payload, kind: str, axes: Sequence[Axis], *, rng: Random) -> Expanded:
    """The tasks of a job, seeds drawn. ``kind``: txt2img or img2img.

    Every combination of the axes' values is there once; where ``n_iter`` is above 1 it becomes that
    many tasks with the seeds (or, with variation, the subseeds) that the WebUI would count up to.
    ``InvalidInput`` with the field for a value of the wrong type, an axis that makes no sense, or more
    than ``MAX_TASKS``.
    """
    check_payload(payload, kind)
    check_axes(axes, kind)
    _check_count(payload, axes)
    return _Expansion(payload, axes, rng).run()


class _Expansion:
    def __init__(self, payload: Payload, axes: Sequence[Axis], rng: Random) -> None:
        self._payload = payload
        self._axes = axes
        self._seeds = Seeds(rng, axes)
        self._place = {axis.field: number for number, axis in enumerate(axes)}
        self._edits = in_turn(self._place)
        self._ranks: dict[str, dict[str, int]] = {CHECKPOINT: {}, VAE: {}}
        self._met = dict.fromkeys(self._edits, 0)
        self._absent: dict[str, list[str]] = {}  # axis -> the LoRAs that a prompt without its own has

    def run(self) -> Expanded:
        keyed = []
        combinations = 0
        for coords in itertools.product(*(range(len(axis.values)) for axis in self._axes)):
            combinations += 1
            changes = self._changes(coords)
            model = tuple(self._rank(path, changes) for path in (CHECKPOINT, VAE))
            _, *rest = order(self._axes, coords)
            for number, task in enumerate(repeat(self._payload, changes, list(coords), self._seeds)):
                keyed.append(((model, number, *rest), task))
        keyed.sort(key=lambda pair: pair[0])
        tasks = [self._seeds.fix(self._payload, task) for _, task in keyed]
        return Expanded(tasks, [self._finding(field, combinations) for field in self._absent])

    def _changes(self, coords: Sequence[int]) -> dict[str, Any]:
        """A line of a prompt file has the last word, but for what edits the text."""
        changes: dict[str, Any] = {}
        for axis, place in zip(self._axes, coords, strict=True):
            if axis.field == SIZE:
                changes |= size_of(axis.values[place])
            elif not is_special(axis.field):
                changes[axis.field] = axis.values[place]
        if LINES in self._place:
            number = self._place[LINES]
            axis = self._axes[number]
            at = axis.template.get("at", "instead")
            changes |= placed(axis.values[coords[number]], {**self._payload, **changes}, at)
        for field in self._edits:
            number = self._place[field]
            now = {**self._payload, **changes}
            texts = edited(now, field, self._axes[number].values[coords[number]])
            if texts is None:
                self._absent.setdefault(field, known_in(now))
            else:
                self._met[field] += 1
                changes |= texts
        return changes

    def _rank(self, path: str, changes: dict[str, Any]) -> int:
        """The same model named twice still is one load."""
        ranks = self._ranks[path]
        return ranks.setdefault(repr(changes.get(path)), len(ranks))

    def _finding(self, field: str, combinations: int) -> Finding:
        where = f"axes.{self._place[field]}.field"
        absent = combinations - self._met[field]
        head, _, name = field.partition(":")
        if head == "replace":
            message, near = f"“{name}”, which is to be replaced, is not in the prompt", ""
        elif name == "*":
            message, near = "There is no LoRA in the prompt", ""
        else:
            message, near = f"There is no LoRA “{name}” in the prompt", nearest(name, self._absent[field])
        message += f"; did you mean “{near}”?" if near else "."
        if self._met[field]:
            message += f" ({absent} of {combinations} combinations)"
        severity = "warning" if self._met[field] else "error"
        return msgspec.convert(
            {
                "severity": severity,
                "code": f"{'text' if head == 'replace' else 'lora'}_absent",
                "message": message,
                "field": where,
                "suggestion": f"{head}:{near}" if near else "",
            },
            Finding,
        )


# ------------------------------------------------------------------------------ checks


def check_axes(axes: Sequence[Axis], kind: str) -> None:
    """``InvalidInput`` with the field for an axis that makes no sense, or a value of the wrong type."""
    for number, axis in enumerate(axes):
        where = f"axes.{number}"
        if not is_special(axis.field):
            check_field(axis.field, kind, f"{where}.field")
        if clash(axes, number):
            raise InvalidInput(f"Two axes vary {axis.field}; give each field one axis.", f"{where}.field")
        if not axis.values:
            raise InvalidInput(f"The axis {axis.field} has no values.", f"{where}.values")
        if is_special(axis.field):
            check_special(axis, where)
        elif "." not in axis.field:
            for place, value in enumerate(axis.values):
                check_value(axis.field, value, kind, f"{where}.values.{place}")


def _check_count(payload: Payload, axes: Sequence[Axis]) -> None:
    """Counted, not made: a slip must not cost memory."""
    by_field = {axis.field: axis.values for axis in axes}
    repeats = by_field.get("n_iter", [payload.get("n_iter")])
    lines = by_field.get(LINES, [{}])
    count = math.prod(len(axis.values) for axis in axes if axis.field not in ("n_iter", LINES))
    iterations = 0
    for line in lines:
        for value in repeats:
            now = line.get("n_iter", value)
            if now is not None and now < 1:
                raise InvalidInput("The batch count (n_iter) must be at least 1.", "n_iter")
            iterations += int(now or 1)
    count *= iterations
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
