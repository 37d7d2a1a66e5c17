"""What comes in by HTTP, made safe before anything of ours sees it: bodies and query parameters.

Everything that is wrong raises ``InvalidInput`` with the field and one sentence.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any, TypeVar

import msgspec

from ..errors import InvalidInput
from .auth import Denied

MAX_BYTES = 64 * 1024 * 1024  # a payload may carry a few large images as base64
MAX_DEPTH = 32  # real payloads have about 6; everything after us may recurse
MAX_NAME = 200  # of an object's key
_INT_MIN, _INT_MAX = -(2**63), 2**63 - 1

T = TypeVar("T")


async def read(headers: Any, chunks: AsyncIterator[bytes]) -> bytes:
    """The whole body. ``Denied`` (413) as soon as it is known to be too large."""
    message = f"The request is larger than {MAX_BYTES // 2**20} MB: send fewer or smaller images in it."
    announced = headers.get("content-length", "0")
    if announced.isascii() and announced.isdigit() and int(announced[:20]) > MAX_BYTES:
        raise Denied(message, 413)
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > MAX_BYTES:
            raise Denied(message, 413)
    return bytes(body)


def decode(body: bytes, type_: type[T]) -> T:
    """``body`` as JSON of this shape, with every value in it fit for the store and for the WebUI."""
    if not body.strip():
        raise InvalidInput("The request has no body: send a JSON object.")
    try:
        _inspect(msgspec.json.decode(body))
        return msgspec.json.decode(body, type=type_)
    except msgspec.ValidationError as error:
        text, _, place = str(error).partition(" - at `")
        raise InvalidInput(f"{text.replace('`', chr(39))}.", _field(place, text)) from None
    except UnicodeDecodeError:
        raise InvalidInput("The body is not UTF-8 text.") from None
    except RecursionError:
        raise InvalidInput("The body is nested too deeply.") from None
    except msgspec.DecodeError as error:
        raise InvalidInput(f"The body is not valid JSON: {error}.") from None


def _field(place: str, text: str) -> str:
    """``$.axes[0].field`` -> ``axes.0.field``; for a missing or unknown field its own name too."""
    path = re.sub(r"\[(\d+)\]", r".\1", place.rstrip("`")).removeprefix("$").strip(".")
    named = re.search(r"(?:required|unknown) field `([^`]*)`", text)
    return ".".join(part for part in (path, named.group(1) if named else "") if part)


def _inspect(document: Any) -> None:
    """Refuses what JSON allows but nothing downstream can keep: too deep, NUL, numbers past 64 bits."""
    stack: list[tuple[Any, str, int]] = [(document, "", 0)]
    while stack:
        value, place, depth = stack.pop()
        # what is in the payload goes by its own name, as in the preflight's findings
        path = place.removeprefix("payload.")
        if depth > MAX_DEPTH:
            raise InvalidInput("The body is nested too deeply.", path)
        if isinstance(value, str):
            if "\0" in value:
                raise InvalidInput("A text holds a NUL character: remove it.", path)
        elif isinstance(value, int):
            if not _INT_MIN <= value <= _INT_MAX:
                raise InvalidInput("A whole number is too large.", path)
        elif isinstance(value, dict):
            for key, item in value.items():
                if "\0" in key or len(key) > MAX_NAME:
                    raise InvalidInput("A field's name is too long, or holds a NUL character.", path)
                stack.append((item, f"{place}.{key}" if place else key, depth + 1))
        elif isinstance(value, list):
            stack.extend((item, f"{place}.{i}".strip("."), depth + 1) for i, item in enumerate(value))


def whole(query: Any, name: str, default: int, low: int, high: int) -> int:
    """The query parameter ``name`` as a whole number in ``low``..``high``."""
    text = query.get(name)
    if text is None or text == "":
        return default
    if re.fullmatch(r"-?[0-9]{1,19}", text) and low <= int(text) <= high:
        return int(text)
    raise InvalidInput(f"'{name}' must be a whole number from {low} to {high}.", name)


def word(query: Any, name: str) -> str:
    """The query parameter ``name``, a name that the client chose; '' if it is not given."""
    text = query.get(name) or ""
    if re.fullmatch(r"[A-Za-z0-9_-]{0,40}", text):
        return str(text)
    raise InvalidInput(f"'{name}' must be up to 40 letters, digits, '-' or '_'.", name)


def choice(query: Any, name: str, allowed: tuple[str, ...]) -> str:
    """The query parameter ``name`` if it is one of ``allowed``; '' if it is not given."""
    text = query.get(name) or ""
    if text and text not in allowed:
        raise InvalidInput(f"'{name}' must be one of: {', '.join(allowed)}.", name)
    return str(text)
