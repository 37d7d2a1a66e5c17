"""What the extension Dynamic Prompts (adieyal/sd-dynamic-prompts) is set to in a payload: it puts other
prompts in the place of the one that is there when a task runs, and may make more images than were asked
for.

Source: its version 2.17.1, ``Script.ui`` for the order of the arguments, which is that of each version since
1.0; ``Script.process`` for what they do.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ..model import Payload

_TITLE = "dynamic prompts"
#: places among its arguments, and what each is where a payload has fewer
_ENABLED, _COMBINATORIAL, _BATCHES, _LUCKY, _JINJA, _MOST = 0, 1, 2, 4, 13, 15
_DEFAULTS: dict[int, Any] = {
    _ENABLED: True, _COMBINATORIAL: False, _BATCHES: 1, _LUCKY: False, _JINJA: False, _MOST: 0,
}  # fmt: skip


class DynamicPrompts(msgspec.Struct, frozen=True):
    """``title``: of its entry in ``alwayson_scripts``. ``combinatorial``: one run makes every combination,
    ``batches`` times, at most ``most`` each time (0: all), whatever the batch count is; else each image has
    a prompt drawn for it. ``plain``: its templates are those of the library, not Jinja's, nor fetched."""

    title: str
    combinatorial: bool
    batches: int
    most: int
    plain: bool


def dynamic_prompts(payload: Payload) -> DynamicPrompts | None:
    """None where the payload does not name it, or it is switched off."""
    scripts = payload.get("alwayson_scripts")
    for title, entry in scripts.items() if isinstance(scripts, dict) else ():
        args = entry.get("args") if isinstance(entry, dict) else None
        if not str(title).lower().startswith(_TITLE) or not isinstance(args, list):
            continue
        told = {place: args[place] if place < len(args) else known for place, known in _DEFAULTS.items()}
        if not told[_ENABLED]:
            return None
        plain = not told[_JINJA] and not told[_LUCKY]
        return DynamicPrompts(
            str(title), bool(told[_COMBINATORIAL]), _count(told[_BATCHES], 1), _count(told[_MOST], 0), plain
        )
    return None


def _count(value: Any, least: int) -> int:
    usable = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e9
    return max(least, int(value)) if usable else least
