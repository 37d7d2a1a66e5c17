"""New jobs from images: across jobs, refused where they cannot be, not made twice."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inu_jobs.api import DeriveSpec, Parameters, Selection
from inu_jobs.errors import InuJobsError, InvalidInput, NotFound, Refused
from inu_jobs.model import AxisSpec, Image
from inu_jobs.overlay import overlay
from inu_jobs.ports import HandOver, Made
from tests.unit.service.service_kit import PROMPT, House
from tests.unit.web.routes.fuzz_kit import ANYTHING, PATHS, TEXTS

PAYLOAD = {
    "prompt": f"{PROMPT} <lora:dog:0.5>", "steps": 20, "width": 64, "height": 64, "seed": 7,
    "override_settings": {"sd_model_checkpoint": "tiny", "CLIP_stop_at_last_layers": 2},
}  # fmt: skip
WRITTEN = """a red boat, "calm"
Negative prompt: fog
Steps: 12, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 99, Size: 64x96, \
Model hash: 0123456789, Model: other, Clip skip: 2, Version: v1.10.1"""


def made(house: House, tasks: int = 1, **payload: Any) -> tuple[str, list[Image]]:
    """A finished job and its images."""
    job = house.add(tasks, payload={**PAYLOAD, **payload}, force=True)
    for _ in range(tasks):
        house.queue.tick()
        request = house.scheduler.begin(job)
        house.queue.tick()
        house.clock.now += 4
        house.scheduler.end([Made(str(house.draw()), seed=request.payload["seed"])])
        house.queue.tick()
    return job, house.store.images_of(job)


def spec(images: list[Image], action: Any = "img2img", **fields: Any) -> DeriveSpec:
    return DeriveSpec(Selection(images=[image.id for image in images]), action, **fields)


def sent(house: House, job: str) -> list[HandOver]:
    """What Agent Scheduler got of a job, in the order of its tasks."""
    house.queue.tick()
    return [house.scheduler.waiting[task.id] for task in house.store.tasks_of(job)]


def test_img2img_of_each_image_with_its_own_seed(house: House) -> None:
    parent, images = made(house, 3)
    summary = house.service.jobs.derive(spec(images, changes={"width": {"scale": 1.5}, "lora:dog": 0.8}))
    assert (summary.kind, summary.parent) == ("img2img", parent)
    assert summary.name == f"img2img of {house.service.overview.get_job(parent).job.name}"
    by_source = {image.id: image for image in images}
    tasks = house.store.tasks_of(summary.id)
    assert {task.source for task in tasks} == set(by_source)
    assert len({task.payload for task in tasks}) == 1
    for task, request in zip(tasks, sent(house, summary.id), strict=True):
        image = by_source[task.source or ""]
        assert request.is_img2img
        assert request.payload["init_images"] == [str(house.host.data_folder() / image.path)]
        assert request.payload["seed"] == image.seed
        assert request.payload["prompt"] == f"{PROMPT} <lora:dog:0.8>"
        assert (request.payload["width"], request.payload["height"]) == (96, 64)
        assert request.payload["denoising_strength"] == 0.5
        assert request.payload["override_settings"] == PAYLOAD["override_settings"]
        assert "enable_hr" not in request.payload


def test_the_plan_says_what_there_will_be(house: House) -> None:
    _, images = made(house, 2)
    axes = [AxisSpec("denoising_strength", [0.3, 0.5]), AxisSpec("lora:dog", [0.6, 0.8, 1])]
    plan = house.service.deriver.plan(spec(images, axes=axes))
    assert (plan.tasks, plan.images, plan.findings) == (12, 12, [])
    assert plan.seconds is not None and plan.bytes
    assert plan.sample[0]["prompt"].startswith(PROMPT) and "denoising" in plan.sample[0]["label"]
    assert len(house.store.jobs()) == 1


def test_the_plan_tells_of_controlnet_and_leaves_it_out_when_asked(house: House) -> None:
    unit = {"enabled": True, "weight": 0.5}
    _, plain = made(house)
    _, off = made(house, alwayson_scripts={"ControlNet": {"args": [unit | {"enabled": False}]}})
    _, on = made(house, alwayson_scripts={"ControlNet": {"args": [unit]}}, steps=11)
    wanted = spec([*plain, *off, *on], "rerender", force=True)
    assert house.service.deriver.plan(wanted).controlnet == 1
    kept = house.service.jobs.derive(wanted)
    left = house.service.jobs.derive(msgspec.structs.replace(wanted, leave_out=["ControlNet"]))
    scripts = [
        [hand.payload.get("alwayson_scripts") for hand in sent(house, made.id)] for made in (kept, left)
    ]
    assert {"ControlNet": {"args": [unit]}} in scripts[0]
    assert not any(entry and "ControlNet" in entry for entry in scripts[1])
    with pytest.raises(InvalidInput, match="characters"):
        house.service.deriver.plan(msgspec.structs.replace(wanted, leave_out=["x" * 300]))


def test_text_and_image_tasks_in_one_job_go_to_their_own_endpoint(house: House) -> None:
    _, images = made(house)
    derived = house.service.jobs.derive(spec(images)).id
    house.queue.tick()
    house.scheduler.begin()
    house.queue.tick()
    house.scheduler.end([Made(str(house.draw()), seed=7)])
    house.queue.tick()
    both = [*images, *house.store.images_of(derived)]
    job = house.service.jobs.derive(spec(both, "rerender"))
    assert job.name == "Re-render of 2 jobs" and job.parent is None
    assert sorted(request.is_img2img for request in sent(house, job.id)) == [False, True]
    assert house.service.deriver.plan(spec(both, "hires")).tasks == 1
    with pytest.raises(InvalidInput, match="came from img2img"):
        house.service.jobs.derive(spec(house.store.images_of(derived), "hires"))


def test_a_job_of_many_parameters_says_what_they_have_in_common(house: House) -> None:
    _, one = made(house, sampler_name="Euler a", scheduler="Karras")
    _, same = made(house, sampler_name="Euler a", scheduler="Karras", prompt="another")
    _, other = made(house, sampler_name="DPM++ 2M", scheduler="Karras", steps=30, width=96)
    alike = house.service.jobs.derive(spec([*one, *same], "rerender"))
    assert (alike.parameters.prompt, alike.parameters.mixed) == ("", False)
    assert (alike.parameters.sampler, alike.parameters.steps, alike.parameters.width) == ("Euler a", 20, 64)
    mixed = house.service.jobs.derive(spec([*one, *other], "rerender"))
    assert mixed.parameters == Parameters(
        prompt=PAYLOAD["prompt"], checkpoint="tiny", scheduler="Karras", height=64, mixed=True
    )
    # as its tasks are, when they are others
    tasks = house.store.tasks_of(mixed.id)
    with house.store.transaction() as t:
        t.delete_task(next(task.id for task in tasks if task.source == other[0].id))
    assert house.service.overview.get_job(mixed.id).job.parameters.sampler == "Euler a"


@pytest.mark.parametrize("told", [True, False])
def test_a_rerender_of_one_of_a_batch_is_that_one_alone(house: House, told: bool) -> None:
    """``told``: by the host, which saved only the second image; else its place tells the subseed."""
    job = house.add(payload={**PAYLOAD, "batch_size": 2, "subseed": 40, "subseed_strength": 0.2})
    house.queue.tick()
    house.scheduler.begin()
    house.queue.tick()
    second = Made(str(house.draw()), seed=7, subseed=41 if told else None, index=1)
    house.scheduler.end([Made(str(house.draw()), seed=7, index=0), second] if not told else [second])
    house.queue.tick()
    derived = house.service.jobs.derive(spec(house.store.images_of(job), "rerender"))
    payloads = [request.payload for request in sent(house, derived.id)]
    each = [(7, 41, 1)] if told else [(7, 40, 1), (7, 41, 1)]
    assert [(p["seed"], p["subseed"], p["batch_size"]) for p in payloads] == each


def test_what_a_style_made_of_the_prompts_is_taken_without_the_style(house: House) -> None:
    job = house.add(payload={**PAYLOAD, "styles": ["sketch"], "negative_prompt": "fog"})
    text = WRITTEN.replace("Negative prompt: fog", "Negative prompt: fog, ink")
    house.queue.tick()
    house.scheduler.begin()
    house.queue.tick()
    house.scheduler.end([Made(str(house.draw(infotext=text)), seed=7, prompt="a house, sketch")])
    house.queue.tick()
    derived = house.service.jobs.derive(spec(house.store.images_of(job), "rerender"))
    (request,) = sent(house, derived.id)
    assert request.payload["prompt"] == "a house, sketch"
    assert request.payload["negative_prompt"] == "fog, ink"
    assert request.payload["styles"] == []


def test_what_was_made_is_not_made_again(house: House) -> None:
    _, images = made(house, 2)
    first = spec(images[:1], changes={"denoising_strength": 0.4})
    derived = house.service.jobs.derive(first).id
    second = spec(images, changes={"denoising_strength": 0.4})
    plan = house.service.deriver.plan(second)
    assert plan.tasks == 2
    assert [(f.code, f.message) for f in plan.findings] == [("already_made", "Already made: 1 of 2.")]
    skipping = spec(images, changes={"denoising_strength": 0.4}, skip_made=True)
    assert house.service.deriver.plan(skipping).tasks == 1
    only = house.service.jobs.derive(skipping).id
    assert [task.source for task in house.store.tasks_of(only)] == [images[1].id]
    with pytest.raises(Refused, match="made already"):
        house.service.jobs.derive(skipping)
    house.service.jobs.cancel(derived)
    house.service.jobs.cancel(only)
    assert house.service.deriver.plan(skipping).tasks == 2  # nothing will come of those
    assert house.service.deriver.plan(spec(images, skip_made=True)).tasks == 2  # another strength


def test_a_drawn_seed_is_no_difference(house: House) -> None:
    _, images = made(house)
    two = AxisSpec("subseed", [-1, -1])
    house.service.jobs.derive(spec(images, "variations", axes=[two]))
    three = spec(images, "variations", axes=[AxisSpec("subseed", [-1, -1, -1])], skip_made=True)
    assert house.service.deriver.plan(three).tasks == 1
    seeds = spec(images, "variations", axes=[AxisSpec("seed", [-1, -1])], skip_made=True)
    house.service.jobs.derive(spec(images, "rerender"))
    assert house.service.deriver.plan(seeds).tasks == 2  # the image again is no new one


def left_out(house: House, wanted: DeriveSpec) -> tuple[int, list[str]]:
    plan = house.service.deriver.plan(wanted)
    return plan.tasks, [found.message for found in plan.findings if found.code == "image_left_out"]


def test_what_is_in_the_trash_or_gone_is_left_out_and_named(house: House) -> None:
    _, images = made(house, 2)
    (house.host.data_folder() / images[0].path).unlink()
    name = images[0].path.rpartition("/")[2]
    tasks, said = left_out(house, spec(images))
    assert tasks == 1 and len(said) == 1
    assert said[0].startswith(f"1 of 2 images left out ({name}): its file is not there any more")
    assert house.service.jobs.derive(spec(images)).tasks["total"] == 1
    with pytest.raises(InvalidInput, match="This image cannot be used: its file is not there any more"):
        house.service.deriver.plan(spec(images[:1]))
    assert house.service.deriver.plan(spec(images, "rerender")).tasks == 2  # needs no file
    with house.store.transaction() as t:
        trashed = Image(
            **{**{f: getattr(images[1], f) for f in images[1].__struct_fields__}, "trashed": True}
        )
        t.put(trashed)
    tasks, said = left_out(house, spec(images, "rerender"))
    assert tasks == 1 and "it is in the trash" in said[0]
    by_job = DeriveSpec(Selection(jobs=[images[0].job]), "rerender")
    assert house.service.deriver.plan(by_job).tasks == 1


def test_images_whose_input_is_gone_are_left_out_of_a_rerender(house: House) -> None:
    """As "from all kept" of several jobs: nobody can take them out of that selection."""
    _, images = made(house, 2)
    ids = [house.service.jobs.derive(spec([image])).id for image in images]
    for _ in ids:
        house.run_one()
    house.service.trash.trash(Selection(images=[images[0].id]))
    both = DeriveSpec(Selection(jobs=ids), "rerender")
    tasks, said = left_out(house, both)
    assert tasks == 1 and "1 of 2 images left out" in said[0] and "not there any more" in said[0]
    assert left_out(house, DeriveSpec(Selection(jobs=ids), "img2img")) == (2, [])


def written_over(house: House, image: Image, infotext: str) -> Image:
    """The file of ``image`` as a WebUI wrote it that told more."""
    path = house.host.data_folder() / image.path
    house.draw(path.name, infotext=infotext)
    found = path.stat()
    with house.store.transaction() as t:
        t.put(msgspec.structs.replace(image, size=found.st_size, mtime=found.st_mtime_ns))
    return house.store.image(image.id) or image


def test_what_an_infotext_says_of_settings_comes_along_and_the_rest_is_named(house: House) -> None:
    _, images = made(house, 2, prompt="", steps=None)  # of no use: the infotext has to tell
    more = "ENSD: 31337, Tiling: True, Face restoration: GFPGAN, ADetailer model: face.pt, Version"
    told = [written_over(house, images[0], WRITTEN.replace("Version", more)), images[1]]
    written_over(house, images[1], WRITTEN)
    plan = house.service.deriver.plan(spec(told, "rerender"))
    said = [found.message for found in plan.findings if found.code == "not_carried"]
    assert said == ["Not carried over: ADetailer model. (1 of 2 images)"]
    job = house.service.jobs.derive(spec(told[:1], "rerender"))
    (request,) = sent(house, job.id)
    settings = request.payload["override_settings"]
    assert (settings["eta_noise_seed_delta"], settings["face_restoration_model"]) == (31337, "GFPGAN")
    assert request.payload["tiling"] is request.payload["restore_faces"] is True
    upscale = spec(told, "upscale", changes={"upscaler": "Lanczos"})
    assert all(found.code != "not_carried" for found in house.service.deriver.plan(upscale).findings)


def test_a_wildcard_in_the_negative_prompt_alone_is_taken_as_it_came_out(house: House) -> None:
    scripts = {"Dynamic Prompts v2": {"args": [True, 1]}}
    _, (image,) = made(house, negative_prompt="{fog|rain}, low", alwayson_scripts=scripts, styles=["sketch"])
    assert image.prompt is None
    image = written_over(house, image, WRITTEN.replace("Negative prompt: fog", "Negative prompt: rain, low"))
    plan = house.service.deriver.plan(spec([image], "variations"))
    job = house.service.jobs.derive(spec([image], "variations", force=True))
    (task,) = house.store.tasks_of(job.id)
    payload = overlay(house.store.payload(task.payload) or {}, task.changes)
    assert (payload["negative_prompt"], payload["prompt"]) == ("rain, low", PAYLOAD["prompt"])
    assert payload["alwayson_scripts"]["Dynamic Prompts v2"]["args"][0] is False and payload["styles"] == []
    assert plan.tasks == 1


def test_a_negative_prompt_that_came_out_as_it_stands_leaves_all_as_it_is(house: House) -> None:
    scripts = {"Dynamic Prompts v2": {"args": [True, 1]}}
    _, (image,) = made(house, negative_prompt="fog", alwayson_scripts=scripts)
    image = written_over(house, image, WRITTEN)
    job = house.service.jobs.derive(spec([image], "rerender", force=True))
    (task,) = house.store.tasks_of(job.id)
    payload = overlay(house.store.payload(task.payload) or {}, task.changes)
    assert payload["alwayson_scripts"] == scripts and payload["prompt"] == PAYLOAD["prompt"]


def test_an_infotext_is_read_once_until_its_file_changes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inu_jobs.service.derive.sources.READ", 2)
    read: list[str] = []
    plain = house.host.infotext
    monkeypatch.setattr(house.host, "infotext", lambda path: (read.append(path.name), plain(path))[1])
    _, images = made(house, 3, prompt="", steps=None)
    images = [written_over(house, image, WRITTEN) for image in images]
    names = [image.path.rpartition("/")[2] for image in images]
    for _ in range(3):
        house.service.deriver.plan(spec(images[:2], "rerender"))
    assert read == names[:2]
    written_over(house, images[0], WRITTEN.replace("boat", "ship"))
    plan = house.service.deriver.plan(spec(images[:2], "rerender"))
    assert read == [*names[:2], names[0]] and "ship" in plan.sample[0]["prompt"]
    house.service.deriver.plan(spec(images[2:], "rerender"))  # one more than are kept
    house.service.deriver.plan(spec(images[1:2], "rerender"))
    house.service.deriver.plan(spec(images[:1], "rerender"))
    assert len(read) > 4 and len(house.service.deriver._sources._infotexts._known) == 2


def test_an_infotext_in_the_text_file_alone_is_enough(house: House) -> None:
    _, (image,) = made(house, prompt="", steps=None)
    text = (house.folder / image.path).with_suffix(".txt")
    for words in ("a boat", "a ship"):  # somebody may write into it
        text.write_text(f"{words}\nNegative prompt: fog\nSteps: 9, Sampler: Euler, Seed: 5\n", "utf-8")
        plan = house.service.deriver.plan(spec([image], "rerender"))
        assert plan.sample[0]["prompt"] == words


def test_upscales_are_left_out_where_something_else_is_changed(house: House) -> None:
    _, images = made(house, 1)
    upscaled = house.service.jobs.derive(
        spec(images, "upscale", changes={"upscaler": "Lanczos"}, force=True)
    ).id
    house.run_one()
    both = [*images, *house.store.images_of(upscaled)]
    tasks, said = left_out(house, spec(both, "rerender", changes={"steps": 30}))
    assert tasks == 1 and "an upscale can change" in said[0] and "steps" in said[0]
    assert left_out(house, spec(both, "rerender")) == (2, [])  # as they are
    with pytest.raises(InvalidInput, match="An upscale can change") as error:
        house.service.deriver.plan(spec(both[1:], "rerender", changes={"steps": 30}))
    assert error.value.field == "changes.steps"


def test_selections_that_mean_nothing(house: House) -> None:
    _, images = made(house)
    for selection, error in (
        (Selection(), InvalidInput),
        (Selection(images=[images[0].id], jobs=[images[0].job]), InvalidInput),
        (Selection(images=[]), InvalidInput),
        (Selection(images=["i" + "0" * 17]), NotFound),
        (Selection(jobs=["j" + "0" * 17]), NotFound),
        (Selection(jobs=[images[0].job], verdict="kept"), InvalidInput),
    ):
        with pytest.raises(error):
            house.service.deriver.plan(DeriveSpec(selection, "rerender"))


def test_a_job_is_refused_for_what_cannot_be_unless_forced(house: House) -> None:
    _, images = made(house)
    wrong = {"sampler_name": "Eulr"}
    with pytest.raises(Refused) as refused:
        house.service.jobs.derive(spec(images, changes=wrong))
    assert refused.value.findings[0]["code"] == "sampler_unknown"
    assert house.service.jobs.derive(spec(images, changes=wrong, force=True)).tasks["total"] == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sampler": "Euler"}, "changes.sampler"),
        ({"steps": "many"}, "changes.steps"),
        ({"sampler_name": {"scale": 2}}, "changes.sampler_name"),
        ({"hr_scale": 2}, "changes.hr_scale"),
        ({"init_images": ["input:0"]}, "changes.init_images"),
        ({"mask": "/etc/a.png"}, "changes.mask"),
        ({"prompt": {"replace": ["a"]}}, "changes.prompt"),
        ({"lora:dog": "much"}, "changes.lora:dog"),
        ({"lora:": 1}, "changes.lora:"),
    ],
)
def test_changes_that_make_no_sense(house: House, changes: dict[str, Any], field: str) -> None:
    _, images = made(house)
    with pytest.raises(InvalidInput) as error:
        house.service.deriver.plan(spec(images, changes=changes))
    assert error.value.field == field


def test_an_image_with_nothing_recorded_is_read_from_its_infotext(house: House) -> None:
    job = house.add(payload={}, force=True)
    house.run_one(infotext=WRITTEN)
    (image,) = house.store.images_of(job)
    task = house.store.tasks_of(house.service.jobs.derive(spec([image], "rerender")).id)[0]
    payload = overlay(house.store.payload(task.payload) or {}, task.changes)
    expected = {
        "prompt": 'a red boat, "calm"', "negative_prompt": "fog", "steps": 12, "sampler_name": "DPM++ 2M",
        "scheduler": "Karras", "cfg_scale": 6.5, "width": 64, "height": 96,
    }  # fmt: skip
    assert expected.items() <= payload.items()
    assert payload["override_settings"] == {
        "CLIP_stop_at_last_layers": 2, "randn_source": "GPU", "emphasis": "Original",
        "sd_model_checkpoint": "other",
    }  # fmt: skip


ANY_PATH = st.one_of(
    PATHS,
    st.sampled_from(["lora:dog", "lora:*", "prompt", "width", "upscaler", "scale", "gfpgan", "seed"]),
    TEXTS.filter(lambda text: len(text) < 100),
)
ANY_VALUE = st.one_of(
    ANYTHING,
    st.fixed_dictionaries({"scale": ANYTHING}),
    st.dictionaries(st.sampled_from(["prefix", "suffix", "replace"]), st.one_of(ANYTHING, st.lists(TEXTS))),
)


@given(
    st.sampled_from(["img2img", "hires", "upscale", "variations", "rerender"]),
    st.dictionaries(ANY_PATH, ANY_VALUE, max_size=3),
    st.lists(st.builds(AxisSpec, ANY_PATH, st.lists(ANY_VALUE, max_size=3)), max_size=2),
    st.booleans(),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_asked_for_is_planned_or_refused_with_a_sentence(
    house: House, action: Any, changes: dict[str, Any], axes: list[AxisSpec], force: bool
) -> None:
    job = house.store.jobs()[-1].id if house.store.jobs() else made(house)[0]
    asked = spec(house.store.images_of(job), action, changes=changes, axes=axes, force=force, hold=True)
    try:
        house.service.deriver.plan(asked)
        house.service.jobs.derive(asked)
    except InuJobsError as error:
        assert str(error)
