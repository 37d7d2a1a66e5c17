"""Finds out whether a pattern takes more than linear time on some text.

What a pattern itself is made of is put together to texts that nearly match it, again and again: the way in
which patterns with two ways to read the same text come to need all of them. Such a text is long enough for
the square of its length to show, and what looks slow is measured once more at twice the length.
"""

from __future__ import annotations

import itertools
import re
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import sre_constants
    import sre_parse

#: characters; where time grows with the square of that it is a tenth of a second at least, else a
#: thousandth at most
LENGTH = 16_000
#: before: an exponent shows here already, and would not end there
_STEPS = (18, 26, 150, 1_000)
#: seconds of this thread; what takes less is no matter
_SLOW = 0.01
#: the same, beyond doubt
_VERY_SLOW = 0.3
#: twice the length takes twice the time, or four times
_SUPERLINEAR = 2.9
_MOST_PUMPS = 140
#: what no pattern of ours takes, so that it fails in the end
_BREAK = "\0"

Use = Callable[[str], object]


def uses_of(pattern: re.Pattern[Any], methods: Iterable[str]) -> dict[str, Use]:
    """What to call with a text, by the methods that the code calls."""
    found: dict[str, Use] = {}
    for method in methods:
        if method in ("match", "fullmatch", "search"):
            found[method] = getattr(pattern, method)
        else:  # sub, split, findall, finditer: all go from match to match
            found["findall"] = pattern.findall
    return found


def slow_text(pattern: re.Pattern[Any], methods: Iterable[str]) -> str:
    """A text over which one of the methods takes too long, described; '' if none was found."""
    if isinstance(pattern.pattern, bytes):
        pattern = re.compile(pattern.pattern.decode("latin-1"), pattern.flags & ~re.LOCALE)
    for method, use in uses_of(pattern, methods).items():
        for before, pump, after in _texts(pattern):
            if _is_slow(use, before, pump, after):
                return f"{method}: {before!r} + {pump!r} * n + {after!r}"
    return ""


def _is_slow(use: Use, before: str, pump: str, after: str) -> bool:
    def seconds(length: int) -> float:
        text = before + pump * (length // len(pump)) + after
        start = time.thread_time()
        use(text)
        return time.thread_time() - start

    if any(seconds(length) > _SLOW and seconds(length) > _SLOW for length in _STEPS):
        return True
    if not _SLOW < (first := seconds(LENGTH)) < _VERY_SLOW:
        return first > _SLOW
    once, twice = (min(seconds(length) for _ in range(3)) for length in (LENGTH, 2 * LENGTH))
    return once > _SLOW and twice > _SUPERLINEAR * once


def _texts(pattern: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
    examples, signs = parts_of(pattern)
    heads = [example[:length] for length in range(1, 7) for example in examples]
    pumps = [*signs, *heads, *examples, *(sign + head for head in heads for sign in signs)]
    pumps += map("".join, itertools.product(signs, repeat=2))
    befores = ["", examples[0][:1], examples[0][: len(examples[0]) // 2], *examples]
    for before, pump in itertools.product(dict.fromkeys(befores), [*dict.fromkeys(pumps)][:_MOST_PUMPS]):
        if pump:
            yield before, pump, _BREAK


def parts_of(pattern: re.Pattern[str]) -> tuple[list[str], list[str]]:
    """(texts that it takes, or nearly: with all that may be left out, and without; signs that it knows)."""
    parsed = sre_parse.parse(pattern.pattern, pattern.flags)
    signs: dict[str, None] = {}
    examples = [_walk(parsed, signs, least) for least in (1, 0)]
    # those of a class first: it is what repeats
    return examples, sorted(signs, key=lambda sign: sign.isalnum())[:16]


def _walk(parsed: Any, signs: dict[str, None], least: int) -> str:
    return "".join(_part(kind, value, signs, least) for kind, value in parsed)


#: a sign that it takes
_ONE_SIGN: dict[Any, Callable[[Any], str]] = {
    sre_constants.LITERAL: chr,
    sre_constants.NOT_LITERAL: lambda value: "a" if value != ord("a") else "b",
    sre_constants.ANY: lambda _: "a",
}


def _part(kind: Any, value: Any, signs: dict[str, None], least: int) -> str:
    of = sre_constants
    if kind in _ONE_SIGN:
        return _note(_ONE_SIGN[kind](value), signs)
    if kind is of.IN:
        return _one_of(value, signs)
    if kind is of.BRANCH:
        ways = [_walk(branch, signs, least) for branch in value[1]]
        return ways[0]
    if kind is of.SUBPATTERN:
        return _walk(value[-1], signs, least)
    if kind in (of.MAX_REPEAT, of.MIN_REPEAT) or str(kind) == "POSSESSIVE_REPEAT":
        low, _, inside = value
        return _walk(inside, signs, least) * max(least, low)
    if kind is of.ASSERT:
        _walk(value[1], signs, least)
    return ""  # what looks around, and the ends


def _note(sign: str, signs: dict[str, None]) -> str:
    signs[sign] = None
    return sign


_OF_KIND = {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a", "CATEGORY_NOT_SPACE": "a"}


def _one_of(items: Any, signs: dict[str, None]) -> str:
    of = sre_constants
    if items[0][0] is of.NEGATE:
        taken = (
            re.compile(f"[{''.join(map(re.escape, map(chr, _literals(items))))}]")
            if _literals(items)
            else None
        )
        return _note(next(sign for sign in "a1 .-" if taken is None or not taken.match(sign)), signs)
    found = []
    for kind, value in items:
        if kind is of.LITERAL:
            found.append(chr(value))
        elif kind is of.RANGE:
            found.append(chr(value[0]))
        elif kind is of.CATEGORY:
            found.append(_OF_KIND.get(str(value), "."))
    for sign in found[:8]:
        _note(sign, signs)
    return found[0]


def _literals(items: Any) -> list[int]:
    return [value for kind, value in items if kind is sre_constants.LITERAL]
