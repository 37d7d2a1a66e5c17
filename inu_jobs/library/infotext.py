"""Reading the WebUI's infotext: the text under an image that says how it was made.

    prompt, any number of lines
    Negative prompt: any number of lines, absent when empty
    Steps: 20, Sampler: Euler a, Size: 512x512, Lora hashes: "a: 12, b: 34", Version: v1.10.1

Source: ``create_infotext`` in modules/processing.py and ``quote`` in modules/infotext_utils.py of
WebUI 1.10.1: a value with a comma, a colon or a line break is written as a JSON string.
Unlike the WebUI's own reader this one keeps the prompt's spaces, finds the settings by their first
field (so that text which an extension appended after them does not swallow them), takes one-letter
names and signs in names.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from ..model import storable

_NEGATIVE = "Negative prompt:"
_NAME = re.compile(r"\w[\w \-/.()+#&']*")
_SEPARATOR = re.compile(r"[,\n]")
_STEPS = re.compile(r"Steps: \d+(?:,|$)")
#: as many "name: value" as the WebUI wants to see in a last line to take it for settings
_ENOUGH = 3


class Infotext(NamedTuple):
    """``fields``: the settings in the order written, values as text, unquoted."""

    prompt: str
    negative: str
    fields: dict[str, str]


def parse(text: str) -> Infotext:
    """Never fails: what is no infotext is all prompt. All of it is text that can be written down."""
    lines = storable(text).replace("\r\n", "\n").strip("\n").split("\n")
    start = _settings_start(lines)
    fields = _fields("\n".join(lines[start:]))
    prompt, negative = _prompts(lines[:start])
    return Infotext(prompt, negative, fields)


def _settings_start(lines: list[str]) -> int:
    """The number of the line where the settings begin, or that after the last."""
    for number in range(len(lines) - 1, -1, -1):
        if _STEPS.match(lines[number]):
            return number
    if len(_fields(lines[-1])) >= _ENOUGH:
        return len(lines) - 1
    return len(lines)


def _prompts(lines: list[str]) -> tuple[str, str]:
    for number, line in enumerate(lines):
        if line.startswith(_NEGATIVE):
            first = line[len(_NEGATIVE) :].removeprefix(" ")
            return "\n".join(lines[:number]), "\n".join([first, *lines[number + 1 :]])
    return "\n".join(lines), ""


def _fields(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    position = 0
    while position < len(text):
        name, value, position = _field(text, position)
        if name and _NAME.fullmatch(name):
            found[name] = value
    return found


def _field(text: str, start: int) -> tuple[str, str, int]:
    """One ``name: value`` from ``start``, and where the next begins. A name alone stands for itself:
    the WebUI writes a field so whose value equals its name."""
    end = _separator(text, start)
    colon = text.find(":", start, end)
    if colon < 0:
        piece = text[start:end].strip()
        return piece, piece, end + 1
    name = text[start:colon].strip()
    value_at = colon + 1
    while value_at < len(text) and text[value_at] == " ":
        value_at += 1
    quoted = _quoted(text, value_at)
    if quoted is not None:
        value, after = quoted
        end = _separator(text, after)
        if not text[after:end].strip():
            return name, value, end + 1
        end = _separator(text, start)  # only a word of it was quoted
    return name, text[value_at:end].strip(), end + 1


def _separator(text: str, start: int) -> int:
    found = _SEPARATOR.search(text, start)
    return found.start() if found else len(text)


def _quoted(text: str, start: int) -> tuple[str, int] | None:
    """The JSON string at ``start`` and where it ends; None if there is none."""
    if not text.startswith('"', start):
        return None
    try:
        value, end = _decoder.raw_decode(text, start)
    except ValueError:
        return None
    return storable(value), end


_decoder = json.JSONDecoder(strict=False)
