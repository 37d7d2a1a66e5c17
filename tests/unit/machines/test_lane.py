"""A job on two machines."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import httpx
import pytest

from inu_jobs.api import JobEdit, JobPatch, JobSpec, MachinePatch
from inu_jobs.machines.lane import MachineLane
from inu_jobs.model import Guest, Machine, Window
from inu_jobs.ports import LaneEvent
from inu_jobs.queue.desk import replace
from tests.unit.machines.conftest import SAMPLED, Two, elsewhere, new_job
from tests.unit.service.machines_kit import PATIENCE
from tests.unit.service.service_kit import House


def test_shared_made_and_brought_home(two: Two) -> None:
    job = new_job(two, 6)
    two.look()
    assert two.states(job).count(("queued", "m-1")) == 2 and two.states(job).count(("queued", "")) == 4
    two.there.run_one()
    two.look()
    (image,) = two.images(job)
    task = two.here.store.task(image.task)
    assert task is not None
    assert (task.state, task.lane, image.seed) == ("done", "m-1", 0)
    (file,) = two.here.outputs.glob("*.png")
    assert two.here.folder / image.path == file and image.size == file.stat().st_size
    two.look()
    assert not list(two.there.outputs.glob("*.png"))  # freed, once it was recorded
    assert task.finished is not None and task.started == task.finished - 4


def test_its_word_is_the_stores(two: Two) -> None:
    """What was paused, cancelled or deleted here is taken back there."""
    job = new_job(two, 6)
    two.look()
    assert len(two.there.store.tasks_in("held", "queued")) == 2
    two.here.queue.pause(job)
    two.look()
    assert two.there.store.tasks_in("held", "queued") == [] and elsewhere(two, job) == []
    assert not two.there.store.jobs()
    two.here.queue.resume(job)
    two.look()
    two.there.queue.tick()
    two.there.scheduler.begin()
    two.look()
    assert "running" in elsewhere(two, job)
    two.here.queue.cancel(job)
    two.look()
    assert two.there.scheduler.interrupted and not two.images(job)
    assert {task.state for task in two.tasks(job)} == {"cancelled"}


def test_a_job_that_was_deleted_leaves_nothing_there(two: Two) -> None:
    job = new_job(two, 6)
    two.look()
    two.here.service.jobs.delete(job)
    two.look()
    assert not two.there.store.jobs() and not list((two.here.folder / "data/machines/m-1").iterdir())


@pytest.mark.parametrize("lost", ["answer", "request"])
def test_killed_between_sending_and_knowing(two: Two, lost: str) -> None:
    def cut(request: httpx.Request) -> httpx.Response | None:
        if request.method != "PUT":
            return None
        two.line.fault = lambda request: None
        if lost == "answer":
            two.line(request)
        raise httpx.ReadError("cut off", request=request)

    two.line.fault = cut
    job = new_job(two, 6)
    two.look()
    two.look()
    remotes = sorted(task.remote for task in two.tasks(job) if task.lane)
    there = sorted(task.remote for task in two.there.store.tasks_in("held", "queued"))
    assert remotes == there and len(there) == 2


def test_a_start_finds_its_guests_again(two: Two) -> None:
    job = new_job(two, 6)
    two.look()
    two.there.run_one()
    lane = two.lane
    pool = two.here.pool
    pool._lanes["m-1"] = MachineLane(
        two.machine, lane._arrivals._folder, lane._home, pool.connect(two.machine), lambda: PATIENCE
    )
    two.look()
    assert len(two.images(job)) == 1 and two.states(job).count(("done", "m-1")) == 1
    assert {task.remote for task in two.there.store.tasks_in("held", "queued")} == {
        task.remote for task in two.tasks(job) if task.state == "queued" and task.lane
    }


def test_each_image_is_kept_once_though_its_end_was_not_recorded(two: Two) -> None:
    job = new_job(two, 6)
    two.look()
    two.there.run_one()
    lane = two.lane
    heard: list[LaneEvent] = []
    lane._home = replace(lane._home, deliver=heard.append)
    lane.step()  # it has fetched the file, and is killed before anybody heard of it
    assert len(heard) == 1 and len(list(two.here.outputs.glob("*.png"))) == 1
    pool = two.here.pool
    pool._lanes["m-1"] = MachineLane(
        two.machine, lane._arrivals._folder, pool._home, pool.connect(two.machine), lambda: PATIENCE
    )
    two.look()
    assert len(two.images(job)) == 1 and len(list(two.here.outputs.glob("*.png"))) == 1


def test_what_came_for_nobody_is_removed(two: Two) -> None:
    job = new_job(two, 6)
    two.look()
    two.there.run_one()
    two.lane.step()  # the file is here, and the queue has yet to hear of it
    assert len(list(two.here.outputs.glob("*.png"))) == 1
    two.here.service.jobs.pause(job)
    two.look()
    two.look()
    assert not list(two.here.outputs.glob("*.png")) and not two.images(job)


def test_files_of_a_job_that_was_deleted_stay_though_the_machine_is_away(two: Two) -> None:
    job = new_job(two, 6)
    two.look()
    two.there.run_one()
    two.lane.step()

    def dead(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("", request=request)

    two.line.fault = dead
    two.here.queue.tick()  # recorded
    assert len(two.images(job)) == 1
    two.here.service.jobs.delete(job)
    two.lane.step()
    two.line.fault = lambda request: None
    two.look()
    two.look()
    assert len(list(two.here.outputs.glob("*.png"))) == 1 and not two.there.store.jobs()


def test_another_webui_with_the_same_data_leaves_the_machines_alone(two: Two) -> None:
    job = new_job(two, 6)
    two.look()
    two.lane._home = replace(two.lane._home, expected=lambda lane: None)
    asked = len(two.line.asked)
    two.lane.step()
    assert len(two.line.asked) == asked and len(two.there.store.tasks_in("held", "queued")) == 2
    assert elsewhere(two, job) == ["queued", "queued"]


def test_models_that_it_lacks(two: Two) -> None:
    job = new_job(two, 8, prompt="a fox <lora:nowhere:1>")
    two.look()
    assert elsewhere(two, job) == [] and not two.there.store.counts()[1]
    (view,) = two.here.service.machines.all().machines
    assert view.missing == ["nowhere"]


def test_switched_off_and_removed(two: Two) -> None:
    job = new_job(two, 14)
    two.look()
    two.here.service.machines.patch("m-1", MachinePatch(enabled=False))
    two.look()
    two.look()
    assert elsewhere(two, job) == [] and not two.there.store.tasks_in("held", "queued")
    two.here.service.machines.patch("m-1", MachinePatch(enabled=True))
    two.look()
    two.look()
    assert len(elsewhere(two, job)) == 2
    lane = two.lane
    two.here.service.machines.remove("m-1")
    lane._leave()
    two.here.queue.tick()
    assert elsewhere(two, job) == [] and not two.there.store.jobs()


def test_at_the_end_an_idle_machine_takes_what_waits_behind_another(two: Two) -> None:
    job = new_job(two, 2)
    two.here.queue.tick()
    two.here.scheduler.begin()
    two.here.queue.tick()
    two.look()
    assert sorted(two.states(job)) == [("queued", "m-1"), ("running", "")]


def test_guests_and_adopted_tasks_stay_here(two: Two) -> None:
    job = new_job(two, 6)
    record = two.here.store.job(job)
    assert record is not None
    with two.here.store.transaction() as t:
        t.put(replace(record, guest=Guest("someone-1", "Someone")))
    two.here.settings.guests = "turn"
    two.look()
    assert elsewhere(two, job) == []


@pytest.mark.parametrize("way", ["stop everything", "window"])
def test_nothing_more_may_start_here(two: Two, way: str) -> None:
    job = new_job(two, 6)
    two.look()
    assert elsewhere(two, job) == ["queued", "queued"]
    if way == "window":
        closed = time.localtime(two.here.clock.now + 7200)
        window = Window(time.strftime("%H:%M", closed), time.strftime("%H:%M", closed))
        window = replace(window, end=time.strftime("%H:%M", time.localtime(two.here.clock.now + 10800)))
        two.here.service.jobs.patch(job, JobPatch(windows=[window]))
    else:
        two.here.queue.stop_all()
    two.look()
    two.look()
    assert elsewhere(two, job) == [] and not two.there.store.tasks_in("held", "queued")


def test_two_others_have_added_the_same_machine(two: Two, tmp_path: Path) -> None:
    third = House(tmp_path / "third")
    third.pool.connect = two.here.pool.connect
    third.pool.start()
    third.pool.put(Machine("m-9", "The same", two.machine.address, "ada", "secret"))
    job, other = (
        new_job(two, 6),
        third.service.jobs.create(JobSpec("txt2img", {**SAMPLED, "seed": 7, "n_iter": 14})),
    )
    third.queue._desk.worked.add(other.id)
    for _ in range(3):
        two.look()
        third.queue.tick()
        third.pool.lane("m-9").step()
    for _ in two.there.store.tasks_in("held", "queued"):
        two.there.run_one()
        two.look()
        third.pool.lane("m-9").step()
        third.queue.tick()
    mine, theirs = two.images(job), third.store.images_of(other.id)
    assert len(mine) >= 1 and len(theirs) >= 1
    assert {image.job for image in mine} == {job} and {image.job for image in theirs} == {other.id}
    assert len(list(two.here.outputs.glob("*.png"))) == len(mine)
    assert len(list(third.outputs.glob("*.png"))) == len(theirs)
    third.close()


def test_an_edited_job_takes_its_tasks_back(two: Two) -> None:
    job = new_job(two, 6)
    two.look()
    before = [task.remote for task in two.there.store.tasks_in("held", "queued")]
    two.here.service.jobs.edit(job, JobEdit(payload={**SAMPLED, "seed": 500, "n_iter": 6}, force=True))
    two.look()
    two.look()
    after = two.there.store.tasks_in("held", "queued")
    assert before and not {task.remote for task in after} & set(before)
    told = [two.there.store.payload(task.payload) for task in after]
    assert all(payload is not None and payload["seed"] >= 500 for payload in told)


def test_what_is_told_twice_counts_once_and_stays(two: Two) -> None:
    job = new_job(two, 6)
    two.look()
    two.there.run_one()
    heard: list[LaneEvent] = []
    two.lane._home = replace(two.lane._home, deliver=heard.append)
    two.lane.step()
    for event in (*heard, *heard):
        two.here.queue.receive(event)
    two.here.queue.tick()
    two.lane._home = two.here.pool._home
    two.look()
    two.look()
    assert len(two.images(job)) == 1 and len(list(two.here.outputs.glob("*.png"))) == 1


def test_nothing_listens(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    def listen(*args: object) -> None:
        raise AssertionError("a machine is asked; nothing here waits for it")

    monkeypatch.setattr(socket.socket, "listen", listen)
    job = new_job(two, 6)
    two.here.pool._begin = MachineLane.start
    two.here.pool.put(replace(two.machine, id="m-2", address="http://10.0.0.8:7860"))
    two.look()
    two.there.run_one()
    two.look()
    two.here.pool.stop()
    assert len(two.images(job)) == 1
