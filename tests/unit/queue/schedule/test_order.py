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
from tests.unit.queue.queue_house import House

MODEL = "override_settings.sd_model_checkpoint"


def add(house: House, models: str, priority: int = 0, **fields: Any) -> Job:
    """A job with a task for each letter, which is the checkpoint it asks for."""
    with house.store.transaction() as t:
        payload = t.put_payload({"prompt": "a fox", "steps": 1})
        job = Job(new_id("j"), "models", "txt2img", house.clock(), payload, priority=priority, **fields)
        t.put(job)
        for index, model in enumerate(models):
            t.put(Task(new_id("t") + str(index), job.id, index, payload, changes={MODEL: model}))
    house.clock.now += 1
    return job


def finish(house: House) -> None:
    house.scheduler.save(1)
    house.scheduler.end("done")


def run(house: House) -> str:
    """Everything that may start does; the models in that order."""
    seen = ""
    for _ in range(500):
        house.tick()
        if not house.scheduler.pending():
            return seen
        task = house.store.task(house.start_next())
        assert task is not None
        seen += task.changes[MODEL]
        finish(house)
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


def test_tasks_of_the_loaded_model_go_first(house: House) -> None:
    house.choices.look_ahead = 2
    for models in ("aabb", "bbaa", "ba"):
        add(house, models)
    assert run(house) == "aaaaabbbbb"


def test_a_higher_priority_still_goes_first(house: House) -> None:
    house.choices.look_ahead = 2
    add(house, "ab")
    add(house, "ba", priority=1)
    assert run(house) == "baab"


@given(st.lists(st.text("abc", min_size=1, max_size=8), min_size=1, max_size=3), st.integers(0, 6))
def test_fewest_loads_and_nobody_starves(tmp_path_factory: Any, jobs: list[str], bound: int) -> None:
    house = House(tmp_path_factory.mktemp("order"))
    house.choices.look_ahead, house.choices.same_model_run = 2, bound
    for models in jobs:
        add(house, models)
    seen, turn = run(house), list("".join(jobs))
    assert sorted(seen) == sorted(turn)
    if bound >= len(turn):
        assert loads(seen) == len(set(turn))
    passed = 0
    for model in seen:
        passed = 0 if turn[0] == model else passed + 1
        assert passed <= bound
        turn.remove(model)
    house.store.close()


JOBS = st.lists(st.text("abcABC", min_size=1, max_size=4), min_size=1, max_size=3)


@given(jobs=JOBS, bound=st.integers(0, 12), loaded=st.sampled_from(" abc"), ahead=st.integers(2, 8))
def test_the_least_number_of_loads_within_the_bound(
    tmp_path_factory: Any, jobs: list[str], bound: int, loaded: str, ahead: int
) -> None:
    house = House(tmp_path_factory.mktemp("order"))
    house.choices.look_ahead, house.choices.same_model_run = ahead, bound
    house.models.loaded = loaded.strip()
    for models in jobs:
        add(house, models)
    seen, turn = run(house), "".join(jobs)
    least = fewest_loads(turn, loaded, bound)
    if bound >= max(turn.lower().count(model) for model in "abc"):
        assert loads(seen, loaded) == least == len(set(turn.lower()) - {loaded})
    assert loads(seen, loaded) <= least + cut_short(seen, loaded)
    house.store.close()


def test_what_is_loaded_goes_first_after_a_restart_or_a_generate_of_the_user(house: House) -> None:
    house.queue.stop_all()
    for models in ("ab", "ba", "AB"):
        add(house, models)
    house.models.loaded = "b"
    house.restart()
    house.queue.go_on()
    assert run(house) == "bbBaaA"


def test_the_names_of_one_checkpoint_are_one(house: House) -> None:
    house.choices.look_ahead = 2
    for models in ("aB", "bA"):
        add(house, models)
    assert run(house) == "aABb"


def test_what_is_at_the_scheduler_already_decides_what_is_loaded_next(house: House) -> None:
    house.models.loaded = "a"
    add(house, "ab")
    house.tick()
    house.start_next()
    finish(house)
    house.models.loaded = "a"
    house.tick()  # b waits at the scheduler
    add(house, "ab")
    house.tick()
    handed = [house.store.task(id) for id in house.scheduler.pending()]
    assert [task.changes[MODEL] for task in handed if task] == ["b", "b", "a"]


def test_without_a_checkpoint_of_its_own_a_task_gets_that_of_the_settings(house: House) -> None:
    house.choices.look_ahead = 2
    house.models.chosen = house.models.loaded = "b"
    add(house, "ab")
    plain = house.job(tasks=2)
    house.tick()
    handed = [house.store.task(id) for id in house.scheduler.pending()]
    assert [task.changes.get(MODEL) for task in handed if task] == ["b", None]
    assert house.states(plain).count("queued") == 1


def test_upscaling_needs_no_checkpoint(house: House) -> None:
    house.models.chosen, house.models.loaded = "b", "a"
    upscale = house.job(tasks=1)
    with house.store.transaction() as t:
        t.put(msgspec.structs.replace(upscale, kind="upscale"))
    house.clock.now += 1
    add(house, "ba")
    house.tick()
    handed = [house.store.task(id) for id in house.scheduler.pending()]
    assert [task.changes.get(MODEL) for task in handed if task] == [None, "a", "b"]


def test_of_one_checkpoint_those_with_the_same_vae_go_together(house: House) -> None:
    house.choices.hold_after_failures = 9
    house.choices.look_ahead = 9
    job = add(house, "abaaba")
    vaes = ["x", "x", "y", "x", "y", "y"]
    with house.store.transaction() as t:
        for task, vae in zip(house.tasks(job), vaes, strict=True):
            changes = {**task.changes, "override_settings.sd_vae": vae}
            t.put(msgspec.structs.replace(task, changes=changes))
    house.tick()
    assert [house.store.task(id).index for id in house.scheduler.pending()] == [0, 3, 2, 5, 1, 4]  # type: ignore[union-attr]
    models = [f"{model}|{vae}" for model, vae in zip("abaaba", vaes, strict=True)]
    assert model_changes(models, 50) == 3


def window(house: House, opens_in: int, minutes: int) -> Window:
    def wall(at: float) -> str:
        return time.strftime("%H:%M", time.localtime(at))

    start = house.clock() + opens_in * 60
    return Window(wall(start), wall(start + minutes * 60))


def test_a_job_runs_only_in_its_window_and_leaves_it_after_the_task_in_hand(house: House) -> None:
    job = add(house, "aaaa", windows=[window(house, 60, 30)])
    free = add(house, "b")
    house.tick()
    assert [task.job for task in house.store.tasks_in("queued")] == [free.id]
    house.start_next()
    finish(house)
    house.clock.now += 3660
    house.tick()
    assert len(house.store.tasks_in("queued")) == 3
    house.start_next()
    house.tick()
    house.clock.now += 1800
    house.tick()
    assert house.states(job) == ["running", "held", "held", "held"]
    finish(house)
    house.tick()
    house.tick()
    assert house.states(job) == ["done", "held", "held", "held"] and house.scheduler.pending() == []
    changed = house.store.job(job.id)
    assert changed is not None and changed.hold is None
    with house.store.transaction() as t:
        t.put(msgspec.structs.replace(changed, windows=[]))
    assert run(house) == "aaa"


def test_one_switch_stops_everything_after_the_running_task(house: House) -> None:
    jobs = [add(house, "aaa"), add(house, "bbb")]
    house.tick()
    house.start_next()
    house.tick()
    house.queue.stop_all()
    assert house.states(jobs[0]) == ["running", "held", "held"] and house.scheduler.pending() == []
    finish(house)
    house.tick()
    house.tick()
    assert house.scheduler.pending() == [] and not house.store.tasks_in("running", "queued")
    house.restart()
    house.tick()
    assert house.scheduler.pending() == [], "a restart does not switch it on again"
    house.queue.go_on()
    assert run(house) == "aabbb"


def test_what_waits_is_taken_back_even_if_the_scheduler_was_away(house: House) -> None:
    add(house, "aaa")
    house.tick()
    house.scheduler.attached = False
    house.queue.stop_all()
    house.scheduler.attached = True
    house.tick(60)
    house.tick(60)
    assert house.scheduler.pending() == []


def test_nothing_starts_on_a_nearly_full_disk(house: House) -> None:
    job = add(house, "aaa")
    house.free = 4 * GB
    house.tick()
    hold = house.store.hold
    assert hold is not None and hold.by == "disk" and "4.0 GB left" in hold.message and "5 GB" in hold.message
    assert str(house.folder) in hold.message  # which disk, of several
    assert house.states(job) == ["held"] * 3
    assert house.queue.notices()[0].message == hold.message
    with pytest.raises(Refused, match=r"4\.0 GB left"):
        house.queue.go_on()
    house.free = 6 * GB
    house.tick(10)
    assert house.store.hold is None and run(house) == "aaa"


def test_the_disk_does_not_undo_what_the_user_stopped(house: House) -> None:
    add(house, "a")
    house.queue.stop_all()
    for free in (1, 9):
        house.free = free * GB
        house.tick(10)
        assert house.store.hold is not None and house.store.hold.by == "user"


def test_a_disk_that_cannot_be_asked_holds_nothing(house: House) -> None:
    add(house, "a")
    assert house.free is None and run(house) == "a"


def test_out_of_memory_holds_the_job_at_once_and_lets_the_others_run(house: House) -> None:
    job, other = add(house, "aaa"), add(house, "bb")
    house.tick()
    house.start_next()
    house.scheduler.end("failed", "CUDA out of memory. Tried to allocate 20 GiB")
    house.scheduler.paused_by = "memory"
    house.tick()
    held = house.store.job(job.id)
    assert held is not None and held.hold is not None and held.hold.by == "memory"
    assert "smaller" in held.hold.message and house.states(job) == ["failed", "held", "held"]
    assert house.scheduler.paused_by == ""
    assert run(house) == "bb" and house.states(other) == ["done", "done"]


def test_a_pause_of_the_user_stays(house: House) -> None:
    add(house, "a")
    house.scheduler.paused_by = "user"
    house.tick()
    assert house.scheduler.paused_by == "user"


def test_a_task_during_which_the_webui_died_twice_is_set_aside(house: House) -> None:
    job = add(house, "ab")
    for deaths in (1, 2):
        house.tick()
        house.start_next()
        house.tick()
        house.restart()
        house.tick()
        first = house.store.tasks_of(job.id)[0]
        assert first.deaths == deaths
    assert first.state == "failed" and "set aside" in first.error
    assert run(house) == "b"
    house.queue.retry(job.id)
    assert house.store.tasks_of(job.id)[0].deaths == 0 and run(house) == "a"


@given(models=st.text("abc", min_size=1, max_size=30), bound=st.integers(0, 6))
def test_the_changes_of_model_that_a_plan_tells_are_those_that_come(
    tmp_path_factory: Any, models: str, bound: int
) -> None:
    house = House(tmp_path_factory.mktemp("order"))
    house.choices.look_ahead, house.choices.same_model_run = 2, bound
    add(house, models)
    assert loads(run(house)) - 1 == model_changes(models, bound)
    house.store.close()
