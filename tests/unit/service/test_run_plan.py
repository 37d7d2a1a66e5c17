"""Run windows, the one switch and the plan of runs, as the service tells them."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest

from inu_jobs import api
from inu_jobs.errors import InvalidInput
from inu_jobs.model import Window
from inu_jobs.ports import SchedulerStatus
from inu_jobs.queue.schedule.eta import Durations, Estimate
from inu_jobs.queue.schedule.rates import Span
from tests.unit.service.service_kit import House

HOUR = 3600.0


def wall(at: float) -> str:
    return time.strftime("%H:%M", time.localtime(at))


def window(house: House, opens_in: float, hours: float) -> Window:
    start = house.clock() + opens_in * HOUR
    return Window(wall(start), wall(start + hours * HOUR))


def tell_left(monkeypatch: pytest.MonkeyPatch, seconds: dict[str, float]) -> None:
    """Work left, by job."""
    monkeypatch.setattr(Durations, "left", lambda self, job, now: seconds.get(job))


def test_windows_are_taken_kept_and_changed(house: House) -> None:
    house.clock.now -= house.clock.now % 60
    later = window(house, 2, 1)
    spec = api.JobSpec("txt2img", {"prompt": "a fox", "steps": 1}, windows=[later])
    made = house.service.jobs.create(spec)
    assert (made.windows, made.opens) == ([later], house.clock() + 2 * HOUR)
    assert house.service.editor.spec(made.id).windows == [later]
    house.queue.tick()
    assert not house.scheduler.waiting
    changed = house.service.jobs.patch(made.id, api.JobPatch(windows=[]))
    assert (changed.windows, changed.opens) == ([], None)
    house.queue.tick()
    assert len(house.scheduler.waiting) == 1
    for bad in (Window("25:00", "07:00"), Window("01:00", "02:00", [9])):
        with pytest.raises(InvalidInput) as told:
            house.service.jobs.patch(made.id, api.JobPatch(windows=[bad]))
        assert told.value.field == "windows"
        with pytest.raises(InvalidInput):
            house.service.jobs.plan(api.JobSpec("txt2img", {"prompt": "a"}, windows=[bad]))


def test_the_switch_is_in_the_status(house: House) -> None:
    assert house.service.overview.status().hold is None
    told = house.service.jobs.stop_all()
    assert told.hold is not None and told.hold.by == "user"
    assert house.service.jobs.go_on().hold is None


def test_the_plan_says_who_runs_when(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.clock.now -= house.clock.now % 60
    now = house.clock()
    first = house.add(2)
    house.clock.now += 1
    late = house.service.jobs.create(
        api.JobSpec(
            "txt2img", {"prompt": "b", "steps": 1, "seed": 1}, name="late", priority=1, force=True,
            axes=[api.AxisSpec("seed", [1, 2, 3])], windows=[window(house, 0.5, 1)],
        )
    ).id  # fmt: skip
    held = house.add(1, hold=True)
    house.clock.now -= 1
    tell_left(monkeypatch, {first: HOUR, late: 1.5 * HOUR, held: 60.0})
    plan = house.service.runs.plan()
    runs = {run.job: run for run in plan.jobs}
    assert list(runs) == [first, held, late] or list(runs) == [first, late, held]
    assert (runs[first].starts, runs[first].reason) == (now, "")
    # half an hour of its own, then the other has the machine for its hour, then it goes on
    assert runs[first].ends == now + 2 * HOUR
    assert (runs[late].starts, runs[late].reason) == (now + HOUR / 2, "Its run window is closed.")
    assert runs[late].ends == now + (24 + 1) * HOUR, "the third task has no room left this time"
    assert (runs[held].starts, runs[held].reason) == (None, "On hold: paused by you.")
    assert plan.ends == runs[late].ends
    house.service.jobs.stop_all()
    assert {run.reason for run in house.service.runs.plan().jobs if run.job != held} == {
        "Everything is stopped."
    }


def test_a_plan_of_nothing_and_of_what_nobody_can_tell(house: House) -> None:
    assert house.service.runs.plan().jobs == [] and house.service.runs.plan().ends is None
    ids = [house.add(1)]
    house.clock.now += 1
    ids.append(house.add(1))
    plan = house.service.runs.plan()
    assert [run.job for run in plan.jobs] == ids and plan.ends is None
    assert [run.starts for run in plan.jobs] == [house.clock(), None]
    assert [run.reason for run in plan.jobs] == ["", "Other jobs go first."]


def test_who_waits_for_others_says_so_to_the_last_second(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = []
    for _ in range(3):
        ids.append(house.add(1))
        house.clock.now += 1
    house.queue.tick()
    house.scheduler.begin(ids[0])
    house.queue.tick()
    tell_left(monkeypatch, {ids[0]: 0.0, ids[1]: 0.2, ids[2]: HOUR})
    runs = {run.job: run for run in house.service.runs.plan().jobs}
    assert {runs[id].starts for id in ids} == {house.clock()}, "within this second"
    assert [runs[id].reason for id in ids] == ["", "Other jobs go first.", "Other jobs go first."]


def told(house: House, **fields: Any) -> tuple[float | None, float | None, str]:
    """Of a job of one hour that is not queued yet."""
    plan = house.service.jobs.plan(api.JobSpec("txt2img", {"prompt": "a", "steps": 1}, **fields))
    return plan.starts, plan.ends, plan.waits


def test_a_plan_says_when_it_would_really_be_done(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.clock.now -= house.clock.now % 60
    now = house.clock()
    hour = Estimate(Span(HOUR, HOUR, HOUR), 0)
    monkeypatch.setattr(house.queue, "estimate", lambda costs, job="": hour)
    assert told(house) == (now, now + HOUR, "")
    first = house.add(2)
    house.clock.now += 1
    now = house.clock()
    tell_left(monkeypatch, {first: 2 * HOUR})
    assert told(house) == (now + 2 * HOUR, now + 3 * HOUR, "others")
    assert told(house, priority=1) == (now, now + HOUR, "")
    assert told(house, priority=-1) == (now + 2 * HOUR, now + 3 * HOUR, "others")
    later = window(house, 5, 0.5)
    opens = now - 1 + 5 * HOUR
    # half an hour in this window, the other half in the next
    assert told(house, windows=[later]) == (opens, opens + 24.5 * HOUR, "window")
    assert told(house, hold=True) == (None, None, "hold")
    house.service.jobs.pause(first)
    assert told(house) == (now, now + HOUR, ""), "what is held is not waited for"
    house.service.jobs.stop_all()
    assert told(house) == (None, None, "stopped")


def test_a_derive_says_so_too_and_takes_windows(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.clock.now -= house.clock.now % 60
    image = house.store.images_of(house.add_done())[0].id
    hour = Estimate(Span(HOUR, HOUR, HOUR), 0)
    monkeypatch.setattr(house.queue, "estimate", lambda costs, job="": hour)
    later = window(house, 2, 3)
    opens = house.clock() - house.clock() % 60 + 2 * HOUR
    spec = api.DeriveSpec(api.Selection(images=[image]), "rerender", windows=[later])
    plan = house.service.deriver.plan(spec)
    assert (plan.ends, plan.waits) == (opens + HOUR, "window")
    assert house.service.jobs.derive(spec).windows == [later]
    with pytest.raises(InvalidInput):
        house.service.jobs.derive(msgspec.structs.replace(spec, windows=[Window("25:00", "07:00")]))


def test_job_status_and_changes_tell_the_same_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    now = house.clock()
    first = house.add(2)
    house.clock.now += 1
    second = house.add(1)
    house.clock.now -= 1
    tell_left(monkeypatch, {first: HOUR, second: 60.0})
    job = house.service.overview.get_job(second).job
    assert (job.ends, job.waits) == (now + HOUR + 60, "others")
    status = house.service.overview.status()
    assert status.ends == job.ends
    house.service.jobs.patch(first, api.JobPatch(priority=-1))
    seen = house.service.overview.changes(status.store.epoch, status.store.revision, second)
    assert [changed.id for changed in seen.jobs] == [first]
    assert (seen.ends, seen.waits) == (now + 60, ""), "moved without a change of its own"
    house.service.jobs.pause(second)
    seen = house.service.overview.changes(status.store.epoch, status.store.revision, second)
    assert (seen.ends, seen.waits) == (None, "hold")
    assert house.service.overview.status().ends == now + HOUR


def test_a_paused_scheduler_makes_no_promise(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    job = house.add(1)
    house.clock.now += 2  # what was told is known for a second
    tell_left(monkeypatch, {job: HOUR})
    assert house.service.overview.get_job(job).job.ends == house.clock() + HOUR
    monkeypatch.setattr(
        house.scheduler, "status", lambda: SchedulerStatus(attached=True, paused=True, paused_by="user")
    )
    house.queue.tick()
    summary = house.service.overview.get_job(job).job
    assert (summary.ends, summary.waits) == (None, "stopped")
    assert [run.reason for run in house.service.runs.plan().jobs] == ["Agent Scheduler is paused."]
