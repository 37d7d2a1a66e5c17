"""Many values written in one line, in the notation of the WebUI's X/Y/Z plot.

``3, 5, 10-20 (+5), 1-10 [5]``: items stand between commas as in a CSV line (a text with commas in it goes
in quotes); a range of numbers has a step in round brackets or a count in square ones. What comes out is
what ``process_axis`` in scripts/xyz_grid.py of WebUI 1.10.1 makes of the same text, to the last digit of a
fraction: it lets numpy count, so the sums are done here in numpy's order.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable
from typing import TypeVar

from ..errors import InvalidInput

#: characters; beyond that it is no line that somebody wrote
LONGEST = 200_000

Number = TypeVar("Number", int, float)
#: any one character may be the point, there as here: what makes no number of it is refused after
_WHOLE = r"(?P<{}>[+-]?\s*\d+)"
_BROKEN = r"(?P<{}>[+-]?\s*\d+(?:.\d*)?)"


def _range(number: str, step: str, count: str) -> re.Pattern[str]:
    first, last = number.format("first"), number.format("last")
    how = rf"\((?P<step>{step})\s*\)|\[(?P<count>{count})\s*\]"
    return re.compile(rf"\s*{first}\s*-\s*{last}(?:\s*(?:{how}))?\s*")


_WHOLE_RANGE = _range(_WHOLE, r"[+-]\d+", r"\d+")
_BROKEN_RANGE = _range(_BROKEN, r"[+-]\d+(?:.\d*)?", r"\d+(?:.\d*)?")


def items(text: str) -> list[str]:
    """The texts between the commas, without the space around them. ``InvalidInput`` if quotes make no
    sense."""
    if len(text) > LONGEST:
        raise InvalidInput(f"That is too long: {LONGEST:,} characters are the most.")
    try:
        rows = list(csv.reader(io.StringIO(text), skipinitialspace=True))
    except csv.Error as error:
        raise InvalidInput(f"The list of values cannot be read: {error}.") from None
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
    for item in items(text):
        if not item:
            continue
        try:
            values = span(item, most - len(found))
            found += [number(item)] if values is None else values
        except InvalidInput:
            raise _too_many(most) from None
        except (ValueError, OverflowError, ZeroDivisionError):
            kind = "a whole number" if number is int else "a number"
            example = "10-30 (+5) or 10-30 [3]" if number is int else "0.3-0.6 (+0.1) or 0.3-0.6 [4]"
            raise InvalidInput(f"“{_short(item)}” is neither {kind} nor a range such as {example}.") from None
        if len(found) > most:
            raise _too_many(most)
    if not all(map(math.isfinite, found)):
        raise InvalidInput("A number is far too large.")
    return found


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
    # numpy.arange(first, last + step, step): the second number is rounded before the others are counted
    count = math.ceil(((last + step) - first) / step)
    if count > most:
        raise _too_many(most)
    apart = (first + step) - first
    return [first if n == 0 else first + step if n == 1 else first + n * apart for n in range(count)]


def _spread(first: float, last: float, count: int, most: int) -> list[float]:
    """As numpy.linspace: the last is exact, whatever the steps add up to."""
    if count > most:
        raise _too_many(most)
    if count < 2:
        return [float(first)] * count
    apart = (float(last) - float(first)) / (count - 1)
    return [*(n * apart + float(first) for n in range(count - 1)), float(last)]


def _too_many(most: int) -> InvalidInput:
    return InvalidInput(f"That would be more than {most:,} values.")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"
