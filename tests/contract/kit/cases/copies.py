"""Its own "Requeue"."""

from __future__ import annotations

import json
from uuid import uuid4

from inu_jobs.ports import Produced, Registered, Started

from ..inside import Inside


def its_requeue_copies_our_row_with_the_old_id(host: Inside) -> None:
    host.quiet()
    task = host.hand(host.payload())
    host.finished(task)
    host.until(lambda: not host.runner.is_executing_task)
    host.opts.data["queue_paused"] = True
    copy = _requeue(host, task)
    job = host.manager.get_task(task).api_task_id
    host.events.clear()
    assert host.adapter.rows([job])[copy].state == "pending"
    assert host.events == [Registered(copy, job, task)]
    host.adapter.rows([job])
    assert json.loads(host.manager.get_task(copy).params)["args"]["force_task_id"] == copy
    assert host.events == [Registered(copy, job, task)]
    host.opts.data["queue_paused"] = False
    host.adapter.kick()
    assert host.finished(copy).state == "done"
    assert len(host.of(Produced, copy)) == 1


def a_copy_that_starts_at_once_is_told_apart(host: Inside) -> None:
    host.quiet()
    task = host.hand(host.payload())
    host.finished(task)
    host.until(lambda: not host.runner.is_executing_task)
    host.events.clear()
    copy = _requeue(host, task)
    host.adapter.kick()
    assert host.finished(copy).state == "done"
    job = host.manager.get_task(task).api_task_id
    assert host.events[0] == Registered(copy, job, task) and host.events[1] == Started(copy)
    assert len(host.of(Produced, copy)) == 1 and host.of(Produced, task) == []


def _requeue(host: Inside, task: str) -> str:
    """As its own API's requeue does (agent_scheduler/api.py, ``requeue_task``)."""
    row = host.manager.get_task(task)
    row.id = str(uuid4())
    row.result, row.status, row.bookmarked = None, "pending", False
    host.manager.add_task(row)
    return str(row.id)
