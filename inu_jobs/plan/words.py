"""Names that stand in a prompt as plain words: embeddings, and wildcards that nothing fills in."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator
from fnmatch import fnmatch

from ..model import Finding
from .fields import nearest
from .prompts import without_networks

_SPLIT = re.compile(r"[\s,()\[\]{}|<>]+")
_WEIGHT = re.compile(r":[\d.]*$")
#: as ComfyUI has it; the WebUI takes the name alone
_PREFIX = "embedding:"
_WILDCARD = re.compile(r"(?<!\w)__([~@]?)([\w\-./*]+?)(?:\([^()]*\))?__(?!\w)")
#: always-on scripts that put something in a wildcard's place, by a part of their title
_FILLERS = ("dynamic prompts", "wildcard")
#: an embedding's name of at least so many letters is no word that somebody may mean as a word
_LONG = 10
_SHORTEST = 6
_NEAR = 0.85


class Embeddings:
    """Looks for words that were probably meant to be an embedding. The WebUI knows them by their name alone,
    in any case, so any other word may well be a word: only a name that is none can be mistyped."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {name.lower(): name for name in names}
        self._names_like = [name for name in self._names if not name.isalpha() or len(name) >= _LONG]
        self._meant: dict[str, str] = {}

    def check(self, text: str, field: str) -> Iterator[Finding]:
        """``text``: a prompt."""
        for word in dict.fromkeys(_words(text)):
            low = word.lower()
            if low.startswith(_PREFIX):
                name = low.removeprefix(_PREFIX)
                known = self._names.get(name) or nearest(name, self._names.values())
                hint = f"; the WebUI takes “{known}”." if known else "."
                message = f"There is no embedding “{word}”{hint}"
                yield Finding("warning", "embedding_unknown", message, field, known)
            elif meant := self._near(low):
                message = f"There is no embedding “{word}”; did you mean “{meant}”?"
                yield Finding("warning", "embedding_unknown", message, field, meant)

    def _near(self, word: str) -> str:
        if len(word) < _SHORTEST or word in self._names:
            return ""
        if word not in self._meant:
            near = [name for name in self._names_like if _may_be(word, name)]
            found = difflib.get_close_matches(word, near, n=1, cutoff=_NEAR)
            self._meant[word] = self._names[found[0]] if found else ""
        return self._meant[word]


def _may_be(word: str, name: str) -> bool:
    if word[0] != name[0] or abs(len(word) - len(name)) > 2:
        return False
    if word in (f"{name}s", f"{name}es") or name in (f"{word}s", f"{word}es"):
        return False
    # "portrait" is a word, although there is an embedding "portrait-2"
    return not (word.isalpha() and len(word) < _LONG and re.sub(r"[^a-z]", "", name) == word)


def _words(text: str) -> Iterator[str]:
    for word in _SPLIT.split(without_networks(text)):
        yield _WEIGHT.sub("", word).strip(".;")


def wildcards(text: str, field: str, known: Collection[str], scripts: Iterable[str]) -> Iterator[Finding]:
    """``text``: a prompt as it will be sent; ``known``: the wildcards that there are; ``scripts``: titles of
    the always-on scripts."""
    filled = any(filler in title.lower() for title in scripts for filler in _FILLERS)
    for _, name in dict.fromkeys(_WILDCARD.findall(text)):
        if not any(fnmatch(one, name) for one in known):
            near = nearest(name, known)
            hint = f"; did you mean “{near}”?" if near else "."
            message = f"There is no wildcard “{name}”{hint}"
            yield Finding("warning", "wildcard_unknown", message, field, near)
        elif not filled:
            message = f"Nothing fills in the wildcard “{name}” here: make a template of the prompt."
            yield Finding("warning", "wildcard_unfilled", message, field)
