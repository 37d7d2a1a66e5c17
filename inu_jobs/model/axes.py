"""What varies in a job: as written, and as stored."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from .record import Record


class Writing(Record, frozen=True):
    """What else is needed to read an axis' text again: ``mode``, ``count`` and ``seed`` of a template, as in
    ``Template``; for a prompt file, where its lines are added (``at``)."""

    mode: Literal["random", "combinatorial"] | UnsetType = UNSET
    count: int | UnsetType = UNSET
    seed: int | UnsetType = UNSET
    at: Literal["instead", "start", "end"] | UnsetType = UNSET


class Axis(Record, frozen=True):
    """One field that varies. ``field``: a dotted path into the payload (``seed``, ``prompt``,
    ``override_settings.sd_model_checkpoint``), or one of plan/axes/special_fields.py; ``values``: its JSON
    values, in order. ``text``: how they were written ("0.3-0.6 (+0.1)", a template, a file of prompts), '' if
    given one by one; ``template``: None if the text is enough."""

    field: str
    values: list[Any]
    text: str = ""
    template: Writing | None = None


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Prompts in dynamicprompts' syntax: ``{a|b}``, ``__wildcard__``. ``random``: ``count`` of them, drawn
    with ``seed``; ``combinatorial``: all, or the first ``count``. The same template, seed and wildcard files
    give the same prompts."""

    text: str
    mode: Literal["random", "combinatorial"]
    count: int = 0
    seed: int = 0


class AxisSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What varies, with exactly one of: ``values``, JSON values; ``text``, for numbers in the notation of the
    WebUI's X/Y/Z plot ("0.3-0.6 (+0.1)"), for anything else a comma-separated list, as a line of CSV;
    ``template``, for ``prompt`` and ``negative_prompt``.

    ``field``: a dotted path into the payload, or ``size`` ("512x768"); ``lora:NAME`` or ``lora:*``, the
    strength of a LoRA in the prompt, null for none; ``swap:NAME``, the LoRA that replaces it, null for none;
    ``replace:TEXT``, what replaces TEXT in the prompt and the negative prompt."""

    field: str
    values: list[Any] | UnsetType = UNSET
    text: str | UnsetType = UNSET
    template: Template | UnsetType = UNSET
