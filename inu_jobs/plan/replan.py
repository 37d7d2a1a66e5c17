"""What a new plan keeps of a job's existing tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from .. import budgets
from ..fields.table import LINES
from ..model import ENDED, Axis, Payload, Task
from ..overlay import overlay
from .seeds import is_open
from .tasks import PlannedTask

_SEEDS = ("seed", "subseed")
Key = Callable[[Payload], object]


class Replanned(msgspec.Struct, frozen=True):
    """``stay``: (task, index in the plan or None): ended, running, or about to run. ``keep``: waiting tasks
    that are still wanted, with their new planned task, which has their seeds. ``drop``: waiting tasks that
    are no longer wanted. ``add``: (index, new task)."""

    stay: list[tuple[Task, int | None]]
    keep: list[tuple[Task, int, PlannedTask]]
    drop: list[Task]
    add: list[tuple[int, PlannedTask]]


def drawn(payload: Payload, axes: Sequence[Axis], coords: Sequence[int]) -> tuple[str, ...]:
    """The seed fields that are drawn for that task alone, and so would differ each time."""
    found = []
    for field in _SEEDS:
        value = payload.get(field)
        for axis, place in zip(axes, coords, strict=False):
            if axis.field == field:
                value = 0  # shared with other tasks
            if axis.field == LINES and field in axis.values[place]:
                value = axis.values[place][field]
                break
        if is_open(value):
            found.append(field)
    return tuple(found)


def with_known_seeds(
    axes: Sequence[Axis], before: Sequence[Axis], tasks: Iterable[tuple[Task, Payload]]
) -> list[Axis]:
    """``axes``, with each random seed replaced by the one drawn at the same position before. ``tasks``: the
    job's current ones, each with its whole payload."""
    known = list(tasks)
    return [_with_known(axis, before, known) if axis.field in _SEEDS else axis for axis in axes]


def _with_known(axis: Axis, before: Sequence[Axis], tasks: Sequence[tuple[Task, Payload]]) -> Axis:
    number = next((n for n, other in enumerate(before) if other.field == axis.field), None)
    if number is None:
        return axis
    lowest: dict[int, int] = {}  # a task for each iteration counts up from the first
    for task, payload in tasks:
        seed = payload.get(axis.field)
        if number < len(task.coords) and isinstance(seed, int) and not _lines_set(axis.field, before, task):
            place = task.coords[number]
            lowest[place] = min(seed, lowest.get(place, seed))
    earlier = iter([lowest.get(place) for place, value in enumerate(before[number].values) if is_open(value)])
    values = []
    for value in axis.values:
        seed = next(earlier, None) if is_open(value) else None
        values.append(value if seed is None else seed)
    return msgspec.structs.replace(axis, values=values)


def _lines_set(field: str, axes: Sequence[Axis], task: Task) -> bool:
    return any(
        axis.field == LINES and place < len(axis.values) and field in axis.values[place]
        for axis, place in zip(axes, task.coords, strict=False)
    )


def replan(
    payload: Payload,
    axes: Sequence[Axis],
    plan: Sequence[PlannedTask],
    tasks: Sequence[tuple[Task, Payload]],
    key: Key,
) -> Replanned:
    """``payload``, ``axes``, ``plan``: the job as edited; ``tasks``: its current ones, in order, each with
    its whole payload; ``key``: equal for equal payloads. A task is wanted if its whole payload is, apart from
    seeds drawn for it."""
    pool = _Pool(tasks, key)
    stay: dict[str, int] = {}
    keep, add = [], []
    for place, planned in enumerate(budgets.turns(plan)):
        seeds = drawn(payload, axes, planned.coords)
        found = pool.take(overlay(payload, planned.changes), seeds)
        if found is None:
            add.append((place, planned))
            continue
        task, now = found
        if _stays(task):
            stay[task.id] = place
        else:
            own = {**planned.changes, **{field: now[field] for field in seeds if field in now}}
            keep.append((task, place, PlannedTask(own, planned.coords, planned.images)))
    kept = {task.id for task, _, _ in keep}
    return Replanned(
        stay=[(task, stay.get(task.id)) for task, _ in tasks if _stays(task)],
        keep=keep,
        drop=[task for task, _ in tasks if not _stays(task) and task.id not in kept],
        add=add,
    )


def _stays(task: Task) -> bool:
    """Only tasks that wait here can be changed: a queued one is about to run."""
    return task.state in ENDED or task.state in ("running", "queued")


class _Pool:
    """Tasks by what they make; those that stay are taken first."""

    def __init__(self, tasks: Sequence[tuple[Task, Payload]], key: Key) -> None:
        self._tasks = sorted(tasks, key=lambda pair: not _stays(pair[0]))
        self._key = key
        self._by_seeds: dict[tuple[str, ...], dict[object, list[tuple[Task, Payload]]]] = {}
        self._taken: set[str] = set()

    def take(self, wanted: Payload, seeds: tuple[str, ...]) -> tuple[Task, Payload] | None:
        if seeds not in self._by_seeds:
            shelf: dict[object, list[tuple[Task, Payload]]] = {}
            self._by_seeds[seeds] = shelf
            for task, payload in reversed(self._tasks):
                shelf.setdefault(self._without(payload, seeds), []).append((task, payload))
        alike = self._by_seeds[seeds].get(self._without(wanted, seeds), [])
        while alike:
            found = alike.pop()
            if found[0].id not in self._taken:
                self._taken.add(found[0].id)
                return found
        return None

    def _without(self, payload: Payload, seeds: tuple[str, ...]) -> object:
        return self._key({field: value for field, value in payload.items() if field not in seeds})
