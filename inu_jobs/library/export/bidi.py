"""The order in which a line is drawn: Hebrew and Arabic run from right to left, numbers and Latin do not.

Unicode's algorithm (UAX #9) for one line without embeddings, isolates and overrides, which prompts never
have."""

from __future__ import annotations

import unicodedata
from itertools import groupby
from typing import NamedTuple

_BRACKETS = dict(zip(")]}>»」』】", "([{<«「『【", strict=True))
_DEPTH = 63  # of nested brackets, as in the algorithm
_STRONG = {"L": "L", "R": "R", "AL": "R"}


class TextRun(NamedTuple):
    """``text`` in its original order."""

    text: str
    right_to_left: bool


def runs_of(text: str) -> list[TextRun]:
    """The runs from left to right.

    >>> [run.text for run in runs_of("שלום 12")]
    ['12', 'שלום ']
    """
    kinds = [unicodedata.bidirectional(char) for char in text]
    if "R" not in kinds and "AL" not in kinds:
        return [TextRun(text, False)] if text else []
    base = next(_STRONG[kind] for kind in kinds if kind in _STRONG)
    resolved = _without_weak(kinds, base)
    _turn_brackets(text, resolved, base)
    levels = _levels(_without_neutrals(resolved, base), base)
    runs = [
        (level, "".join(text[at] for at in places))
        for level, places in groupby(range(len(text)), key=levels.__getitem__)
    ]
    for level in (2, 1):
        turned: list[tuple[int, str]] = []
        for turns, group in groupby(runs, key=lambda run, level=level: run[0] >= level):  # type: ignore[misc]
            together = list(group)
            turned += reversed(together) if turns else together
        runs = turned
    return [TextRun(words, level == 1) for level, words in runs]


def _without_weak(kinds: list[str], base: str) -> list[str]:
    """Each as L, R, a number (N) or neutral (''): marks take the type of the preceding letter, signs within
    or next to a number that of the number, and a number after Latin is Latin."""
    found: list[str] = []
    strong = base
    for at, kind in enumerate(kinds):
        if kind in _STRONG:
            strong = _STRONG[kind]
            found.append(strong)
        elif kind == "NSM":
            found.append(found[-1] if found else base)
        elif kind in ("EN", "AN") or (kind in ("ES", "CS", "ET") and _in_number(kinds, at)):
            found.append("L" if strong == "L" else "N")
        else:
            found.append("")
    return found


def _in_number(kinds: list[str], at: int) -> bool:
    before, after = kinds[at - 1 : at] == ["EN"], kinds[at + 1 : at + 2] == ["EN"]
    return before or after if kinds[at] == "ET" else before and after


def _turn_brackets(text: str, kinds: list[str], base: str) -> None:
    """Both brackets of a pair get the line's direction, unless their content and what precedes them have the
    other."""
    open_ones: list[int] = []
    pairs = []
    for at, char in enumerate(text):
        if char in _BRACKETS.values():
            if len(open_ones) == _DEPTH:
                break
            open_ones.append(at)
        elif char in _BRACKETS and any(text[one] == _BRACKETS[char] for one in open_ones):
            while text[one := open_ones.pop()] != _BRACKETS[char]:
                pass
            pairs.append((one, at))
    for begin, end in sorted(pairs):
        inside = {_side(kind) for kind in kinds[begin:end] if kind}
        if inside:
            before = next((_side(kinds[at]) for at in range(begin - 1, -1, -1) if kinds[at]), base)
            kinds[begin] = kinds[end] = base if base in inside else before


def _side(kind: str) -> str:
    return "R" if kind == "N" else kind


def _without_neutrals(kinds: list[str], base: str) -> list[str]:
    """Anything between two of the same direction gets that direction; the rest gets the line's."""
    found: list[str] = []
    for kind, group in groupby(kinds):
        count = len(list(group))
        if kind:
            found += [kind] * count
            continue
        before = found[-1] if found else base
        after = kinds[len(found) + count] if len(found) + count < len(kinds) else base
        sides = {_side(before), _side(after)}
        found += [sides.pop() if len(sides) == 1 else base] * count
    return found


def _levels(kinds: list[str], base: str) -> list[int]:
    even = 0 if base == "L" else 2
    return [{"L": even, "R": 1, "N": 2}[kind] for kind in kinds]
