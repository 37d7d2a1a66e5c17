"""Agent Scheduler's own Enqueue, pressed on the page: its task becomes a job. On the sandbox and, with
``--webui PATH``, on a real WebUI."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.webui.gradio_events import fire
from tests.webui.page import Page, WebUI, fires

from .kit.whole import Jobs, make


@pytest.fixture(scope="module", params=["sandbox", "webui"])
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jobs]:
    with make(str(request.param), request.config, tmp_path_factory.mktemp("host")) as running:
        yield Jobs(running)


def enqueue(host: Jobs, **values: Any) -> str:
    """Press Enqueue in txt2img with ``values`` by element id (without "txt2img_"); the task's id."""
    page = Page(WebUI(host.host.url), "txt2img")
    config, parts = page.webui.config, page.webui.components
    button = page.webui.find("txt2img_enqueue")
    number, event = next(
        (n, e) for n, e in enumerate(config["dependencies"]) if fires(e, button, "click") and e["backend_fn"]
    )
    told = {f"txt2img_{name}": value for name, value in values.items()}
    data = [told.get(parts[i]["props"].get("elem_id"), page.first_value(i)) for i in event["inputs"]]
    task = f"task({secrets.token_hex(7)})"
    # the page puts the task's id in: where the checkpoint is chosen, it comes second
    place = 1 if parts[event["inputs"][0]]["type"] == "dropdown" else 0
    data[place] = task
    fire(host.host.url, config, number, data, secrets.token_hex(5))
    return task


def job_of(host: Jobs, task: str) -> str:
    end = time.monotonic() + 60  # the queue takes it in when it looks next
    while time.monotonic() < end:
        for job in host.api("/jobs")["jobs"]:
            if job["kind"] == "adopted" and task in [
                t["id"] for t in host.api(f"/jobs/{job['id']}")["tasks"]
            ]:
                return str(job["id"])
        time.sleep(0.05)
    raise AssertionError(f"{task} became no job: {host.api('/jobs')}")


def test_an_enqueued_task_arrives_as_a_job_with_its_images(host: Jobs) -> None:
    before = host.queue(1)
    host.until_done(before, 1)
    task = enqueue(host, prompt="a native house", width=128, height=64, batch_count=2, steps=3)
    job = job_of(host, task)
    assert host.until_ended(job) == {"done": 1}
    detail = host.api(f"/jobs/{job}")
    assert detail["job"]["kind"] == "adopted" and detail["job"]["name"] == "a native house"
    assert len(detail["images"]) == 2 and all(image["width"] == 128 for image in detail["images"])
    # where the page's own path puts them, as ours does
    ours = host.files(before)[0].rpartition("/")[0]
    assert {path.rpartition("/")[0] for path in host.files(job)} == {ours}
    info = host.api(f"/images/{detail['images'][0]['id']}/info")
    assert "a native house" in info["infotext"] and "Steps: 3" in info["infotext"]


def test_paused_cancelled_and_tried_again_it_runs_from_its_own_row(host: Jobs) -> None:
    long = host.queue(1, steps=40)
    tasks = [enqueue(host, prompt="again", width=128, height=64, steps=3, seed=n) for n in range(2)]
    job = job_of(host, tasks[1])
    host.api(f"/jobs/{job}/pause", {})
    host.until_ended(long)
    states = host.states(job)
    assert states.get("held", 0) >= 1 and set(states) <= {"held", "done", "running"}
    host.api(f"/jobs/{job}/cancel", {})
    host.until_ended(job)
    host.api(f"/jobs/{job}/retry", {})
    host.until(job, lambda states: states.get("done", 0) == 2)
    assert len(host.files(job)) == 2


def seen(host: Jobs, job: str) -> list[str]:
    """The infotexts of its images."""
    images = host.api(f"/jobs/{job}")["images"]
    return [host.api(f"/images/{image['id']}/info")["infotext"] for image in images]


def test_it_is_edited_and_made_again_like_others(host: Jobs) -> None:
    long = host.queue(1, steps=60)
    page = {"prompt": "a mill", "neg_prompt": "fog", "width": 128, "height": 64, "batch_count": 2, "steps": 3}
    tasks = [enqueue(host, **page, cfg_scale=4) for _ in range(2)]
    job = job_of(host, tasks[0])
    assert job == job_of(host, tasks[1])
    host.api(f"/jobs/{job}/pause", {})
    assert host.api(f"/jobs/{job}")["job"]["composed"]
    spec = host.api(f"/jobs/{job}/spec?waiting=true")
    asked = {name: spec["payload"][name] for name in ("steps", "cfg_scale", "n_iter", "negative_prompt")}
    assert asked == {"steps": 3, "cfg_scale": 4, "n_iter": 4, "negative_prompt": "fog"}
    assert spec["payload"]["override_settings"]["sd_model_checkpoint"]

    edit = {"payload": {**spec["payload"], "steps": 5}, "axes": []}
    plan = host.api(f"/jobs/{job}/edit/plan", edit)
    assert (plan["tasks"], plan["images"], plan["dropped"], plan["added"]) == (4, 4, 2, 4)
    host.api(f"/jobs/{job}/edit", edit)
    host.api(f"/jobs/{job}/resume", {})
    host.until_ended(long)
    assert host.until_ended(job) == {"done": 4}
    assert len(host.files(job)) == 4
    assert all(
        "a mill" in text and "Steps: 5" in text and "CFG scale: 4," in text for text in seen(host, job)
    )
    assert len({text.partition("Seed: ")[2].partition(",")[0] for text in seen(host, job)}) == 4
    for task in tasks:
        assert task not in [known["id"] for known in host.api(f"/jobs/{job}")["tasks"]]
    assert [known["id"] for known in host.api("/jobs")["jobs"] if known["kind"] == "adopted"].count(job) == 0

    spec = host.api(f"/jobs/{job}/spec")
    again = host.api("/jobs", {**spec, "payload": {**spec["payload"], "n_iter": 1}})["id"]
    assert host.until_ended(again) == {"done": 1}
    assert "Steps: 5" in seen(host, again)[0]


def test_it_writes_what_generate_writes_when_it_is_made_again(host: Jobs) -> None:
    task = enqueue(host, prompt="a barn", width=64, height=64, steps=2, seed=9, cfg_scale=6)
    job = job_of(host, task)
    assert host.until_ended(job) == {"done": 1}
    again = host.api("/jobs", host.api(f"/jobs/{job}/spec"))["id"]
    assert host.until_ended(again) == {"done": 1}
    assert seen(host, again) == seen(host, job)


def test_one_whose_row_is_gone_is_made_all_the_same(host: Jobs) -> None:
    task = enqueue(host, prompt="a bridge", width=64, height=64, steps=2)
    job = job_of(host, task)
    assert host.until_ended(job) == {"done": 1}
    host.host.request(f"/agent-scheduler/v1/task/{task}", None, "DELETE")
    (image,) = host.api(f"/jobs/{job}")["images"]
    host.api("/images/retry", {"selection": {"images": [image["id"]]}})
    assert host.until_ended(job) == {"done": 1}
    (made,) = [one for one in host.api(f"/jobs/{job}")["images"] if not one["trashed"]]
    assert "a bridge" in host.api(f"/images/{made['id']}/info")["infotext"]
