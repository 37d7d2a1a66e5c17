"""The patterns (``/.../``) of a JavaScript file, as Python's."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: a token of JavaScript, as far as needed to know a pattern from a division: comments, texts, patterns (only
#: where a value may begin), and what a value ends with
_TOKEN = re.compile(
    r"""
      (?P<comment>//[^\n]*|/\*.*?\*/)
    | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    | (?P<template>`|\}(?=[^`]*`))
    | (?P<pattern>/(?![*/])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/(?P<flags>[a-z]*))
    | (?P<word>[\w$]+)
    | (?P<space>\s+)
    | (?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
#: words that a value may follow
_BEFORE_VALUE = frozenset({"return", "typeof", "case", "in", "of", "else", "await", "yield", "void"})


def patterns_in(text: str) -> Iterator[tuple[int, re.Pattern[str], list[str]]]:
    """(line, pattern, methods of Python's that do with a text what JavaScript does) each."""
    position, value_ended = 0, False
    while position < len(text):
        match = _TOKEN.match(text, position)
        assert match is not None
        kind = match.lastgroup if match.lastgroup != "flags" else "pattern"
        if match["pattern"] is not None:
            if value_ended:  # a division
                position += 1
                value_ended = False
                continue
            methods = ["search", "findall"] if "g" in match["flags"] else ["search"]
            yield text.count("\n", 0, position) + 1, _as_python(match["pattern"], match["flags"]), methods
        if kind == "word":
            value_ended = match[0] not in _BEFORE_VALUE
        elif kind == "sign":
            value_ended = match[0] in ")]}"
        elif kind not in ("space", "comment"):
            value_ended = True
        position = match.end()


def _as_python(pattern: str, flags: str) -> re.Pattern[str]:
    inside = re.sub(r"\(\?<(?![=!])", "(?P<", pattern[1 : pattern.rindex("/")])
    known = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
    value = 0
    for flag in flags:
        value |= known.get(flag, 0)
    return re.compile(re.sub(r"\\p\{[^}]*\}", r"\\w", inside), value)
