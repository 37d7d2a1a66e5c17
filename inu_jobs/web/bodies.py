"""What comes in by HTTP, made safe before anything of ours sees it: bodies and query parameters.

Everything that is wrong raises ``InvalidInput`` with the field and one sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec

from ..api import Selection
from ..budgets import DEPTH, KEY, SELECTED, VALUES
from ..errors import InvalidInput
from ..sentences import Sentence, say

_INT_MIN, _INT_MAX = -(2**63), 2**63 - 1

T = TypeVar("T")


def decode(body: bytearray, type_: type[T]) -> T:
    """``body`` as JSON of this shape, with every value in it fit for the store and for the WebUI. The bytes
    are gone then: they may be many, and all of them are in what comes out."""
    if not body or body.isspace():
        raise InvalidInput(say("The request has no body: send a JSON object."))
    try:
        _check_count(body)
        document = msgspec.json.decode(body)
        body.clear()
        _inspect(document)
        found = msgspec.convert(document, type_)
    except msgspec.ValidationError as error:
        text, _, place = str(error).partition(" - at `")
        raise InvalidInput(
            say("{problem}.", problem=text.replace("`", chr(39))), _field(place, text)
        ) from None
    except UnicodeDecodeError:
        raise InvalidInput(say("The body is not UTF-8 text.")) from None
    except RecursionError:
        raise InvalidInput(say("The body is nested too deeply.")) from None
    except msgspec.DecodeError as error:
        raise InvalidInput(say("The body is not valid JSON: {error}.", error=str(error))) from None
    _check_selection(getattr(found, "selection", None))
    return found


def _check_selection(selection: Any) -> None:
    """Here alone: to undo what was done to all images of some jobs may take more."""
    if not isinstance(selection, Selection) or selection.images is msgspec.UNSET:
        return
    count = len(selection.images)
    if count > SELECTED:
        message = say(
            "These are {count:,} images: select at most {selected:,} at a time, or whole jobs.",
            count=count,
            selected=SELECTED,
        )
        raise InvalidInput(message, "selection.images")


def _check_count(body: bytearray) -> None:
    """``InvalidInput`` if there are more values than one may send: each would cost much more than the bytes
    that it takes. They are counted by the signs that stand before them."""
    if _signs(body) <= VALUES:
        return
    # what stands in texts does not count; there, a backslash takes what follows
    plain = body.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in body else body
    if plain.count(b'"') > 2 * VALUES or sum(map(_signs, plain.split(b'"')[::2])) > VALUES:
        raise InvalidInput(
            say("There are more than {values:,} values in the body: send fewer at a time.", values=VALUES)
        )


def _signs(text: bytes | bytearray) -> int:
    return text.count(b",") + text.count(b"[") + text.count(b"{")


def _field(place: str, text: str) -> str:
    """``$.axes[0].field`` -> ``axes.0.field``; for a missing or unknown field its own name too."""
    place = place.partition("[...]")[0]  # of what is of no known shape
    path = re.sub(r"\[(\d+)\]", r".\1", place.rstrip("`")).removeprefix("$").strip(".")
    named = re.search(r"(?:required|unknown) field `([^`]*)`", text)
    return ".".join(part for part in (path, named.group(1) if named else "") if part)


class _Wrong(Exception):
    """``path``: where, from the inside out."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.path: list[str | int] = []


def _inspect(document: Any) -> None:
    """Refuses what JSON allows but nothing downstream can keep: too deep, NUL, numbers past 64 bits."""
    try:
        _look_into(document, 0)
    except _Wrong as wrong:
        # what is in the payload goes by its own name, as in the preflight's findings
        path = ".".join(map(str, reversed(wrong.path))).removeprefix("payload.")
        raise InvalidInput(wrong.sentence, path) from None


def _look_into(value: Any, depth: int) -> None:
    if depth > DEPTH:
        raise _Wrong(say("The body is nested too deeply."))
    if isinstance(value, str):
        if "\0" in value:
            raise _Wrong(say("A text holds a NUL character: remove it."))
    elif isinstance(value, int):
        if not _INT_MIN <= value <= _INT_MAX:
            raise _Wrong(say("A whole number is too large."))
    elif isinstance(value, (dict, list)):
        _look_into_all(value.items() if isinstance(value, dict) else enumerate(value), depth + 1)


def _look_into_all(items: Iterable[tuple[Any, Any]], depth: int) -> None:
    for key, item in items:
        if isinstance(key, str) and ("\0" in key or len(key) > KEY):
            raise _Wrong(say("A field's name is too long, or holds a NUL character."))
        try:
            _look_into(item, depth)
        except _Wrong as wrong:
            wrong.path.append(key)
            raise


def whole(query: Any, name: str, default: int, low: int, high: int) -> int:
    """The query parameter ``name`` as a whole number in ``low``..``high``."""
    text = query.get(name)
    if text is None or text == "":
        return default
    if re.fullmatch(r"-?[0-9]{1,19}", text) and low <= int(text) <= high:
        return int(text)
    raise InvalidInput(
        say("'{name}' must be a whole number from {low} to {high}.", name=name, low=low, high=high), name
    )


def word(query: Any, name: str) -> str:
    """The query parameter ``name``, a name that the client chose; '' if it is not given."""
    text = query.get(name) or ""
    if re.fullmatch(r"[A-Za-z0-9_-]{0,40}", text):
        return str(text)
    raise InvalidInput(say("'{name}' must be up to 40 letters, digits, '-' or '_'.", name=name), name)


def choice(query: Any, name: str, allowed: tuple[str, ...]) -> str:
    """The query parameter ``name`` if it is one of ``allowed``; '' if it is not given."""
    text = query.get(name) or ""
    if text and text not in allowed:
        raise InvalidInput(
            say("'{name}' must be one of: {names}.", name=name, names=", ".join(allowed)), name
        )
    return str(text)
