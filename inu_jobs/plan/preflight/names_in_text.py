"""Names that are plain words in a prompt: embeddings, and wildcards that nothing fills in."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator
from fnmatch import fnmatch

from ...budgets import NAME, PROPOSALS, WORDS
from ...model import Finding
from ...sentences import say
from ...spelling import nearest, with_suggestion
from ..prompts.syntax import replace_networks

#: what separates words, besides whitespace
_BETWEEN = str.maketrans(dict.fromkeys(",()[]{}|<>", " "))
_WEIGHT = re.compile(r":[\d.]*$")
#: ComfyUI's syntax; the WebUI expects the name alone
_PREFIX = "embedding:"
#: a name may contain spaces, as a file name may, and combining accents; longer ones are not names
_WILDCARD = re.compile(
    r"(?<!\w)__[~@!]?(?=[^\s_])((?:(?!__)[\w\-./*'&+ \u0300-\u036f\u3099\u309a]){1,200})(?<! )"
    r"(?:\([^()\n]{0,200}\))?__(?!\w)"
)
#: always-on scripts that fill in wildcards, by part of their title
_FILLERS = ("dynamic prompts", "wildcard")
#: an embedding's name with at least this many letters is unlikely to be an ordinary word
_LONG = 10
_SHORTEST = 6
_NEAR = 0.85


class Embeddings:
    """Finds words that were probably meant to be embeddings. The WebUI recognizes them by their bare name, in
    any case, so any other word may be intended as a word: only a name that is not a word can be mistyped."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {name.lower(): name for name in names}
        self._names_like: dict[str, list[str]] = {}  # by first letter
        for name in filter(None, self._names):
            if not name.isalpha() or len(name) >= _LONG:
                self._names_like.setdefault(name[0], []).append(name)
        self._meant: dict[str, str] = {}
        self._proposals = 0

    def check(self, text: str, field: str) -> Iterator[Finding]:
        """``text``: a prompt."""
        for word in dict.fromkeys(words(text)):
            low = word.lower()
            if low.startswith(_PREFIX):
                name = low.removeprefix(_PREFIX)
                self._proposals += name not in self._names
                known = self._names.get(name) or (
                    nearest(name, self._names.values()) if self._proposals <= PROPOSALS else ""
                )
                if known:
                    message = say(
                        "There is no embedding “{word}”; the WebUI takes “{known}”.", word=word, known=known
                    )
                else:
                    message = say("There is no embedding “{word}”.", word=word)
                yield Finding("warning", "embedding_unknown", message, field, known, word)
            elif meant := self._near(low):
                message = say(
                    "There is no embedding “{word}”; did you mean “{meant}”?", word=word, meant=meant
                )
                yield Finding("warning", "embedding_unknown", message, field, meant, word)

    def _near(self, word: str) -> str:
        if len(word) < _SHORTEST or word in self._names:
            return ""
        if word not in self._meant:
            if len(self._meant) >= WORDS or len(word) > NAME:
                return ""
            near = [name for name in self._names_like.get(word[0], ()) if _may_be(word, name)]
            found = difflib.get_close_matches(word, near, n=1, cutoff=_NEAR)
            self._meant[word] = self._names[found[0]] if found else ""
        return self._meant[word]


def _may_be(word: str, name: str) -> bool:
    if word[0] != name[0] or abs(len(word) - len(name)) > 2:
        return False
    if word in (f"{name}s", f"{name}es") or name in (f"{word}s", f"{word}es"):
        return False
    # "portrait" is a word, even if there is an embedding "portrait-2"
    return not (word.isalpha() and len(word) < _LONG and re.sub(r"[^a-z]", "", name) == word)


def words(text: str) -> Iterator[str]:
    """The words of a prompt, without weights and networks."""
    for word in dict.fromkeys(replace_networks(text, lambda *_: " ").translate(_BETWEEN).split()):
        yield (_WEIGHT.sub("", word) if ":" in word else word).strip(".;")


def wildcards(text: str, field: str, known: Collection[str], scripts: Iterable[str]) -> Iterator[Finding]:
    """``text``: a prompt as it will be sent; ``known``: the existing wildcards; ``scripts``: titles of the
    always-on scripts."""
    filled = any(filler in title.lower() for title in scripts for filler in _FILLERS)
    for name in dict.fromkeys(_WILDCARD.findall(text)):
        if not any(fnmatch(one, name) for one in known):
            near = nearest(name, known)
            message = with_suggestion(say("There is no wildcard “{name}”", name=name), name, near)
            yield Finding("warning", "wildcard_unknown", message, field, near, name)
        elif not filled:
            message = say(
                "The wildcard “{name}” is not filled in here: turn the prompt into a template.", name=name
            )
            yield Finding("warning", "wildcard_unfilled", message, field, name=name)
