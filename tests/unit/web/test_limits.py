"""What a request may take: bytes, values, threads, and time only as long as somebody waits."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import anyio
import anyio.to_thread
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from inu_jobs import api, budgets
from inu_jobs.errors import InvalidInput
from inu_jobs.web import bodies, limits
from inu_jobs.web.endpoint import Call, Endpoint
from inu_jobs.web.guard import Denied
from inu_jobs.web.limits import Bodies, Limits, in_thread, limits_of
from inu_jobs.web.routes import ROOT
from tests.unit.service.service_kit import House
from tests.unit.web.web_kit import PROOF, client_of, plain_app

HEADERS = {**PROOF, "Content-Type": "application/json"}
SPEC = {"kind": "txt2img", "payload": {"prompt": "a cat"}}


@pytest.mark.parametrize(
    ("path", "most"),
    [("/undo", 256 * 1024), ("/images/verdict", 12 * budgets.MB), ("/jobs", 48 * budgets.MB)],
)
def test_a_body_is_as_large_as_its_route_needs(client: TestClient, path: str, most: int) -> None:
    right = client.post(ROOT + path, content=b" " * most, headers=HEADERS)
    announced = client.post(ROOT + path, content=b" " * (most + 1), headers=HEADERS)
    lie = {**HEADERS, "Content-Length": "9" * 5_000}
    assert (right.status_code, announced.status_code) == (422, 413)
    assert "larger than" in announced.json()["detail"]
    assert client.post(ROOT + path, content=b"", headers=lie).status_code == 413


def test_a_body_that_grows_is_cut_off(client: TestClient) -> None:
    sent = []

    def chunks() -> Any:
        for number in range(100):
            sent.append(number)
            yield b" " * 10_000

    assert client.post(f"{ROOT}/undo", content=chunks(), headers=HEADERS).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"[]," * 2_700_000 + b"1]",
        b"[" + b'"",' * 2_700_000 + b"1]",
        b"[" + b'{"":0},' * 1_000_000 + b"1]",
        b'{"a":"' + b'\\"' * 10 + b'","b":[' + b"0," * 4_000_000 + b"0]}",
    ],
    ids=["lists", "texts", "objects", "escapes"],
)
def test_more_values_than_one_may_send_are_never_decoded(
    body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies.msgspec.json, "decode", lambda *_, **__: pytest.fail("it was decoded"))
    start = time.thread_time()
    with pytest.raises(InvalidInput, match="more than 300,000 values"):
        bodies.decode(bytearray(body), api.JobSpec)
    assert time.thread_time() - start < 1.0


@pytest.mark.parametrize(
    "text",
    ["a, b, " * 300_000, 'say "[{,' * 200_000, "\\," * 400_000, '\\\\",[' * 200_000, "日本,語" * 300_000],
)
def test_what_stands_in_texts_is_no_value(text: str) -> None:
    for plain in (True, False):
        body = bytearray(json.dumps({"text": text}, ensure_ascii=plain).encode())
        assert bodies.decode(body, api.PromptsFile).text == text
        assert body == b""  # it is held once


def test_a_large_selection(client: TestClient) -> None:
    ids = [f"i{number:017}" for number in range(25_000)]
    answer = client.post(
        f"{ROOT}/images/verdict", json={"selection": {"images": ids}, "verdict": "kept"}, headers=PROOF
    )
    assert answer.status_code == 200
    assert len(answer.json()["failed"]) == 25_000


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("1e400", "Number out of range"),
        ("-1e400", "Number out of range"),
        ("9" * 5_000, "out of range"),
        ("9" * 100, "too large"),
        ("1" + "0" * 400 + ".5", "out of range"),
        ("NaN", "not valid JSON"),
        ("-Infinity", "not valid JSON"),
        ("18446744073709551616", "too large"),
        ("1e15", "far too large"),
    ],
)
@pytest.mark.parametrize("place", ["steps", "cfg_scale"])
def test_numbers_that_nothing_takes(client: TestClient, number: str, says: str, place: str) -> None:
    body = f'{{"kind": "txt2img", "payload": {{"prompt": "a cat", "{place}": {number}}}}}'
    for path in ("/plan", "/jobs"):
        answer = client.post(ROOT + path, content=body, headers=HEADERS)
        problem = answer.json()
        assert answer.status_code == 422
        assert says in problem["detail"] and problem["detail"].endswith(".")
        assert problem.get("field", "") in ("", "payload", place)


def test_a_place_deep_inside_costs_no_more_than_it_is_told(client: TestClient) -> None:
    value: Any = [0] * 200_000 + [2**70]
    for _ in range(28):
        value = {"k" * 200: value}
    start = time.thread_time()
    with pytest.raises(InvalidInput) as refused:
        bodies._inspect(value)
    assert refused.value.field == ".".join([*["k" * 200] * 28, "200000"])
    assert time.thread_time() - start < 1.0


# ----------------------------------------------------------------------------- at a time


def test_every_route_is_known_by_what_it_costs() -> None:
    assert limits_of("POST", "/plan", api.JobSpec) == Limits(48 * budgets.MB, "heavy", True)
    assert limits_of("POST", "/jobs", api.JobSpec) == Limits(48 * budgets.MB, "heavy", False)
    assert limits_of("POST", "/prompts/expand", api.PromptsExpand) == Limits(budgets.BODY, "heavy", True)
    assert limits_of("POST", "/images/verdict", api.SetVerdict) == Limits(12 * budgets.MB, "light", False)
    assert limits_of("GET", "/images/{id}/thumb", None) == Limits(budgets.BODY, "pictures", True)
    assert limits_of("GET", "/images", None).cost == "heavy"


def test_slow_work_leaves_the_webui_s_threads_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """45 requests at once: the number of the issue."""
    end, running, most = threading.Event(), [0], [0]
    lock = threading.Lock()

    def slow() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        end.wait()
        with lock:
            running[0] -= 1

    async def main() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(45):
                group.start_soon(in_thread, "heavy", slow)
            while running[0] < budgets.HEAVY:
                await anyio.sleep(0.01)
            assert anyio.to_thread.current_default_thread_limiter().borrowed_tokens == 0
            assert await in_thread("light", lambda: "status") == "status"
            monkeypatch.setattr(budgets, "WAITING", 43)
            with pytest.raises(Denied) as denied:
                await in_thread("heavy", slow)
            assert denied.value.status == 503
            end.set()

    anyio.run(main)
    assert (most[0], running[0]) == (budgets.HEAVY, 0)


def test_bodies_that_are_held_have_one_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    held = Bodies()
    monkeypatch.setattr(budgets, "BODIES", 100)
    with held.holding() as one, held.holding() as other:
        one(60)
        other(40)
        with pytest.raises(Denied) as denied:
            other(1)
        assert denied.value.status == 503
    with held.holding() as take:
        take(100)


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "PATIENCE", 0.05)

    async def stuck() -> Any:
        yield b"{"
        await anyio.sleep(60)

    async def main() -> None:
        with pytest.raises(Denied) as denied:
            await limits.read({}, stuck(), 100, lambda count: None)
        assert denied.value.status == 408

    anyio.run(main)


# ------------------------------------------------------------------------------ who has left


def ask(work: Callable[[Call], Response], method: str, ends: bool, left: threading.Event) -> Response:
    """The answer to a client who sends ``{}`` and leaves when ``left`` is set."""
    sent = []

    async def receive() -> dict[str, Any]:
        if not sent:
            sent.append(1)
            return {"type": "http.request", "body": b"{}", "more_body": False}
        while not left.is_set():
            await anyio.sleep(0.01)
        return {"type": "http.disconnect"}

    guard: Any = SimpleNamespace(check=lambda *_: None, protected=False)
    endpoint = Endpoint(guard, work, limits=Limits(cost="heavy", ends=ends))
    scope = {
        "type": "http", "method": method, "path": "/", "query_string": b"", "headers": [], "path_params": {},
    }  # fmt: skip

    async def main() -> Response:
        return await endpoint(Request(scope, receive))

    return anyio.run(main)


def test_work_ends_when_who_asked_has_left() -> None:
    left, ended = threading.Event(), []

    def endless(call: Call) -> Response:
        left.set()
        try:
            while True:
                budgets.check()
                time.sleep(0.001)
        except budgets.ClientGone:
            ended.append(bytes(call.body))
            raise

    assert ask(endless, "POST", True, left).status_code == 400
    assert ended == [b"{}"]


def test_what_changes_something_is_done_though_nobody_waits() -> None:
    """A verdict, and then the browser is closed."""
    left, done = threading.Event(), []

    def change(call: Call) -> Response:
        left.set()
        time.sleep(0.1)
        budgets.check()
        done.append(1)
        return Response("done")

    assert ask(change, "POST", False, left).status_code == 200
    assert done == [1]


def test_an_error_is_told_though_somebody_watches() -> None:
    def wrong(call: Call) -> Response:
        raise InvalidInput("This is wrong.", "x")

    answer = ask(wrong, "GET", True, threading.Event())
    assert answer.status_code == 422 and json.loads(answer.body)["detail"] == "This is wrong."


def test_what_has_no_other_end_ends_by_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "SECONDS", 0.05)

    def endless(call: Call) -> Response:
        while True:
            budgets.check()

    answer = ask(endless, "POST", False, threading.Event())
    assert answer.status_code == 422 and "takes too long" in json.loads(answer.body)["detail"]


@pytest.mark.parametrize(
    "path", ["images/verdict", "images/trash", "images/purge", "images/export", "derive/plan"]
)
def test_so_many_images_at_a_time(client: TestClient, house: House, path: str) -> None:
    ids = [image.id for image in house.store.images_of(house.add_done())]
    more = {"verdict": {"verdict": "kept"}, "export": {"format": "csv"}, "plan": {"action": "variations"}}
    body = {"selection": {"images": ids * 25_001}, **more.get(path.rpartition("/")[2], {})}
    answer = client.post(f"{ROOT}/{path}", json=body, headers=HEADERS)
    assert answer.status_code == 422
    assert answer.json()["field"] == "selection.images"
    assert (
        answer.json()["detail"]
        == "You selected 25,001 images: select at most 25,000 at a time, or whole jobs."
    )
    assert [image.verdict for image in house.store.images_of(house.store.jobs()[0].id)] == ["unreviewed"]


def test_to_undo_what_was_done_to_whole_jobs_has_no_bound(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "SELECTED", 1)
    client = client_of(plain_app(house))
    job = house.add_done(3)
    for path in ("images/trash", "images/verdict"):
        body = {"selection": {"jobs": [job]}, **({"verdict": "kept"} if "verdict" in path else {})}
        done = client.post(f"{ROOT}/{path}", json=body, headers=HEADERS).json()
        assert done["done"] == 3
        assert client.post(f"{ROOT}/undo", json={"undo": done["undo"]}, headers=HEADERS).json()["done"] == 3
