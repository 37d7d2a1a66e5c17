"""A task fails, and the queue goes on."""

from __future__ import annotations

from uuid import uuid4

from inu_jobs.model import new_id
from inu_jobs.ports import Finished, Started

from ..inside import Inside


def a_failing_task_leaves_the_queue_running(host: Inside) -> None:
    host.quiet()
    bad = host.hand(host.payload("fail boom"))
    good = host.hand(host.payload())
    end = host.finished(bad)
    assert (end.state, end.error) == ("failed", "boom")
    row = host.row(bad)
    assert row is not None and (row.state, row.error) == ("failed", "boom")
    assert host.finished(good).state == "done"


def what_fails_because_it_was_stopped_has_not_failed(host: Inside) -> None:
    host.quiet()
    task = host.hand(host.payload("break 60"))
    host.generating(task)
    host.state.interrupt()
    end = host.finished(task)
    assert (end.state, end.stopped) == ("interrupted", True)
    # this one does not get as far as generating, so the host still calls itself stopped
    by_itself = host.hand(host.payload(init_images=["bm8gcGljdHVyZQ=="]))
    end = host.finished(by_itself)
    assert (end.state, end.stopped) == ("failed", False) and host.state.interrupted
    begun = host.hand(host.payload("break 0"))
    assert host.finished(begun).state == "failed"


def without_force_task_id_a_failure_wedges_and_is_freed(host: Inside) -> None:
    host.quiet()
    theirs, ours = str(uuid4()), new_id("t")
    host.runner.register_api_task(theirs, None, False, host.payload("fail boom"))
    host.runner.execute_pending_tasks_threading()
    host.finished(theirs)
    stuck = host.progress.current_task
    assert stuck not in (None, theirs), stuck
    host.hand(host.payload(), task=ours)
    status = host.adapter.status()
    assert status.current == stuck and not status.generating
    assert host.adapter.unwedge()
    assert host.progress.current_task is None
    host.adapter.kick()
    assert host.finished(ours).state == "done"
    assert not host.adapter.unwedge()


def a_running_task_is_no_wedge(host: Inside) -> None:
    host.quiet()
    task = host.hand(host.payload("slow 60"))
    host.generating(task)
    assert host.adapter.status().generating
    assert not host.adapter.unwedge()
    host.state.interrupt()
    host.finished(task)


def out_of_memory_pauses_the_queue(host: Inside) -> None:
    host.quiet()
    task = host.hand(host.payload("memory"))
    waits = host.hand(host.payload())
    assert "out of memory" in host.finished(task).error
    status = host.adapter.status()
    assert (status.paused, status.paused_by) == (True, "memory")
    host.until(lambda: not host.runner.is_executing_task)
    assert host.status_of(waits) == "pending"
    host.opts.data["queue_paused"] = False
    assert host.adapter.status().paused_by == ""
    host.opts.data["queue_paused"] = True
    assert host.adapter.status().paused_by == "user"
    host.opts.data["queue_paused"] = False
    host.adapter.kick()
    assert host.finished(waits).state == "done"


def auto_requeue_loops_until_withdrawn(host: Inside) -> None:
    host.quiet()
    host.opts.data["queue_automatic_requeue_failed_task"] = True
    task = host.hand(host.payload("fail always"))
    host.until(lambda: len(host.of(Started, task)) > 4)
    assert host.of(Finished, task) == []
    assert any("Auto requeue" in warning for warning in host.adapter.status().warnings)
    host.until(lambda: task in host.adapter.withdraw([task]) or host.of(Finished, task))
    host.until(lambda: not host.runner.is_executing_task)
    assert host.status_of(task) in ("failed", "interrupted")
    assert host.opts.queue_automatic_requeue_failed_task is True
    host.opts.data["queue_automatic_requeue_failed_task"] = False
