"""Image parameters as CSV and JSON."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from .items import ItemSource, Part, rows

_IN_MEMORY = 8 * 1024 * 1024  # bytes; more goes to a temporary file
_TOGETHER = 64 * 1024  # bytes of rows sent at a time
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
#: a cell that begins with one of these is a formula; anything that NFKC turns into "=+-@" is one in some
#: country's Excel
_SIGN = re.compile(
    "[=+\\-@\u2212\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\ufb29\u207a-\u207c\u208a-\u208c]"
)
#: where a reader may begin a cell or a row that we did not: Excel splits at its country's own separator and,
#: because there are no quotes next to that, at any line break
_SPLITS = frozenset(";\t|؛\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
#: invisible, although ``str.isprintable`` is true: fillers, variation selectors, joiners
_FILLERS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]))
)


def json_of(parts: Sequence[Part], source: ItemSource) -> Iterator[bytes]:
    """A list with one object per image; ``parameters`` have the WebUI's labels."""
    before = b"[\n"
    for facts, made_with in rows(parts, source):
        yield before + msgspec.json.encode({**facts, "parameters": made_with})
        before = b",\n"
    yield b"\n]\n" if parts else b"[]\n"


def csv_of(parts: Sequence[Part], source: ItemSource) -> Iterator[bytes]:
    """One line per image, and a column for each parameter that any image has. UTF-8 with a byte order mark,
    without which Excel assumes another encoding."""
    columns: dict[str, None] = {}
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as kept:
        for facts, made_with in rows(parts, source):  # the first line depends on all of them
            columns |= dict.fromkeys(facts) | dict.fromkeys(map(_column, made_with))
            row = {**facts, **{_column(word): value for word, value in made_with.items()}}
            kept.write(msgspec.json.encode(row) + b"\n")
            yield b""  # the sender can stop here
        kept.seek(0)
        text = io.StringIO(newline="")
        writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)  # LibreOffice also splits at ";" and tab
        text.write("\ufeff")
        writer.writerow([harmless(column) for column in columns])
        for line in kept:
            row = msgspec.json.decode(line)
            writer.writerow([harmless(row.get(column, "")) for column in columns])
            if text.tell() > _TOGETHER:
                yield _taken(text)
        yield _taken(text)


def _column(word: str) -> str:
    """Our own are in lower case, the WebUI's are capitalized: neither hides the other."""
    return word if word[:1].isupper() else f"parameter {word}"


def harmless(value: Any) -> Any:
    """``value`` with a ' before each character at which a spreadsheet would begin a formula: a prompt may
    come from anywhere. Removing that character restores the value.

    >>> harmless("a cat; =1+1")
    "a cat; '=1+1"
    """
    if value is None:
        return ""
    if not isinstance(value, str) or _NUMBER.fullmatch(value):
        return value
    made, done = [], 0
    for sign in _SIGN.finditer(value):
        begin = end = sign.start()
        while begin > done and _may_precede(value[begin - 1]):
            begin -= 1
        made.append(value[done:end])
        if begin == 0 or not _SPLITS.isdisjoint(value[begin:end]):
            made.append("'")
        done = end
    return "".join([*made, value[done:]])


def _may_precede(char: str) -> bool:
    """Between the start of a cell and such a character: readers drop blanks, invisible characters, and
    quotes."""
    return char in _SPLITS or char in _FILLERS or char in "\"'" or char.isspace() or not char.isprintable()


def _taken(text: io.StringIO) -> bytes:
    data = text.getvalue().encode("utf-8", "replace")
    text.seek(0)
    text.truncate()
    return data
