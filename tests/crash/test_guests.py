"""Tasks that another WebUI puts on this one, on the sandbox and, with ``--webui PATH``, on a real one: this
WebUI is killed while it makes them."""

from __future__ import annotations

import io
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.contract.conftest import first_settings
from tests.contract.kit.whole import PATIENCE, Jobs, make
from tests.sandbox.process import Sandbox

PASSWORD = "anna:secret"
PATH = "/inu-jobs/v1/guests/workshop-1"
PAYLOAD = {"prompt": "a house by a lake", "steps": 3, "width": 96, "height": 64, "sampler_name": "Euler a"}
SEEDS = (11, 12, 13, 14)


@pytest.fixture(params=["sandbox", "webui"])
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Sandbox]:
    made = make(request.param, request.config, tmp_path / "host", ["--api-auth", PASSWORD])
    real = request.param == "webui"
    settings = first_settings(Path(request.config.getoption("--webui"))) if real else {}
    made.folder.mkdir(exist_ok=True)
    (made.folder / "config.json").write_text(
        json.dumps({**settings, "inu_jobs_guests": "in turn with my own jobs"})
    )
    yield made.start()
    made.kill()


def put(host: Sandbox) -> list[dict[str, Any]]:
    tasks = [{"id": f"task-{seed:04}", "payload": {**PAYLOAD, "seed": seed}} for seed in SEEDS]
    told = host.request(PATH, {"name": "Workshop", "kind": "txt2img", "tasks": tasks}, "PUT")
    found: list[dict[str, Any]] = told["tasks"]
    return found


def until_done(host: Sandbox, count: int) -> list[dict[str, Any]]:
    end = time.monotonic() + PATIENCE
    while True:
        tasks: list[dict[str, Any]] = host.request(PATH)["tasks"]
        if sum(task["state"] == "done" for task in tasks) >= count:
            return tasks
        assert time.monotonic() < end, tasks
        time.sleep(0.2)


def pixels(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.convert("RGB").tobytes()


def test_each_task_is_made_once_though_this_webui_is_killed(host: Sandbox) -> None:
    assert {task["state"] for task in put(host)} <= {"held", "queued", "running"}
    until_done(host, 1)
    host.kill()
    host.start()
    put(host)  # whoever got no answer sends them again
    tasks = until_done(host, len(SEEDS))
    assert [task["id"] for task in tasks] == [f"task-{seed:04}" for seed in SEEDS]
    assert [[image["seed"] for image in task["images"]] for task in tasks] == [[seed] for seed in SEEDS]
    files = [host.fetch(f"{PATH}/images/{task['images'][0]['id']}") for task in tasks]
    assert [len(data) for data in files] == [task["images"][0]["bytes"] for task in tasks]

    jobs = Jobs(host)
    assert jobs.api("/jobs")["jobs"] == [] and jobs.api("/status")["store"]["images"] == 0
    host.request(f"{PATH}/free", {"tasks": [task["id"] for task in tasks]})
    left = [image["name"] for task in tasks for image in task["images"]]
    assert not [path for path in host.folder.rglob("*.png") if path.name in left]
    host.request(PATH, method="DELETE")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        host.request(PATH)

    seeds = {"field": "seed", "values": list(SEEDS)}
    own = str(
        jobs.api("/jobs", {"kind": "txt2img", "payload": PAYLOAD, "axes": [seeds], "force": True})["id"]
    )
    jobs.until_done(own, len(SEEDS))
    images = jobs.api(f"/jobs/{own}")["images"]
    mine = [jobs.fetch(f"/images/{image['id']}/file") for image in images]
    assert list(map(pixels, mine)) == list(map(pixels, files))


def test_a_stranger_is_no_guest(host: Sandbox) -> None:
    routes = [("PUT", ""), ("GET", ""), ("DELETE", ""), ("POST", "/free"), ("GET", "/images/x")]
    for method, path in routes:
        request = urllib.request.Request(
            host.url + PATH + path, b"{}", {"X-Inu-Jobs": "1", "Content-Type": "application/json"}
        )
        request.method = method
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(request, timeout=60)
