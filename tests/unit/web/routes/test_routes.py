"""Every route on real parts: what it answers, and what it will not do."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import sys
import threading
from typing import Any

import httpx
import msgspec
import pytest
from PIL import Image as Picture
from starlette.testclient import TestClient

from inu_jobs import api
from inu_jobs.model import Image
from inu_jobs.web.routes import ROOT
from tests.unit.service.service_kit import PROMPT, House
from tests.unit.web.web_kit import PROOF, SITE, all_requests, client_of, plain_app

SPEC = {"kind": "txt2img", "payload": {"prompt": PROMPT, "steps": 20, "width": 64, "height": 64}}


def get(client: TestClient, path: str, type_: type | None = None, **more: Any) -> Any:
    answer = client.get(ROOT + path, **more)
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return answer.json() if type_ is None else msgspec.json.decode(answer.content, type=type_)


def post(client: TestClient, path: str, body: Any = None, status: int = 200) -> Any:
    answer = (
        client.post(ROOT + path, json=body, headers=PROOF)
        if body
        else client.post(ROOT + path, headers=PROOF)
    )
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_job_goes_round_by_http(client: TestClient, house: House) -> None:
    plan = post(client, "/plan", {**SPEC, "axes": [{"field": "steps", "values": [10, 20]}]})
    assert (plan["tasks"], plan["images"], plan["findings"]) == (2, 2, [])
    created = post(client, "/jobs", {**SPEC, "axes": [{"field": "steps", "values": [10, 20]}]}, 201)
    id = created["id"]
    start = get(client, "/jobs")
    assert [job["id"] for job in start["jobs"]] == [id] and start["revision"] == house.store.revision
    house.run_one()
    changes = get(client, f"/changes?epoch={start['epoch']}&since={start['revision']}", api.Changes)
    assert [job.id for job in changes.jobs] == [id] and len(changes.images) == 1
    assert client.get(f"{ROOT}/live/preview").status_code == 204
    house.run_one()
    detail = get(client, f"/jobs/{id}")
    assert [task["state"] for task in detail["tasks"]] == ["done", "done"]
    assert (
        detail["job"]["state"] == "review" and [i["verdict"] for i in detail["images"]] == ["unreviewed"] * 2
    )
    image = detail["images"][0]["id"]
    assert get(client, f"/images/{image}/info", api.ImageInfo).image.id == image
    renamed = client.patch(f"{ROOT}/jobs/{id}", json={"name": "renamed"}, headers=PROOF)
    assert renamed.status_code == 200 and renamed.json()["name"] == "renamed"
    assert client.delete(f"{ROOT}/jobs/{id}?images=keep", headers=PROOF).json()["jobs"] == [id]
    assert get(client, "/jobs")["jobs"] == []


def test_what_has_no_arguments(client: TestClient, house: House) -> None:
    assert get(client, "/status", api.Status).scheduler.attached
    assert get(client, "/live", api.Live).task is None
    assert "Euler a" in get(client, "/catalog")["samplers"]
    draft = house.captures.put("txt2img", {"prompt": "x"}, name="n")
    assert get(client, f"/captures/{draft.id}", api.Capture) == draft


def test_live_preview(client: TestClient, house: House) -> None:
    house.add()
    house.queue.tick()
    house.scheduler.begin()
    house.scheduler.picture = (b"\xff\xd8jpeg", "image/jpeg")
    answer = client.get(f"{ROOT}/live/preview?n=3")
    assert (answer.content, answer.headers["content-type"]) == (b"\xff\xd8jpeg", "image/jpeg")
    assert answer.headers["cache-control"] == "no-store"


def test_actions(client: TestClient, house: House) -> None:
    id = house.add(tasks=2)
    house.queue.tick()
    assert post(client, f"/jobs/{id}/pause")["state"] == "held"
    assert post(client, f"/jobs/{id}/resume")["state"] == "waiting"
    assert post(client, f"/jobs/{id}/cancel")["tasks"]["cancelled"] == 2
    assert post(client, f"/jobs/{id}/cancel", status=409)["detail"]
    one = house.store.tasks_of(id)[1].id
    assert post(client, f"/jobs/{id}/retry?task={one}")["tasks"]["cancelled"] == 1
    assert post(client, f"/jobs/{id}/retry?task={one}", status=409)["detail"]
    assert post(client, f"/jobs/{id}/retry")["state"] == "waiting"


def test_preflight_errors_are_409_with_findings_and_force_goes_on(client: TestClient, house: House) -> None:
    spec = {**SPEC, "payload": {**SPEC["payload"], "prompt": "a cat <lora:dgo:1>"}}
    problem = post(client, "/jobs", spec, 409)
    finding = problem["findings"][0]
    assert finding["severity"] == "error" and finding["suggestion"] == "dog" and problem["detail"]
    assert house.store.revision == 0
    assert post(client, "/jobs", {**spec, "force": True}, 201)["id"]


def test_unknown_ids_are_404_everywhere(house: House) -> None:
    house.settings.guests = "turn"
    client = client_of(plain_app(house, api_auth="ada:secret"))
    client.auth = ("ada", "secret")
    revision = house.store.revision
    for id in (
        "nope",
        "j" * 5000,
        "%00",
        "..%2f..%2fetc%2fpasswd",
        "..",
        "%ed%a0%80",
        "a b",
        "<script>",
        "'",
    ):
        for method, path in all_requests(id):
            if id in path and method != "PUT":  # which makes what is not there
                body = {"json": {"name": "x"}} if method == "PATCH" or "/edit" in path else {}
                body = {"json": {"format": "csv"}} if path.endswith("/export") else body
                body = {"json": {"tasks": []}} if path.endswith("/free") else body
                answer = client.request(method, path, headers=PROOF, **body)
                assert answer.status_code in (404, 405), path
                assert id not in answer.text
    assert house.store.revision == revision


@pytest.mark.parametrize(
    "query",
    [
        "limit=-1",
        "limit=0",
        "limit=1001",
        "limit=1e999",
        "limit=abc",
        "limit=٣",
        "limit=" + "9" * 400,
        "limit=%00",
        "offset=-1",
        "offset=1.5",
        "state=nonsense",
        "state=%ff",
        "state=waiting%00",
    ],
)
def test_a_wrong_query_is_422_with_its_field(client: TestClient, query: str) -> None:
    answer = client.get(f"{ROOT}/jobs?{query}")
    assert answer.status_code == 422
    assert answer.json()["field"] == query.partition("=")[0] and answer.json()["detail"].endswith(".")


def test_odd_but_harmless_queries(client: TestClient, house: House) -> None:
    house.add(name="x")
    for query in (
        "limit=&offset=",
        "text=%ff%fe",
        "text=%00",
        "text=" + "a" * 5000,
        "limit=1&limit=5",
        "what=ever",
        "&&=",
    ):
        assert client.get(f"{ROOT}/jobs?{query}").status_code == 200, query
    for query in ("since=99999999", "epoch=%00&since=1", "epoch=" + "a" * 5000):
        assert get(client, f"/changes?{query}")["reset"] is True
    assert client.get(f"{ROOT}/changes?since=-1").status_code == 422
    deleted = client.delete(f"{ROOT}/jobs/{house.store.jobs()[0].id}?images=shred", headers=PROOF)
    assert deleted.status_code == 422 and deleted.json()["field"] == "images"
    assert house.store.counts()[0] == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", ""),
        (b"   ", ""),
        (b"{", ""),
        (b"[]", ""),
        (b"null", ""),
        (b'"x"', ""),
        (b"\xff\xfe", ""),
        (b"NaN", ""),
        (b"[" * 100_000, ""),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, None),
        (b'{"payload":{}}', "kind"),
        (b'{"kind":"txt2img"}', "payload"),
        (b'{"kind":"x","payload":{}}', "kind"),
        (b'{"kind":"txt2img","payload":[]}', "payload"),
        (b'{"kind":"txt2img","payload":{},"nonsense":1}', "nonsense"),
        (b'{"kind":"txt2img","payload":{},"axes":[{"field":1,"values":[]}]}', "axes.0.field"),
        (b'{"kind":"txt2img","payload":{},"axes":[{"field":"steps"}]}', "axes.0.values"),
        (b'{"kind":"txt2img","payload":{"cfg_scale":1e999}}', None),
        (b'{"kind":"txt2img","payload":{"cfg_scale":NaN}}', None),
        (b'{"kind":"txt2img","payload":{"seed":99999999999999999999999999}}', "seed"),
        (b'{"kind":"txt2img","payload":{},"priority":99999999999999999999999999}', "priority"),
        (b'{"kind":"txt2img","payload":{"prompt":"\\ud800"}}', None),
        (b'{"kind":"txt2img","payload":{"prompt":"a\\u0000b"}}', "prompt"),
        (b'{"kind":"txt2img","payload":{"a\\u0000b":1}}', "payload"),
        (b'{"kind":"txt2img","payload":{"steps":"many"}}', "steps"),
        (b'{"kind":"txt2img","payload":{"a":' + b"[" * 100 + b"]" * 100 + b"}}", None),
        (b'{"kind":"txt2img","payload":{"override_settings":[]}}', "override_settings"),
        (b'{"kind":"txt2img","payload":{"alwayson_scripts":{"a":1}}}', "alwayson_scripts.a"),
        (b'{"kind":"txt2img","payload":{"n_iter":1e9}}', None),
        (b'{"kind":"txt2img","payload":{"n_iter":0}}', None),
    ],
)
def test_a_wrong_body_is_422_with_one_sentence(
    client: TestClient, house: House, body: bytes, field: str | None
) -> None:
    for path in ("/plan", "/jobs"):
        answer = client.post(ROOT + path, content=body, headers={**PROOF, "Content-Type": "application/json"})
        problem = answer.json()
        assert answer.status_code == 422, problem
        assert problem["detail"].endswith(".") and "Traceback" not in problem["detail"]
        assert field is None or problem.get("field", "") == field
    assert house.store.revision == 0


def test_a_mistake_of_ours_is_one_sentence_and_a_traceback_on_the_console(
    house: House, client: TestClient, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise KeyError("secret detail")

    monkeypatch.setattr(house.service.overview, "status", broken)
    answer = client.get(f"{ROOT}/status")
    assert answer.status_code == 500 and "console" in answer.json()["detail"]
    assert "secret" not in answer.text
    assert "secret detail" in capsys.readouterr().err


def test_a_read_only_store_is_503(client: TestClient, house: House) -> None:
    id = house.add()
    house.store.close()
    assert post(client, "/jobs", SPEC, 503)["detail"]
    answer = client.patch(f"{ROOT}/jobs/{id}", json={"name": "x"}, headers=PROOF)
    assert answer.status_code == 503
    assert get(client, "/status", api.Status).store.read_only


# ------------------------------------------------------------------------------- files


def an_image(house: House) -> Image:
    house.add_done()
    return house.store.images_of(house.store.jobs()[0].id)[0]


def test_the_file_comes_as_it_is(client: TestClient, house: House) -> None:
    image = an_image(house)
    path = house.folder / image.path
    answer = client.get(f"{ROOT}/images/{image.id}/file")
    assert answer.content == path.read_bytes()
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-encoding"] == "identity", "or the WebUI would gzip it at level 9"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert int(answer.headers["content-length"]) == path.stat().st_size


def test_files_and_thumbs_are_cached_by_version(client: TestClient, house: House) -> None:
    image = an_image(house)
    version = get(client, f"/jobs/{image.job}")["images"][0]["version"]
    for what in ("file", "thumb"):
        url = f"{ROOT}/images/{image.id}/{what}"
        lasting = client.get(f"{url}?v={version}")
        assert (
            "immutable" in lasting.headers["cache-control"] and "private" in lasting.headers["cache-control"]
        )
        for other in (url, f"{url}?v=old", f"{url}?v="):
            assert "immutable" not in client.get(other).headers["cache-control"]
        tag = {"If-None-Match": f'"x", W/{lasting.headers["etag"]}'}
        again = client.get(url, headers=tag)
        assert again.status_code == 304 and again.content == b""


def test_a_thumb_is_a_small_picture(client: TestClient, house: House) -> None:
    house.add()
    house.queue.tick()
    house.scheduler.begin()
    path = house.outputs / "big.png"
    Picture.new("RGB", (1000, 500)).save(path)
    from inu_jobs.ports import Made

    house.scheduler.end([Made(str(path))])
    house.queue.tick()
    image = house.store.images_of(house.store.jobs()[0].id)[0]
    answer = client.get(f"{ROOT}/images/{image.id}/thumb")
    assert Picture.open(io.BytesIO(answer.content)).size == (320, 160)
    assert answer.headers["content-encoding"] == "identity"
    assert answer.headers["content-type"] in ("image/webp", "image/jpeg")


def test_a_folder_whose_name_is_no_text_is_listed(client: TestClient, house: House) -> None:
    try:
        (house.outputs / "caf\udce9").mkdir()
        house.draw("caf\udce9/1.png")
    except (OSError, UnicodeError):
        pytest.skip("this system takes no such name")
    answer = client.get(f"{ROOT}/import/folders")
    assert answer.status_code == 200
    (folder,) = answer.json()["folders"]
    assert (folder["name"], folder["images"]) == ("caf?", 1)
    began = client.post(f"{ROOT}/import", json={"folders": [folder["id"]]}, headers=PROOF)
    assert began.status_code == 202


def forge(house: House, path: str) -> str:
    """An image record that says its file is ``path``; the image's id."""
    image = an_image(house)
    with house.store.transaction() as t:
        t.put(msgspec.structs.replace(image, path=path))
    return image.id


@pytest.mark.parametrize(
    "path",
    [
        "secret.png",
        "../secret.png",
        "outputs/../secret.png",
        "outputs/../../secret.png",
        "{}/secret.png",
        "/etc/passwd",
        "outputs",
        "outputs/",
        "",
        ".",
        "outputs/gone.png",
        "outputs/a.svg",
        "outputs/a.html",
        "outputs/a.txt",
        "outputs/a.png/b.png",
        "outputs/folder.png",
        "outputs/nul\0.png",
        "C:\\a.png",
        "outputs-other/a.png",
        "x" * 5000,
    ],
)
def test_only_image_files_in_output_folders_are_served(client: TestClient, house: House, path: str) -> None:
    for name in ("secret.png", "../secret.png", "outputs-other/a.png"):
        (house.folder / name).parent.mkdir(exist_ok=True)
        Picture.new("RGB", (8, 8)).save(house.folder / name)
    for name in ("a.svg", "a.html", "a.txt", "a.png"):
        (house.outputs / name).write_text("<svg onload=alert(1)>")
    (house.outputs / "folder.png").mkdir()
    id = forge(house, path.format(house.folder))
    for what in ("file", "thumb"):
        answer = client.get(f"{ROOT}/images/{id}/{what}")
        assert answer.status_code == 404, what
        assert answer.headers["content-type"] == "application/json"
    assert get(client, f"/images/{id}/info")["missing"] is True


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege there")
def test_no_links_out_but_links_within(client: TestClient, house: House) -> None:
    outside = house.folder / "outside"
    outside.mkdir()
    Picture.new("RGB", (8, 8)).save(outside / "secret.png")
    (house.outputs / "link.png").symlink_to(outside / "secret.png")
    (house.outputs / "linked").symlink_to(outside)
    (house.outputs / "page.png").symlink_to("/etc/hostname")
    (house.outputs / "loop.png").symlink_to("loop.png")
    for path in ("outputs/link.png", "outputs/linked/secret.png", "outputs/page.png", "outputs/loop.png"):
        id = forge(house, path)
        assert client.get(f"{ROOT}/images/{id}/file").status_code == 404, path
        assert client.get(f"{ROOT}/images/{id}/thumb").status_code == 404, path
    inside = house.draw("real.png")
    (house.outputs / "alias.png").symlink_to(inside)
    assert client.get(f"{ROOT}/images/{forge(house, 'outputs/alias.png')}/file").status_code == 200


def test_a_text_that_calls_itself_png_is_sent_as_png_and_never_as_a_page(
    client: TestClient, house: House
) -> None:
    (house.outputs / "page.png").write_text("<script>alert(1)</script>")
    id = forge(house, "outputs/page.png")
    answer = client.get(f"{ROOT}/images/{id}/file")
    assert (
        answer.headers["content-type"] == "image/png"
        and answer.headers["x-content-type-options"] == "nosniff"
    )
    assert client.get(f"{ROOT}/images/{id}/thumb").status_code == 404


# ------------------------------------------------------------------------------- speed


def test_large_answers_are_compressed_by_us_for_others_only(house: House) -> None:
    house.add(tasks=200)
    app = plain_app(house)
    path = f"{ROOT}/jobs/{house.store.jobs()[0].id}"

    async def raw(client_host: str, encodings: str) -> tuple[str, bytes]:
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"host", b"localhost:7860"), (b"accept-encoding", encodings.encode())]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": headers,
            "client": (client_host, 1),
            "server": ("localhost", 7860),
        }
        await app(scope, receive, send)
        encoding = dict(sent[0]["headers"])[b"content-encoding"].decode()
        return encoding, b"".join(message.get("body", b"") for message in sent[1:])

    far, packed = asyncio.run(raw("192.168.1.9", "gzip, br"))
    near, plain = asyncio.run(raw("127.0.0.1", "gzip, br"))
    none, also_plain = asyncio.run(raw("192.168.1.9", "br"))
    assert (far, near, none) == ("gzip", "identity", "identity")
    assert len(packed) < len(plain) / 4
    assert len(json.loads(gzip.decompress(packed))["tasks"]) == len(json.loads(plain)["tasks"]) == 200
    assert len(also_plain) == len(plain)


def test_a_slow_answer_holds_up_nobody_else(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    free, entered = threading.Event(), threading.Event()

    def slow() -> api.Live:
        entered.set()
        assert free.wait(30), "the event loop was blocked"
        return api.Live()

    monkeypatch.setattr(house.service.overview, "live", slow)

    async def both() -> tuple[int, int]:
        transport = httpx.ASGITransport(app=plain_app(house))
        async with httpx.AsyncClient(transport=transport, base_url=SITE) as client:
            first = asyncio.create_task(client.get(f"{ROOT}/live"))
            while not entered.is_set():
                await asyncio.sleep(0.001)
            second = await client.get(f"{ROOT}/catalog")
            free.set()
            return (await first).status_code, second.status_code

    assert asyncio.run(both()) == (200, 200)
