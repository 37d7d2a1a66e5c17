"""What is known about a payload's field."""

from __future__ import annotations

from typing import Literal

import msgspec

from ..sentences import Sentence, say

Type = Literal["text", "texts", "integer", "number", "switch", "object", "list", "size"]


class Bounds(msgspec.Struct, frozen=True):
    """Values below ``least`` or above ``most`` are impossible. ``low`` and ``high`` are the ends of the
    WebUI's own sliders (modules/ui.py of 1.10.1): values beyond them are allowed, but rarely intended."""

    least: float
    most: float
    low: float
    high: float


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """``path``: dotted, into a payload, or the beginning of one that ends with a name ("lora:").

    ``label``: its name for the user, which is the WebUI's own; "" if it is never shown. ``unit``: the word
    for its values when they are counted ("3 step counts"). ``short``: a value with its meaning ("20 steps"),
    {} being the value. ``infotext``: its label in an image's infotext, if it has one.

    ``only``: the kind of request that it is for, "" for both txt2img and img2img. ``group``: in the
    composer's list of axes, "" if it is not in that list; ``example``: of what to enter. ``choices``: the
    catalog's lists of its values, which come after ``also``. ``prose``: its values are entered one per line.
    ``whose``: what the name at the end of its path refers to."""

    path: str
    type: Type
    label: str = ""
    unit: str = ""
    short: str = ""
    infotext: str = ""
    bounds: Bounds | None = None
    only: Literal["", "txt2img", "img2img", "upscale"] = ""
    group: str = ""
    example: str = ""
    choices: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    prose: bool = False
    whose: str = ""

    @property
    def name(self) -> Sentence:
        """``label``, to be said in a sentence."""
        return say(self.label)

    @property
    def value_name(self) -> Sentence:
        """``unit``, to be said in a sentence."""
        return say(self.unit)
