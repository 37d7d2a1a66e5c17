"""How much text a plan creates: a few lines may multiply into more than fits in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar

import msgspec

from .. import budgets
from ..errors import InvalidInput
from ..sentences import say

#: the cost of a value inside a list or an object, in characters
_INSIDE = 16

T = TypeVar("T")


class Texts:
    """Counts the text of a plan's tasks while they are made. ``field``: where the client can do something
    about it."""

    def __init__(self, field: str = "axes") -> None:
        self._field = field
        self._of_tasks = 0
        self._different = 0
        self._known: set[str] = set()
        self._sizes: dict[
            int, tuple[Any, int]
        ] = {}  # by id, with the object kept so that its id stays its own

    def count(self, changes: dict[str, Any]) -> None:
        """Count one more task. ``InvalidInput`` beyond the budget."""
        budgets.check()
        for value in changes.values():
            if isinstance(value, str):
                self._of_tasks += len(value)
                self.made(value)
            elif isinstance(value, (list, dict)):
                self._of_tasks += self._size(value)
        if self._of_tasks > budgets.TEXT_OF_TASKS:
            raise self._too_much()

    def made(self, text: str) -> None:
        """Count a new text."""
        if text not in self._known:
            self._known.add(text)
            self._different += len(text)
            if self._different > budgets.TEXT_OF_PLAN:
                raise self._too_much()

    def _size(self, value: Any) -> int:
        if id(value) not in self._sizes:
            self._sizes[id(value)] = value, _INSIDE * len(msgspec.json.encode(value))
        return self._sizes[id(value)][1]

    def _too_much(self) -> budgets.OverBudget:
        return budgets.OverBudget(
            say(
                "The prompts and values of all tasks together would be too long: use fewer values or"
                " shorter prompts."
            ),
            self._field,
        )


def check_length(length: int, field: str) -> None:
    """``InvalidInput`` if a prompt may not be this long."""
    if length > budgets.PROMPT:
        raise InvalidInput(
            say("A prompt can have at most {prompt:,} characters.", prompt=budgets.PROMPT), field
        )


def replaced(text: str, old: str, new: str, field: str) -> str:
    """``text`` with ``old`` replaced by ``new``; ``InvalidInput`` before it gets too long for a prompt."""
    check_length(len(text) + text.count(old) * (len(new) - len(old)), field)
    return text.replace(old, new)


class OfLists(Generic[T]):
    """Caches the result of ``find`` for lists that do not change; the most recent ones are kept."""

    def __init__(self, find: Callable[[list[Any]], T], kept: int = 64) -> None:
        self._find = find
        self._kept = kept
        self._lock = Lock()
        self._known: OrderedDict[int, tuple[list[Any], T]] = OrderedDict()

    def of(self, values: list[Any]) -> T:
        """The cached result for ``values``."""
        with self._lock:
            known = self._known.get(id(values))
        if known is not None and known[0] is values:
            return known[1]
        found = self._find(values)
        with self._lock:
            self._known[id(values)] = values, found
            while len(self._known) > self._kept:
                self._known.popitem(last=False)
        return found
