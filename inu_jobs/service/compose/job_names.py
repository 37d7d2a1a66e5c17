"""Names of jobs: the given one, else a sensible default."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from ...model import DeriveAction
from ...plan.prompts.syntax import replace_networks

MAX = 60  # characters

_WEIGHT = re.compile(r":\s*[-+]?[0-9.]+\s*(?=[)\]])")  # (word:1.2)
_JOINERS = "\u200c\u200d"  # Persian is misspelt without them, and emoji families fall apart
_MARKS = re.compile(r"[()\[\]{}|\\]+")
_ACTIONS: dict[DeriveAction, str] = {
    "img2img": "img2img", "hires": "Hires", "upscale": "Upscale", "variations": "Variations",
    "rerender": "Re-render",
}  # fmt: skip


def composed(given: str, captured: str, prompt: object, kind: str, now: float) -> str:
    """For a job from the composer. ``captured``: the name of the page's draft."""
    return clean(given) or clean(captured) or from_prompt(prompt) or f"{kind} {_time(now)}"


def captured(prompt: object, kind: str) -> str:
    """For a draft captured from the page."""
    return from_prompt(prompt) or kind


def enqueued(given: object, prompt: object, now: float) -> str:
    """For tasks queued with the scheduler's own button, which may name them."""
    return (clean(given) if isinstance(given, str) else "") or from_prompt(prompt) or f"Enqueued {_time(now)}"


def derived(given: str, action: DeriveAction, parents: Sequence[str], most: int) -> str:
    """For a job made from images of ``parents``, with at most ``most`` characters."""
    of = parents[0] if len(parents) == 1 else f"{len(parents)} jobs"
    return clean(given) or f"{_ACTIONS[action]} of {of}"[:most]


def imported(prompt: object, day: str, single: bool) -> str:
    """For imported images made on ``day``. ``single``: the day is all they have in common."""
    if single:
        return f"Single images of {day}"
    return from_prompt(prompt) or f"Images of {day}".strip()


def from_prompt(prompt: object) -> str:
    """The first words of a prompt without its markup, cleaned as by ``clean``; '' if there are none.

    >>> from_prompt("(masterpiece:1.2), a small house <lora:x:1>")
    'masterpiece, a small house'
    """
    if not isinstance(prompt, str):
        return ""
    text = _MARKS.sub(" ", _WEIGHT.sub("", replace_networks(prompt, lambda *_: " ")[:2000]))
    pieces = [clean(piece) for piece in text.split(",")]
    name = ", ".join(piece for piece in pieces if piece)
    if len(name) <= MAX:
        return name
    cut = name[: MAX + 1]
    at = max(cut.rfind(","), cut.rfind(" "))
    return cut[: at if at > MAX // 2 else MAX].rstrip(", ") + "…"


def clean(name: str) -> str:
    """One line without invisible characters, except those that join or separate a word's letters.

    >>> clean(" a\\u202e fox\\n\\u200d ")
    'a fox'
    """
    seen = "".join(c if c.isprintable() or c in _JOINERS else " " for c in name)
    words = (word.lstrip(_JOINERS) for word in seen.split())
    return " ".join(word for word in words if word)


def _time(now: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(now))
