"""Which image is which when a task runs a second time. Pure.

A run may save fewer or different images than the one before: an image is identified by its seeds, and only if
those are unknown by its file name or its index.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

import msgspec


class Picture(msgspec.Struct, frozen=True):
    """``subseed``: None if it has none, or if unknown. ``path``: as ``Image.path``; ``index``: its index
    among the images of its task."""

    path: str
    index: int
    seed: int | None = None
    subseed: int | None = None

    def may_be(self, other: Picture) -> bool:
        """Nothing known about the two shows that they are different images."""
        return _agree(self.seed, other.seed) and _agree(self.subseed, other.subseed)


def _agree(left: int | None, right: int | None) -> bool:
    return left is None or right is None or left == right


#: criteria for finding an image, the most reliable first. None: not applicable
_WAYS: tuple[Callable[[Picture], Hashable | None], ...] = (
    lambda one: None if one.seed is None else (one.seed, one.subseed, one.index),
    lambda one: None if one.seed is None else (one.seed, one.subseed),
    lambda one: None if one.seed is None else (one.seed, one.index),
    lambda one: one.seed,
    lambda one: one.path,
    lambda one: one.index,
)


def match(made: Sequence[Picture], known: Sequence[Picture]) -> list[int | None]:
    """For each of ``made``, the index of the same image in ``known``, or None for a new one. No index is
    returned twice."""
    found: list[int | None] = [None] * len(made)
    left = dict(enumerate(known))
    for way in _WAYS:
        shelves: dict[Hashable, list[int]] = defaultdict(list)
        for number, picture in left.items():
            if (key := way(picture)) is not None:
                shelves[key].append(number)
        for place, picture in enumerate(made):
            if found[place] is not None or (key := way(picture)) is None:
                continue
            fitting = (number for number in shelves[key] if number in left and left[number].may_be(picture))
            which = next(fitting, None)
            if which is not None:
                found[place] = which
                del left[which]
    return found
