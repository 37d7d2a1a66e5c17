"""What a prompt says beside words: extra networks and brackets."""

from __future__ import annotations

import re
from typing import NamedTuple

#: modules/extra_networks.py of WebUI 1.10.1 takes them by the same shape
_NETWORK = re.compile(r"<(\w+):([^>]+)>")
_OPENED = re.compile(r"<(?:lora|lyco|hypernet):[^<>]*(?=<|$)", re.IGNORECASE)
_BRACKET = re.compile(r"\\.|[()\[\]]", re.DOTALL)
#: a name that a template will fill in is not known yet
_TEMPLATE = re.compile(r"[{}|$]|__")
_CLOSING = {")": "(", "]": "["}


class Lora(NamedTuple):
    """``weights``: what stands behind the name, as text ("0.8", "te=1")."""

    name: str
    weights: tuple[str, ...]


def loras(prompt: str) -> list[Lora]:
    """``<lora:name:weight>`` in order; ``lyco`` is another word for the same."""
    found = []
    for kind, inside in _NETWORK.findall(prompt):
        if kind in ("lora", "lyco"):
            name, *weights = inside.split(":")
            found.append(Lora(name, tuple(weights)))
    return found


def without_networks(prompt: str) -> str:
    """The prompt's words alone, in one line, with no comma left hanging."""
    words = " ".join(_NETWORK.sub(" ", prompt).split())
    return re.sub(r"(?: ?,)+", ",", words).strip(" ,")


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
        if not is_template(value) and not _is_number(value, whole):
            return weight
    return None


def _is_number(text: str, whole: bool) -> bool:
    try:
        if whole:
            int(text)
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
    """The bracket that does not close, or closes nothing: '(', ')', '[', ']' or ''. A backslash makes
    a bracket an ordinary character (modules/prompt_parser.py). Inside of <...> they do not count."""
    waiting: list[str] = []
    for token in _BRACKET.findall(_NETWORK.sub("", prompt)):
        if token in ("(", "["):
            waiting.append(token)
        elif token in _CLOSING:
            if not waiting or waiting[-1] != _CLOSING[token]:
                return str(token)
            waiting.pop()
    return waiting[-1] if waiting else ""
