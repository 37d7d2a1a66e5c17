"""Multiplies axes into tasks."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from random import Random
from typing import Any

import msgspec

from ...errors import InvalidInput
from ...fields.field_types import check_field, check_payload, check_value
from ...fields.table import CHECKPOINT, FILES, LINES, SIZE, VAE, label_of
from ...model import Axis, Finding, Payload
from ...sentences import say
from ...spelling import nearest, with_suggestion
from ..prompts.lora import curve_stays
from ..prompts.prompts_from_file import lines_at, placed
from ..seeds import Seeds, repeat
from ..tasks import PlannedTask, check_count
from ..text_budget import Texts
from .special_fields import (
    EDITED,
    check_special,
    clash,
    edited,
    in_turn,
    is_special,
    known_in,
    size_of,
)
from .task_order import order


class Expanded(msgspec.Struct, frozen=True):
    """``tasks`` in the order in which they should run; ``findings``: axes that find nothing to change."""

    tasks: list[PlannedTask]
    findings: list[Finding]


def expand(payload: Payload, kind: str, axes: Sequence[Axis], *, rng: Random) -> Expanded:
    """The tasks of a job, with their seeds. ``kind``: txt2img or img2img.

    Each combination of the axes' values occurs once; if ``n_iter`` is above 1, it becomes that many tasks
    with the seeds (or, with variation, the subseeds) that the WebUI would count up to. ``InvalidInput`` with
    the field for a value of the wrong type, an invalid axis, or more than ``MAX_TASKS``.
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
        self._texts = Texts()
        #: by axis, index on it, and the current texts
        self._edited: dict[tuple[Any, ...], dict[str, str] | None] = {}
        self._absent: dict[str, list[str]] = {}  # axis -> the LoRAs in a prompt that lacks the axis' own

    def run(self) -> Expanded:
        keyed = []
        combinations = 0
        for coords in itertools.product(*(range(len(axis.values)) for axis in self._axes)):
            combinations += 1
            changes = self._changes(coords)
            model = tuple(self._rank(path, changes) for path in (CHECKPOINT, VAE))
            _, *rest = order(self._axes, coords)
            for number, task in enumerate(repeat(self._payload, changes, list(coords), self._seeds)):
                self._texts.count(task.changes)
                keyed.append(((model, number, *rest), task))
        keyed.sort(key=lambda pair: pair[0])
        tasks = [self._seeds.fix(self._payload, task) for _, task in keyed]
        return Expanded(tasks, [self._finding(field, combinations) for field in self._absent])

    def _changes(self, coords: Sequence[int]) -> dict[str, Any]:
        """A line of a prompt file overrides everything except what edits text."""
        changes: dict[str, Any] = {}
        for axis, place in zip(self._axes, coords, strict=True):
            if axis.field == SIZE:
                changes |= size_of(axis.values[place])
            elif not is_special(axis.field):
                changes[axis.field] = axis.values[place]
        if LINES in self._place:
            changes |= self._line(coords, changes)
        if FILES in self._place:
            changes |= self._file(coords, changes)
        for field in self._edits:
            number = self._place[field]
            now = {**self._payload, **changes}
            texts = self._edit(now, field, number, coords[number])
            if texts is None:
                self._absent.setdefault(field, known_in(now))
            else:
                self._met[field] += 1
                changes |= texts
        return changes

    def _line(self, coords: Sequence[int], changes: dict[str, Any]) -> dict[str, Any]:
        number = self._place[LINES]
        axis = self._axes[number]
        return placed(axis.values[coords[number]], {**self._payload, **changes}, lines_at(axis))

    def _file(self, coords: Sequence[int], changes: dict[str, Any]) -> dict[str, Any]:
        number = self._place[FILES]
        own = dict(self._axes[number].values[coords[number]]["changes"])
        for text in ("prompt", "negative_prompt"):
            if text in own:  # joined as the Batch tab does, even to nothing
                own[text] = f"{changes.get(text, self._payload.get(text)) or ''} {own[text]}"
        return own

    def _edit(self, now: Payload, field: str, number: int, place: int) -> dict[str, str] | None:
        """Computed once for equal texts: tasks share the result."""
        key = (field, place, *(now.get(path) for path in EDITED))
        if key not in self._edited:
            where = f"axes.{number}.values.{place}"
            found = self._edited[key] = edited(now, field, self._axes[number].values[place], where)
            for text in (found or {}).values():
                self._texts.made(text)
        return self._edited[key]

    def _rank(self, path: str, changes: dict[str, Any]) -> int:
        """The same model named twice is still loaded once."""
        ranks = self._ranks[path]
        return ranks.setdefault(repr(changes.get(path)), len(ranks))

    def _finding(self, field: str, combinations: int) -> Finding:
        where = f"axes.{self._place[field]}.field"
        missing = combinations - self._met[field]
        head, _, name = field.partition(":")
        if head == "replace":
            absent, near = say("The text to replace, “{name}”, is not in the prompt", name=name), ""
        elif head == "lora" and (name in self._absent[field] or (name == "*" and self._absent[field])):
            absent, near = curve_stays(name), ""
        elif name == "*":
            absent, near = say("There is no LoRA in the prompt"), ""
        else:
            absent = say("There is no LoRA “{name}” in the prompt", name=name)
            near = nearest(name, self._absent[field])
        message = with_suggestion(absent, name, near)
        found = Finding(
            "error", f"{'text' if head == 'replace' else 'lora'}_absent", message, where,
            suggestion=f"{head}:{near}" if near else "", name="" if name == "*" else name,
        )  # fmt: skip
        if not self._met[field]:
            return found
        counted = say(
            "{finding} ({count} of {combinations} combinations)",
            finding=message,
            count=missing,
            combinations=combinations,
        )
        return msgspec.structs.replace(
            found, severity="warning", message=counted, count=missing, of=combinations
        )


# ------------------------------------------------------------------------------ checks


def check_axes(axes: Sequence[Axis], kind: str) -> None:
    """``InvalidInput`` with the field for an invalid axis, or a value of the wrong type."""
    for number, axis in enumerate(axes):
        where = f"axes.{number}"
        if not is_special(axis.field):
            check_field(axis.field, kind, f"{where}.field")
        if clash(axes, number):
            raise InvalidInput(
                say("Two axes vary {field}: use one axis per field.", field=axis.field), f"{where}.field"
            )
        if not axis.values:
            raise InvalidInput(say("The axis {field} has no values.", field=axis.field), f"{where}.values")
        if is_special(axis.field):
            check_special(axis, where)
            check_files(axis, kind, where)
        elif "." not in axis.field:
            for place, value in enumerate(axis.values):
                check_value(axis.field, value, kind, f"{where}.values.{place}")


def check_files(axis: Axis, kind: str, where: str) -> None:
    """The same for what the files of an axis "files" set."""
    if axis.field != FILES:
        return
    if kind != "img2img":
        raise InvalidInput(say("Only img2img can start from files."), f"{where}.field")
    for place, file in enumerate(axis.values):
        for path, value in file["changes"].items():
            check_field(path, kind, f"{where}.values.{place}")
            if "." not in path:
                check_value(path, value, kind, f"{where}.values.{place}")


def _check_count(payload: Payload, axes: Sequence[Axis]) -> None:
    """Counted without creating them: a mistake must not cost memory."""
    by_field = {axis.field: axis.values for axis in axes}
    repeats = by_field.get("n_iter", [payload.get("n_iter")])
    lines = by_field.get(LINES, [{}])
    count = math.prod(len(axis.values) for axis in axes if axis.field not in ("n_iter", LINES))
    iterations = 0
    for line in lines:
        for value in repeats:
            now = line.get("n_iter", value)
            if now is not None and now < 1:
                message = say("{name} must be at least {least}.", name=label_of("n_iter"), least=1)
                raise InvalidInput(message, "n_iter")
            iterations += int(now or 1)
    count *= iterations
    check_count(count)
