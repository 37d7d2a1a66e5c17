"""Axes that are no field of the payload: what their values mean for the fields there are.

``size`` sets width and height. ``lora:NAME``, ``swap:NAME`` and ``replace:TEXT`` edit the prompt that there
will be, whichever axis or line it comes from; nothing else in it changes. ``lines`` are those of a prompt
file (``prompt_lines``).
``files`` are those of img2img's Batch tab, ``{"name": ..., "changes": {path: value}}`` each, whose prompts
are joined to those that there would be.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ...budgets import NAME
from ...errors import InvalidInput
from ...fields.table import FILES, LINES, LORA, REPLACE, SIZE, SWAP
from ...model import Axis, Payload
from ...sentences import UNSAID, Sentence, say
from ..prompts.lora import ANY, has_strength, set_strength, swap_lora, without_lora
from ..prompts.syntax import loras
from ..text_budget import check_length, replaced

#: the WebUI reads networks in these (its "Prompt S/R" looks in the first and the negative one)
_WITH_LORAS = ("prompt", "hr_prompt")
_WITH_TEXT = ("prompt", "negative_prompt")
EDITED = ("prompt", "negative_prompt", "hr_prompt")
_SIZE = re.compile(r"\s*(\d{1,6})\s*[xX]\s*(\d{1,6})\s*")
_MOST_STRENGTH = 1_000.0
_NO_NAME = re.compile(r"[<>:\n]")


def is_special(field: str) -> bool:
    return field in (SIZE, LINES, FILES) or edits_text(field)


def edits_text(field: str) -> bool:
    return field.startswith((LORA, SWAP, REPLACE))


def fields_of(field: str) -> list[str]:
    """The payload's fields that an axis sets."""
    return ["width", "height"] if field == SIZE else [] if is_special(field) else [field]


def check_special(axis: Axis, where: str) -> None:
    """``InvalidInput`` if the axis names nothing, or a value is not of its kind."""
    head, colon, name = axis.field.partition(":")
    if colon and not name:
        what = {"lora": "lora:NAME, or lora:* for all", "swap": "swap:NAME"}.get(head, "replace:TEXT")
        raise InvalidInput(say("Say what is to be changed: {what}.", what=what), f"{where}.field")
    wrong = _WRONG.get(head)
    if wrong is None:
        return  # lines are checked as they are read
    for place, value in enumerate(axis.values):
        if message := wrong(value):
            raise InvalidInput(message, f"{where}.values.{place}")


def _wrong_size(value: Any) -> Sentence:
    if not isinstance(value, str) or not _SIZE.fullmatch(value):
        return say("A size is written as 512x768.")
    return UNSAID


def _wrong_strength(value: Any) -> Sentence:
    if value is not None and not _is_strength(value):
        return say("The strength of a LoRA must be a number, or nothing for none.")
    return UNSAID


def _wrong_lora(value: Any) -> Sentence:
    if value is not None and not (isinstance(value, str) and value.strip() and not _NO_NAME.search(value)):
        return say("Name the LoRA that takes the place of the other, or nothing for none.")
    if isinstance(value, str) and len(value) > NAME:
        return say("The name of a LoRA can have at most {most} characters.", most=NAME)
    return UNSAID


def _wrong_text(value: Any) -> Sentence:
    if not isinstance(value, str):
        return say("What takes the place of a text must be a text.")
    return UNSAID


def _wrong_file(value: Any) -> Sentence:
    if not isinstance(value, dict) or set(value) != {"name", "changes"} or not isinstance(value["name"], str):
        return say("A file has a name, and changes: what it sets, by path.")
    changes = value["changes"]
    if not isinstance(changes, dict) or not isinstance(changes.get("init_images"), list):
        return say("A file has an image to start from (init_images).")
    if len(value["name"]) > NAME:
        return say("A file's name has at most {most} characters.", most=NAME)
    return UNSAID


#: what is wrong with a value, by the head of the axis
_WRONG: dict[str, Callable[[Any], Sentence]] = {
    SIZE: _wrong_size,
    "lora": _wrong_strength,
    "swap": _wrong_lora,
    "replace": _wrong_text,
    FILES: _wrong_file,
}


def _is_strength(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) and abs(value) <= _MOST_STRENGTH


def size_of(value: str) -> dict[str, int]:
    match = _SIZE.fullmatch(value)
    if match is None:  # checked before
        raise InvalidInput(say("A size is written as 512x768."))
    return {"width": int(match[1]), "height": int(match[2])}


def in_turn(fields: Iterable[str]) -> list[str]:
    """The order in which text is edited: texts first (a LoRA may be among them), then strengths (of the
    LoRAs by the names that stand there), then other LoRAs in their place."""
    rank = {"replace": 0, "lora": 1, "swap": 2}
    return sorted(filter(edits_text, fields), key=lambda field: rank[field.partition(":")[0]])


def edited(now: Payload, field: str, value: Any, where: str = "") -> dict[str, str] | None:
    """The texts of ``now`` that come out otherwise; None if there is nothing there to change. ``field``: of
    an axis that edits text. ``InvalidInput`` with ``where`` if they would be too long."""
    head, _, name = field.partition(":")
    paths = _WITH_TEXT if head == "replace" else _WITH_LORAS
    texts = {
        path: text
        for path in paths
        if isinstance(text := now.get(path), str) and _has(text, head, name, value)
    }
    if not texts:
        return None
    changed = {path: _edit(text, head, name, value, where) for path, text in texts.items()}
    return {path: text for path, text in changed.items() if text != texts[path]}


def _has(text: str, head: str, name: str, value: Any) -> bool:
    if head == "replace":
        return name in text
    if head == "lora" and value is not None:
        return has_strength(text, name)
    return any(name in (ANY, lora.name) for lora in loras(text))


def _edit(text: str, head: str, name: str, value: Any, where: str) -> str:
    if head == "replace":
        return replaced(text, name, value, where)
    if value is None:
        return without_lora(text, name)
    new = set_strength(text, name, value) if head == "lora" else swap_lora(text, name, value)
    check_length(len(new), where)
    return new


def known_in(now: Payload) -> list[str]:
    """Names of the LoRAs in the prompts."""
    texts = [str(now.get(path) or "") for path in _WITH_LORAS]
    return list(dict.fromkeys(lora.name for text in texts for lora in loras(text)))


def clash(axes: Sequence[Axis], number: int) -> bool:
    """True if an axis before ``number`` sets what it sets too."""
    axis = axes[number]
    for other in axes[:number]:
        if axis.field == other.field:
            return True
        if {axis.field, other.field} & {LORA + ANY} and axis.field[:5] == other.field[:5] == LORA:
            return True
        for mine in fields_of(axis.field):
            for theirs in fields_of(other.field):
                if f"{mine}.".startswith(f"{theirs}.") or f"{theirs}.".startswith(f"{mine}."):
                    return True
    return False
