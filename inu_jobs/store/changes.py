"""What has changed since a revision: kept in memory, for the UI's polling."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Literal

import msgspec

What = Literal["job", "task", "image"]

LIMIT = 50_000  # ids kept; whoever asks for older changes fetches everything again


class StoreChanges(msgspec.Struct, frozen=True):
    """Ids of what has changed after ``since``. ``reset``: unknown, fetch everything again."""

    epoch: str
    revision: int
    reset: bool
    jobs: list[str] = []
    tasks: list[str] = []
    images: list[str] = []
    removed_jobs: list[str] = []
    removed_tasks: list[str] = []
    removed_images: list[str] = []


class ChangeLog:
    """The latest change of each id, oldest first, so that reading costs as much as has changed, not as much
    as exists."""

    def __init__(self, epoch: str, revision: int) -> None:
        self._epoch = epoch
        self._floor = revision
        self._revision = revision
        self._last: OrderedDict[tuple[What, str], tuple[int, bool]] = OrderedDict()

    def add(self, revision: int, what: What, ids: Iterable[str], *, removed: bool) -> None:
        """Record that ``ids`` were written or ``removed`` in ``revision``."""
        for id in ids:
            key = (what, id)
            self._last[key] = (revision, removed)
            self._last.move_to_end(key)
        while len(self._last) > LIMIT:
            self._floor = self._last.popitem(last=False)[1][0]
        self._revision = revision

    def since(self, epoch: str, since: int) -> StoreChanges:
        """What has changed after revision ``since`` of ``epoch``."""
        if epoch != self._epoch or not self._floor <= since <= self._revision:
            return StoreChanges(self._epoch, self._revision, reset=True)
        found: dict[tuple[What, bool], list[str]] = {}
        for (what, id), (revision, removed) in reversed(self._last.items()):
            if revision <= since:
                break
            found.setdefault((what, removed), []).append(id)

        def ids(what: What, removed: bool) -> list[str]:
            return found.get((what, removed), [])[::-1]

        return StoreChanges(
            self._epoch,
            self._revision,
            False,
            jobs=ids("job", False),
            tasks=ids("task", False),
            images=ids("image", False),
            removed_jobs=ids("job", True),
            removed_tasks=ids("task", True),
            removed_images=ids("image", True),
        )
