"""What is known about one TaskRunner, and a lock so that it starts only one thread at a time."""

from __future__ import annotations

import threading
import time
from typing import Any

from ...errors import SchedulerError
from ...sentences import say
from .rows import TaskTable

#: what we call or read; an update, or another fork, may have other names
_RUNNER = (
    "register_api_task", "execute_pending_tasks_threading", "is_executing_task", "paused",
    "on_task_registered", "on_task_started", "on_task_finished",
)  # fmt: skip
_SETTLE = 1.0  # seconds in which a runner thread that is just starting may have picked a row


def check_names(runner: Any, manager: Any) -> None:
    """Raises ``SchedulerError``, naming the first name that this version of Agent Scheduler does not have."""
    lacking = [f"TaskRunner.{name}" for name in _RUNNER if not hasattr(runner, name)]
    if not hasattr(manager, "engine"):
        lacking.append("task_manager.engine")
    if lacking:
        raise SchedulerError(
            say("This version of Agent Scheduler is not supported: it has no {name}.", name=lacking[0])
        )


class Attachment:
    """One TaskRunner, and what we saw it do. "Reload UI" creates another."""

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
        """The runner does not hold ``task``. It may fetch a task long before starting it, which cannot be
        seen from outside; but if it starts a task after the withdrawal, it holds that one."""
        if task in (current, self.running):
            return False
        starts, at = self.withdrawn.get(task, (-1, 0.0))
        return self.starts > starts or (not self.alive and time.monotonic() - at > _SETTLE)


def _one_start_at_a_time(runner: Any) -> Any:
    """A lock that its thread start holds from now on. It checks for a thread, then for a task, and only then
    starts a thread: its own Enqueue and Inu Jobs, at the same moment, started two that ran the same task."""
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
