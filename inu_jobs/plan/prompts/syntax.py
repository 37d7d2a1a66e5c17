"""What a prompt says beside words: extra networks, comments and brackets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ...budgets import whole_number

#: modules/extra_networks.py of WebUI 1.10.1 takes them by the same shape, closed by ">". One that is never
#: closed runs to the end here, so that nothing is looked for in it again and again
_NETWORK = re.compile(r"<(\w+):([^>]+)(?:>|\Z)")
#: "lyco" is another word for the same
LORA_KINDS = ("lora", "lyco")
NETWORK_KINDS = (*LORA_KINDS, "hypernet")
_OPENED = re.compile(r"<(?:lora|lyco|hypernet):[^<>]*(?=<|$)", re.IGNORECASE)
#: what is there beside brackets of one kind
_NOT_ROUND = re.compile(r"\\.|[^()\\]+|\\\Z", re.DOTALL)
_NOT_SQUARE = re.compile(r"\\.|[^\[\]\\]+|\\\Z", re.DOTALL)
#: more in one another than people write
_DEEP = 16
_BRACKET = re.compile(r"\\.|[()\[\]]", re.DOTALL)
#: a name that a template will fill in is not known yet
_TEMPLATE = re.compile(r"[{}|$]|__")
#: of an emoticon, with or without a nose, seen from either side
_EYES = re.compile(r"[:;=][-'^]?|[-'^][:;=]")
_WORD = re.compile(r"\w")
_COMMAS = re.compile(r"(?: ?,)+")
_CLOSING = {")": "(", "]": "["}
_COMMENT_LINE = re.compile(r"(^|\n)#[^\n]*(\n|$)")
_COMMENT = re.compile(r"#[^\n]*(\n|$)")


class Lora(NamedTuple):
    """``weights``: what stands behind the name, as text ("0.8", "te=1")."""

    name: str
    weights: tuple[str, ...]


def networks(prompt: str) -> Iterator[tuple[str, str]]:
    """(kind, what stands behind the colon) of each ``<kind:...>``, in order."""
    for match in _NETWORK.finditer(prompt):
        if match[0][-1] == ">":
            yield match[1], match[2]


def replace_networks(prompt: str, replace: Callable[[str, str, str], str]) -> str:
    """``prompt`` with ``replace(all of it, kind, what stands behind the colon)`` in each one's place."""

    def put(match: re.Match[str]) -> str:
        return replace(match[0], match[1], match[2]) if match[0][-1] == ">" else match[0]

    return _NETWORK.sub(put, prompt)


def loras(prompt: str) -> list[Lora]:
    """``<lora:name:weight>`` in order."""
    found = []
    for kind, inside in networks(prompt):
        if kind in LORA_KINDS:
            name, *weights = inside.split(":")
            found.append(Lora(name, tuple(weights)))
    return found


def without_networks(prompt: str) -> str:
    """The prompt's words alone, in one line, with no comma left hanging."""
    words = " ".join(replace_networks(prompt, lambda *_: " ").split())
    if " ," in words or ",," in words:
        words = _COMMAS.sub(",", words)
    return words.strip(" ,")


def without_comments(prompt: str) -> str:
    """What the WebUI makes of a prompt if its setting "Enable comments" is on
    (modules/processing_scripts/comments.py of 1.10.1)."""
    return _COMMENT.sub("\n", _COMMENT_LINE.sub("\n", prompt)) if "#" in prompt else prompt


def is_template(name: str) -> bool:
    return _TEMPLATE.search(name) is not None


def bad_weight(lora: Lora) -> str | None:
    """The weight that the Lora extension cannot read, or None. Positional ones come first: text encoder,
    image model, then a whole number; the same by name as te=, unet=, dyn=
    (extensions-builtin/Lora/extra_networks_lora.py)."""
    position = 0
    for weight in lora.weights:
        name, named, value = weight.partition("=")
        if not named:
            position, value = position + 1, weight
        whole = name == "dyn" if named else position == 3
        if (named and name not in ("te", "unet", "dyn")) or (not named and position > 3):
            continue  # not looked at by the extension
        if not is_template(value) and not _is_number(value, whole) and (whole or not is_curve(value)):
            return weight
    return None


def is_curve(weight: str) -> bool:
    """A strength that changes from step to step, "0.5@0,1@0.5", as the extension sd-webui-loractl takes it
    (its loractl/lib/utils.py: strength@step each, ";" and "~" are other signs for the same). To the WebUI
    alone it is no number."""
    points = [point.split("@") for point in weight.replace("~", "@").replace(";", ",").split(",")]
    return any(len(point) > 1 for point in points) and all(
        len(point) <= 2 and all(_is_number(part, whole=False) for part in point) for point in points
    )


def _is_number(text: str, whole: bool) -> bool:
    try:
        if whole:
            whole_number(text)
        else:
            float(text)
    except ValueError:
        return False
    return True


def open_network(prompt: str) -> str:
    """The beginning of ``<lora:...`` that is never closed, or ''."""
    match = _OPENED.search(prompt)
    return str(match[0]).strip() if match else ""


def unbalanced(prompt: str) -> str:
    """The bracket that does not close, or closes nothing: '(', ')', '[', ']' or ''. Round and square ones
    are counted apart, and one behind a backslash is a character, as is one that closes nothing
    (modules/prompt_parser.py): the mouth of a ":)" is no slip. That of a ">:(" is one if words follow:
    it strengthens them. Inside of <...> they do not count."""
    text = replace_networks(prompt, lambda *_: "")
    if _all_close(_NOT_ROUND.sub("", text), "()") and _all_close(_NOT_SQUARE.sub("", text), "[]"):
        return ""
    closing, unclosed = _unpaired(text)
    if closing:
        return closing
    last_word = next((at for at in range(len(text) - 1, -1, -1) if _WORD.match(text, at)), -1)
    for at in unclosed:
        if not _is_mouth(text, at) or at < last_word:
            return text[at]
    return ""


def _unpaired(text: str) -> tuple[str, list[int]]:
    """The bracket that closes nothing, or ''; and where those stand that do not close, last first."""
    waiting: dict[str, list[int]] = {"(": [], "[": []}
    for match in _BRACKET.finditer(text):
        token, at = match[0], match.start()
        if token in waiting:
            waiting[token].append(at)
        elif token in _CLOSING:
            if waiting[_CLOSING[token]]:
                waiting[_CLOSING[token]].pop()
            elif not _is_mouth(text, at):
                return str(token), []
    return "", sorted(waiting["("] + waiting["["], reverse=True)


def _all_close(brackets: str, pair: str) -> bool:
    """As nearly every prompt's do: told without a look at each. Not of those that are ``_DEEP``."""
    for _ in range(_DEEP):
        if not brackets:
            return True
        brackets = brackets.replace(pair, "")
    return not brackets


def _is_mouth(text: str, at: int) -> bool:
    """The bracket there belongs to an emoticon, as in ":)", ">:-(", "(:"."""
    before, after = text[max(0, at - 2) : at], text[at + 1 : at + 3]
    return _EYES.fullmatch(before[-1:]) is not None or any(map(_EYES.fullmatch, (before, after, after[:1])))
