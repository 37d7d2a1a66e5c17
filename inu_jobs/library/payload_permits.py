"""Finds or removes settings and scripts that no job may contain, whoever wrote its payload."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from ..errors import InvalidInput, NotPermitted
from ..model import Payload
from ..ports import Permits
from ..sentences import Sentence, say

_SETTINGS = "override_settings"
_SCRIPT = "script_name"
#: fields that contain settings or scripts by name
BY_NAME = (_SETTINGS, "alwayson_scripts")


class Once:
    """``Permits`` that are asked only once for each name, for many payloads in a row."""

    def __init__(self, permits: Permits) -> None:
        self._setting = cache(permits.refused_setting)
        self._script = cache(permits.refused_script)

    def refused_setting(self, name: str) -> Sentence:
        return self._setting(name)

    def refused_script(self, title: str) -> Sentence:
        return self._script(title)


def check(field: str, value: Any, permits: Permits) -> None:
    """``NotPermitted`` with the place of the first forbidden item in a payload's field; ``InvalidInput`` if
    the value is not an object."""
    if field in BY_NAME and value is not None and not isinstance(value, dict):
        raise InvalidInput(say("{field} must be an object.", field=field), field)
    for name, why in _refused(field, value, permits):
        raise NotPermitted(why, field if field == _SCRIPT else f"{field}.{name}")


def without(payload: Payload, permits: Permits) -> tuple[Payload, list[str]]:
    """The payload without them, and their names; the same object if it has none."""
    result, names = dict(payload), list[str]()
    for field, value in payload.items():
        gone = [name for name, _ in _refused(field, value, permits)]
        names += gone
        if gone and field == _SCRIPT:
            del result[field]
            result.pop("script_args", None)
        elif gone:
            result[field] = {name: item for name, item in value.items() if name not in gone}
    return (result, names) if names else (payload, names)


def _refused(field: str, value: Any, permits: Permits) -> Iterator[tuple[str, Sentence]]:
    """(name, why not) for each."""
    names = list(value) if field in BY_NAME and isinstance(value, dict) else []
    if field == _SCRIPT and isinstance(value, str) and value:
        names = [value]
    why_not = permits.refused_setting if field == _SETTINGS else permits.refused_script
    for name in names:
        if why := why_not(name):
            yield name, why
