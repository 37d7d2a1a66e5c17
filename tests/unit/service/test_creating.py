"""Jobs are made, refused, or only planned."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from inu_jobs.api import DeriveSpec, JobEdit, JobSpec, Selection
from inu_jobs.errors import InvalidInput, Refused, StoreReadOnly
from inu_jobs.model import AxisSpec, Template
from tests.clock import NOON
from tests.unit.service.service_kit import PROMPT, House
from tests.unit.service.spec_kit import BASE, base64_png, png


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
    with pytest.raises(Refused, match=r"task 1, still needs 00001\.png of it"):
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
