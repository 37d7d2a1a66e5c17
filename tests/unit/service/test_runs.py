"""Run windows, the one switch and the plan of runs, as the service tells them."""

from __future__ import annotations

import time

import pytest

from inu_jobs import api
from inu_jobs.errors import InvalidInput
from inu_jobs.model import Window
from tests.unit.service.service_kit import House

HOUR = 3600.0


def wall(at: float) -> str:
    return time.strftime("%H:%M", time.localtime(at))


def window(house: House, opens_in: float, hours: float) -> Window:
    start = house.clock() + opens_in * HOUR
    return Window(wall(start), wall(start + hours * HOUR))


def test_windows_are_taken_kept_and_changed(house: House) -> None:
    house.clock.now -= house.clock.now % 60
    later = window(house, 2, 1)
    spec = api.JobSpec("txt2img", {"prompt": "a fox", "steps": 1}, windows=[later])
    made = house.service.create(spec)
    assert (made.windows, made.opens) == ([later], house.clock() + 2 * HOUR)
    assert house.service.spec(made.id).windows == [later]
    house.queue.tick()
    assert not house.scheduler.waiting
    changed = house.service.patch(made.id, api.JobPatch(windows=[]))
    assert (changed.windows, changed.opens) == ([], None)
    house.queue.tick()
    assert len(house.scheduler.waiting) == 1
    for bad in (Window("25:00", "07:00"), Window("01:00", "02:00", [9])):
        with pytest.raises(InvalidInput) as told:
            house.service.patch(made.id, api.JobPatch(windows=[bad]))
        assert told.value.field == "windows"
        with pytest.raises(InvalidInput):
            house.service.plan(api.JobSpec("txt2img", {"prompt": "a"}, windows=[bad]))


def test_the_switch_is_in_the_status(house: House) -> None:
    assert house.service.status().hold is None
    told = house.service.stop_all()
    assert told.hold is not None and told.hold.by == "user"
    assert house.service.go_on().hold is None


def test_the_plan_says_who_runs_when(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.clock.now -= house.clock.now % 60
    now = house.clock()
    first = house.add(2)
    house.clock.now += 1
    late = house.service.create(
        api.JobSpec(
            "txt2img", {"prompt": "b", "steps": 1, "seed": 1}, name="late", priority=1, force=True,
            axes=[api.AxisSpec("seed", [1, 2, 3])], windows=[window(house, 0.5, 1)],
        )
    ).id  # fmt: skip
    held = house.add(1, hold=True)
    house.clock.now -= 1
    monkeypatch.setattr(house.queue, "left", {first: HOUR, late: 1.5 * HOUR, held: 60.0}.get)
    plan = house.service.run_plan()
    runs = {run.job: run for run in plan.jobs}
    assert list(runs) == [first, held, late] or list(runs) == [first, late, held]
    assert (runs[first].starts, runs[first].reason) == (now, "")
    # half an hour of its own, then the other has the machine for its hour, then it goes on
    assert runs[first].ends == now + 2 * HOUR
    assert (runs[late].starts, runs[late].reason) == (now + HOUR / 2, "Its run window is closed.")
    assert runs[late].ends == now + (24 + 1) * HOUR, "the third task has no room left this time"
    assert (runs[held].starts, runs[held].reason) == (None, "It is paused.")
    assert plan.ends == runs[late].ends
    house.service.stop_all()
    assert {run.reason for run in house.service.run_plan().jobs if run.job != held} == {
        "Everything is stopped."
    }


def test_a_plan_of_nothing_and_of_what_nobody_can_tell(house: House) -> None:
    assert house.service.run_plan().jobs == [] and house.service.run_plan().ends is None
    ids = [house.add(1)]
    house.clock.now += 1
    ids.append(house.add(1))
    plan = house.service.run_plan()
    assert [run.job for run in plan.jobs] == ids and plan.ends is None
    assert [run.starts for run in plan.jobs] == [house.clock(), None]
    assert [run.reason for run in plan.jobs] == ["", "Others go first."]
