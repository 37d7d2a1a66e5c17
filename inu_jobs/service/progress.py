"""The progress of bulk actions, for the status."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from .. import api
from ..sentences import Sentence


class BulkProgress:
    """Thread-safe: each bulk action reports its progress, and the status reads it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now: dict[object, api.Work] = {}

    def now(self) -> list[api.Work]:
        """Oldest first."""
        with self._lock:
            return list(self._now.values())

    @contextmanager
    def doing(self, id: str, what: Sentence, total: int) -> Iterator[Callable[[int], None]]:
        """Yields a function to call with how many are done. ``id``: the action, for programs; ``what``: the
        words to show."""
        mark = object()

        def set(done: int) -> None:
            with self._lock:
                self._now[mark] = msgspec.structs.replace(work, done=done)

        work = api.Work(id, str(what), 0, total, what.says)
        set(0)
        try:
            yield set
        finally:
            with self._lock:
                del self._now[mark]
