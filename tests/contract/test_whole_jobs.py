"""Jobs on a whole WebUI, through the web API, while everything happens that happens at night. The same
cases run on the sandbox and, with ``--webui PATH``, on a real WebUI with Agent Scheduler."""

from __future__ import annotations

import base64
import contextlib
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.process import Sandbox

from .kit.whole import Jobs, make

Start = Callable[..., Sandbox]


@pytest.fixture(scope="module", params=["sandbox", "webui"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def shared_host(
    kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Jobs]:
    with make(kind, request.config, tmp_path_factory.mktemp("host")) as host:
        yield Jobs(host)


@pytest.fixture
def start(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Start]:
    """Start a host of one's own; ends with the test."""
    started: list[Sandbox] = []

    def begin(*arguments: str) -> Sandbox:
        host = make(kind, request.config, tmp_path / "host", arguments)
        started.append(host)
        return host.start()

    yield begin
    for host in started:
        host.kill()


def whole(jobs: Jobs, job: str, count: int) -> None:
    """All ``count`` tasks are done, each with one image that is there."""
    assert jobs.until_ended(job) == {"done": count}
    detail = jobs.api(f"/jobs/{job}")
    assert len({image["task"] for image in detail["images"]}) == count
    assert len(set(jobs.files(job))) == len(detail["images"]) == count


def test_a_failing_task_does_not_stop_the_queue(shared_host: Jobs) -> None:
    one, *others = shared_host.upscalers()
    axis = {"field": "hr_upscaler", "values": [one, "no such upscaler", (others or [one])[0]]}
    job = shared_host.queue(1, axes=[axis], enable_hr=True, hr_scale=2, denoising_strength=0.5)
    assert shared_host.until_ended(job) == {"done": 2, "failed": 1}
    tasks = shared_host.api(f"/jobs/{job}")["tasks"]
    assert [task["state"] for task in tasks] == ["done", "failed", "done"]
    assert tasks[1]["error"]
    whole(shared_host, shared_host.queue(2), 2)


@contextlib.contextmanager
def nothing_can_be_saved(jobs: Jobs) -> Iterator[None]:
    """A file lies where the folder for images should be."""
    known = jobs.host.folder / "output"  # Forge Neo's; it is there once the WebUI has started
    folder = (known if known.is_dir() else jobs.host.folder / "outputs") / "txt2img-images"
    aside = folder.with_name("aside")
    folder.mkdir(parents=True, exist_ok=True)
    folder.rename(aside)
    folder.touch()
    try:
        yield
    finally:
        folder.unlink()
        aside.rename(folder)


def test_two_thousand_tasks_that_all_fail_stop_after_three_and_one_click_goes_on(shared_host: Jobs) -> None:
    before = shared_host.failed()
    with nothing_can_be_saved(shared_host):
        job = shared_host.queue(2000, steps=1)
        shared_host.until(job, lambda _: shared_host.api(f"/jobs/{job}")["job"]["hold"] is not None)
        shared_host.until(job, lambda states: shared_host.listed() == 0 and "running" not in states)
        assert shared_host.failed() - before == 3, "by the scheduler's own word"
        assert shared_host.states(job) == {"failed": 3, "held": 1997}
        hold = shared_host.api(f"/jobs/{job}")["job"]["hold"]
        assert hold["by"] == "errors" and "3 tasks in a row failed" in hold["message"]
        assert "txt2img-images" in hold["message"], "the reason"
    shared_host.api(f"/jobs/{job}/resume", {})
    shared_host.until_done(job, 12)
    shared_host.api(f"/jobs/{job}/cancel", {})
    states = shared_host.until_ended(job)
    assert "failed" not in states and sum(states.values()) == 2000
    tasks = shared_host.api(f"/jobs/{job}")["tasks"]
    assert [task["state"] for task in tasks[:12]] == ["done"] * 12, "those that had failed, too"


CHECKPOINT = "override_settings.sd_model_checkpoint"


def generate(jobs: Jobs, checkpoint: str) -> None:
    """The user's own Generate."""
    payload = {"prompt": "mine", "steps": 1, "width": 64, "height": 64, "save_images": False}
    jobs.host.request(
        "/sdapi/v1/txt2img", {**payload, "override_settings": {"sd_model_checkpoint": checkpoint}}
    )


def three_jobs(jobs: Jobs, one: str, other: str) -> list[str]:
    """Over two checkpoints, each by several names, while nothing may start."""
    bare = other.partition(" [")[0]  # without its hash
    orders = [one, other], [bare, one.partition(".")[0]], [one.partition(" [")[0], bare.partition(".")[0]]
    return [jobs.queue(2, axes=[{"field": CHECKPOINT, "values": values}], steps=1) for values in orders]


def test_three_jobs_over_two_checkpoints_load_as_few_as_can_be(shared_host: Jobs) -> None:
    jobs = shared_host
    one, other = jobs.api("/catalog")["checkpoints"][:2]
    for loaded in (one, other):  # neither of the jobs' order nor of the settings
        generate(jobs, loaded)
        jobs.api("/queue/stop", {})
        made = three_jobs(jobs, one, other)
        before = jobs.loads()
        jobs.api("/queue/go", {})
        for job in made:
            whole(jobs, job, 4)
        assert jobs.loads() - before == 1, "what was loaded is used up first, then the other is loaded"


def test_after_a_restart_what_the_webui_loads_by_itself_goes_first(start: Start) -> None:
    host = start()
    jobs = Jobs(host)
    one, other = jobs.api("/catalog")["checkpoints"][:2]
    # reForge has chosen none at first, and loads the first
    chosen = jobs.host.request("/sdapi/v1/options")["sd_model_checkpoint"] or one
    jobs.api("/queue/stop", {})
    made = three_jobs(jobs, *((other, one) if one.startswith(chosen.partition(" [")[0]) else (one, other)))
    host.kill()
    host.output.clear()
    host.start()
    jobs.api("/queue/go", {})  # it may still be loading
    for job in made:
        whole(jobs, job, 4)
    assert jobs.loads() == 2, "that of the settings at the start, then the other"


def test_a_long_job_keeps_the_schedulers_list_short(shared_host: Jobs) -> None:
    job = shared_host.queue(300)
    longest = 0

    def enough(states: dict[str, int]) -> bool:
        nonlocal longest
        longest = max(longest, shared_host.listed())
        return states.get("done", 0) >= 25

    shared_host.until(job, enough)
    assert 2 <= longest <= 8
    shared_host.api(f"/jobs/{job}/cancel", {})
    states = shared_host.until_ended(job)
    assert states["cancelled"] + states["done"] + states.get("interrupted", 0) == 300
    shared_host.until(job, lambda _: shared_host.listed() == 0)
    # what was saved is there, the interrupted image too
    assert len(shared_host.files(job)) >= states["done"]


def test_pause_and_cancel_while_somebody_generates(shared_host: Jobs) -> None:
    generate = {"prompt": "mine", "steps": 25, "width": 128, "height": 128, "save_images": False}
    made: list[Any] = []
    paused, cancelled, after = (shared_host.queue(4) for _ in range(3))
    user = threading.Thread(
        target=lambda: made.extend(shared_host.host.request("/sdapi/v1/txt2img", generate) for _ in range(3))
    )
    user.start()
    shared_host.api(f"/jobs/{paused}/pause", {})
    shared_host.api(f"/jobs/{cancelled}/cancel", {})
    whole(shared_host, after, 4)
    user.join()
    assert len(made) == 3
    assert set(shared_host.until(paused, lambda states: "running" not in states)) <= {"held", "done"}
    assert set(shared_host.until_ended(cancelled)) <= {"cancelled", "done", "interrupted"}
    shared_host.api(f"/jobs/{paused}/resume", {})
    whole(shared_host, paused, 4)


def test_clear_in_the_schedulers_own_list(shared_host: Jobs) -> None:
    job = shared_host.queue(12)
    shared_host.until_done(job, 2)
    shared_host.host.request("/agent-scheduler/v1/queue/clear", {})
    after = shared_host.queue(2)
    whole(shared_host, after, 2)
    states = shared_host.until_ended(job)
    assert set(states) <= {"done", "lost"} and sum(states.values()) == 12
    if "lost" in states:
        shared_host.api(f"/jobs/{job}/retry", {})
    whole(shared_host, job, 12)


def test_history_cleared_by_hand(shared_host: Jobs) -> None:
    job = shared_host.queue(6)
    shared_host.until_done(job, 3)
    shared_host.host.request("/agent-scheduler/v1/history/clear", {})
    whole(shared_host, job, 6)


def test_reload_ui_in_mid_job(shared_host: Jobs) -> None:
    job = shared_host.queue(12)
    shared_host.until_done(job, 3)
    shared_host.reload_ui()
    shared_host.until_done(job, 12)  # what was interrupted waits again once the new scheduler is seen
    whole(shared_host, job, 12)
    assert shared_host.api("/status")["scheduler"]["attached"]


def test_delete_while_it_runs(shared_host: Jobs) -> None:
    job = shared_host.queue(20)
    shared_host.until_done(job, 2)
    shared_host.api(f"/jobs/{job}?images=keep", method="DELETE")
    assert job not in {known["id"] for known in shared_host.api("/jobs")["jobs"]}
    whole(shared_host, shared_host.queue(2), 2)


def test_killed_in_mid_job_it_goes_on(start: Start) -> None:
    host = start()
    jobs = Jobs(host)
    job = jobs.queue(12)
    jobs.until_done(job, 3)
    host.kill()
    host.start()
    whole(jobs, job, 12)


@pytest.mark.parametrize("flag", ["--api-auth", "--gradio-auth"])
def test_only_who_has_logged_in(start: Start, flag: str) -> None:
    host = start(flag, "anna:se:cret" if flag == "--gradio-auth" else "anna:secret")
    paths = [
        "/jobs",
        "/status",
        "/catalog",
        "/live",
        "/live/preview",
        "/captures/x",
        "/jobs/x",
        "/changes?since=0",
    ]
    paths += ["/images/x/file", "/images/x/thumb", "/images/x/info"]
    for path in [f"/inu-jobs/v1{path}" for path in paths] + ["/inu-jobs/ui/main.mjs"]:
        status, headers = ask(urllib.request.build_opener(), host.url + path)
        assert status == 401
        assert (headers.get("WWW-Authenticate", "")[:5] == "Basic") == (flag == "--api-auth")
    opener = urllib.request.build_opener()
    if flag == "--api-auth":
        opener.addheaders = [("Authorization", "Basic " + base64.b64encode(b"anna:secret").decode())]
    else:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        form = urllib.parse.urlencode({"username": "anna", "password": "se:cret"}).encode()
        opener.open(host.url + "/login", form)
    assert ask(opener, host.url + "/inu-jobs/v1/jobs")[0] == 200
    assert ask(opener, host.url + "/inu-jobs/ui/main.mjs")[0] == 200
    jobs = Jobs(host)
    host.opener = opener
    whole(jobs, jobs.queue(2), 2)


def ask(opener: urllib.request.OpenerDirector, url: str) -> tuple[int, Any]:
    try:
        with opener.open(url, timeout=60) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


def test_without_a_page_the_api_works(start: Start) -> None:
    jobs = Jobs(start("--nowebui"))
    whole(jobs, jobs.queue(3), 3)
