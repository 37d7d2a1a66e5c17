"""The order of a job's tasks: which values of its axes come first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...fields.table import CHECKPOINT, VAE
from ...model import Axis
from ..text_budget import OfLists


def _first_places(values: list[Any]) -> list[int]:
    """For each value, the index of the first one equal to it."""
    seen: dict[str, int] = {}
    return [seen.setdefault(repr(value), place) for place, value in enumerate(values)]


_FIRST = OfLists(_first_places)


def order(axes: Sequence[Axis], coords: Sequence[int]) -> tuple[Any, ...]:
    """The sort key: (model, seed, spread). Each checkpoint is loaded once; then everything is shown with the
    first seed before the second; and of the other axes, the diagonal comes first, which contains each value
    of each axis, then its parallels."""
    model: list[int] = []
    seed: list[int] = []
    rest: list[tuple[int, int]] = []  # (length of the axis, index on it)
    for axis, place in zip(axes, coords, strict=True):
        if axis.field in (CHECKPOINT, VAE):
            # the same model named twice is still loaded once
            first = _FIRST.of(axis.values)[place]
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
