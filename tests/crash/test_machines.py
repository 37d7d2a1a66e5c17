"""One job on three WebUIs: this one and two machines, on the sandbox and, with ``--webui PATH``, on a real
one. They are killed, stopped and started again while it runs."""

from __future__ import annotations

import io
import json
import random
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.contract.conftest import first_settings
from tests.contract.kit.whole import PATIENCE, Jobs, RealWebui, make
from tests.sandbox.process import Sandbox
from tests.soak import sized

PASSWORD = "anna:secret"
PAYLOAD = {"prompt": "a house <lora:testlora:0.8>", "steps": 3, "width": 96, "height": 64, "cfg_scale": 5}
LOST_AFTER = 5  # seconds


class Three:
    """``here`` has the jobs; ``others`` make images for it."""

    def __init__(self, request: pytest.FixtureRequest, kind: str, folder: Path) -> None:
        settings: dict[str, Any] = {"inu_jobs_machine_patience": LOST_AFTER}
        if kind == "webui":
            request.getfixturevalue("webui_path")  # skips without
            settings |= first_settings(Path(request.config.getoption("--webui")))
        self.all = []
        for name in ("here", "attic", "cellar"):
            arguments = ["--api-auth", PASSWORD] if name != "here" else []
            made = make(kind, request.config, folder / name, arguments)
            made.folder.mkdir(parents=True)
            guests = {"inu_jobs_guests": "in turn with my own jobs"} if name != "here" else {}
            (made.folder / "config.json").write_text(json.dumps({**settings, **guests}))
            self.all.append(made.start())
        self.here, *self.others = self.all
        self.jobs = Jobs(self.here)
        for other, name in zip(self.others, ("Attic", "Cellar"), strict=True):
            user, _, password = PASSWORD.partition(":")
            spec = {"address": other.url, "user": user, "password": password, "name": name}
            told = self.jobs.api("/machines/test", spec)
            assert told["ok"] and not told["checkpoints"] and not told["loras"], told
            self.jobs.api("/machines", spec)
        self.until_ready()

    def until_ready(self) -> None:
        end = time.monotonic() + PATIENCE
        while any(one["state"] != "ready" for one in self.machines()):
            assert time.monotonic() < end, self.machines()
            time.sleep(0.2)

    def machines(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.jobs.api("/machines")["machines"]
        return found

    def switch(self, on: bool) -> None:
        for machine in self.machines():
            self.jobs.api(f"/machines/{machine['id']}", {"enabled": on}, "PATCH")

    def queue(self, seeds: range) -> str:
        checkpoints = self.jobs.api("/catalog")["checkpoints"]
        payload = {**PAYLOAD, "override_settings": {"sd_model_checkpoint": checkpoints[-1]}}
        axes = [{"field": "seed", "values": list(seeds)}]
        body = {"kind": "txt2img", "payload": payload, "axes": axes, "force": True}
        return str(self.jobs.api("/jobs", body)["id"])

    def pixels(self, job: str) -> dict[tuple[int, int], bytes]:
        """By task and seed."""
        detail = self.jobs.api(f"/jobs/{job}")
        places = {task["id"]: task["index"] for task in detail["tasks"]}
        found = {}
        for image in detail["images"]:
            with Image.open(io.BytesIO(self.jobs.fetch(f"/images/{image['id']}/file"))) as picture:
                found[places[image["task"]], image["seed"]] = picture.convert("RGB").tobytes()
        return found

    def check_whole(self, job: str, tasks: int) -> None:
        """Each task has its image, once: as a record, and as a file."""
        detail = self.jobs.api(f"/jobs/{job}")
        assert {task["state"] for task in detail["tasks"]} == {"done"}, detail["tasks"]
        made = [image["task"] for image in detail["images"]]
        assert len(made) == len(set(made)) == tasks
        paths = [image["path"] for image in detail["images"]]
        assert len(set(paths)) == tasks and self.jobs.files(job)

    def close(self) -> None:
        for one in self.all:
            if one.process is not None and sys.platform != "win32":
                one.process.send_signal(signal.SIGCONT)
            one.kill()


@pytest.fixture(params=["sandbox", "webui"])
def three(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Three]:
    found = Three(request, request.param, tmp_path)
    yield found
    found.close()


def image_files(host: Sandbox) -> set[str]:
    folder = host.folder / "outputs"
    return {
        path.relative_to(host.folder).as_posix() for path in folder.rglob("*.png") if "grid" not in path.name
    }


def names(images: list[dict[str, Any]]) -> list[str]:
    """Without the number at their beginning."""
    return sorted(image["path"].rpartition("/")[2].partition("-")[2] for image in images)


def test_a_job_and_what_is_derived_from_it(three: Three) -> None:
    jobs, count = three.jobs, sized(12, 40)
    job = three.queue(range(1, count + 1))
    jobs.until_done(job, count)
    three.check_whole(job, count)
    detail = jobs.api(f"/jobs/{job}")
    makers = {task["machine"] for task in detail["tasks"]}
    assert makers == {"", "Attic", "Cellar"}
    # under the WebUI's own names, with its infotext
    assert {image["path"] for image in detail["images"]} == image_files(three.here)
    info = jobs.api(f"/images/{detail['images'][-1]['id']}/info")
    assert "testlora" in info["infotext"]
    # the same pixels as this machine alone makes
    three.switch(False)
    alone = three.queue(range(1, count + 1))
    jobs.until_done(alone, count)
    assert {task["machine"] for task in jobs.api(f"/jobs/{alone}")["tasks"]} == {""}
    assert three.pixels(job) == three.pixels(alone)
    assert names(detail["images"]) == names(jobs.api(f"/jobs/{alone}")["images"])
    # nothing is left there
    three.switch(True)
    three.until_ready()
    end = time.monotonic() + PATIENCE
    while any(Jobs(other).api("/guests")["guests"] for other in three.others):
        assert time.monotonic() < end
        time.sleep(0.5)
    assert not any(image_files(other) for other in three.others)

    sources = count // 2
    kept = [image["id"] for image in detail["images"]][:sources]
    spec = {
        "selection": {"images": kept}, "action": "img2img", "force": True,
        "axes": [{"field": "denoising_strength", "values": [0.3, 0.6]}],
    }  # fmt: skip
    derived = jobs.api("/derive", spec)["id"]
    jobs.until_done(derived, 2 * sources)
    three.check_whole(derived, 2 * sources)
    tasks = jobs.api(f"/jobs/{derived}")["tasks"]
    assert {task["machine"] for task in tasks} == {"", "Attic", "Cellar"}
    audited = jobs.api("/images/audit", {"selection": {"jobs": [derived]}})
    assert audited["done"] == 2 * sources and not audited["found"], audited


def test_reload_ui_there_and_here(three: Three) -> None:
    jobs, count = three.jobs, 16
    job = three.queue(range(1, count + 1))
    jobs.until_done(job, 2)
    Jobs(three.others[0]).reload_ui()
    jobs.reload_ui()
    jobs.until_done(job, count)
    three.check_whole(job, count)
    assert {image["path"] for image in jobs.api(f"/jobs/{job}")["images"]} == image_files(three.here)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
def test_killed_stopped_and_killed_here(three: Three) -> None:
    """Each round: one machine is killed, the other stands still, and this WebUI is killed."""
    rng, jobs, count = random.Random(16), three.jobs, 12
    for number in range(sized(1, 20 if isinstance(three.here, RealWebui) else 200)):
        before = image_files(three.here)
        seeds = range(1000 * (number + 1), 1000 * (number + 1) + count)
        job = three.queue(seeds)
        jobs.until_done(job, rng.randint(1, 3))
        one, other = rng.sample(three.others, 2)
        time.sleep(rng.random())
        one.kill()
        assert other.process is not None
        other.process.send_signal(signal.SIGSTOP)
        time.sleep(rng.random())
        three.here.kill()
        three.here.start()
        if rng.random() < 0.5:
            one.start()
        time.sleep(rng.random() * 2 * LOST_AFTER)
        other.process.send_signal(signal.SIGCONT)
        jobs.until_done(job, count)
        if one.process is None or one.process.poll() is not None:
            one.start()
        three.check_whole(job, count)
        three.until_ready()
        end = time.monotonic() + PATIENCE
        while any(Jobs(machine).api("/guests")["guests"] for machine in three.others):
            assert time.monotonic() < end
            time.sleep(0.5)
        fresh = image_files(three.here) - before
        recorded = {image["path"] for image in jobs.api(f"/jobs/{job}")["images"]}
        assert recorded <= fresh, (number, recorded - fresh)
        # what was made here and not recorded before the kill may lie there; what came from elsewhere may not
        assert len(fresh) <= count + 1, (number, fresh - recorded)
        assert {seed for _, seed in three.pixels(job)} == set(seeds)
        attempts = [task for task in jobs.api(f"/jobs/{job}")["tasks"] if task["error"]]
        assert not attempts
