"""The settings of the extension Dynamic Prompts (adieyal/sd-dynamic-prompts) in a payload: it replaces the
prompt when a task runs, and may make more images than requested.

Source: its version 2.17.1, ``Script.ui`` for the order of the arguments, unchanged since 1.0;
``Script.process`` for what they do.
"""

from __future__ import annotations

from typing import Any

import msgspec

from ..model import Payload

_TITLE = "dynamic prompts"
#: indices of its arguments, and their values if a payload has fewer
_ENABLED, _COMBINATORIAL, _BATCHES, _LUCKY, _JINJA, _MOST = 0, 1, 2, 4, 13, 15
_DEFAULTS: dict[int, Any] = {
    _ENABLED: True, _COMBINATORIAL: False, _BATCHES: 1, _LUCKY: False, _JINJA: False, _MOST: 0,
}  # fmt: skip


class DynamicPrompts(msgspec.Struct, frozen=True):
    """``title``: of its entry in ``alwayson_scripts``. ``combinatorial``: one run makes every combination,
    ``batches`` times, at most ``most`` each time (0: all), whatever the batch count is; otherwise, a prompt
    is drawn for each image. ``plain``: its templates use the library's syntax, not Jinja, and are not
    fetched."""

    title: str
    combinatorial: bool
    batches: int
    most: int
    plain: bool


def dynamic_prompts(payload: Payload) -> DynamicPrompts | None:
    """None if the payload does not name it, or it is off."""
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
