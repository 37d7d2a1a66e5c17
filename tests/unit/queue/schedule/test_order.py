"""Which task comes next, and when nothing may: models, windows, the one switch, the disk, deaths."""

from __future__ import annotations

import functools
import time
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.errors import Refused
from inu_jobs.model import Job, Task, Window, new_id
from inu_jobs.queue.disk import GB
from inu_jobs.queue.schedule.order import model_changes
from tests.unit.queue.queue_rig import QueueRig

MODEL = "override_settings.sd_model_checkpoint"


def add(rig: QueueRig, models: str, priority: int = 0, **fields: Any) -> Job:
    """A job with a task for each letter, which is the checkpoint it asks for."""
    with rig.store.transaction() as t:
        payload = t.put_payload({"prompt": "a fox", "steps": 1})
        job = Job(new_id("j"), "models", "txt2img", rig.clock(), payload, priority=priority, **fields)
        t.put(job)
        for index, model in enumerate(models):
            t.put(Task(new_id("t") + str(index), job.id, index, payload, changes={MODEL: model}))
    rig.clock.now += 1
    return job


def finish(rig: QueueRig) -> None:
    rig.scheduler.save(1)
    rig.scheduler.end("done")


def run(rig: QueueRig) -> str:
    """Everything that may start does; the models in that order."""
    seen = ""
    for _ in range(500):
        rig.tick()
        if not rig.scheduler.pending():
            return seen
        task = rig.store.task(rig.start_next())
        assert task is not None
        seen += task.changes[MODEL]
        finish(rig)
    raise AssertionError("it never ends")


def loads(models: str, loaded: str = " ") -> int:
    models = models.lower()
    return sum(a != b for a, b in zip(loaded + models, models, strict=False))


def fewest_loads(turn: str, loaded: str, bound: int) -> int:
    """Of all orders in which the first in turn is passed over by at most ``bound`` in a row: each is tried.
    Tasks for one checkpoint stay in turn among themselves."""

    @functools.lru_cache(None)
    def fewest(left: str, passed: int, loaded: str) -> int:
        if not left:
            return 0
        found = []
        for model in sorted(set(left)):
            place = left.index(model)
            if place == 0 or passed < bound:
                rest = left[:place] + left[place + 1 :]
                found.append((model != loaded) + fewest(rest, passed + 1 if place else 0, model))
        return min(found)

    return fewest(turn.lower(), 0, loaded)


def cut_short(seen: str, loaded: str) -> int:
    """How often another checkpoint came although tasks for the loaded one were left."""
    seen = seen.lower()
    return sum(
        a != b and a in seen[place:] for place, (a, b) in enumerate(zip(loaded + seen, seen, strict=False))
    )


def test_tasks_of_the_loaded_model_go_first(rig: QueueRig) -> None:
    rig.choices.look_ahead = 2
    for models in ("aabb", "bbaa", "ba"):
        add(rig, models)
    assert run(rig) == "aaaaabbbbb"


def test_a_higher_priority_still_goes_first(rig: QueueRig) -> None:
    rig.choices.look_ahead = 2
    add(rig, "ab")
    add(rig, "ba", priority=1)
    assert run(rig) == "baab"


@given(st.lists(st.text("abc", min_size=1, max_size=8), min_size=1, max_size=3), st.integers(0, 6))
def test_fewest_loads_and_nobody_starves(tmp_path_factory: Any, jobs: list[str], bound: int) -> None:
    rig = QueueRig(tmp_path_factory.mktemp("order"))
    rig.choices.look_ahead, rig.choices.same_model_run = 2, bound
    for models in jobs:
        add(rig, models)
    seen, turn = run(rig), list("".join(jobs))
    assert sorted(seen) == sorted(turn)
    if bound >= len(turn):
        assert loads(seen) == len(set(turn))
    passed = 0
    for model in seen:
        passed = 0 if turn[0] == model else passed + 1
        assert passed <= bound
        turn.remove(model)
    rig.store.close()


JOBS = st.lists(st.text("abcABC", min_size=1, max_size=4), min_size=1, max_size=3)


@given(jobs=JOBS, bound=st.integers(0, 12), loaded=st.sampled_from(" abc"), ahead=st.integers(2, 8))
def test_the_least_number_of_loads_within_the_bound(
    tmp_path_factory: Any, jobs: list[str], bound: int, loaded: str, ahead: int
) -> None:
    rig = QueueRig(tmp_path_factory.mktemp("order"))
    rig.choices.look_ahead, rig.choices.same_model_run = ahead, bound
    rig.models.loaded = loaded.strip()
    for models in jobs:
        add(rig, models)
    seen, turn = run(rig), "".join(jobs)
    least = fewest_loads(turn, loaded, bound)
    if bound >= max(turn.lower().count(model) for model in "abc"):
        assert loads(seen, loaded) == least == len(set(turn.lower()) - {loaded})
    assert loads(seen, loaded) <= least + cut_short(seen, loaded)
    rig.store.close()


def test_what_is_loaded_goes_first_after_a_restart_or_a_generate_of_the_user(rig: QueueRig) -> None:
    rig.queue.stop_all()
    for models in ("ab", "ba", "AB"):
        add(rig, models)
    rig.models.loaded = "b"
    rig.restart()
    rig.queue.go_on()
    assert run(rig) == "bbBaaA"


def test_the_names_of_one_checkpoint_are_one(rig: QueueRig) -> None:
    rig.choices.look_ahead = 2
    for models in ("aB", "bA"):
        add(rig, models)
    assert run(rig) == "aABb"


def test_what_is_at_the_scheduler_already_decides_what_is_loaded_next(rig: QueueRig) -> None:
    rig.models.loaded = "a"
    add(rig, "ab")
    rig.tick()
    rig.start_next()
    finish(rig)
    rig.models.loaded = "a"
    rig.tick()  # b waits at the scheduler
    add(rig, "ab")
    rig.tick()
    handed = [rig.store.task(id) for id in rig.scheduler.pending()]
    assert [task.changes[MODEL] for task in handed if task] == ["b", "b", "a"]


def test_without_a_checkpoint_of_its_own_a_task_gets_that_of_the_settings(rig: QueueRig) -> None:
    rig.choices.look_ahead = 2
    rig.models.chosen = rig.models.loaded = "b"
    add(rig, "ab")
    plain = rig.job(tasks=2)
    rig.tick()
    handed = [rig.store.task(id) for id in rig.scheduler.pending()]
    assert [task.changes.get(MODEL) for task in handed if task] == ["b", None]
    assert rig.states(plain).count("queued") == 1


def test_upscaling_needs_no_checkpoint(rig: QueueRig) -> None:
    rig.models.chosen, rig.models.loaded = "b", "a"
    upscale = rig.job(tasks=1)
    with rig.store.transaction() as t:
        t.put(msgspec.structs.replace(upscale, kind="upscale"))
    rig.clock.now += 1
    add(rig, "ba")
    rig.tick()
    handed = [rig.store.task(id) for id in rig.scheduler.pending()]
    assert [task.changes.get(MODEL) for task in handed if task] == [None, "a", "b"]


def test_of_one_checkpoint_those_with_the_same_vae_go_together(rig: QueueRig) -> None:
    rig.choices.hold_after_failures = 9
    rig.choices.look_ahead = 9
    job = add(rig, "abaaba")
    vaes = ["x", "x", "y", "x", "y", "y"]
    with rig.store.transaction() as t:
        for task, vae in zip(rig.tasks(job), vaes, strict=True):
            changes = {**task.changes, "override_settings.sd_vae": vae}
            t.put(msgspec.structs.replace(task, changes=changes))
    rig.tick()
    assert [rig.store.task(id).index for id in rig.scheduler.pending()] == [0, 3, 2, 5, 1, 4]  # type: ignore[union-attr]
    models = [f"{model}|{vae}" for model, vae in zip("abaaba", vaes, strict=True)]
    assert model_changes(models, 50) == 3


def window(rig: QueueRig, opens_in: int, minutes: int) -> Window:
    def wall(at: float) -> str:
        return time.strftime("%H:%M", time.localtime(at))

    start = rig.clock() + opens_in * 60
    return Window(wall(start), wall(start + minutes * 60))


def test_a_job_runs_only_in_its_window_and_leaves_it_after_the_task_in_hand(rig: QueueRig) -> None:
    job = add(rig, "aaaa", windows=[window(rig, 60, 30)])
    free = add(rig, "b")
    rig.tick()
    assert [task.job for task in rig.store.tasks_in("queued")] == [free.id]
    rig.start_next()
    finish(rig)
    rig.clock.now += 3660
    rig.tick()
    assert len(rig.store.tasks_in("queued")) == 3
    rig.start_next()
    rig.tick()
    rig.clock.now += 1800
    rig.tick()
    assert rig.states(job) == ["running", "held", "held", "held"]
    finish(rig)
    rig.tick()
    rig.tick()
    assert rig.states(job) == ["done", "held", "held", "held"] and rig.scheduler.pending() == []
    changed = rig.store.job(job.id)
    assert changed is not None and changed.hold is None
    with rig.store.transaction() as t:
        t.put(msgspec.structs.replace(changed, windows=[]))
    assert run(rig) == "aaa"


def test_one_switch_stops_everything_after_the_running_task(rig: QueueRig) -> None:
    jobs = [add(rig, "aaa"), add(rig, "bbb")]
    rig.tick()
    rig.start_next()
    rig.tick()
    rig.queue.stop_all()
    assert rig.states(jobs[0]) == ["running", "held", "held"] and rig.scheduler.pending() == []
    finish(rig)
    rig.tick()
    rig.tick()
    assert rig.scheduler.pending() == [] and not rig.store.tasks_in("running", "queued")
    rig.restart()
    rig.tick()
    assert rig.scheduler.pending() == [], "a restart does not switch it on again"
    rig.queue.go_on()
    assert run(rig) == "aabbb"


def test_what_waits_is_taken_back_even_if_the_scheduler_was_away(rig: QueueRig) -> None:
    add(rig, "aaa")
    rig.tick()
    rig.scheduler.attached = False
    rig.queue.stop_all()
    rig.scheduler.attached = True
    rig.tick(60)
    rig.tick(60)
    assert rig.scheduler.pending() == []


def test_nothing_starts_on_a_nearly_full_disk(rig: QueueRig) -> None:
    job = add(rig, "aaa")
    rig.free = 4 * GB
    rig.tick()
    hold = rig.store.hold
    assert hold is not None and hold.by == "disk" and "4.0 GB left" in hold.message and "5 GB" in hold.message
    assert str(rig.folder) in hold.message  # which disk, of several
    assert rig.states(job) == ["held"] * 3
    assert rig.queue.notices()[0].message == hold.message
    with pytest.raises(Refused, match=r"4\.0 GB left"):
        rig.queue.go_on()
    rig.free = 6 * GB
    rig.tick(10)
    assert rig.store.hold is None and run(rig) == "aaa"


def test_the_disk_does_not_undo_what_the_user_stopped(rig: QueueRig) -> None:
    add(rig, "a")
    rig.queue.stop_all()
    for free in (1, 9):
        rig.free = free * GB
        rig.tick(10)
        assert rig.store.hold is not None and rig.store.hold.by == "user"


def test_a_disk_that_cannot_be_asked_holds_nothing(rig: QueueRig) -> None:
    add(rig, "a")
    assert rig.free is None and run(rig) == "a"


def test_out_of_memory_holds_the_job_at_once_and_lets_the_others_run(rig: QueueRig) -> None:
    job, other = add(rig, "aaa"), add(rig, "bb")
    rig.tick()
    rig.start_next()
    rig.scheduler.end("failed", "CUDA out of memory. Tried to allocate 20 GiB")
    rig.scheduler.paused_by = "memory"
    rig.tick()
    held = rig.store.job(job.id)
    assert held is not None and held.hold is not None and held.hold.by == "memory"
    assert "smaller" in held.hold.message and rig.states(job) == ["failed", "held", "held"]
    assert rig.scheduler.paused_by == ""
    assert run(rig) == "bb" and rig.states(other) == ["done", "done"]


def test_a_pause_of_the_user_stays(rig: QueueRig) -> None:
    add(rig, "a")
    rig.scheduler.paused_by = "user"
    rig.tick()
    assert rig.scheduler.paused_by == "user"


def test_a_task_during_which_the_webui_died_twice_is_set_aside(rig: QueueRig) -> None:
    job = add(rig, "ab")
    for deaths in (1, 2):
        rig.tick()
        rig.start_next()
        rig.tick()
        rig.restart()
        rig.tick()
        first = rig.store.tasks_of(job.id)[0]
        assert first.deaths == deaths
    assert first.state == "failed" and "set aside" in first.error
    assert run(rig) == "b"
    rig.queue.retry(job.id)
    assert rig.store.tasks_of(job.id)[0].deaths == 0 and run(rig) == "a"


@given(models=st.text("abc", min_size=1, max_size=30), bound=st.integers(0, 6))
def test_the_changes_of_model_that_a_plan_tells_are_those_that_come(
    tmp_path_factory: Any, models: str, bound: int
) -> None:
    rig = QueueRig(tmp_path_factory.mktemp("order"))
    rig.choices.look_ahead, rig.choices.same_model_run = 2, bound
    add(rig, models)
    assert loads(run(rig)) - 1 == model_changes(models, bound)
    rig.store.close()
