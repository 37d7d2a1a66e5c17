"""Parameters of images as CSV and JSON."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from .parts import Part, Source, rows

_IN_MEMORY = 8 * 1024 * 1024  # bytes; more goes to a temporary file
_TOGETHER = 64 * 1024  # bytes of rows sent at once
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")


def json_of(parts: Sequence[Part], source: Source) -> Iterator[bytes]:
    """A list, one object an image; ``parameters`` are in the WebUI's words."""
    before = b"[\n"
    for facts, made_with in rows(parts, source):
        yield before + msgspec.json.encode({**facts, "parameters": made_with})
        before = b",\n"
    yield b"\n]\n" if parts else b"[]\n"


def csv_of(parts: Sequence[Part], source: Source) -> Iterator[bytes]:
    """One line an image, a column for each parameter that any image has. UTF-8 with a mark, without
    which Excel takes it for another encoding."""
    columns: dict[str, None] = {}
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as kept:
        for facts, made_with in rows(parts, source):  # all must be seen before the first line is known
            columns |= dict.fromkeys(facts) | dict.fromkeys(map(_column, made_with))
            row = {**facts, **{_column(word): value for word, value in made_with.items()}}
            kept.write(msgspec.json.encode(row) + b"\n")
            yield b""  # whoever sends this may stop here
        kept.seek(0)
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        text.write("\ufeff")
        writer.writerow([harmless(column) for column in columns])
        for line in kept:
            row = msgspec.json.decode(line)
            writer.writerow([harmless(row.get(column, "")) for column in columns])
            if text.tell() > _TOGETHER:
                yield _taken(text)
        yield _taken(text)


def _column(word: str) -> str:
    """Ours are in lower case, the WebUI's begin with a capital: nothing hides another."""
    return word if word[:1].isupper() else f"parameter {word}"


def harmless(value: Any) -> Any:
    """A spreadsheet takes a text that begins so for a formula, and a prompt may come from anywhere."""
    if value is None:
        return ""
    if isinstance(value, str) and value.lstrip()[:1] in ("=", "+", "-", "@") and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def _taken(text: io.StringIO) -> bytes:
    data = text.getvalue().encode("utf-8", "replace")
    text.seek(0)
    text.truncate()
    return data
