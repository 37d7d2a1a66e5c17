"""Tasks taken back, interrupted and left waiting."""

from __future__ import annotations

import threading
import time
from typing import Any

from inu_jobs.errors import SchedulerBusy
from inu_jobs.ports import Finished, Produced, Started

from ..inside import Inside
from .shared import raises


def a_withdrawn_task_does_not_run(host: Inside) -> None:
    host.quiet()
    host.opts.data["queue_paused"] = True
    first, second = host.hand(host.payload()), host.hand(host.payload())
    assert host.adapter.withdraw([first, "t-unknown"]) == {first}
    assert host.adapter.withdraw([first]) == set()
    assert host.status_of(first) == "interrupted" and first not in host.progress.pending_tasks
    host.opts.data["queue_paused"] = False
    host.adapter.kick()
    host.finished(second)
    host.until(lambda: not host.runner.is_executing_task)
    assert host.of(Started, first) == []
    job = host.manager.get_task(first).api_task_id
    host.hand(host.payload(), job, first)
    assert host.finished(first).state == "done"


def a_withdrawn_task_that_the_runner_holds_runs_anyway(host: Inside) -> None:
    host.quiet()
    host.progress.current_task = "task(somebodys)"
    task = host.hand(host.payload())
    host.until(lambda: host.runner.is_executing_task)
    job = host.manager.get_task(task).api_task_id
    assert host.adapter.withdraw([task]) == {task}
    host.adapter.forget([task])
    assert host.manager.get_task(task) is not None  # deleting it would kill the runner
    raises(SchedulerBusy, host.hand, host.payload(), job, task)
    host.progress.current_task = None
    assert host.finished(task).state == "done"
    host.until(lambda: host.adapter.status().current is None and host.manager.get_task(task) is None)
    host.events.clear()
    host.hand(host.payload(), job, task)
    host.until(lambda: host.runner.is_executing_task or host.adapter.kick())
    assert host.finished(task).state == "done"


def deleting_a_held_row_kills_the_runner_and_a_kick_restarts_it(host: Inside) -> None:
    host.quiet()
    host.progress.current_task = "task(somebodys)"
    task = host.hand(host.payload())
    host.until(lambda: host.runner.is_executing_task)
    host.manager.delete_task(task)
    host.progress.current_task = None
    host.until(lambda: host.of(Produced, task))  # it runs all the same
    host.until(lambda: not host.runner.is_executing_task)
    assert host.of(Finished, task) == [] and not host.adapter.status().runner
    after = host.hand(host.payload())
    host.adapter.kick()
    assert host.finished(after).state == "done"


def a_task_added_in_the_last_second_is_stranded_until_kicked(host: Inside) -> None:
    host.quiet()
    count, saw_none = host.manager.count_tasks, threading.Event()

    def watched(*args: Any, **kwargs: Any) -> Any:
        waiting = count(*args, **kwargs)
        if not waiting:
            saw_none.set()
        return waiting

    first = host.hand(host.payload("slow 0.3"))
    host.manager.count_tasks = watched
    try:
        host.finished(first)
        host.until(saw_none.is_set)  # what comes before it has looked is its next task
    finally:
        del host.manager.count_tasks
    late = host.hand(host.payload())  # the runner sleeps its second and counts as running
    host.until(lambda: host.of(Started, late) or not host.adapter.status().runner)
    assert host.of(Started, late) == [] and host.status_of(late) == "pending"
    host.adapter.kick()
    assert host.finished(late).state == "done"


def two_starts_at_once_make_one_runner(host: Inside) -> None:
    """Its own Enqueue and we, at the same moment: two runners would run the same task."""
    host.quiet()
    host.opts.data["queue_paused"] = True
    task = host.hand(host.payload())
    host.opts.data["queue_paused"] = False
    find = host.manager.get_tasks

    def slowly(*args: Any, **kwargs: Any) -> Any:
        time.sleep(0.3)
        return find(*args, **kwargs)

    host.manager.get_tasks = slowly
    try:
        starts = (host.runner.execute_pending_tasks_threading, host.adapter.kick)
        threads = [threading.Thread(target=start) for start in starts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert host.finished(task).state == "done"
        host.until(lambda: not host.runner.is_executing_task)
    finally:
        del host.manager.get_tasks
    assert len(host.of(Started, task)) == len(host.of(Finished, task)) == 1


def interrupting_what_runs(host: Inside) -> None:
    host.quiet()
    host.opts.data["queue_paused"] = True
    first, second = host.hand(host.payload("slow 60")), host.hand(host.payload())
    assert not host.adapter.interrupt(first)
    host.opts.data["queue_paused"] = False
    host.adapter.kick()
    host.generating(first)
    assert host.adapter.withdraw([first]) == set()
    assert not host.adapter.interrupt(second)
    assert host.adapter.interrupt(first)
    assert host.finished(first).state == "interrupted"
    assert host.finished(second).state == "done"


def an_interruption_by_the_page_ends_as_done(host: Inside) -> None:
    host.quiet()
    task = host.hand(host.payload("slow 60", n_iter=3))
    host.generating(task)
    host.state.interrupt()
    end = host.finished(task)
    assert (end.state, end.stopped) == ("done", True)
    made = [image for event in host.of(Produced, task) for image in event.images]
    assert len(made) < 3
    assert all(event.interrupted for event in host.of(Produced, task))


def a_script_that_makes_nothing_was_stopped_by_nobody(host: Inside) -> None:
    host.quiet()
    stopped = host.hand(host.payload("slow 60"))
    host.generating(stopped)
    host.state.interrupt()  # what one run was told says nothing of the next
    task = host.hand(host.payload("nothing"))
    end = host.finished(task)
    assert (end.state, end.stopped, end.images) == ("done", False, ())
