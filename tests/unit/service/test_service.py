"""The use cases, on a real store and a real queue."""

from __future__ import annotations

import base64
import io
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from PIL import Image as Picture

from inu_jobs.api import DeriveSpec, JobEdit, JobPatch, JobSpec, Selection
from inu_jobs.errors import InvalidInput, NotFound, Refused, StoreReadOnly
from inu_jobs.model import AxisSpec, Template
from tests.clock import NOON
from tests.unit.service.service_kit import PROMPT, House

INFOTEXT = f"{PROMPT}\nNegative prompt: rain\nSteps: 20, Sampler: Euler a, Seed: 5, Size: 64x64"
BASE = {"prompt": PROMPT, "steps": 20, "width": 64, "height": 64}


def png(color: int = 1) -> bytes:
    out = io.BytesIO()
    Picture.new("RGB", (64, 64), (color, 0, 0)).save(out, "PNG")
    return out.getvalue()


def base64_png(color: int = 1) -> str:
    return base64.b64encode(png(color)).decode()


# ------------------------------------------------------------------------------ create


def test_a_job_is_created_with_its_tasks_in_one_transaction(house: House) -> None:
    before = house.store.revision
    summary = house.service.jobs.create(
        JobSpec(
            "txt2img",
            {**BASE, "sampler_name": "Euler a"},
            axes=[AxisSpec("steps", [10, 20]), AxisSpec("cfg_scale", [5, 7])],
        )
    )
    assert house.store.revision == before + 1
    tasks = house.store.tasks_of(summary.id)
    assert sorted((t.changes["steps"], t.changes["cfg_scale"]) for t in tasks) == [
        (10, 5),
        (10, 7),
        (20, 5),
        (20, 7),
    ]
    assert [t.index for t in tasks] == [0, 1, 2, 3]
    assert {t.state for t in tasks} == {"held"} and all(isinstance(t.changes["seed"], int) for t in tasks)
    assert summary.name == PROMPT and summary.tasks == {"held": 4, "total": 4}
    assert summary.images.expected == 4 and summary.progress == 0 and summary.created == NOON
    assert summary.parameters.sampler == "Euler a" and summary.parameters.prompt == PROMPT


def test_create_wakes_the_queue_and_its_tasks_are_handed_over(house: House) -> None:
    id = house.add(tasks=3)
    house.queue.tick()
    handed = list(house.scheduler.waiting.values())
    assert [request.job for request in handed] == [id] * 3
    assert all(request.payload["prompt"] == PROMPT and not request.is_img2img for request in handed)
    assert len({request.payload["seed"] for request in handed}) == 3


def test_an_error_of_the_preflight_refuses_with_findings(house: House) -> None:
    spec = JobSpec("txt2img", {**BASE, "sampler_name": "Eulr a"})
    before = house.store.revision
    with pytest.raises(Refused) as caught:
        house.service.jobs.create(spec)
    assert any(f["severity"] == "error" and f["suggestion"] == "Euler a" for f in caught.value.findings)
    assert house.store.revision == before
    forced = house.service.jobs.create(msgspec.structs.replace(spec, force=True))
    assert house.store.job(forced.id) is not None


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        (JobSpec("txt2img", BASE, name="  my\n job "), "my job"),
        (JobSpec("txt2img", BASE), PROMPT),
        (JobSpec("txt2img", {**BASE, "prompt": "<lora:dog:1>"}), "txt2img 20"),
        (JobSpec("txt2img", BASE, capture="gone"), PROMPT),
    ],
)
def test_names(house: House, spec: JobSpec, name: str) -> None:
    assert house.service.jobs.create(spec).name.startswith(name)


def test_a_capture_lends_its_name_and_its_user(house: House) -> None:
    draft = house.captures.put("txt2img", dict(BASE), name="from the page", owner="ada")
    made = house.service.jobs.create(JobSpec("txt2img", BASE, capture=draft.id))
    assert made.name == "from the page"
    users = [house.store.job(id).user for id in (made.id, house.add(capture="gone"), house.add())]  # type: ignore[union-attr]
    assert users == ["ada", "", ""]
    assert house.service.captures.get(draft.id) == draft


def test_hold_keeps_a_job_back(house: House) -> None:
    id = house.add(hold=True)
    house.queue.tick()
    assert not house.scheduler.waiting
    assert house.service.overview.get_job(id).job.state == "held"
    assert house.service.overview.status().waiting == 0
    assert house.service.jobs.resume(id).state == "waiting"
    house.queue.tick()
    assert len(house.scheduler.waiting) == 1


def test_a_base64_image_becomes_a_token_and_a_path_at_hand_over(house: House) -> None:
    payload = {**BASE, "init_images": [base64_png()], "denoising_strength": 0.5}
    id = house.add(payload=payload, kind="img2img")
    stored = house.service.overview.get_job(id).payload
    assert stored["init_images"][0].startswith("input:")
    house.queue.tick()
    request = next(iter(house.scheduler.waiting.values()))
    assert request.is_img2img
    assert Path(request.payload["init_images"][0]).read_bytes() == png()


def test_an_image_of_ours_is_a_source(house: House) -> None:
    house.add_done()
    image = house.store.images_of(house.store.jobs()[0].id)[0]
    id = house.add(payload={**BASE, "init_images": [f"image:{image.id}"]}, kind="img2img")
    task = house.store.tasks_of(id)[0]
    assert task.source == image.id
    sent = Path(house.service.images.prepare(task)["init_images"][0])
    assert sent == house.service.images.file(image.id)[0]
    with pytest.raises(Refused, match=r"\(task 1\) still uses 00001\.png of this job"):
        house.service.jobs.delete(image.job)
    house.service.jobs.delete(id)
    house.service.jobs.delete(image.job)
    assert sent.is_file(), "the files stay"


@pytest.mark.parametrize(
    ("payload", "axes"),
    [
        ({"init_images": ["image:jxxxxxxxxxxxxxxxxx"]}, []),
        ({"init_images": ["input:" + "0" * 64]}, []),
        ({"init_images": ["/etc/passwd"]}, []),
        ({"init_images": ["http://127.0.0.1/a.png"]}, []),
        ({"init_images": ["file:///etc/passwd"]}, []),
        ({"init_images": [base64_png()], "mask": "C:\\Windows\\a.png"}, []),
        ({"init_images": [base64_png()]}, [AxisSpec("init_images.0", ["/etc/passwd"])]),
        ({"init_images": [base64_png()]}, [AxisSpec("init_images", [["../../a.png"]])]),
        ({"init_images": [base64_png()]}, [AxisSpec("mask", ["input:" + "0" * 64])]),
        ({"init_images": [base64_png()]}, [AxisSpec("override_settings.outdir_samples", ["/tmp/elsewhere"])]),
        ({"init_images": [base64_png()]}, [AxisSpec("force_task_id", ["t"])]),
        ({"init_images": [base64_png()]}, [AxisSpec("prompt.a", [1])]),
        ({"init_images": [base64_png()]}, [AxisSpec("nonsense", [1])]),
        ({"init_images": [base64_png()], "override_settings": {"outdir_samples": "/tmp"}}, []),
    ],
)
def test_no_paths_no_urls_no_unknown_tokens(
    house: House, payload: dict[str, Any], axes: list[AxisSpec]
) -> None:
    before = house.store.revision
    with pytest.raises(InvalidInput) as caught:
        house.service.jobs.create(JobSpec("img2img", {**BASE, **payload}, axes=axes, force=True))
    assert caught.value.field and str(caught.value).endswith(".")
    assert house.store.revision == before


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "x" * 201},
        {"note": "x" * 10_001},
        {"priority": 10**6},
        {"axes": [AxisSpec("steps", list(range(20_001)))]},
        {"axes": [AxisSpec("steps", list(range(200))), AxisSpec("cfg_scale", list(range(200)))]},
        {"axes": [AxisSpec(f"override_settings.a{n}", [1]) for n in range(17)]},
        {"axes": [AxisSpec("x" * 300, [1])]},
        {"axes": [AxisSpec("steps", [])]},
    ],
)
def test_limits(house: House, fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        house.service.jobs.create(JobSpec("txt2img", BASE, **fields))
    assert house.store.counts() == (0, 0, 0)


def test_a_read_only_store_takes_no_job(house: House) -> None:
    house.store.close()
    with pytest.raises(StoreReadOnly):
        house.add()


# -------------------------------------------------------------------------------- plan


def test_a_plan_queues_nothing_and_tells_what_would_be(house: House) -> None:
    plan = house.service.jobs.plan(
        JobSpec("txt2img", {**BASE, "batch_size": 2}, axes=[AxisSpec("steps", [10, 20, 30])])
    )
    assert (plan.tasks, plan.images, plan.seconds, plan.bytes) == (3, 6, None, None)
    assert plan.free_bytes and plan.free_bytes > 0
    assert [s["changes"]["steps"] for s in plan.sample] == [10, 20, 30]
    assert all(s["prompt"] == PROMPT and "steps" in s["label"] for s in plan.sample)
    assert house.store.counts() == (0, 0, 0)


def test_a_plan_learns_from_what_was_made(house: House) -> None:
    house.add_done(tasks=2)
    size = sum(image.size for image in house.store.images_of(house.store.jobs()[0].id)) // 2
    plan = house.service.jobs.plan(JobSpec("txt2img", BASE, axes=[AxisSpec("seed", [1, 2, 3, 4])]))
    assert plan.bytes == pytest.approx(4 * size, rel=0.01)
    assert plan.seconds == pytest.approx(4 * 4.0, rel=0.01)


def test_a_plan_counts_what_is_free_above_what_is_kept_free(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.add_done()
    spec = JobSpec("txt2img", BASE, axes=[AxisSpec("seed", list(range(100)))])
    size = house.service.jobs.plan(spec).bytes
    assert size
    for spare, codes in ((size, []), (size - 1, ["disk"])):
        disk = SimpleNamespace(free=5 * 1024**3 + spare)
        monkeypatch.setattr("inu_jobs.library.files.shutil.disk_usage", lambda folder, disk=disk: disk)
        plan = house.service.jobs.plan(spec)
        assert [f.code for f in plan.findings if f.code == "disk"] == codes
        assert plan.free_bytes == disk.free


# ----------------------------------------------------------------------------- looking


def test_lists_filter_by_state_and_text_and_page(house: House) -> None:
    first = house.add(name="Night market", note="for Ada")
    house.clock.now += 1
    second = house.add(name="Portraits", hold=True)
    house.clock.now += 1
    third = house.add(payload={**BASE, "prompt": "a red fox in snow"}, name="Third")

    def ids(**query: Any) -> list[str]:
        return [job.id for job in house.service.overview.list_jobs(**query).jobs]

    assert ids() == [third, second, first]
    assert ids(state="held") == [second] and ids(state="waiting") == [third, first]
    assert ids(text="MARKET night") == [first] and ids(text="ada") == [first]
    assert ids(text="fox snow") == [third] and ids(text="fox market") == []
    assert ids(limit=1, offset=1) == [second]
    answer = house.service.overview.list_jobs(state="held")
    assert answer.total == 1 and answer.states == {"waiting": 2, "held": 1}
    assert answer.revision == house.store.revision and answer.epoch == house.store.epoch


def test_a_job_with_its_tasks_and_images(house: House) -> None:
    id = house.add(tasks=2, payload={**BASE, "enable_hr": True, "hr_scale": 2, "denoising_strength": 0.5})
    house.run_one(infotext=INFOTEXT)
    detail = house.service.overview.get_job(id)
    assert [t.state for t in detail.tasks] == ["done", "queued"]
    assert [t.images for t in detail.tasks] == [1, 0]
    assert (detail.tasks[0].width, detail.tasks[0].height) == (128, 128)
    image = detail.images[0]
    assert image.path == "outputs/" + Path(image.path).name and image.verdict == "unreviewed"
    assert (image.width, image.height, image.job, image.task) == (64, 64, id, detail.tasks[0].id)
    job = detail.job
    assert job.cover == image.id and job.progress == 0.5 and job.images.total == 1
    assert job.started is not None and job.finished is None and job.eta == pytest.approx(4.0)


def test_a_failure_is_told_and_a_retry_clears_it(house: House) -> None:
    id = house.add()
    house.run_one(error="boom")
    job = house.service.overview.get_job(id).job
    assert job.state == "failed" and "boom" in job.error
    assert house.service.jobs.retry(id).state == "waiting"
    house.run_one()
    job = house.service.overview.get_job(id).job
    assert (job.state, job.error, job.images.total) == ("review", "", 1)


def test_changes_tell_what_changed_and_no_more(house: House) -> None:
    first, second = house.add(), house.add()
    start = house.service.overview.changes(house.store.epoch, house.store.revision)
    assert not start.reset and (start.jobs, start.tasks, start.images) == ([], [], [])
    house.queue.tick()
    house.scheduler.begin(first)
    house.queue.tick()
    house.scheduler.end()
    house.queue.tick()
    house.service.jobs.patch(second, JobPatch(note="x"))
    now = house.service.overview.changes(start.epoch, start.revision)
    assert {job.id for job in now.jobs} == {first, second}
    mine = house.service.overview.changes(start.epoch, start.revision, second)
    assert {task.job for task in mine.tasks} <= {second} and {task.job for task in now.tasks} >= {first}
    assert {job.id for job in mine.jobs} == {first, second}
    house.service.jobs.delete(first)
    gone = house.service.overview.changes(start.epoch, now.revision)
    assert gone.removed.jobs == [first] and first not in [job.id for job in gone.jobs]
    assert house.service.overview.changes("other", now.revision).reset
    assert house.service.overview.changes(start.epoch, now.revision + 10**6).reset


def test_live_tells_of_our_task_only(house: House) -> None:
    assert house.service.overview.live().task is None and house.service.overview.preview() is None
    id = house.add()
    house.queue.tick()
    task = house.scheduler.begin().task
    house.queue.tick()
    live = house.service.overview.live()
    assert (live.task, live.job, live.fraction, live.step, live.preview) == (task, id, 0.5, 10, 7)
    house.scheduler.picture = (b"jpeg", "image/jpeg")
    assert house.service.overview.preview() == (b"jpeg", "image/jpeg")
    house.scheduler.current = msgspec.structs.replace(house.scheduler.current, task="somebody-elses")
    assert house.service.overview.live().task is None and house.service.overview.preview() is None


def test_a_scheduler_that_is_away_is_told_and_breaks_nothing(house: House) -> None:
    house.scheduler.away = True
    status = house.service.overview.status()
    assert not status.scheduler.attached and "is missing" in status.scheduler.problem
    assert house.service.overview.live().task is None and house.service.overview.preview() is None
    id = house.add()
    assert house.service.overview.get_job(id).job.state == "waiting"


def test_status_counts(house: House) -> None:
    house.add(tasks=3)
    house.queue.tick()
    house.scheduler.begin()
    house.queue.tick()
    status = house.service.overview.status()
    assert (status.version, status.waiting, status.running) == ("1.2.3", 2, 1)
    assert status.scheduler.running == house.scheduler.current.task
    assert (status.store.jobs, status.store.tasks, status.store.images) == (1, 3, 0)


def test_catalog_has_every_list(house: House) -> None:
    catalog = house.service.overview.catalog()
    assert "Euler a" in catalog["samplers"]
    assert catalog["scripts"] == {"txt2img": ["prompt matrix"], "img2img": ["prompt matrix", "sd upscale"]}


# ---------------------------------------------------------------------------- handling


def test_patch_changes_what_is_given(house: House) -> None:
    id = house.add(note="old")
    assert house.service.jobs.patch(id, JobPatch(name=" new\tname ")).name == "new name"
    job = house.service.jobs.patch(id, JobPatch(note="n", priority=3))
    assert (job.name, job.note, job.priority) == ("new name", "n", 3)
    revision = house.store.revision
    house.service.jobs.patch(id, JobPatch(note="n"))
    assert house.store.revision == revision, "nothing new, nothing written"
    for bad in (JobPatch(name=" \n"), JobPatch(name="x" * 201), JobPatch(priority=5000)):
        with pytest.raises(InvalidInput):
            house.service.jobs.patch(id, bad)
    with pytest.raises(NotFound):
        house.service.jobs.patch("nope", JobPatch(name="x"))


def test_only_an_ended_job_is_archived(house: House) -> None:
    id = house.add()
    with pytest.raises(Refused):
        house.service.jobs.patch(id, JobPatch(archived=True))
    house.service.jobs.cancel(id)
    assert house.service.jobs.patch(id, JobPatch(archived=True)).archived
    assert house.service.overview.list_jobs().jobs == []
    assert [job.id for job in house.service.overview.list_jobs(state="archived").jobs] == [id]


def test_pause_and_cancel(house: House) -> None:
    id = house.add(tasks=2)
    house.queue.tick()
    assert house.service.jobs.pause(id).state == "held"
    assert not house.scheduler.waiting
    assert house.service.jobs.resume(id).hold is None
    assert house.service.jobs.cancel(id).tasks == {"cancelled": 2, "total": 2}
    for action in (
        house.service.jobs.pause,
        house.service.jobs.resume,
        house.service.jobs.cancel,
        house.service.jobs.retry,
    ):
        with pytest.raises(NotFound):
            action("nope")


def test_delete_keeps_files_and_a_sweep_takes_inputs(house: House) -> None:
    id = house.add(payload={**BASE, "init_images": [base64_png()]}, kind="img2img")
    other = house.add(payload={**BASE, "init_images": [base64_png(2)]}, kind="img2img")
    kept = house.inputs.path(house.service.overview.get_job(other).payload["init_images"][0])
    swept = house.inputs.path(house.service.overview.get_job(id).payload["init_images"][0])
    drafted = house.inputs.path(house.inputs.save_bytes(png(3)))
    house.captures.put("img2img", {"init_images": [f"input:{drafted.stem}"]})
    young = house.inputs.path(house.inputs.save_bytes(png(4)))
    for path in (kept, swept, drafted):
        os.utime(path, (NOON, NOON))
    house.run_one()
    image = house.store.images_of(id)[0]
    file = house.service.images.file(image.id)[0]
    removed = house.service.jobs.delete(id)
    assert removed.jobs == [id] and removed.images == [image.id]
    assert file.is_file() and swept.exists(), "it may be undone"
    house.service.images.sweep()
    assert file.is_file() and not swept.exists()
    assert kept.is_file() and drafted.is_file() and young.is_file()
    with pytest.raises(NotFound):
        house.service.images.file(image.id)
    with pytest.raises(NotFound):
        house.service.jobs.delete(id)


def test_the_hourly_sweep_leaves_what_undo_would_bring_back(house: House) -> None:
    payload = {**BASE, "init_images": [base64_png()]}
    id = house.add(payload=payload, kind="img2img")
    (token,) = house.service.overview.get_job(id).payload["init_images"]
    stray = house.inputs.path(house.inputs.save_bytes(png(7)))
    for path in (house.inputs.path(token), stray):
        os.utime(path, (NOON, NOON))
    removed = house.service.jobs.delete(id)
    assert house.service.images.sweep_inputs() == 1 and not stray.exists()
    house.service.undos.run(removed.undo or "")
    assert house.service.overview.get_job(id).payload["init_images"] == [token]
    assert house.inputs.path(token).is_file()


def test_the_cap_on_inputs_knows_what_jobs_use(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from inu_jobs.library import inputs

    monkeypatch.setattr(inputs, "MAX_UNUSED", 1000)
    id = house.add(payload={**BASE, "init_images": [base64_png()]}, kind="img2img")
    (token,) = house.service.overview.get_job(id).payload["init_images"]
    strays = [house.inputs.path(house.inputs.save_bytes(png(5)))]
    for path in (house.inputs.path(token), strays[0]):
        os.utime(path, (NOON, NOON))
    for size in range(6, 16):
        strays.append(house.inputs.path(house.inputs.save_bytes(png(size))))
        os.utime(strays[-1], (NOON + size, NOON + size))
    assert house.inputs.path(token).is_file() and not strays[0].exists() and strays[-1].is_file()
    assert sum(path.stat().st_size for path in strays if path.exists()) <= 1000


def thumb_of(house: House, path: Path) -> Path:
    """The cached thumbnail of a file, made now and dated back."""
    stat = path.stat()
    house.thumbs.get(path, stat.st_size, stat.st_mtime_ns)
    (cached,) = house.thumbs.folder.glob(f"??/{house.thumbs.key(path, stat.st_size, stat.st_mtime_ns)}.*")
    os.utime(cached, (NOON, NOON))
    return cached


def test_nothing_is_swept_while_the_store_does_not_know_all_jobs(house: House) -> None:
    path = house.inputs.path(house.inputs.save_bytes(png(5)))
    os.utime(path, (NOON, NOON))
    thumb = thumb_of(house, house.draw())
    second = House(house.folder)  # as another WebUI on the same folder
    assert second.store.read_only
    assert second.service.images.sweep() == 0 and path.is_file() and thumb.is_file()
    second.close()
    assert house.service.images.sweep() == 2 and not path.exists() and not thumb.exists()


def test_inputs_that_only_a_damaged_file_tells_of_are_kept_until_it_is_deleted(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.add_done()
    house.store.compact()  # the backup has no job with an input
    job = house.add(payload={**BASE, "init_images": [base64_png()]}, kind="img2img")
    path = house.inputs.path(house.service.overview.get_job(job).payload["init_images"][0])
    os.utime(path, (NOON, NOON))
    house.store.compact()
    house.close()
    snapshot = tmp_path / "data" / "jobs.json"
    snapshot.write_bytes(snapshot.read_bytes()[:-40])
    for _ in range(3):
        house = House(tmp_path)
        assert house.service.images.sweep() == 0 and path.is_file()
        (kept,) = snapshot.parent.glob("jobs.json.unreadable-*")
        assert f"kept as {kept.name}" in house.service.overview.status().store.problem
        house.close()
    house = House(tmp_path)
    kept.unlink()
    assert house.service.overview.status().store.problem == ""
    assert house.service.images.sweep() == 1 and not path.exists()
    house.close()


def test_thumbnails_of_deleted_jobs_are_swept(house: House) -> None:
    kept, gone = house.add_done(), house.add_done()
    (theirs,), (ours,) = (
        [house.service.images.file(image.id)[0] for image in house.store.images_of(job)]
        for job in (gone, kept)
    )
    old, valid = thumb_of(house, theirs), thumb_of(house, ours)
    young = thumb_of(house, house.draw())  # its image was saved, and is not recorded yet
    os.utime(young)
    assert house.service.images.sweep() == 0
    house.service.jobs.delete(gone)
    assert house.service.images.sweep() == 1
    assert not old.exists() and valid.is_file() and young.is_file()
    assert theirs.is_file(), "only the thumbnail goes"


def test_a_token_in_an_axis_keeps_its_input(house: House) -> None:
    token = house.inputs.save_bytes(png(9))
    house.add(
        payload={**BASE, "init_images": [base64_png()]},
        kind="img2img",
        axes=[AxisSpec("init_images.0", [token])],
    )
    os.utime(house.inputs.path(token), (NOON, NOON))
    house.service.images.sweep()
    assert house.inputs.path(token).is_file()


# ------------------------------------------------------------------------------ images


def test_thumbs_and_info(house: House) -> None:
    id = house.add()
    house.run_one(infotext=INFOTEXT)
    image = house.store.images_of(id)[0]
    data, media_type, version = house.service.images.thumb(image.id)
    assert Picture.open(io.BytesIO(data)).size == (64, 64) and media_type in ("image/webp", "image/jpeg")
    info = house.service.images.info(image.id)
    assert info.infotext == INFOTEXT and not info.missing and info.bytes == image.size
    assert ("Prompt", PROMPT) in info.parameters and ("Sampler", "Euler a") in info.parameters
    assert info.payload["seed"] == house.store.tasks_of(id)[0].changes["seed"]
    assert info.image.version == version


def test_a_missing_file_is_told(house: House) -> None:
    house.add_done()
    image = house.store.images_of(house.store.jobs()[0].id)[0]
    (house.folder / image.path).unlink()
    info = house.service.images.info(image.id)
    assert info.missing and info.infotext == "" and info.parameters == []
    for call in (house.service.images.file, house.service.images.thumb):
        with pytest.raises(NotFound):
            call(image.id)


def test_seeds_that_are_left_open_are_those_of_the_plan(house: House) -> None:
    axes = [AxisSpec("prompt", template=Template("a {red|blue|green} fox", "random", 6, 3))]
    spec = JobSpec("txt2img", {"seed": -1, "n_iter": 2, "steps": 1}, axes=axes, drawn_with=7)
    planned = [(task["prompt"], task["changes"]["seed"]) for task in house.service.jobs.plan(spec).sample]
    made = house.service.overview.get_job(house.service.jobs.create(spec).id)
    queued = [(task.changes["prompt"], task.changes["seed"]) for task in made.tasks]
    assert queued == planned and len({seed for _, seed in queued}) == 12
    other = house.service.jobs.plan(msgspec.structs.replace(spec, drawn_with=8)).sample
    assert [task["changes"]["seed"] for task in other] != [seed for _, seed in planned]
    free = msgspec.structs.replace(spec, drawn_with=None)
    assert house.service.jobs.plan(free).sample != house.service.jobs.plan(free).sample


def test_new_seeds_of_a_derive_are_those_of_the_plan(house: House) -> None:
    image = house.store.images_of(house.add_done())[0].id
    axes = [AxisSpec("seed", [-1, -1, -1])]
    spec = DeriveSpec(Selection(images=[image]), "variations", axes=axes, drawn_with=3)
    planned = [task["changes"]["seed"] for task in house.service.deriver.plan(spec).sample]
    made = house.service.overview.get_job(house.service.jobs.derive(spec).id)
    assert [task.changes["seed"] for task in made.tasks] == planned


def test_seeds_that_an_edit_draws_are_those_of_its_plan(house: House) -> None:
    axes = [AxisSpec("prompt", ["a", "b"])]
    made = house.service.jobs.create(JobSpec("txt2img", {"seed": -1, "steps": 1}, axes=axes, hold=True))
    before = {
        task.changes["prompt"]: task.changes["seed"] for task in house.service.overview.get_job(made.id).tasks
    }
    edit = JobEdit(axes=[AxisSpec("prompt", ["a", "b", "c"])], drawn_with=5)
    planned = {
        task["prompt"]: task["changes"]["seed"] for task in house.service.editor.plan(made.id, edit).sample
    }
    house.service.jobs.edit(made.id, edit)
    after = {
        task.changes["prompt"]: task.changes["seed"] for task in house.service.overview.get_job(made.id).tasks
    }
    assert after == planned and {prompt: after[prompt] for prompt in "ab"} == before
