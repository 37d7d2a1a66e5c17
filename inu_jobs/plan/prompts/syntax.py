"""What a prompt contains besides words: extra networks, comments and brackets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ...budgets import whole_number

#: the form in which modules/extra_networks.py of WebUI 1.10.1 takes them, closed by ">". An unclosed one
#: extends to the end here, so that it is not searched again and again
_NETWORK = re.compile(r"<(\w+):([^>]+)(?:>|\Z)")
#: "lyco" is a synonym
LORA_KINDS = ("lora", "lyco")
NETWORK_KINDS = (*LORA_KINDS, "hypernet")
_OPENED = re.compile(r"<(?:lora|lyco|hypernet):[^<>]*(?=<|$)", re.IGNORECASE)
#: the characters besides brackets of one kind
_NOT_ROUND = re.compile(r"\\.|[^()\\]+|\\\Z", re.DOTALL)
_NOT_SQUARE = re.compile(r"\\.|[^\[\]\\]+|\\\Z", re.DOTALL)
#: deeper nesting than people write
_DEEP = 16
_BRACKET = re.compile(r"\\.|[()\[\]]", re.DOTALL)
#: a name that a template will fill in is not known yet
_TEMPLATE = re.compile(r"[{}|$]|__")
#: of an emoticon, with or without a nose, facing either way
_EYES = re.compile(r"[:;=][-'^]?|[-'^][:;=]")
_WORD = re.compile(r"\w")
_COMMAS = re.compile(r"(?: ?,)+")
_CLOSING = {")": "(", "]": "["}
_COMMENT_LINE = re.compile(r"(^|\n)#[^\n]*(\n|$)")
_COMMENT = re.compile(r"#[^\n]*(\n|$)")
#: one look-behind instead of the host's leading ``[^\S\n]*``, which is quadratic in blanks
_CODE_LINE = re.compile(r"(?:(?<![^\S\n])[^\S\n]+)?(?:#|//).*")


class Lora(NamedTuple):
    """``weights``: what follows the name, as text ("0.8", "te=1")."""

    name: str
    weights: tuple[str, ...]


def networks(prompt: str) -> Iterator[tuple[str, str]]:
    """(kind, what follows the colon) of each ``<kind:...>``, in order."""
    for match in _NETWORK.finditer(prompt):
        if match[0][-1] == ">":
            yield match[1], match[2]


def replace_networks(prompt: str, replace: Callable[[str, str, str], str]) -> str:
    """``prompt`` with each network replaced by ``replace(all of it, kind, what follows the colon)``."""

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
    """Only the prompt's words, on one line, without dangling commas."""
    words = " ".join(replace_networks(prompt, lambda *_: " ").split())
    if " ," in words or ",," in words:
        words = _COMMAS.sub(",", words)
    return words.strip(" ,")


def without_comments(prompt: str, like_code: bool = False) -> str:
    """What the WebUI leaves of a prompt if its setting "Enable comments" is on
    (modules/processing_scripts/comments.py of 1.10.1). ``like_code``: // and /* */, too (Forge Neo 2.26)."""
    if like_code:
        return _CODE_LINE.sub("", _without_blocks(prompt)) if "#" in prompt or "/" in prompt else prompt
    return _COMMENT.sub("\n", _COMMENT_LINE.sub("\n", prompt)) if "#" in prompt else prompt


def _without_blocks(prompt: str) -> str:
    """Without /* */. No pattern: one that finds no end looks for it from each beginning."""
    kept, at = [], 0
    while (start := prompt.find("/*", at)) >= 0 and (end := prompt.find("*/", start + 2)) >= 0:
        kept.append(prompt[at:start])
        at = end + 2
    return "".join([*kept, prompt[at:]])


def is_template(name: str) -> bool:
    """Whether a template or a wildcard will fill in the name."""
    return _TEMPLATE.search(name) is not None


def bad_weight(lora: Lora) -> str | None:
    """The weight that the Lora extension cannot read, or None. By position: text encoder, image model, then
    an integer; by name: te=, unet=, dyn= (extensions-builtin/Lora/extra_networks_lora.py)."""
    position = 0
    for weight in lora.weights:
        name, named, value = weight.partition("=")
        if not named:
            position, value = position + 1, weight
        whole = name == "dyn" if named else position == 3
        if (named and name not in ("te", "unet", "dyn")) or (not named and position > 3):
            continue  # ignored by the extension
        if not is_template(value) and not _is_number(value, whole) and (whole or not is_curve(value)):
            return weight
    return None


def is_curve(weight: str) -> bool:
    """A strength that changes from step to step, "0.5@0,1@0.5", as the extension sd-webui-loractl accepts it
    (its loractl/lib/utils.py: strength@step; ";" and "~" are alternative separators). To the WebUI itself it
    is not a number."""
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
    """The beginning of a ``<lora:...`` that is never closed, or ''."""
    match = _OPENED.search(prompt)
    return str(match[0]).strip() if match else ""


def unbalanced(prompt: str) -> str:
    """The bracket that is never closed or never opened: '(', ')', '[', ']' or ''. Round and square brackets
    are counted separately; one after a backslash is a plain character, as is an unopened one
    (modules/prompt_parser.py): the mouth of ":)" is no mistake. That of ">:(" is one if words follow, because
    it emphasizes them. Brackets inside <...> do not count."""
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
    """The bracket that was never opened, or ''; and the positions of those never closed, last first."""
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
    """A fast check, since nearly all prompts are balanced. Not for those that are ``_DEEP``."""
    for _ in range(_DEEP):
        if not brackets:
            return True
        brackets = brackets.replace(pair, "")
    return not brackets


def _is_mouth(text: str, at: int) -> bool:
    """Whether the bracket there belongs to an emoticon, as in ":)", ">:-(", "(:"."""
    before, after = text[max(0, at - 2) : at], text[at + 1 : at + 3]
    return _EYES.fullmatch(before[-1:]) is not None or any(map(_EYES.fullmatch, (before, after, after[:1])))
