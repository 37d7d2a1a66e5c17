"""Messages to the user: plain English that also carries its template and values, so that the page can show it
in another language. The English template is the key, as in gettext."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import msgspec

Value = str | int | float


class Says(msgspec.Struct, frozen=True, gc=False):
    """A sentence in the store and the web API: ``text`` is the template, with ``{name}`` for each of
    ``values``. Numbers are counts; anything that is not a count (a seed, a size in pixels) is a string. A
    sentence with singular and plural forms has the count as ``n``."""

    text: str
    values: dict[str, str | int | float | Says] = {}

    def __hash__(self) -> int:
        return hash(self.text)


class Sentence(str):
    """English text, filled in. Only created by ``say`` and the other functions here. ``made_of``: its values,
    or what was stored of it."""

    __slots__ = ("made_of", "template")
    template: str
    made_of: dict[str, Any] | Says

    @property
    def says(self) -> Says:
        """The sentence for the store and the web API."""
        made_of = self.made_of
        if isinstance(made_of, Says):
            return made_of
        key, specs = _read(self.template)
        values: dict[str, str | int | float | Says] = {}
        for name, value in made_of.items():
            if value.__class__ is str:
                values[name] = value
            elif value.__class__ is Sentence:
                values[name] = value.says
            else:
                spec = specs.get(name, "")
                values[name] = value if spec == "," else format(value, spec)
        return Says(key, values)


def say(template: str, /, **values: Value) -> Sentence:
    """A sentence. ``template``: a literal in the call, so that all templates can be found, with ``{name}``
    for each of ``values``; ``{n:,}`` is a count. A value may itself be a sentence."""
    sentence = Sentence(template.format_map(values))
    sentence.template = template
    sentence.made_of = values
    return sentence


def say_count(n: int, one: str, many: str, /, **values: Value) -> Sentence:
    """A sentence about ``n``, which is in ``many``: "{n:,} images were skipped". ``many`` is the key."""
    values["n"] = n
    return _sentence((one if n == 1 else many).format_map(values), many, values)


def template(text: str) -> str:
    """Marks ``text`` as a template of sentences that are created elsewhere: ``say(KINDS[kind])``."""
    return text


def verbatim(text: str) -> Sentence:
    """Text from elsewhere: the system, the WebUI, a library. It is not translated."""
    return text if isinstance(text, Sentence) else _sentence(text, "{text}", {"text": text})


def within(sentence: Sentence) -> Sentence:
    """The same for use inside another sentence: in English, it starts in lower case and has no full stop."""
    text = str(sentence)
    small = text[:1].lower() + text[1:].removesuffix(".")
    return _sentence(small, sentence.template, sentence.made_of)


def says_of(text: str) -> Says | None:
    """What is sent along with ``text``; None if it is not a sentence."""
    return text.says if isinstance(text, Sentence) and text else None


def together(sentences: Iterable[Sentence]) -> Sentence:
    """All of them, one after the other."""
    found = UNSAID
    for sentence in filter(None, sentences):
        found = say("{first} {second}", first=found, second=sentence) if found else sentence
    return found


def kept(text: str, says: Says | None) -> Sentence:
    """The sentence from its stored text and template."""
    return verbatim(text) if says is None else _sentence(text, says.text, says)


def listed(names: Sequence[str], most: int, count: int | None = None) -> Sentence:
    """ "a, b, c and 4 more": lists ``most`` names, of ``count`` or else of all."""
    shown = ", ".join(names[:most])
    rest = (len(names) if count is None else count) - len(names[:most])
    return say("{names} and {n:,} more", names=shown, n=rest) if rest > 0 else verbatim(shown)


def key_of(template: str) -> str:
    """The template as in a language file: without format specs, which are only for Python ("{n:,}")."""
    return _read(template)[0]


_HOLE = re.compile(r"\{(\w+)(?::([^{}]*))?\}")


@lru_cache(maxsize=2_000)
def _read(template: str) -> tuple[str, dict[str, str]]:
    """(its key, the format of each value)"""
    return _HOLE.sub(r"{\1}", template), {hole[1]: hole[2] or "" for hole in _HOLE.finditer(template)}


def _sentence(text: str, template: str, made_of: dict[str, Any] | Says) -> Sentence:
    sentence = Sentence(text)
    sentence.template = template
    sentence.made_of = made_of
    return sentence


#: no sentence, where one is optional
UNSAID = verbatim("")
