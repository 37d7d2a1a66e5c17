"""Similar names: those that look the same, and those that were probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from unicodedata import normalize

from .sentences import Sentence, say

_HASH = re.compile(r"\[[0-9a-f]+\]$")
_ENDING = re.compile(r"\.(safetensors|ckpt|pth?|bin)$")
_FOLDER = re.compile(r"[/\\]")


def folded(text: str) -> str:
    """Normalized in case and form: an "é" may be one character or two (as in macOS's file names), Latin and
    Japanese letters narrow or wide.

    >>> folded("CAFE\\u0301") == folded("caf\\xe9")
    True
    """
    if text.isascii():
        return text.lower()
    # the Unicode standard's "compatibility caseless match" (D146)
    return normalize("NFKC", normalize("NFKD", normalize("NFD", text).casefold()).casefold())


def looks_like(text: str, other: str) -> bool:
    """Whether it is a different text that looks the same as ``text``."""
    return text != other and normalize("NFC", text) == normalize("NFC", other)


def nearest(name: str, names: Iterable[object]) -> str:
    """The name that ``name`` was probably meant to be, or ''. ``names``: any iterable of strings. Hash, file
    extension and folder are ignored if either side lacks them: "tny" is close to "sd15/tiny.safetensors
    [a00832751b]"."""
    known = {form: name for name in map(str, names) for form in reversed(_forms(name))}
    found = ((difflib.get_close_matches(form, known, n=1, cutoff=0.6) or [""])[0] for form in _forms(name))
    return next((known[form] for form in found if form), "")


def with_suggestion(absent: Sentence, name: str, near: str) -> Sentence:
    """A complete sentence from ``absent``, which says that there is no ``name`` and has no full stop;
    ``near``: the ``nearest`` name, or ''."""
    if not near:
        return say("{absent}.", absent=absent)
    if looks_like(name, near):
        return say(
            "{absent}; “{near}” looks the same, but its accents are encoded differently (Unicode).",
            absent=absent,
            near=near,
        )
    return say("{absent}; did you mean “{near}”?", absent=absent, near=near)


def _forms(name: str) -> list[str]:
    """Folded: in full, then shorter and shorter."""
    whole = folded(name)
    hash = _HASH.search(whole)
    no_hash = whole[: hash.start()].rstrip() if hash else whole
    stem = _ENDING.sub("", no_hash)
    return list(dict.fromkeys([whole, no_hash, stem, _FOLDER.split(stem)[-1]]))
