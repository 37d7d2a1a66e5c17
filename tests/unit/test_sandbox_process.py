"""The sandbox as its own process: flags, faults, and what a crash leaves."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.process import Sandbox

SPEC = {
    "name": "night lake",
    "kind": "txt2img",
    "payload": {
        "prompt": "a lake at night",
        "steps": 4,
        "width": 128,
        "height": 128,
        "sampler_name": "Euler",
    },
    "axes": [{"field": "seed", "values": [1, 2, 3]}],
}


def wait_for(sandbox: Sandbox, true: Callable[[], Any], seconds: float = 60) -> Any:
    """The first true answer. Fails if the sandbox ends or does not get there."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = true()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError("It did not come to that.\n" + "\n".join(sandbox.output))


def states(sandbox: Sandbox, job: str) -> list[str]:
    return [task["state"] for task in sandbox.request(f"/inu-jobs/v1/jobs/{job}")["tasks"]]


def images(folder: Path) -> list[Path]:
    """Without the grid of all three."""
    return list((folder / "outputs" / "txt2img-images").rglob("*.png"))


def test_without_a_page_and_with_a_password(tmp_path: Path) -> None:
    with Sandbox(tmp_path, ["--nowebui", "--api-auth", "inu:secret"]) as sandbox:
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{sandbox.url}/sdapi/v1/samplers", timeout=30)
        with refused.value as answer:
            assert answer.code == 401
        job = sandbox.request("/inu-jobs/v1/jobs", SPEC)["id"]
        wait_for(sandbox, lambda: states(sandbox, job) == ["done"] * 3)
        assert len(images(tmp_path)) == 3


def test_a_failing_image_and_one_that_vanishes(tmp_path: Path) -> None:
    with Sandbox(tmp_path, ["--nowebui"], faults={"fail_next": 1, "fail_message": "no luck"}) as sandbox:
        job = sandbox.request("/inu-jobs/v1/jobs", SPEC)["id"]
        wait_for(sandbox, lambda: sorted(states(sandbox, job)) == ["done", "done", "failed"])
        told = sandbox.request(f"/inu-jobs/v1/jobs/{job}")["tasks"]
        assert "no luck" in next(task["error"] for task in told if task["state"] == "failed")
        assert sandbox.request("/sandbox/faults")["fail_next"] == 0
        assert sandbox.set_faults(vanish_next=1)["vanish_next"] == 1
        sandbox.request("/inu-jobs/v1/jobs", {**SPEC, "axes": []})
        wait_for(sandbox, lambda: sandbox.request("/sandbox/faults")["vanish_next"] == 0)
        # it is counted a moment before it is gone
        wait_for(sandbox, lambda: len(images(tmp_path)) == 2)
        with pytest.raises(urllib.error.HTTPError) as refused:
            sandbox.set_faults(no_such_fault=1)
        with refused.value as answer:
            assert answer.code == 422


def test_a_crash_ends_the_process_and_the_job_goes_on_afterwards(tmp_path: Path) -> None:
    with Sandbox(tmp_path, ["--nowebui"], faults={"crash_next": 1}) as sandbox:
        sandbox.request("/inu-jobs/v1/jobs", SPEC)
        assert sandbox.process is not None
        assert sandbox.process.wait(60) == 70
    with Sandbox(tmp_path, ["--nowebui"]) as sandbox:
        job = sandbox.request("/inu-jobs/v1/jobs")["jobs"][0]["id"]
        wait_for(sandbox, lambda: states(sandbox, job) == ["done"] * 3)
        assert len(images(tmp_path)) == 3
