"""Many values written in one line, in the notation of the WebUI's X/Y/Z plot.

``3, 5, 10-20 (+5), 1-10 [5]``: items stand between commas as in a CSV line (a text with commas in it goes
in quotes); a range of numbers has a step in round brackets or a count in square ones. What comes out is
what ``process_axis`` in scripts/xyz_grid.py of WebUI 1.10.1 makes of the same text, to the last digit of a
fraction: numpy counts here as it does there.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from ...budgets import DIGITS
from ...errors import InvalidInput
from ...sentences import say

#: characters; beyond that it is no line that somebody wrote
LONGEST = 200_000

Number = TypeVar("Number", int, float)
_WHOLE_RANGE = re.compile(
    r"(?P<first>[+-]? ?\d+) ?- ?(?P<last>[+-]? ?\d+)"
    r"(?: ?(?:\((?P<step>[+-]\d+) ?\)|\[(?P<count>\d+) ?\]))?"
)
#: any one character may be the point, there as here: what makes no number of it is refused after. (That it
#: may be a digit there changes nothing but the ways to read the same text, which are then without end.)
_BROKEN_RANGE = re.compile(
    r"(?P<first>[+-]? ?\d+(?:[^\d\n]\d*)?) ?- ?(?P<last>[+-]? ?\d+(?:[^\d\n]\d*)?)"
    r"(?: ?(?:\((?P<step>[+-]\d+(?:[^\d\n]\d*)?) ?\)|\[(?P<count>\d+(?:[^\d\n]\d*)?) ?\]))?"
)


def items(text: str) -> list[str]:
    """The texts between the commas, without the space around them. ``InvalidInput`` if quotes make no
    sense."""
    if len(text) > LONGEST:
        raise InvalidInput(say("That is too long: {longest:,} characters are the most.", longest=LONGEST))
    try:
        rows = list(csv.reader(io.StringIO(text), skipinitialspace=True))
    except csv.Error as error:
        raise InvalidInput(say("The list of values cannot be read: {error}.", error=str(error))) from None
    return [item.strip() for row in rows for item in row]


def integers(text: str, most: int) -> list[int]:
    """Whole numbers. ``InvalidInput`` for what is none, or for more than ``most`` of them."""
    return _numbers(text, most, _whole_range, int)


def floats(text: str, most: int) -> list[float]:
    """Numbers, as ``integers``."""
    return _numbers(text, most, _broken_range, float)


def _numbers(
    text: str, most: int, span: Callable[[str, int], list[Number] | None], number: Callable[[str], Number]
) -> list[Number]:
    found: list[Number] = []
    for written in items(text):
        if not written:
            continue
        item = " ".join(written.split())  # blanks count for nothing, however many
        try:
            found += _values(item, most - len(found), span, number)
        except InvalidInput:
            raise _too_many(most) from None
        except (ValueError, OverflowError, ZeroDivisionError):
            raise _unreadable(item, number) from None
        if len(found) > most:
            raise _too_many(most)
    if not all(map(math.isfinite, found)):
        raise InvalidInput(say("A number is far too large."))
    return found


def _values(
    item: str, most: int, span: Callable[[str, int], list[Number] | None], number: Callable[[str], Number]
) -> list[Number]:
    if len(item) > DIGITS:
        raise ValueError
    values = span(item, most)
    return [number(item)] if values is None else values


def _unreadable(item: str, number: Callable[[str], Number]) -> InvalidInput:
    if number is int:
        message = say(
            "“{item}” is neither a whole number nor a range such as 10-30 (+5) or 10-30 [3].",
            item=_short(item),
        )
    else:
        message = say(
            "“{item}” is neither a number nor a range such as 0.3-0.6 (+0.1) or 0.3-0.6 [4].",
            item=_short(item),
        )
    return InvalidInput(message)


def _whole_range(item: str, most: int) -> list[int] | None:
    """None if ``item`` is no range. Nothing is made before it is counted."""
    match = _WHOLE_RANGE.fullmatch(item)
    if match is None:
        return None
    first, last = int(match["first"]), int(match["last"])
    if match["count"] is None:
        step = int(match["step"] or 1)
        if (last + 1 - first) // step > most:
            raise _too_many(most)
        return list(range(first, last + 1, step))
    return [int(value) for value in _spread(first, last, int(match["count"]), most)]


def _broken_range(item: str, most: int) -> list[float] | None:
    match = _BROKEN_RANGE.fullmatch(item)
    if match is None:
        return None
    first, last = float(match["first"]), float(match["last"])
    if match["count"] is not None:
        return _spread(first, last, int(match["count"]), most)
    step = float(match["step"] or 1)
    if math.ceil(((last + step) - first) / step) > most:
        raise _too_many(most)
    values: list[float] = np.arange(first, last + step, step).tolist()
    return values


def _spread(first: float, last: float, count: int, most: int) -> list[float]:
    if count > most:
        raise _too_many(most)
    with np.errstate(all="ignore"):  # what becomes of too large a number is looked at later
        values: list[float] = np.linspace(float(first), float(last), count).tolist()
    return values


def _too_many(most: int) -> InvalidInput:
    return InvalidInput(say("That would be more than {most:,} values.", most=most))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
