"""Which fields of a payload have an effect: two tasks that differ in nothing else make the same image."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from ...fields.table import LINES, label_of, unit_of
from ...model import Axis, Finding, Payload
from ...overlay import look_up
from ...sentences import UNSAID, Sentence, say
from ..axes.special_fields import is_special
from ..tasks import PlannedTask

_BY_SIZE = say("a size in pixels is set")
_NO_VARIATION = say("the {field} is 0", field=unit_of("subseed_strength"))
_NO_REFINER = say("there is no refiner")
_HIRES = say("hires fix is off")
_MASK = say("there is no mask")
_SAME = (None, "", "None")
_ONLY_WITH_MASK = frozenset(
    {
        "mask_blur",
        "mask_blur_x",
        "mask_blur_y",
        "mask_round",
        "inpainting_fill",
        "inpaint_full_res",
        "inpaint_full_res_padding",
        "inpainting_mask_invert",
    }
)


class Effects:
    """For the tasks of one payload, ``base``. ``kind``: txt2img or img2img. Follows modules/processing.py of
    WebUI 1.10.1."""

    def __init__(self, base: Payload, kind: str) -> None:
        self._base = base
        self._kind = kind
        self._values: dict[str, Any] = {}  # of ``base``, by path, in the form in which they are compared

    def idle(self, field: str, changes: dict[str, Any]) -> Sentence:
        """Why ``field`` has no effect in a task with ``changes``, as in "hires fix is off"; ``UNSAID`` if it
        has one."""
        if field.startswith("hr_") or (field == "denoising_strength" and self._kind == "txt2img"):
            if not self._told("enable_hr", changes):
                return _HIRES
            by_size = any(self._told(size, changes) for size in ("hr_resize_x", "hr_resize_y"))
            return _BY_SIZE if field == "hr_scale" and by_size else UNSAID
        if field == "subseed":
            return UNSAID if self._told("subseed_strength", changes) else _NO_VARIATION
        if field == "refiner_switch_at":
            refiner = self._told("refiner_checkpoint", changes)
            return _NO_REFINER if refiner in _SAME else UNSAID
        if field in _ONLY_WITH_MASK:
            return UNSAID if self._told("mask", changes) else _MASK
        return UNSAID

    def key(self, changes: dict[str, Any]) -> frozenset[tuple[str, Any]]:
        """Equal for tasks that make the same image."""
        found = []
        for path, value in changes.items():
            compared = _compared(value)
            if path not in self._values:
                self._values[path] = _compared(_look(self._base, path))
            if compared != self._values[path] and not self.idle(path, changes):
                found.append((path, compared))
        return frozenset(found)

    def _told(self, field: str, changes: dict[str, Any]) -> Any:
        return changes[field] if field in changes else self._base.get(field)


def without_effect(
    groups: Sequence[tuple[Payload, Sequence[PlannedTask]]], axes: Iterable[Axis], kind: str
) -> list[Finding]:
    """The axes that have no effect, or none in some of the tasks."""
    found = []
    count = sum(len(tasks) for _, tasks in groups)
    for field in _varied(axes):
        reasons: dict[Sentence, int] = {}
        for payload, tasks in groups:
            effects = Effects(payload, kind)
            for task in tasks:
                if field in task.changes and (reason := effects.idle(field, task.changes)):
                    reasons[reason] = reasons.get(reason, 0) + 1
        for reason, idle in reasons.items():
            message = say("{axis} has no effect: {reason}.", axis=label_of(field), reason=reason)
            if idle == count:
                found.append(Finding("warning", "no_effect", message, field))
                continue
            message = say("{finding} ({count} of {tasks} tasks)", finding=message, count=idle, tasks=count)
            found.append(Finding("warning", "no_effect", message, field, count=idle, of=count))
    return found


def _varied(axes: Iterable[Axis]) -> list[str]:
    """Fields that take several values; a line of a prompt file may set anything."""
    fields = []
    for axis in axes:
        if axis.field == LINES:
            fields += [field for line in axis.values for field in line]
        elif not is_special(axis.field) and len({_compared(value) for value in axis.values}) > 1:
            fields.append(axis.field)
    return list(dict.fromkeys(fields))


def _look(payload: Payload, path: str) -> Any:
    try:
        return look_up(payload, path)
    except LookupError:
        return None


def _compared(value: Any) -> Any:
    """7 and 7.0 are the same to Python and to the WebUI."""
    if isinstance(value, (list, dict)):
        return json.dumps(_whole(value), sort_keys=True, ensure_ascii=False)
    return value


def _whole(value: Any) -> Any:
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {name: _whole(item) for name, item in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value
