"""Tasks of one setting: what the page calls its batch count."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..model import Job, Task

_SEEDS = ("seed", "subseed")


def repeats(job: Job, tasks: Iterable[Task], task: Task) -> list[Task]:
    """All of the job's ``tasks``, in order, that Generate would make in the same run as ``task``: they differ
    only in seeds that were counted up or drawn for them. Seeds that the user wrote are compared, so each is a
    setting of its own."""
    written = [number for number, axis in enumerate(job.axes) if axis.field not in _SEEDS or axis.text != ""]
    setting, place = _setting(task), _place(task, written)
    return [
        other
        for other in tasks
        if other.payload == task.payload and _place(other, written) == place and _setting(other) == setting
    ]


def _place(task: Task, axes: Iterable[int]) -> list[int | None]:
    return [task.coords[number] if number < len(task.coords) else None for number in axes]


def _setting(task: Task) -> dict[str, Any]:
    return {field: value for field, value in task.changes.items() if field not in _SEEDS}
