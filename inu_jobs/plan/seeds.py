"""Nothing is random at run time: every task has its seeds before it is queued."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from ..errors import InvalidInput
from ..fields.dynamic_prompts import dynamic_prompts
from ..fields.field_types import LARGEST_SEED
from ..model import Axis, Payload
from ..sentences import say
from .tasks import PlannedTask

#: the WebUI's own range for random seeds (modules/processing.py, get_fixed_seed)
SEEDS = 4_294_967_294


def is_open(seed: Any) -> bool:
    """True for a seed that the WebUI would draw (modules/processing.py, get_fixed_seed)."""
    return seed is None or seed == -1


class Seeds:
    """Draws seeds: for the whole job if an axis asks for them, else one for each task, all different."""

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
        """A random seed that has not been drawn before."""
        while True:
            seed = self._rng.randrange(SEEDS)
            if seed not in self._drawn:
                self._drawn.add(seed)
                return seed

    def of(self, field: str, value: Any, coords: Sequence[int]) -> int:
        """The seed for ``value``: itself if it is a seed, else the one drawn for its position on the axis,
        else a new one."""
        if not is_open(value):
            return int(value)
        drawn = self._on_axes.get(field, {})
        place = coords[self._place[field]] if field in self._place else None
        return drawn[place] if place is not None and place in drawn else self.draw()

    def fix(self, payload: Payload, task: PlannedTask) -> PlannedTask:
        """``task`` with seeds: a second run after a crash makes the same image."""
        changes = dict(task.changes)
        for field in ("seed", "subseed"):
            value = changes.get(field, payload.get(field))
            if is_open(value):
                changes[field] = self.of(field, value, task.coords)
        return PlannedTask(changes, task.coords, task.images)


def repeat(payload: Payload, changes: dict[str, Any], coords: list[int], seeds: Seeds) -> list[PlannedTask]:
    """One task for each iteration. The WebUI counts seeds up over all images of a generation, so the second
    iteration of a batch of 4 begins at seed + 4; with variation, it only counts subseeds. If Dynamic Prompts
    makes all combinations, it makes them once, whatever the batch count is."""
    now = {**payload, **changes}
    count, batch = int(now.get("n_iter") or 1), max(1, int(now.get("batch_size") or 1))
    dynamic = dynamic_prompts(now)
    if dynamic is not None and dynamic.combinatorial:
        count = 1
    if now.get("n_iter") not in (None, 1):
        changes = {**changes, "n_iter": 1}
    if count == 1:
        return [PlannedTask(changes, coords, batch)]
    counted = "subseed" if (now.get("subseed_strength") or 0) > 0 else "seed"
    first = {field: seeds.of(field, now.get(field), coords) for field in ("seed", "subseed")}
    if first[counted] + count * batch >= LARGEST_SEED:
        raise InvalidInput(say("The {counted} is too large to count up from.", counted=counted), counted)
    return [
        PlannedTask({**changes, **first, counted: first[counted] + number * batch}, coords, batch)
        for number in range(count)
    ]
