"""What is known of a field of a payload."""

from __future__ import annotations

from typing import Literal

import msgspec

from ..sentences import Sentence, say

Type = Literal["text", "texts", "integer", "number", "switch", "object", "list", "size"]


class Bounds(msgspec.Struct, frozen=True):
    """A value below ``least`` or above ``most`` is impossible. ``low`` and ``high`` are where the WebUI's
    own sliders end (modules/ui.py of 1.10.1): beyond them is allowed, but rarely meant."""

    least: float
    most: float
    low: float
    high: float


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """``path``: dotted, into a payload, or the beginning of one that ends with a name ("lora:").

    ``label``: what it is called wherever people read of it, the WebUI's own word; "" if nobody ever sees it.
    ``unit``: one value of it where values are counted ("3 step counts"). ``short``: a value of it where
    nothing else says what it belongs to ("20 steps"), {} being the value. ``infotext``: its label in an
    image's infotext, where that has one.

    ``only``: the kind of request that it is for, "" where it is for both txt2img and img2img. ``group``: of
    the composer's list of axes, "" if it is not in that list; ``example``: of what to type there.
    ``choices``: the catalog's lists to choose its values from, after ``also``. ``prose``: its values are
    written one a line. ``whose``: what the name at the end of its path names."""

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
