"""Which picture is which when a task runs a second time. Pure.

A run may save fewer images than the one before, or others of them: a picture is known by its seeds, and
only where nobody can tell those by its file's name or its place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

import msgspec


class Picture(msgspec.Struct, frozen=True):
    """``subseed``: None where it has none, or nobody knows. ``path``: as ``Image.path``; ``index``: its
    place among the images of its task."""

    path: str
    index: int
    seed: int | None = None
    subseed: int | None = None

    def may_be(self, other: Picture) -> bool:
        """Nothing known of the two says that they are different pictures."""
        return _agree(self.seed, other.seed) and _agree(self.subseed, other.subseed)


def _agree(left: int | None, right: int | None) -> bool:
    return left is None or right is None or left == right


#: by what a picture is found, the surest first. None: not by this
_WAYS: tuple[Callable[[Picture], Hashable | None], ...] = (
    lambda one: None if one.seed is None else (one.seed, one.subseed, one.index),
    lambda one: None if one.seed is None else (one.seed, one.subseed),
    lambda one: None if one.seed is None else (one.seed, one.index),
    lambda one: one.seed,
    lambda one: one.path,
    lambda one: one.index,
)


def match(made: Sequence[Picture], known: Sequence[Picture]) -> list[int | None]:
    """For each picture of ``made`` the number of the one in ``known`` that it is; None for a new one. None
    of ``known`` is given twice."""
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
