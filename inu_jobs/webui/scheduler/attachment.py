"""What we know of one TaskRunner, and that it starts one thread at a time."""

from __future__ import annotations

import threading
import time
from typing import Any

from .rows import TaskTable

_SETTLE = 1.0  # seconds in which a runner thread that is just starting may have picked a row


class Attachment:
    """One TaskRunner, and what we saw it do. "Reload UI" makes another."""

    def __init__(self, runner: Any, table: TaskTable, names: dict[str, str] | None) -> None:
        self.runner = runner
        self.table = table
        self.names = names
        self.starting = _one_start_at_a_time(runner)
        self.starts = 0
        self.running: str | None = None
        self.withdrawn: dict[str, tuple[int, float]] = {}
        self.forgetting: set[str] = set()

    @property
    def alive(self) -> bool:
        return bool(self.runner.is_executing_task)

    def released(self, task: str, current: str | None) -> bool:
        """The runner does not hold ``task``. It may fetch a task long before it starts it, and shows
        that to nobody; but a start after the withdrawal proves that it holds another one."""
        if task in (current, self.running):
            return False
        starts, at = self.withdrawn.get(task, (-1, 0.0))
        return self.starts > starts or (not self.alive and time.monotonic() - at > _SETTLE)


def _one_start_at_a_time(runner: Any) -> Any:
    """A lock, under which it starts its thread from now on. It looks whether it has one, then for a task, and
    only then makes one: its own Enqueue and we, at that moment, made two, which ran the same task."""
    lock = getattr(runner, "inu_jobs_starting", None)
    if lock is not None:
        return lock
    runner.inu_jobs_starting = lock = threading.RLock()
    start = runner.execute_pending_tasks_threading

    def start_alone(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return start(*args, **kwargs)

    runner.execute_pending_tasks_threading = start_alone
    return lock
