"""Names that are nearly right: what a reader takes for the same, and what was probably meant."""

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
    """In one case and one form: an "é" may be one character or two (as in macOS's file names), a Latin or
    Japanese letter narrow or wide.

    >>> folded("CAFE\\u0301") == folded("caf\\xe9")
    True
    """
    if text.isascii():
        return text.lower()
    # "compatibility caseless match" of the Unicode standard (D146)
    return normalize("NFKC", normalize("NFKD", normalize("NFD", text).casefold()).casefold())


def looks_like(text: str, other: str) -> bool:
    """Another text that nobody can tell from ``text`` by sight."""
    return text != other and normalize("NFC", text) == normalize("NFC", other)


def nearest(name: str, names: Iterable[object]) -> str:
    """The name that ``name`` was probably meant to be, or ''. ``names``: any iterable of texts.
    Hash, file ending and folder are left out of the comparison where one side lacks them: "tny" is
    near to "sd15/tiny.safetensors [a00832751b]"."""
    known = {form: name for name in map(str, names) for form in reversed(_forms(name))}
    found = ((difflib.get_close_matches(form, known, n=1, cutoff=0.6) or [""])[0] for form in _forms(name))
    return next((known[form] for form in found if form), "")


def with_suggestion(absent: Sentence, name: str, near: str) -> Sentence:
    """A whole sentence of ``absent``, which says that there is no ``name`` and has no full stop; ``near``:
    ``nearest`` to it, or ''."""
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
    """Folded, whole and ever shorter."""
    whole = folded(name)
    hash = _HASH.search(whole)
    no_hash = whole[: hash.start()].rstrip() if hash else whole
    stem = _ENDING.sub("", no_hash)
    return list(dict.fromkeys([whole, no_hash, stem, _FOLDER.split(stem)[-1]]))
