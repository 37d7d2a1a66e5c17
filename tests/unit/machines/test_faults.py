"""All that can go wrong with the other machine, and what a hostile one may send."""

from __future__ import annotations

import gzip

import httpx
import pytest

from inu_jobs.model import Hold
from inu_jobs.queue.desk import replace
from inu_jobs.sentences import say
from tests.unit.machines.conftest import Answer, Two, elsewhere, new_job, refuse
from tests.unit.service.machines_kit import PATIENCE


def give_up(two: Two) -> None:
    two.lane.step()
    two.here.clock.now += PATIENCE + 1
    two.lane.step()
    two.here.queue.tick()


FOREIGN = "It answers with something that is not from Inu Jobs."
NONE = "There is no Inu Jobs at this address, or its WebUI is still starting."


HOST = "It says: Add this host. The name to enter there is 10.0.0.7:7860."


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (refuse(401, {"detail": "Log in first.", "says": {}}), "It refuses this name and password."),
        (
            refuse(403, {"detail": "Add this host.", "says": {}}),
            "It says: Add this host. The name to enter there is 10.0.0.7:7860.",
        ),
        (refuse(404, {"detail": "Not Found"}), NONE),
        (refuse(500, {"detail": "Internal"}), "It answers with error 500."),
        (refuse(200, {"no": "thing"}), FOREIGN),
        (lambda request: httpx.Response(200, content=b'{"version": '), FOREIGN),
        (
            lambda request: httpx.Response(302, headers={"location": "http://x/"}),
            "It answers with error 302.",
        ),
    ],
)
def test_a_machine_with_a_problem_costs_no_attempt(two: Two, answer: Answer, says: str) -> None:
    job = new_job(two, 14)
    two.look()
    assert elsewhere(two, job) == ["queued", "queued"]
    two.line.fault = answer
    two.lane._asked = float("-inf")
    give_up(two)
    assert str(two.lane.seen.reason) == says
    assert elsewhere(two, job) == [] and {task.attempt for task in two.tasks(job)} == {0}
    two.line.fault = lambda request: None
    two.look()
    two.look()
    assert two.lane.seen.state == "ready" and elsewhere(two, job) == ["queued", "queued"]
    assert two.there.store.counts()[1] == 2


def test_unreachable_and_slow(two: Two) -> None:
    job = new_job(two, 6)
    two.look()
    two.there.queue.tick()
    two.there.scheduler.begin()
    two.look()
    assert "running" in elsewhere(two, job)

    def dead(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("", request=request)

    two.line.fault = dead
    give_up(two)
    assert elsewhere(two, job) == [] and str(two.lane.seen.reason) == "It does not answer."
    for _ in range(6):
        two.here.run_one()
    assert len(two.images(job)) == 6 and {task.state for task in two.tasks(job)} == {"done"}
    two.line.fault = lambda request: None
    two.look()
    assert not two.there.store.tasks_in("held", "queued", "running") and len(two.images(job)) == 6


def test_a_file_that_comes_in_part(two: Two) -> None:
    job = new_job(two, 6)
    two.look()
    two.there.run_one()

    def half(request: httpx.Request) -> httpx.Response | None:
        if "/images/" not in request.url.path:
            return None
        two.line.fault = lambda request: None
        return httpx.Response(200, content=two.line(request).content[:-20])

    two.line.fault = half
    two.look()
    two.look()
    (image,) = two.images(job)
    (file,) = two.here.outputs.glob("*.png")
    assert image.size == file.stat().st_size


def test_something_that_is_no_image(two: Two) -> None:
    job = new_job(two, 6)
    two.look()
    two.there.run_one()

    def nasty(request: httpx.Request) -> httpx.Response | None:
        if "/images/" not in request.url.path:
            return None
        size = len(two.line.there.get(request.url.path, auth=("ada", "secret")).content)
        return httpx.Response(200, content=b"<svg>".ljust(size))

    two.line.fault = nasty
    two.look()
    assert not two.images(job) and not list(two.here.outputs.iterdir())
    (refusal,) = two.lane.refused.values()
    assert str(refusal.reason) == "It sent something that is no image."
    assert elsewhere(two, job) != [] and two.lane.seen.state == "ready"
    two.line.fault = lambda request: None
    for _ in range(2):
        two.look()
    assert not list(two.there.outputs.glob("*.png"))  # what it made is not wanted


def test_what_fails_there_is_tried_here(two: Two) -> None:
    job = new_job(two, 6)
    two.look()
    first = next(task for task in two.tasks(job) if task.lane)
    two.there.run_one(error="out of luck")
    two.look()
    now = two.here.store.task(first.id)
    assert now is not None and (now.state, now.lane, now.attempt) in [("held", "", 0), ("queued", "", 0)]
    assert not two.here.pool.takes("m-1", first)


def test_its_owner_stops_everything(two: Two) -> None:
    job = new_job(two, 6)
    two.look()
    two.there.queue.stop_all()
    two.look()
    assert two.lane.seen.state == "resting" and elsewhere(two, job) == []
    (view,) = two.here.service.machines.all().machines
    assert view.reason == "Its owner has stopped these tasks."


def test_guests_are_refused(two: Two) -> None:
    two.there.settings.guests = "off"
    two.lane._asked = float("-inf")
    two.lane.step()
    assert two.lane.seen.state == "problem"
    assert str(two.lane.seen.reason).startswith("It says: This WebUI makes no images for others")
    job = new_job(two, 3)
    two.look()
    assert elsewhere(two, job) == []


def test_its_clock_is_wrong(two: Two) -> None:
    two.there.clock.now -= 3_000_000
    job = new_job(two, 6)
    two.look()
    two.there.run_one()
    two.look()
    (image,) = two.images(job)
    task = two.here.store.task(image.task)
    assert task is not None and task.finished == two.here.clock.now and task.started == task.finished - 4


def test_a_machine_without_guests_is_too_old(two: Two) -> None:
    def old(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(404, json={"detail": "Not Found"}) if "/guests" in request.url.path else None

    two.line.fault = old
    two.lane._asked = float("-inf")
    two.lane.step()
    assert str(two.lane.seen.reason) == "Its Inu Jobs is too old to make images for others: update it there."


def test_a_newer_one_may_say_more(two: Two) -> None:
    def newer(request: httpx.Request) -> httpx.Response | None:
        if request.method != "GET" or "/images/" in request.url.path:
            return None
        answer = httpx.Response(200)
        two.line.fault = lambda request: None
        answer = two.line(request)
        two.line.fault = newer
        if answer.status_code != 200:
            return answer
        return httpx.Response(200, json={**answer.json(), "mood": ["fine"]})

    two.line.fault = newer
    two.lane._asked = float("-inf")
    job = new_job(two, 6)
    two.look()
    two.there.run_one()
    two.look()
    assert len(two.images(job)) == 1 and two.lane.seen.state == "ready"


def test_its_disk_is_full(two: Two) -> None:
    job = new_job(two, 6)
    two.look()
    full = say("The disk is nearly full.")
    with two.there.store.transaction() as t:
        t.set_hold(Hold("disk", full))
    two.look()
    assert elsewhere(two, job) == [] and str(two.lane.seen.reason) == "It says: The disk is nearly full."


def test_ids_from_elsewhere_are_no_paths(two: Two) -> None:
    job = new_job(two, 6)
    two.look()
    task = next(task for task in two.tasks(job) if task.lane)
    with two.here.store.transaction() as t:
        t.put(replace(task, remote="../../../../x"))
    two.look()
    now = two.here.store.task(task.id)
    assert (
        now is not None and now.remote != "../../../../x" and not any(".." in one for one in two.line.asked)
    )


def test_a_pause_there_holds(two: Two) -> None:
    job = new_job(two, 14)
    two.look()
    (guest,) = two.there.store.jobs()
    two.there.service.jobs.pause(guest.id)
    for _ in range(4):
        two.look()
        two.here.clock.now += 40
    assert elsewhere(two, job) == [] and two.lane.seen.state == "resting"
    assert [known.id for known in two.there.store.jobs()] == [guest.id]
    two.there.service.jobs.resume(guest.id)
    two.here.clock.now += 40
    for _ in range(3):
        two.look()
    assert len(elsewhere(two, job)) == 2


@pytest.mark.parametrize(
    "odd",
    [
        {"seed": 2**64}, {"index": 10**9}, {"width": -1}, {"bytes": 2**60}, {"id": "../../x"}, {"bytes": 0},
    ],
)  # fmt: skip
def test_odd_numbers_reach_no_record(two: Two, odd: dict[str, object]) -> None:
    job = new_job(two, 6)
    two.look()
    two.there.run_one()

    def twisted(request: httpx.Request) -> httpx.Response | None:
        if request.method != "GET" or "/guests/j" not in request.url.path or "/images/" in request.url.path:
            return None
        two.line.fault = lambda request: None
        told = two.line(request).json()
        two.line.fault = twisted
        for task in told.get("tasks", ()):
            for image in task["images"]:
                image.update(odd)
            task.update(started=0.0, finished=1e300)
        return httpx.Response(200, json=told)

    two.line.fault = twisted
    two.look()
    assert not two.images(job) and not list(two.here.outputs.iterdir())
    assert "failed" not in {task.state for task in two.tasks(job)} and two.lane.seen.state == "ready"


def test_packed_answers_are_refused(two: Two) -> None:
    two.line.fault = lambda request: httpx.Response(
        200, headers={"content-encoding": "gzip"}, content=gzip.compress(b"{}")
    )
    two.lane._asked = float("-inf")
    two.lane.step()
    assert two.lane.seen.state == "problem" and str(two.lane.seen.reason) == FOREIGN


def test_a_look_without_an_end_keeps_no_task(two: Two) -> None:
    job = new_job(two, 14)
    two.look()
    assert len(elsewhere(two, job)) == 2
    two.lane._looks_since = two.here.clock.now
    two.here.clock.now += PATIENCE + 299
    two.here.queue.tick()
    assert len(elsewhere(two, job)) == 2
    two.here.clock.now += 2
    two.here.queue.tick()
    assert elsewhere(two, job) == [] and not two.lane.is_open
    two.here.queue.tick()
    assert elsewhere(two, job) == []


def test_one_that_refuses_again_and_again_rests(two: Two) -> None:
    def refusing(request: httpx.Request) -> httpx.Response | None:
        return (
            httpx.Response(409, json={"detail": "No such VAE.", "says": {}})
            if request.method == "PUT"
            else None
        )

    two.line.fault = refusing
    job = new_job(two, 30)
    for _ in range(6):
        two.look()
    assert two.lane.seen.state == "resting" and elsewhere(two, job) == []
    assert str(two.lane.seen.reason).endswith("It says: No such VAE.")
    assert len([one for one in two.line.asked if one.startswith("PUT")]) <= 6
