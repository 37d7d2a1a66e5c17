"""Removes what no job may contain from a job's payloads: an old job of the user's, or one from elsewhere."""

from __future__ import annotations

from typing import Any

import msgspec

from ...errors import InvalidInput
from ...library import payload_permits
from ...model import Job, Task
from ...overlay import overlay
from ...ports import Permits
from ...store import Store, Transaction

replace = msgspec.structs.replace


def leave_out(store: Store, job: Job, permits: Permits) -> None:
    """From now on; finished tasks keep their payloads."""
    with store.transaction() as t:
        leaving = _Leaving(store, t, permits)
        t.put(replace(job, payload=leaving.payload(job.payload)))
        for task in store.tasks_of(job.id):
            if task.state != "done":
                t.put(leaving.task(task))


class _Leaving:
    """``payload`` returns the hash of what is left of a payload, which the transaction stores."""

    def __init__(self, store: Store, transaction: Transaction, permits: Permits) -> None:
        self._store = store
        self._transaction = transaction
        self._permits = payload_permits.Once(permits)
        self._known: dict[str, str] = {}

    def payload(self, hash: str) -> str:
        if hash not in self._known:
            payload, left_out = payload_permits.without(self._store.payload(hash) or {}, self._permits)
            self._known[hash] = self._transaction.put_payload(payload) if left_out else hash
        return self._known[hash]

    def task(self, task: Task) -> Task:
        changes: dict[str, Any] = {}
        for path, value in task.changes.items():
            try:
                part, left_out = payload_permits.without(overlay({}, {path: value}), self._permits)
            except InvalidInput:
                left_out = []  # not even a path: nothing that can be removed
            if not left_out:
                changes[path] = value
            elif path in part:  # it covers all settings at once, say: some remain
                changes[path] = part[path]
        return replace(task, payload=self.payload(task.payload), changes=changes)
