"""Parses the WebUI's infotext: the text in an image that tells how it was made.

    prompt, any number of lines
    Negative prompt: any number of lines, absent when empty
    Steps: 20, Sampler: Euler a, Size: 512x512, Lora hashes: "a: 12, b: 34", Version: v1.10.1
    Template: a {cat|dog}

Source: ``create_infotext`` in modules/processing.py, ``quote`` and ``parse_generation_parameters`` in
modules/infotext_utils.py of WebUI 1.10.1: a value with a comma, a colon or a line break is written as a JSON
string, and a line only counts as settings if it has three ``name: value`` pairs, or the steps. Anything below
the settings was added by an extension ("Template:", by sd-dynamic-prompts); the WebUI's own parser then takes
the whole text for the prompt. Unlike that parser, this one keeps the prompt's spaces and settings without a
name, and accepts one-letter names and punctuation in names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ...fields.table import infotext_label
from ...model import storable

_NEGATIVE = f"{infotext_label('negative_prompt')}:"
_NAME = re.compile(r"\w[\w \-/.()+#&']*")
_STEPS = re.compile(r"\s*Steps:\s*\d+\s*(?:,|$)")
#: from sd-dynamic-prompts, below the settings; each may have several lines
_TEMPLATES = ("Template", "Negative Template")
_SEED = re.compile(r"[0-9]{1,20}")
#: how many "name: value" pairs the WebUI requires in the last line to consider it settings
_ENOUGH = 3


class Infotext(NamedTuple):
    """``fields``: the settings in written order, values as unquoted text. ``rest``: other items, without a
    name."""

    prompt: str
    negative: str
    fields: dict[str, str]
    rest: str = ""


class _Piece(NamedTuple):
    """An item between two commas. A name alone stands for itself: that is how the WebUI writes a field whose
    value equals its name. ``spaced``: whether a space follows the colon."""

    name: str
    value: str
    is_pair: bool
    spaced: bool


def parse(text: str) -> Infotext:
    """Never fails: anything that is not an infotext counts as prompt. The result contains only text that can
    be encoded."""
    lines = storable(text).replace("\r\n", "\n").strip("\n").split("\n")
    number = _settings_line(lines)
    prompt, negative = _prompts(lines[:number])
    if number == len(lines):
        return Infotext(prompt, negative, {})
    fields: dict[str, str] = {}
    rest: list[str] = []
    for piece in _pieces(lines[number]):
        if _NAME.fullmatch(piece.name):
            fields[piece.name] = piece.value
        else:
            rest.append(f"{piece.name}: {piece.value}" if piece.is_pair else piece.value)
    below, unnamed = _below(lines[number + 1 :], fields)
    return Infotext(
        prompt, negative, fields | below, "\n".join(filter(str.strip, [", ".join(rest), *unnamed]))
    )


def seeds(text: str) -> tuple[int | None, int | None]:
    """The seed and the variation seed in an infotext; None for those it lacks."""
    fields = parse(text).fields
    found = (fields.get(infotext_label(field), "") for field in ("seed", "subseed"))
    seed, subseed = (int(value) if _SEED.fullmatch(value) else None for value in found)
    return seed, subseed


def with_settings(text: str, added: str) -> str:
    """``text`` with more settings, written on one line."""
    lines = text.split("\n")
    number = _settings_line(lines)
    if number == len(lines):
        return f"{text}\n{added}"
    lines[number] = f"{lines[number].rstrip()}, {added}"
    return "\n".join(lines)


def _settings_line(lines: Sequence[str]) -> int:
    """The index of the settings line, or of the line after the last. A prompt may contain another image's
    text, and so may a template: the WebUI writes the settings last, and templates come right below."""
    last = max((number for number, line in enumerate(lines) if line.strip()), default=0)
    if _STEPS.match(lines[last]):
        return last
    found = [number for number, line in enumerate(lines) if _STEPS.match(line) and _pairs(line) >= _ENOUGH]
    if not found:
        return last if _is_settings(lines[last]) else len(lines)
    heads = tuple(f"{label}:" for label in _TEMPLATES)
    return next((number for number in found if lines[number + 1].startswith(heads)), found[-1])


def _pairs(line: str) -> int:
    return sum(piece.is_pair and _NAME.fullmatch(piece.name) is not None for piece in _pieces(line))


def _is_settings(line: str) -> bool:
    """For settings of another tool, which need not begin with the steps. Words with weights, "(a cat:1.2),
    dog", are not settings."""
    if line.startswith(_NEGATIVE):
        return False
    pieces = list(_pieces(line))
    told = [piece.is_pair and piece.spaced and _NAME.fullmatch(piece.name) is not None for piece in pieces]
    return sum(told) >= _ENOUGH and told[0]


def _prompts(lines: Sequence[str]) -> tuple[str, str]:
    for number, line in enumerate(lines):
        if line.startswith(_NEGATIVE):
            first = line[len(_NEGATIVE) :].removeprefix(" ")
            return "\n".join(lines[:number]), "\n".join([first, *lines[number + 1 :]])
    return "\n".join(lines), ""


def _below(lines: Sequence[str], fields: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """What is written below the settings: (by name, without a name). Nothing there can override the settings.
    A template extends to the next one, or to the end."""
    found: dict[str, list[str]] = {}
    unnamed: list[str] = []
    part = unnamed
    name = ""
    for line in lines:
        label, colon, value = line.partition(":")
        label = label.strip()
        known = label in fields or label in found or (name in _TEMPLATES and label not in _TEMPLATES)
        if colon and not known and _NAME.fullmatch(label):
            name = label
            part = found[name] = [value.removeprefix(" ")]
        else:
            part.append(line)
    return {name: "\n".join(part).strip() for name, part in found.items()}, unnamed


def _pieces(line: str) -> Iterator[_Piece]:
    position = 0
    while position < len(line):
        piece, end = _piece(line, position)
        if piece.name or piece.value:
            yield piece
        position = end + 1


def _piece(line: str, start: int) -> tuple[_Piece, int]:
    """The item at ``start``, and where it ends."""
    end = _comma(line, start)
    colon = line.find(":", start, end)
    if colon < 0:
        text = line[start:end].strip()
        return _Piece(text, text, is_pair=False, spaced=False), end
    name = line[start:colon].strip()
    value_at = colon + 1
    while value_at < len(line) and line[value_at] == " ":
        value_at += 1
    spaced = value_at > colon + 1
    if (quoted := _quoted(line, value_at)) is not None:
        value, after = quoted
        close = _comma(line, after)
        if not line[after:close].strip():
            return _Piece(name, value, is_pair=True, spaced=spaced), close
        # only part of it was quoted
    return _Piece(name, line[value_at:end].strip(), is_pair=True, spaced=spaced), end


def _comma(line: str, start: int) -> int:
    found = line.find(",", start)
    return len(line) if found < 0 else found


def _quoted(text: str, start: int) -> tuple[str, int] | None:
    """The JSON string at ``start`` and where it ends, or None."""
    if not text.startswith('"', start):
        return None
    try:
        value, end = _decoder.raw_decode(text, start)
    except ValueError:
        return None
    return storable(value), end


_decoder = json.JSONDecoder(strict=False)
