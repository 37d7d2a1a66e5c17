"""What Agent Scheduler really does, and that our adapter copes: each runs inside a host.

A fact that differs between the hosts is a bug in the stand-in. A name with ``__`` is a part of a case
that needs the harness in between.
"""

from __future__ import annotations

import base64
import io
import json
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

from inu_jobs.errors import InvalidInput, SchedulerBusy
from inu_jobs.model import new_id
from inu_jobs.ports import Finished, Produced, Reattached, Registered, Saved, Started

from .inside import Inside


def raises(kind: type[Exception], call: object, *args: object) -> Exception:
    try:
        call(*args)  # type: ignore[operator]
    except kind as error:
        return error
    raise AssertionError(f"{call} raised no {kind.__name__}")


def ready(host: Inside) -> None:
    """The host is up, and its runner is there."""
    host.until(lambda: host.adapter.status().attached)


# ---------------------------------------------------------------------- going round


def a_task_runs_and_is_reported(host: Inside) -> None:
    host.quiet()
    task = host.hand(host.payload(batch_size=2))
    end = host.finished(task)
    assert (end.state, end.error) == ("done", "")
    kinds = [type(event) for event in host.events]
    assert kinds.index(Started) < kinds.index(Saved) < kinds.index(Produced) < kinds.index(Finished)
    made = [image.path for event in host.of(Produced, task) for image in event.images]
    assert len(made) == 2 and all(Path(path).is_absolute() and Path(path).is_file() for path in made)
    assert set(made) <= {event.path for event in host.of(Saved, task)}
    assert set(made) <= set(end.images), (made, end.images)
    row = host.row(task)
    assert row is not None and row.state == "done" and row.images == end.images
    host.until(lambda: host.progress.current_task is None)


def a_grid_counts_as_a_result_but_not_as_produced(host: Inside) -> None:
    host.quiet()
    task = host.hand(host.payload(batch_size=2))
    end = host.finished(task)
    made = {image.path for event in host.of(Produced, task) for image in event.images}
    others = [path for path in end.images if path not in made]
    assert len(others) == 1 and Path(others[0]).name.startswith("grid-"), end.images


def a_job_id_finds_its_rows_and_no_others(host: Inside) -> None:
    host.quiet()
    host.opts.data["queue_paused"] = True
    job = new_id("j")
    ours = {host.hand(host.payload(), job), host.hand(host.payload(), job)}
    host.hand(host.payload())
    assert set(host.adapter.rows([job])) == ours
    assert host.adapter.rows([]) == {}
    assert {row.state for row in host.adapter.rows([job]).values()} == {"pending"}
    assert {host.manager.get_task(task).name for task in ours} == {"probe · 1"}
    assert host.adapter.status().pending == 3


def an_init_image_goes_by_path(host: Inside) -> None:
    from PIL import Image

    host.quiet()
    host.opts.data["queue_paused"] = True
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "start.png"
        Image.new("RGB", (64, 64), "red").save(path)
        task = host.hand(host.payload(init_images=[str(path)], denoising_strength=0.5))
        args = json.loads(host.manager.get_task(task).params)["args"]
        assert args["init_images"] == [str(path)] and args["force_task_id"] == task
        host.opts.data["queue_paused"] = False
        host.adapter.kick()
        assert host.finished(task).state == "done"


def a_mask_goes_as_base64(host: Inside) -> None:
    from PIL import Image

    host.quiet()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "start.png"
        Image.new("RGB", (64, 64), "red").save(path)
        buffer = io.BytesIO()
        Image.new("L", (64, 64), 255).save(buffer, "PNG")
        mask = base64.b64encode(buffer.getvalue()).decode()
        task = host.hand(host.payload(init_images=[str(path)], mask=mask, denoising_strength=0.5))
        assert host.finished(task).state == "done"


def a_missing_init_image_fails(host: Inside) -> None:
    host.quiet()
    path = str(Path(tempfile.gettempdir()) / f"{uuid4()}.png")
    task = host.hand(host.payload(init_images=[path], denoising_strength=0.5))
    assert host.finished(task).state == "failed"


def an_unknown_script_is_refused(host: Inside) -> None:
    host.quiet()
    task = new_id("t")
    payload = host.payload(script_name="no such script", script_args=[])
    error = raises(InvalidInput, lambda: host.hand(payload, task=task))
    assert "no such script" in str(error)
    assert host.manager.get_task(task) is None
    assert task not in host.progress.pending_tasks


def a_setting_that_config_json_lacks_is_restored(host: Inside) -> None:
    host.quiet()
    host.opts.data.pop("CLIP_stop_at_last_layers", None)
    task = host.hand(host.payload(override_settings={"CLIP_stop_at_last_layers": 2}))
    assert host.finished(task).state == "done"
    host.until(lambda: host.opts.CLIP_stop_at_last_layers == 1)


# ---------------------------------------------------------------------- failing


def a_failing_task_leaves_the_queue_running(host: Inside) -> None:
    host.quiet()
    bad = host.hand(host.payload("fail boom"))
    good = host.hand(host.payload())
    end = host.finished(bad)
    assert (end.state, end.error) == ("failed", "boom")
    row = host.row(bad)
    assert row is not None and (row.state, row.error) == ("failed", "boom")
    assert host.finished(good).state == "done"


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


# ---------------------------------------------------------------------- taking back


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
    first = host.hand(host.payload())
    host.finished(first)
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


# ---------------------------------------------------------------------- copies, progress


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


def progress_is_told(host: Inside) -> None:
    host.quiet()
    assert host.adapter.progress().task is None and host.adapter.preview() is None
    task = host.hand(host.payload("slow 60"))
    host.generating(task)
    seen = host.adapter.progress()
    assert seen.task == task and 0.0 <= seen.fraction <= 1.0
    host.state.interrupt()
    host.finished(task)


def its_action_when_empty_is_told(host: Inside) -> None:
    host.quiet()
    assert host.adapter.status().when_empty == ""
    host.opts.data["queue_completion_action"] = "Shut down"
    assert host.adapter.status().when_empty == "Shut down"
    host.opts.data["queue_completion_action"] = "Do nothing"


# ---------------------------------------------------------------------- "Reload UI"


def reload__before(host: Inside) -> None:
    host.quiet()
    task = host.hand(host.payload("slow 60", n_iter=2))
    host.generating(task)
    host.kept.update(task=task, runner=host.runner)
    host.state.request_restart()


def reload__after(host: Inside) -> None:
    host.until(lambda: host.runner is not None and host.runner is not host.kept["runner"])
    end = host.finished(host.kept["task"])
    assert (end.state, end.stopped) == ("done", True)  # not "interrupted"
    made = [image for event in host.of(Produced, host.kept["task"]) for image in event.images]
    assert len(made) < 2
    assert host.adapter.status().attached
    told = [event for event in host.events if isinstance(event, Reattached)]
    assert len(told) == 1 and told[0].reloaded is not None
    task = host.hand(host.payload())

    def ended() -> list[Finished]:
        # a runner that starts puts back what is running, which may be before the old one wrote the end
        if host.progress.current_task == host.kept["task"]:
            host.state.interrupt()
        if not host.runner.is_executing_task:
            host.adapter.kick()
        return host.of(Finished, task)

    assert host.until(ended)[0].state == "done"
    assert len(host.of(Started, task)) == 1


# ------------------------------------------------------------------- the X/Y/Z plot


def notation__is_the_webuis(host: Inside) -> None:
    """Every text of the table, and thousands of others, through the WebUI's own script."""
    from .xyz import compare

    compare()


WHOLE = [
    name
    for name, case in list(globals().items())
    if callable(case)
    and getattr(case, "__module__", "") == __name__
    and not name.startswith("_")
    and "__" not in name
    and name not in ("raises", "ready")
]

# ------------------------------------------------------------------------- infotext


def infotext__is_the_webuis(host: Inside) -> None:
    """Prompts with quotes, colons and line breaks, any script's fields, and the recorded images."""
    from .infotexts import compare

    compare()


def infotext__settings_are_the_webuis(host: Inside) -> None:
    """Every setting that an infotext can tell of, by its label and of its type."""
    from .infotexts import compare_settings

    compare_settings()


def infotext__of_old_versions_is_the_webuis(host: Inside) -> None:
    from .infotexts import compare_old

    compare_old()


def infotext__words_are_no_settings(host: Inside) -> None:
    from .infotexts import compare_words

    compare_words()


def infotext__is_found_in_files(host: Inside) -> None:
    from .infotexts import compare_files

    with tempfile.TemporaryDirectory() as folder:
        compare_files(Path(folder))
