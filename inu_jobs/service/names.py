"""A sensible name for a job that was given none."""

from __future__ import annotations

import re

MAX = 60  # characters

_NETWORK = re.compile(r"<[^<>]*>")  # <lora:name:0.8>
_WEIGHT = re.compile(r":\s*[-+]?[0-9.]+\s*(?=[)\]])")  # (word:1.2)
_JOINERS = "\u200c\u200d"  # Persian is misspelt without them, and a family of emoji falls apart
_MARKS = re.compile(r"[()\[\]{}|\\]+")


def from_prompt(prompt: object) -> str:
    """The first words of a prompt without its markup, as ``clean``; '' if it has none.

    >>> from_prompt("(masterpiece:1.2), a small house <lora:x:1>")
    'masterpiece, a small house'
    """
    if not isinstance(prompt, str):
        return ""
    text = _MARKS.sub(" ", _WEIGHT.sub("", _NETWORK.sub(" ", prompt[:2000])))
    pieces = [clean(piece) for piece in text.split(",")]
    name = ", ".join(piece for piece in pieces if piece)
    if len(name) <= MAX:
        return name
    cut = name[: MAX + 1]
    at = max(cut.rfind(","), cut.rfind(" "))
    return cut[: at if at > MAX // 2 else MAX].rstrip(", ") + "…"


def clean(name: str) -> str:
    """One line, without what cannot be seen; but what joins or parts the letters of a word stays in it.

    >>> clean(" a\\u202e fox\\n\\u200d ")
    'a fox'
    """
    seen = "".join(c if c.isprintable() or c in _JOINERS else " " for c in name)
    words = (word.lstrip(_JOINERS) for word in seen.split())
    return " ".join(word for word in words if word)
