"""Applies a task's changes to its payload: the one place that interprets dotted paths."""

from __future__ import annotations

import copy
from typing import Any

from .errors import InvalidInput
from .model import Payload
from .sentences import say

_MAX_INDEX = 4096


def overlay(payload: Payload, changes: dict[str, Any]) -> Payload:
    """A new payload with ``changes`` (dotted path -> value) applied. A numeric part is a list index (lists
    grow with nulls as needed); missing dicts and lists are created. The original payload is not modified, and
    the new one shares what did not change.

    A payload key that contains dots ("alwayson_scripts.My v1.2.args") is found by trying the longest existing
    key first. ``InvalidInput`` if a path leads into something that has no parts."""
    result = dict(payload)
    owned = {id(result)}
    for path, value in changes.items():
        own = copy.deepcopy(value) if isinstance(value, (list, dict)) else value
        _set(result, path, path.split("."), own, owned)
    return result


def look_up(payload: Payload, path: str) -> Any:
    """The value at a dotted path, found by the same rules; ``LookupError`` if there is none."""
    target: Any = payload
    parts = path.split(".")
    while parts:
        if isinstance(target, list):
            if not _is_index(parts[0]):
                raise LookupError(path)
            target, parts = target[int(parts[0])], parts[1:]
        elif isinstance(target, dict):
            key, used = _key(target, path, parts)
            target, parts = target[key], parts[used:]
        else:
            raise LookupError(path)
    return target


def _set(target: Any, path: str, parts: list[str], value: Any, owned: set[int]) -> None:
    """``owned``: the ids of parts that are already copies, and so may be modified."""
    while True:
        key, used = _key(target, path, parts)
        parts = parts[used:]
        if not parts:
            target[key] = value
            return
        child = target[key] if isinstance(target, list) else target.get(key)
        if child is None:
            child = [] if _is_index(parts[0]) else {}
        elif not isinstance(child, (dict, list)):
            raise InvalidInput(say("{path} points inside a value that has no parts.", path=path), path)
        elif id(child) not in owned:
            child = copy.copy(child)
        target[key] = child
        owned.add(id(child))
        target = child


def _key(target: dict[str, Any] | list[Any], path: str, parts: list[str]) -> tuple[Any, int]:
    """The key named by the first parts, and how many parts that takes."""
    if isinstance(target, dict):
        for used in range(len(parts), 1, -1):
            if ".".join(parts[:used]) in target:
                return ".".join(parts[:used]), used
        return parts[0], 1
    if not _is_index(parts[0]):
        raise InvalidInput(say("{path}: “{parts}” is not a list index.", path=path, parts=parts[0]), path)
    index = int(parts[0])
    target.extend([None] * (index + 1 - len(target)))
    return index, 1


def _is_index(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= 4 and int(part) <= _MAX_INDEX
