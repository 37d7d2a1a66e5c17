"""Tasks of another WebUI: put, followed, fetched, freed; and shown nowhere among one's own."""

from __future__ import annotations

import base64
import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from PIL import Image as Picture
from starlette.testclient import TestClient

from inu_jobs.ports import Made, Saved
from inu_jobs.queue.schedule.leases import SECONDS
from inu_jobs.web.routes import ROOT
from tests.unit.service.service_kit import House
from tests.unit.web.web_kit import PROOF, client_of, plain_app

PAYLOAD = {"prompt": "a fox", "steps": 20, "width": 64, "height": 64, "sampler_name": "Euler a"}
GUEST = "workshop-1"
URL = f"{ROOT}/guests/{GUEST}"


@pytest.fixture
def other(house: House) -> TestClient:
    """The other WebUI, which knows the password."""
    house.settings.guests = "last"
    client = client_of(plain_app(house, api_auth="ada:secret"))
    client.auth = ("ada", "secret")
    client.headers.update(PROOF)
    return client


def task(number: int, **payload: Any) -> dict[str, Any]:
    return {"id": f"t-{number:08}", "payload": {**PAYLOAD, "seed": number, **payload}}


def put(client: TestClient, *tasks: dict[str, Any], kind: str = "txt2img", url: str = URL) -> httpx.Response:
    return client.put(url, json={"name": "Workshop", "kind": kind, "tasks": list(tasks)})


def states(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["state"] for one in answer.json()["tasks"]]


def counts(client: TestClient) -> Any:
    status = client.get(f"{ROOT}/status").json()
    jobs = client.get(f"{ROOT}/jobs").json()
    found = client.get(f"{ROOT}/images").json()
    told = {name: status["store"][name] for name in ("jobs", "tasks", "images")}
    return told, status["waiting"], status["running"], jobs["total"], jobs["states"], found["total"]


def test_put_followed_fetched_and_freed(house: House, other: TestClient) -> None:
    assert states(put(other, task(1), task(2))) == ["held", "held"]
    house.run_one()
    answer = other.get(URL)
    assert states(answer) == ["done", "queued"]
    (image,) = answer.json()["tasks"][0]["images"]
    (file,) = house.outputs.glob("*.png")
    assert (image["name"], image["bytes"], image["index"]) == (file.name, file.stat().st_size, 0)
    assert other.get(f"{URL}/images/{image['id']}").content == file.read_bytes()
    text = file.with_suffix(".txt")
    text.write_text("Steps: 20")
    answer = other.post(f"{URL}/free", json={"tasks": ["t-00000001"]})
    assert states(answer) == ["queued"] and answer.json()["tasks"][0]["id"] == "t-00000002"
    assert not file.exists() and not text.exists()
    assert other.get(f"{URL}/images/{image['id']}").status_code == 404
    (guest,) = other.get(f"{ROOT}/guests").json()["guests"]
    assert (guest["images"], guest["seconds"], guest["name"]) == (1, 4, "Workshop")
    house.run_one()
    assert other.delete(URL).status_code == 200
    assert not house.store.jobs() and not list(house.outputs.iterdir())
    assert other.get(URL).status_code == 404


def test_putting_the_same_again_changes_nothing(house: House, other: TestClient) -> None:
    put(other, task(1), task(2))
    before = house.store.revision
    assert states(put(other, task(2), task(1))) == ["held", "held"]
    assert house.store.revision == before
    assert states(put(other, task(2), task(3))) == ["held"] * 3
    with ThreadPoolExecutor(4) as pool:  # sent again before the answer came
        list(pool.map(lambda _: put(other, task(7), url=f"{ROOT}/guests/another-1"), range(4)))
    assert len(house.store.jobs()) == 2


def test_a_guest_shows_nowhere_among_ones_own(house: House, other: TestClient) -> None:
    mine = house.add_done()
    before = counts(other)
    changes = other.get(f"{ROOT}/changes").json()
    put(other, task(1), task(2))
    house.queue.tick()
    house.scheduler.begin()
    house.queue.tick()
    assert other.get(f"{ROOT}/live").json()["task"] is None
    house.scheduler.end([house_image(house)])
    house.queue.tick()
    assert counts(other) == before
    seen = other.get(
        f"{ROOT}/changes", params={"epoch": changes["epoch"], "since": changes["revision"]}
    ).json()
    assert not seen["jobs"] and not seen["tasks"] and not seen["images"]
    house.service.auditor.round()  # finds that each of the test's pictures has one color
    theirs = next(job.id for job in house.store.jobs() if job.guest is not None)
    assert [bool(image.findings) for id in (mine, theirs) for image in house.store.images_of(id)] == [
        True,
        False,
    ]
    # but it is in the run plan, where its owner pauses and reorders it
    (run,) = other.get(f"{ROOT}/queue/plan").json()["jobs"]
    assert run["name"] == "for Workshop" and run["tasks"] == 1
    assert other.post(f"{ROOT}/jobs/{run['job']}/pause").status_code == 200
    answer = other.get(URL).json()
    assert (answer["waits"], answer["reason"]) == ("hold", "The owner of this WebUI paused these tasks.")


def house_image(house: House) -> Any:
    from inu_jobs.ports import Made

    return Made(str(house.draw()), seed=1)


@pytest.mark.parametrize(("when", "priority"), [("last", -1000), ("turn", 0), ("first", 1000)])
def test_its_owner_says_when_it_runs(house: House, other: TestClient, when: Any, priority: int) -> None:
    house.settings.guests = when
    put(other, task(1))
    assert [job.priority for job in house.store.jobs()] == [priority]


def test_who_does_not_ask_is_stopped_until_he_asks_again(house: House, other: TestClient) -> None:
    put(other, task(1), task(2), task(3), task(4))
    house.queue.tick()
    assert "queued" in states(other.get(URL))
    house.clock.now += SECONDS + 1
    house.queue.tick()
    assert [one.state for one in house.store.tasks_of(house.store.jobs()[0].id)] == ["held"] * 4
    (guest,) = other.get(f"{ROOT}/guests").json()["guests"]
    assert guest["forgotten"] and guest["silence"] > SECONDS
    other.get(URL)
    house.queue.tick()
    assert "queued" in states(other.get(URL))


def test_switched_off_nothing_of_theirs_runs(house: House, other: TestClient) -> None:
    put(other, task(1))
    house.queue.tick()
    house.settings.guests = "off"
    for answer in (put(other, task(2)), other.get(URL), other.post(f"{URL}/free", json={"tasks": []})):
        assert answer.status_code == 409 and "Settings > Inu Jobs" in answer.json()["detail"]
    house.queue.tick()
    assert not house.store.tasks_in("queued")


def test_without_a_password_nobody_is_a_guest(house: House) -> None:
    house.settings.guests = "first"
    client = client_of(plain_app(house))
    client.headers.update(PROOF)
    for answer in (put(client, task(1)), client.get(URL), client.delete(URL)):
        assert answer.status_code == 409 and "--api-auth" in answer.json()["detail"]
    assert not house.store.jobs()


def test_taking_back_what_waits_and_stopping_what_runs(house: House, other: TestClient) -> None:
    put(other, task(1), task(2), task(3))
    house.queue.tick()
    house.scheduler.begin()
    house.queue.tick()
    assert states(other.get(URL))[0] == "running"
    running = house.scheduler.current
    assert running is not None
    answer = other.post(f"{URL}/free", json={"tasks": ["t-00000001", "t-00000003", "t-nobody-1"]})
    assert [one["id"] for one in answer.json()["tasks"]] == ["t-00000002"]
    assert house.scheduler.interrupted == [running.task]
    assert not any(request.payload["seed"] == 3 for request in house.scheduler.waiting.values())


def png(color: str) -> str:
    data = io.BytesIO()
    Picture.new("RGB", (64, 64), color).save(data, "PNG")
    return base64.b64encode(data.getvalue()).decode()


def test_images_come_along_and_those_here_stay_here(house: House, other: TestClient) -> None:
    assert states(put(other, task(1, init_images=[png("red")]), kind="img2img")) == ["held"]
    mine = house.add_done()
    (image,) = house.store.images_of(mine)
    answer = put(other, task(2, init_images=[f"image:{image.id}"]), kind="img2img")
    assert answer.status_code == 422 and answer.json()["field"] == "tasks.0.payload"
    assert "send the image itself" in answer.json()["detail"]
    answer = other.get(f"{URL}/images/{image.id}")
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"seed": -1}, "seed"),
        ({"subseed": -1, "subseed_strength": 0.5}, "seed"),
        ({"n_iter": 2}, "n_iter"),
        ({"override_settings": {"outdir_samples": "/tmp"}}, "override_settings.outdir_samples"),
        ({"init_images": ["/etc/passwd"]}, "init_images.0"),
        ({"width": "wide"}, "width"),
    ],
    ids=str,
)
def test_what_cannot_be_made_here_is_refused_whole(
    house: House, other: TestClient, payload: dict[str, Any], field: str
) -> None:
    kind = "img2img" if "init_images" in payload else "txt2img"
    good = {"init_images": [png("red")]} if kind == "img2img" else {}
    answer = put(other, task(1, **good), task(2, **payload), kind=kind)
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == f"tasks.1.payload.{field}"
    assert not house.store.jobs()


def test_a_checkpoint_that_is_not_here_is_named(house: House, other: TestClient) -> None:
    answer = put(other, task(1, override_settings={"sd_model_checkpoint": "not here"}))
    assert answer.status_code == 409 and "not here" in answer.json()["detail"]


@pytest.mark.parametrize("id", ["short", "a" * 65, "with space", "ünïcödé-1"])
def test_ids_are_letters_and_digits(other: TestClient, id: str) -> None:
    assert put(other, task(1), url=f"{ROOT}/guests/{id}").status_code == 422


def test_what_a_task_saves_while_it_is_being_stopped_is_deleted(house: House, other: TestClient) -> None:
    put(other, task(1), task(2))
    house.queue.tick()
    house.scheduler.begin()
    house.queue.tick()
    running = house.scheduler.current
    assert running is not None
    early, late = house.draw(), house.draw()
    house.queue.receive(Saved(running.task, str(early)))
    house.queue.tick()
    other.post(f"{URL}/free", json={"tasks": ["t-00000001"]})
    house.queue.receive(Saved(running.task, str(late)))
    house.scheduler.end([Made(str(late), seed=1)])
    house.queue.tick()
    assert not early.exists() and not late.exists()
    assert not house.queue._desk.dropped
