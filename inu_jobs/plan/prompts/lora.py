"""The strength of a LoRA in a prompt: ``<lora:NAME:strength...>``.

The Lora extension takes the text encoder's strength first, or as ``te=``, then the image model's, or as
``unet=``; if omitted, the former is 1, and the latter is the text encoder's
(extensions-builtin/Lora/extra_networks_lora.py of WebUI 1.10.1). Here, both count as the strength. Anything
else after the name (block weights, ``dyn=``, other extensions' fields) is left unchanged; a LoRA whose
strength changes from step to step (``is_curve``) has no strength to set, and is left unchanged.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from ...sentences import Sentence, say
from .syntax import LORA_KINDS, is_curve, networks, replace_networks

ANY = "*"

_DIGITS = 4  # decimals; more would only show rounding errors of binary fractions


def strengths(prompt: str, name: str = ANY) -> list[float]:
    """The text encoder's strength of each LoRA called ``name`` (``*``: any), in order. If it is not a number
    (a template, block weights alone), it is omitted."""
    found = []
    for kind, inside in networks(prompt):
        known, *fields = inside.split(":")
        if kind in LORA_KINDS and name in (ANY, known):
            place = _text_encoder(fields)
            value = 1.0 if place is None else _number(fields[place])
            found += [value] if value is not None else []
    return found


def set_strength(prompt: str, name: str, strength: float) -> str:
    """``prompt`` with that strength; unchanged if it has no such LoRA."""
    return _edited(prompt, name, lambda _: strength)


def scale_strength(prompt: str, name: str, factor: float) -> str:
    """``prompt`` with the strength times ``factor``: both strengths, if text encoder and image model have
    their own."""
    return _edited(prompt, name, lambda strength: strength * factor)


def swap_lora(prompt: str, name: str, other: str) -> str:
    """``prompt`` with that LoRA replaced by ``other``, keeping the strengths and everything else after the
    name."""

    def swap(kind: str, known: str, fields: list[str]) -> str | None:
        return None if known != name else f"<{kind}:{':'.join([other, *fields])}>"

    return _replaced(prompt, swap)


def without_lora(prompt: str, name: str) -> str:
    """``prompt`` without that LoRA and otherwise unchanged, so its words mean the same to the model, which
    never sees what is between < and >."""
    return _replaced(prompt, lambda _kind, known, _fields: "" if name in (ANY, known) else None)


def _replaced(prompt: str, replace: Callable[[str, str, list[str]], str | None]) -> str:
    """``replace(kind, name, fields)`` returns the replacement of a LoRA, or None to keep it."""

    def put(whole: str, kind: str, inside: str) -> str:
        if kind not in LORA_KINDS:
            return whole
        known, *fields = inside.split(":")
        new = replace(kind, known, fields)
        return whole if new is None else new

    return replace_networks(prompt, put)


def _edited(prompt: str, name: str, change: Callable[[float], float]) -> str:
    def edit(kind: str, known: str, fields: list[str]) -> str | None:
        if name not in (ANY, known) or _changes_by_step(fields):
            return None
        for place in _places(fields):
            value = _number(fields[place])
            if value is not None:
                key, named, _ = fields[place].partition("=")
                fields[place] = key * bool(named) + named + _text(change(value))
        if _text_encoder(fields) is None:
            fields.insert(0, _text(change(1.0)))
        return f"<{kind}:{':'.join([known, *fields])}>"

    return _replaced(prompt, edit)


def has_strength(prompt: str, name: str = ANY) -> bool:
    """Whether there is a LoRA of that name with a strength that can be set."""
    loras = (inside.split(":") for kind, inside in networks(prompt) if kind in LORA_KINDS)
    return any(name in (ANY, known) and not _changes_by_step(fields) for known, *fields in loras)


def curve_stays(name: str) -> Sentence:
    """Why the strength of that LoRA, which is in the prompt, cannot be set; without a full stop."""
    if name == ANY:
        return say(
            "The LoRAs in the prompt have strengths that change from step to step: edit them in the prompt"
        )
    return say(
        "The LoRA “{name}” has a strength that changes from step to step: edit it in the prompt", name=name
    )


def _changes_by_step(fields: list[str]) -> bool:
    return any(is_curve(fields[place].rpartition("=")[2]) for place in _places(fields))


def _places(fields: list[str]) -> list[int]:
    """Indices of the fields that are strengths: the first two without a name (a third is a number of
    dimensions), and those named as one."""
    bare = [place for place, field in enumerate(fields) if "=" not in field][:2]
    return bare + [n for n, field in enumerate(fields) if field.partition("=")[0] in ("te", "unet")]


def _text_encoder(fields: list[str]) -> int | None:
    named = [place for place, field in enumerate(fields) if field.startswith("te=")]
    bare = [place for place, field in enumerate(fields) if "=" not in field]
    return next(iter(named[-1:] + bare), None)


def _number(field: str) -> float | None:
    try:
        value = float(field.rpartition("=")[2])
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _text(value: float) -> str:
    """As people type it: 0.66, not 0.6600000000000001."""
    return f"{round(value, _DIGITS):f}".rstrip("0").rstrip(".")
