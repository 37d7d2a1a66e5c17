"""Exports by HTTP: asked for with a POST, fetched by a plain link."""

from __future__ import annotations

import asyncio
import io
import json
import threading
import time
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote

import pytest
from PIL import Image as Picture
from starlette.testclient import TestClient

from inu_jobs.api import DeriveSpec, JobSpec, Purge, Selection, SetVerdict
from inu_jobs.library.export import Look, Part, matrix, sheet
from inu_jobs.library.export.items import ItemSource
from inu_jobs.model import AxisSpec
from inu_jobs.service.export import exports
from inu_jobs.web import replies
from inu_jobs.web.routes import ROOT
from tests.unit.service.service_kit import PROMPT, House
from tests.unit.web.web_kit import PROOF, client_of, plain_app

BASE = {"prompt": PROMPT, "steps": 2, "width": 64, "height": 64}


def ask(client: TestClient, path: str, body: dict[str, Any], status: int = 201) -> Any:
    answer = client.post(ROOT + path, json=body, headers=PROOF)
    assert answer.status_code == status, answer.text
    return answer.json()


def fetch(client: TestClient, told: dict[str, Any]) -> Any:
    answer = client.get(f"{ROOT}/exports/{told['download']}")
    assert answer.status_code == 200
    assert answer.headers["content-encoding"] == "identity"
    assert answer.headers["cache-control"] == "no-store"
    return answer


def test_a_job_as_a_zip(client: TestClient, house: House) -> None:
    id = house.add_done(3, name="Häuser: am See?")
    house.add_done(1, name="another")
    told = ask(client, f"/jobs/{id}/export", {"format": "zip"})
    assert (told["name"], told["images"]) == ("Häuser am See.zip", 3)
    for _ in range(2):  # a browser may ask twice
        answer = fetch(client, told)
        disposition = answer.headers["content-disposition"]
        assert disposition.startswith('attachment; filename="H_user am See.zip"')
        assert unquote(disposition.partition("UTF-8''")[2]) == "Häuser am See.zip"
        archive = zipfile.ZipFile(io.BytesIO(answer.content))
        assert len(archive.namelist()) == 4 and archive.testzip() is None


@pytest.mark.parametrize("format", ["zip", "sheet", "csv", "json"])
def test_the_status_tells_how_far_an_export_is(client: TestClient, house: House, format: str) -> None:
    """Only while it is sent; each image counts once, whatever the form asks of it."""
    id = house.add_done(4)
    told = ask(client, f"/jobs/{id}/export", {"format": format})
    assert house.service.overview.status().work == []
    seen = []
    for _ in house.service.exports.fetch(told["download"]).make():
        (work,) = house.service.overview.status().work
        assert (work.id, work.total) == (told["download"], 4)
        assert work.what == f"Exporting {told['name']}"
        seen.append(work.done)
    assert seen == sorted(seen) and seen[-1] == 4 and len(set(seen)) > 1
    assert house.service.overview.status().work == []


def test_a_selection_across_jobs(client: TestClient, house: House) -> None:
    jobs = [house.add_done(2, name="same"), house.add_done(1, name="Same")]
    images = [image.id for job in jobs for image in house.store.images_of(job)]
    told = ask(client, "/images/export", {"selection": {"images": images[1:]}, "format": "zip"})
    names = zipfile.ZipFile(io.BytesIO(fetch(client, told).content)).namelist()
    assert told["name"] == "images.zip"
    assert [name.split("-")[0] for name in names] == ["parameters.json", "same/0002", "Same (2)/0001"]


def test_images_are_numbered_as_in_the_grid(client: TestClient, house: House) -> None:
    """What was thrown away keeps its number, in the trash or not, and what failed has one."""
    id = house.add(5)
    for images in (2, 1, 2):
        house.run_one(images=images)
    house.run_one(error="it failed")
    house.run_one()
    a, _, b, *rest = [image.id for image in house.store.images_of(id)]
    thrown = Selection(images=[a, b])
    house.service.trash.trash(thrown)
    house.service.trash.purge(Purge(Selection(images=[b]), for_good=True))
    last = {"selection": {"images": rest[::-1]}, "format": "zip"}
    for body in ({"selection": {"jobs": [id]}, "format": "zip"}, last):
        told = ask(client, "/images/export", body)
        names = zipfile.ZipFile(io.BytesIO(fetch(client, told).content)).namelist()[1:]
        numbers = [name.rpartition("/")[2].partition("-")[0] for name in names]
        assert sorted(numbers) == ["0002", "0004", "0005", "0007"][-len(numbers) :]


def parts_of_a_sheet(client: TestClient, job: str, monkeypatch: pytest.MonkeyPatch) -> list[Part]:
    seen: list[Part] = []

    def sheet_of(parts: Sequence[Part], source: ItemSource, look: Look) -> Iterator[bytes]:
        seen.extend(parts)
        yield b"..."

    monkeypatch.setattr(exports, "sheet_of", sheet_of)
    fetch(client, ask(client, f"/jobs/{job}/export", {"format": "sheet"}))
    return seen


def test_a_sheet_says_what_sets_each_image_apart(
    client: TestClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts = ["a fox <lora:ink:1>", "a boat <lora:ink:1>"]
    axes = [AxisSpec("prompt", prompts), AxisSpec("lora:ink", [None, 0.6])]
    id = house.service.jobs.create(JobSpec("txt2img", BASE, axes=axes, force=True)).id
    for _ in range(4):
        house.run_one()
    values = [part.values for part in parts_of_a_sheet(client, id, monkeypatch)]
    told = [(prompt, ink) for prompt in ("a boat", "a fox") for ink in ("LoRA ink 0.6", "without ink")]
    assert sorted((one["Prompt"], one["lora:ink"]) for one in values) == told

    # of a source's own prompt, an axis says nothing
    chosen = Selection(images=[image.id for image in house.store.images_of(id)][:1])
    axes = [AxisSpec("lora:*", [{"scale": 0.5}, {"scale": 1}]), AxisSpec("denoising_strength", [0.3, 0.5])]
    made = house.service.jobs.derive(DeriveSpec(chosen, "img2img", axes=axes, force=True)).id
    for _ in range(4):
        house.run_one()
    values = [part.values for part in parts_of_a_sheet(client, made, monkeypatch)]
    assert values[0] == {"lora:*": "LoRA x0.5", "Denoising strength": "denoising 0.3"}


def test_a_selection_within_a_job_and_other_forms(client: TestClient, house: House) -> None:
    id, other = house.add_done(3), house.add_done(1)
    images = [image.id for image in house.store.images_of(id)]
    mixed = {"images": [images[0], house.store.images_of(other)[0].id]}
    told = ask(client, f"/jobs/{id}/export", {"format": "json", "selection": mixed})
    assert [one["image"] for one in json.loads(fetch(client, told).content)] == [images[0]]
    told = ask(client, f"/jobs/{id}/export", {"format": "csv"})
    answer = fetch(client, told)
    assert answer.headers["content-type"].startswith("text/csv") and len(answer.text.splitlines()) == 4
    for picture in ("jpeg", "png"):
        told = ask(client, f"/jobs/{id}/export", {"format": "sheet", "picture": picture})
        answer = fetch(client, told)
        assert answer.headers["content-type"] == f"image/{picture}"
        assert Picture.open(io.BytesIO(answer.content)).format == picture.upper()


def test_what_cannot_be_exported(client: TestClient, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    id, empty = house.add_done(2), house.add()
    assert "no image" in ask(client, f"/jobs/{empty}/export", {"format": "zip"}, 409)["detail"]
    assert ask(client, "/jobs/nope/export", {"format": "zip"}, 404)["detail"]
    assert ask(client, "/images/export", {"format": "zip", "selection": {}}, 422)["detail"]
    assert ask(client, f"/jobs/{id}/export", {"format": "rar"}, 422)["field"] == "format"
    monkeypatch.setattr(exports, "MAX_ON_SHEETS", 1)
    assert sheet.MAX_ON_SHEETS == 2000
    assert "at most 1 images" in ask(client, f"/jobs/{id}/export", {"format": "sheet"}, 409)["detail"]


def test_a_job_as_a_matrix(client: TestClient, house: House) -> None:
    axes = [AxisSpec("cfg_scale", [5, 7.5]), AxisSpec("seed", [1, 2, 3]), AxisSpec("steps", [1, 2])]
    id = house.service.jobs.create(JobSpec("txt2img", BASE, name="Table", axes=axes, force=True)).id
    for _ in range(12):
        house.run_one()
    view = {"format": "matrix", "rows": 0, "columns": 1, "at": [0, 0, 1]}
    told = ask(client, f"/jobs/{id}/export", view)
    assert (told["name"], told["images"]) == ("Table - matrix.jpg", 6)
    answer = fetch(client, told)
    assert answer.headers["content-type"] == "image/jpeg"
    assert Picture.open(io.BytesIO(answer.content)).width > 500
    made = {task.id: task.coords for task in house.store.tasks_of(id)}
    for image in house.store.images_of(id):
        if made[image.task] in ([1, 2, 1], [0, 0, 0]):
            selection = Selection(images=[image.id])
            house.service.marks.set_verdict(SetVerdict(selection, "kept"))
    told = ask(client, f"/jobs/{id}/export", {**view, "kept": True, "picture": "png"})
    assert (told["name"], told["images"]) == ("Table - matrix.png", 1)
    assert Picture.open(io.BytesIO(fetch(client, told).content)).format == "PNG"
    one = ask(client, f"/jobs/{id}/export", {**view, "rows": -1, "columns": 2})
    assert one["images"] == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rows": 1}, "two different axes"), ({"rows": -2}, "two different axes"),
        ({"columns": 2}, "two different axes"), ({"at": [0]}, "a value for each axis"),
        ({"at": [0, 3]}, "a value for each axis"), ({"at": [0, -1]}, "a value for each axis"),
        ({"kept": True}, "no kept image"), ({"selection": {"images": []}}, "table has no images"),
    ],
)  # fmt: skip
def test_a_matrix_that_there_is_not(
    client: TestClient, house: House, change: dict[str, Any], sentence: str
) -> None:
    axes = [AxisSpec("cfg_scale", [5, 7.5]), AxisSpec("seed", [1, 2])]
    id = house.service.jobs.create(JobSpec("txt2img", BASE, axes=axes, force=True)).id
    house.run_one()
    body = {"format": "matrix", "rows": 0, "columns": 1, "at": [0, 0], **change}
    assert sentence in ask(client, f"/jobs/{id}/export", body, 409)["detail"]
    everything = {"format": "matrix", "selection": {"jobs": [id]}}
    assert ask(client, "/images/export", everything, 422)["field"] == "format"


def test_a_matrix_too_large_is_refused(
    client: TestClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = house.service.jobs.create(JobSpec("txt2img", BASE, axes=[AxisSpec("seed", [1, 2])], force=True)).id
    house.run_one()
    monkeypatch.setattr(matrix, "MAX_PIXELS", 10_000)
    body = {"format": "matrix", "rows": -1, "columns": 0, "at": [0]}
    assert "2 cells are too many for one image" in ask(client, f"/jobs/{id}/export", body, 409)["detail"]


def test_a_download_is_forgotten_after_ten_minutes(
    client: TestClient, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = ask(client, f"/jobs/{house.add_done()}/export", {"format": "csv"})
    fetch(client, told)
    monkeypatch.setattr(house.service.exports, "_clock", lambda: time.monotonic() + 601)
    answer = client.get(f"{ROOT}/exports/{told['download']}")
    assert answer.status_code == 404 and "export again" in answer.json()["detail"]


def test_only_so_many_downloads_wait(client: TestClient, house: House) -> None:
    id = house.add_done()
    tokens = [ask(client, f"/jobs/{id}/export", {"format": "csv"}) for _ in range(60)]
    assert client.get(f"{ROOT}/exports/{tokens[0]['download']}").status_code == 404
    fetch(client, tokens[-1])


def test_a_download_needs_the_same_login(house: House) -> None:
    inside = client_of(plain_app(house, api_auth="me:secret"))
    id = house.add_done()
    body = {"format": "csv"}
    told = inside.post(f"{ROOT}/jobs/{id}/export", json=body, headers=PROOF, auth=("me", "secret")).json()
    path = f"{ROOT}/exports/{told['download']}"
    assert inside.get(path).status_code == 401
    assert inside.get(path, auth=("me", "secret")).status_code == 200


@pytest.mark.parametrize("gone_at", [1, 4])
def test_a_client_that_is_gone_ends_the_work(gone_at: int) -> None:
    made, closed = [], threading.Event()

    def work() -> Iterator[bytes]:
        try:
            for number in range(10_000):
                made.append(number)
                time.sleep(0.002)
                yield b"x" * 1000
        finally:
            closed.set()

    async def go() -> None:
        sent = 0
        gone = asyncio.Event()

        async def send(message: dict[str, Any]) -> None:
            nonlocal sent
            sent += 1
            if sent > gone_at:
                gone.set()

        async def receive() -> dict[str, Any]:
            await gone.wait()
            return {"type": "http.disconnect"}

        scope = {"type": "http", "method": "GET", "asgi": {"spec_version": "2.3"}}
        await replies.download("a.zip", "application/zip", work())(scope, receive, send)

    asyncio.run(go())
    assert closed.wait(5) and len(made) < 1000


def test_finding_by_http(client: TestClient, house: House) -> None:
    house.add_done(2)
    house.add_done(1, payload={"prompt": "a boat", "steps": 1, "width": 64, "height": 64})
    answer = client.get(f"{ROOT}/images?text=LAKE&limit=1&offset=1&rating=0&verdict=unreviewed&seed=0")
    assert answer.status_code == 200 and answer.json()["total"] == 2 and len(answer.json()["images"]) == 1
    assert client.get(f"{ROOT}/images?text=boat").json()["images"][0]["width"] == 64
    for bad in ("rating=6", "verdict=good", "seed=-1", "limit=0", "offset=x"):
        answer = client.get(f"{ROOT}/images?{bad}")
        assert answer.status_code == 422 and answer.json()["field"] == bad.partition("=")[0]


def test_saving_to_the_webuis_own_folder(client: TestClient, house: House) -> None:
    job = house.add_done(3)
    first, second, _ = house.store.images_of(job)
    (house.folder / second.path).unlink()
    told = ask(client, "/images/save", {"selection": {"jobs": [job]}}, 200)
    assert told["done"] == 2 and [one["id"] for one in told["failed"]] == [second.id]
    saved = house.folder / "log" / "images"
    original = house.folder / first.path
    assert (saved / original.name).read_bytes() == original.read_bytes() and len(list(saved.iterdir())) == 2
    assert ask(client, "/images/save", {"selection": {"images": [first.id]}}, 200)["done"] == 1
    assert len(list(saved.iterdir())) == 2


def test_a_save_folder_that_cannot_be_written(client: TestClient, house: House) -> None:
    job = house.add_done()
    (house.folder / "log").write_text("in the way")
    told = ask(client, "/images/save", {"selection": {"jobs": [job]}}, 200)
    assert told["done"] == 0 and "was not saved" in told["failed"][0]["message"]
