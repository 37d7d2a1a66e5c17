"""The audit in the service: on arrival and on demand, a planted defect of each kind found, and nothing on
what is as it was asked for; and the images made again."""

from __future__ import annotations

import base64
import io
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image as Picture
from PIL.PngImagePlugin import PngInfo

from inu_jobs.api import Selection, SetVerdict
from inu_jobs.model import Image
from inu_jobs.ports import Made
from inu_jobs.service.images.retry import AT_WORK
from tests.unit.service.service_kit import House

ASKED: dict[str, Any] = {
    "prompt": "a house <lora:dog:0.8>", "steps": 5, "width": 64, "height": 64, "seed": 1,
    "sampler_name": "DPM++ 2M", "scheduler": "Karras",
    "override_settings": {"sd_model_checkpoint": "tiny.safetensors"},
}  # fmt: skip
FIELDS = {
    "Steps": "5", "Sampler": "DPM++ 2M", "Schedule type": "Karras", "CFG scale": "7", "Seed": "1",
    "Size": "64x64", "Model hash": "0123456789", "Model": "tiny", "Lora hashes": '"dog: 0123456789ab"',
    "Version": "v1.10.1",
}  # fmt: skip


def infotext(prompt: str = "a house <lora:dog:0.8>", **changes: str | None) -> str:
    fields = {**FIELDS, **{name.replace("_", " "): value for name, value in changes.items()}}
    told = ", ".join(f"{name}: {value}" for name, value in fields.items() if value is not None)
    return f"{prompt}\n{told}"


def save(
    house: House, name: str, text: str = "", size: tuple[int, int] = (64, 64), colour: Any = None
) -> Path:
    """As the WebUI would: shades, or one ``colour``."""
    picture = Picture.linear_gradient("L").resize(size).convert("RGB")
    if colour is not None:
        picture = Picture.new("RGB", size, colour)
    info = PngInfo()
    info.add_text("parameters", text)
    path = house.outputs / name
    picture.save(path, pnginfo=info)
    return path


def run(
    house: House, files: list[Path], payload: dict[str, Any] = ASKED, kind: Any = "txt2img"
) -> list[Image]:
    """A job whose only task makes ``files``."""
    job = house.add(payload=payload, kind=kind, force=True)
    house.queue.tick()
    house.scheduler.begin(job)
    house.queue.tick()
    house.clock.now += 2
    house.scheduler.end([Made(str(path), seed=1) for path in files])
    house.queue.tick()
    return house.store.images_of(job)


def codes(house: House, images: list[Image]) -> list[list[str]]:
    now = [house.store.image(image.id) for image in images]
    return [[finding.code for finding in image.findings] for image in now if image is not None]


@pytest.fixture
def watched(house: House) -> House:
    """Its audit has seen what there is."""
    house.service.auditor.round()
    return house


@pytest.mark.parametrize(
    ("text", "picture", "found"),
    [
        (infotext(), {}, []),
        (infotext(), {"colour": "black"}, ["audit_blank"]),
        (infotext(), {"colour": (9, 90, 200)}, ["audit_blank"]),
        (infotext(), {"size": (64, 72)}, ["audit_size"]),
        (infotext(Lora_hashes=None), {}, ["audit_lora"]),
        (infotext(Lora_hashes='"cat: 0123456789ab"'), {}, ["audit_lora"]),
        (infotext(Model_hash="9876543210", Model="other"), {}, ["audit_model"]),
        (infotext(Model_hash=None, Model="other"), {}, ["audit_model"]),
        (infotext(Sampler="Euler a"), {}, ["audit_sampler"]),
        (infotext(Schedule_type="Exponential"), {}, ["audit_sampler"]),
    ],
)  # fmt: skip
def test_a_defect_is_found_as_the_image_arrives(
    watched: House, text: str, picture: dict[str, Any], found: list[str]
) -> None:
    images = run(watched, [save(watched, "a.png", text, **picture)])
    watched.service.auditor.round()
    assert codes(watched, images) == [found]
    assert watched.service.overview.get_job(images[0].job).job.images.findings == bool(found)


BOTH = {"Hires prompt": "a house <lora:cat:1>", "Lora hashes": '"cat: 0123456789ab"'}


@pytest.mark.parametrize(
    ("version", "judged"),
    [
        # the first pass's LoRAs were written over by those of the second
        ("v1.3.0", False), ("v1.9.4", False), ("v1.9.4-169-ga30b19dd", False),
        ("f0.0.17v1.8.0rc-latest-276-g29be1da7", False), ("6d9d2b7", False),
        ("v1.10.0", True), ("v1.10.0-RC-63-g72cfa2829", True), ("v1.10.1", True), ("1.10.1", True),
        ("v1.10.1-amd-37-g721f6391", True), ("f2.0.1v1.10.1-previous-669-gdfdcbab6", True),
        ("f1.7.0-v1.10.1RC-latest-2255-g2b54f24a", True), ("neo", True), ("neo-2.26", True),
        ("v1.11.0", True), ("v2.0.0", True), ("v" + "1" * 5000, False),
        (None, None),  # a setting: known of our own images, not of others
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["txt2img", "adopted", "imported"])
def test_loras_of_both_passes_are_judged_where_both_are_written(
    watched: House, version: str | None, judged: bool | None, kind: str
) -> None:
    expected = kind != "imported" if judged is None else judged
    one_pass = {"Hires prompt": "a large house", "Lora hashes": BOTH["Lora hashes"]}
    for name, fields, missing in (("a.png", BOTH, expected), ("b.png", one_pass, True)):
        images = run(watched, [save(watched, name, infotext(Version=version, **fields))])
        job = watched.store.job(images[0].job)
        assert job is not None
        with watched.store.transaction() as transaction:
            transaction.put(msgspec.structs.replace(job, kind=kind))
        watched.service.auditor.audit(Selection(images=[images[0].id]))
        assert codes(watched, images) == [["audit_lora"] if missing else []], name


def test_a_damaged_file_is_found(watched: House) -> None:
    path = save(watched, "a.png", infotext())
    path.write_bytes(path.read_bytes()[:300])
    images = run(watched, [path])
    watched.service.auditor.round()
    assert codes(watched, images) == [["audit_unreadable"]]


def test_fewer_images_than_asked_are_noted_on_the_first(watched: House) -> None:
    files = [save(watched, f"{n}.png", infotext()) for n in range(2)]
    images = run(watched, files, {**ASKED, "batch_size": 3})
    watched.service.auditor.round()
    assert codes(watched, images) == [["audit_count"], []]
    watched.service.auditor.audit(Selection(jobs=[images[0].job]))
    assert codes(watched, images) == [["audit_count"], []]
    watched.service.marks.set_verdict(verdict(images[0].id))
    watched.service.auditor.round()
    assert codes(watched, images) == [["audit_count"], []]


def verdict(id: str) -> SetVerdict:
    return SetVerdict(Selection(images=[id]), "kept")


INPUT = "input"
CLEAN: dict[str, tuple[str, dict[str, Any], str, tuple[int, int]]] = {
    "txt2img": ("txt2img", {}, infotext(), (64, 64)),
    "no infotext": ("txt2img", {}, "", (64, 64)),
    "hires": (
        "txt2img", {"enable_hr": True, "hr_scale": 1.5, "hr_sampler_name": "Euler"},
        infotext(Hires_upscale="1.5", Hires_sampler="Euler"), (96, 96),
    ),
    "hires to a width": ("txt2img", {"enable_hr": True, "hr_resize_x": 100}, infotext(), (96, 96)),
    "size no multiple of 8": ("txt2img", {"width": 70}, infotext(Size="70x64"), (64, 64)),
    "Automatic is the sampler's own": ("txt2img", {"scheduler": "Automatic"}, infotext(), (64, 64)),
    "checkpoint by its title": ("txt2img", {
        "override_settings": {"sd_model_checkpoint": "tiny.safetensors [0123456789]"}}, infotext(), (64, 64)),
    "checkpoint by its hash": (
        "txt2img", {"override_settings": {"sd_model_checkpoint": "0123456789"}}, infotext(), (64, 64)),
    "checkpoint not said": ("txt2img", {"override_settings": {}}, infotext(Model="x"), (64, 64)),
    "networks switched off": (
        "txt2img", {"disable_extra_networks": True}, infotext(Lora_hashes=None), (64, 64)),
    "hashes not written": (
        "txt2img", {"override_settings": {"lora_add_hashes_to_infotext": False}},
        infotext(Lora_hashes=None), (64, 64)),
    "strength 0": (
        "txt2img", {"prompt": "a <lora:dog:0>"}, infotext("a <lora:dog:0>", Lora_hashes=None), (64, 64)),
    "a style took the LoRA out": ("txt2img", {}, infotext("a house", Lora_hashes=None), (64, 64)),
    "another extension resized": ("txt2img", {}, infotext(Tiled_Diffusion="yes"), (128, 128)),
    "a script of the page": ("txt2img", {"script_name": "prompt matrix", "script_args": [0] * 5},
                             infotext(Sampler="Euler", Model="x"), (128, 64)),
    "img2img": ("img2img", {"init_images": INPUT, "resize_mode": 1}, infotext(), (64, 64)),
    "inpaint, only masked": ("img2img", {"init_images": INPUT, "mask": INPUT}, infotext(), (200, 120)),
    "inpaint, whole picture": (
        "img2img", {"init_images": INPUT, "mask": INPUT, "inpaint_full_res": False}, infotext(), (64, 64)),
    "upscale": (
        "img2img", {"init_images": INPUT, "script_name": "Inu Jobs upscale",
                    "script_args": ["Lanczos", 2.0, "None", 0, 0, 0, 0]},
        infotext("a <lora:gone:1>", Lora_hashes=None, Model="z", Postprocess_upscale_by="2"), (400, 240)),
}  # fmt: skip


def base64_png() -> str:
    out = io.BytesIO()
    Picture.linear_gradient("L").resize((200, 120)).convert("RGB").save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


@pytest.mark.parametrize("case", CLEAN)
def test_a_clean_job_has_no_findings(watched: House, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, changes, text, size = CLEAN[case]
    payload = {**ASKED, **changes}
    if case == "hashes not written":  # by a job that was made when jobs could have any setting
        monkeypatch.setattr(watched.catalog, "refused_setting", lambda name: "")
    if payload.get("init_images") == INPUT:
        payload["init_images"] = [base64_png()]
    if payload.get("mask") == INPUT:
        payload["mask"] = base64_png()
    images = run(watched, [save(watched, "a.png", text, size)], payload, kind)
    watched.service.auditor.round()
    assert codes(watched, images) == [[]]
    result = watched.service.auditor.audit(Selection(images=[images[0].id]))
    assert (result.done, result.failed) == (1, [])
    assert codes(watched, images) == [[]]


def test_hires_fix_may_round_to_the_steps_of_the_host(
    watched: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forge Neo makes 64 or 128 of 96, and 192 of 200."""
    hires = {**ASKED, "enable_hr": True, "hr_scale": 1.5}
    text = infotext(Hires_upscale="1.5")
    files = [save(watched, f"{side}.png", text, (side, side)) for side in (128, 136)]
    with monkeypatch.context() as neo:
        neo.setattr(watched.catalog, "size_step", lambda: 64)
        images = run(watched, files[:1], hires) + run(watched, files[1:], hires)
        watched.service.auditor.round()
        assert codes(watched, images) == [[], ["audit_size"]]
    watched.service.auditor.audit(Selection(images=[image.id for image in images]))
    assert codes(watched, images) == [["audit_size"], ["audit_size"]]


def test_hires_scales_what_the_webui_has_rounded(watched: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forge Neo makes 128x64 of 96x64, and hires fix 192x128 of that."""
    hires = {**ASKED, "width": 96, "enable_hr": True, "hr_scale": 1.5}
    text = infotext(Hires_upscale="1.5")
    files = [save(watched, f"{width}.png", text, (width, 128)) for width in (192, 256)]
    monkeypatch.setattr(watched.catalog, "size_step", lambda: 64)
    images = run(watched, files[:1], hires) + run(watched, files[1:], hires)
    watched.service.auditor.round()
    assert codes(watched, images) == [[], ["audit_size"]]


def test_wrong_sizes_of_img2img_inpainting_and_upscales_are_found(watched: House) -> None:
    for name in ("img2img", "inpaint, only masked", "upscale"):
        kind, changes, text, _ = CLEAN[name]
        payload = {**ASKED, **changes, "init_images": [base64_png()]}
        if "mask" in payload:
            payload["mask"] = base64_png()
        images = run(watched, [save(watched, f"{kind}{len(name)}.png", text, (72, 40))], payload, kind)
        watched.service.auditor.round()
        assert codes(watched, images) == [["audit_size"]], name


def test_the_thread_judges_what_arrives_and_ends_when_told(house: House) -> None:
    auditor, done = house.service.auditor, threading.Event()
    auditor.start()
    house.store.listen(
        lambda revision: (
            done.set()
            if any(image.findings for job in house.store.jobs() for image in house.store.images_of(job.id))
            else None
        )
    )
    images = run(house, [save(house, "a.png", infotext(), colour="black")])
    assert done.wait(30)
    auditor.stop()
    assert codes(house, images) == [["audit_blank"]]


def test_what_arrived_before_the_start_is_judged_and_a_mark_is_no_arrival(house: House) -> None:
    images = run(house, [save(house, "a.png", infotext(), colour="black")])
    house.service.auditor.round()
    assert codes(house, images) == [["audit_blank"]]
    (house.outputs / "a.png").unlink()
    house.service.marks.set_verdict(verdict(images[0].id))
    house.service.auditor.round()
    result = house.service.auditor.audit(Selection(images=[images[0].id, "i0"]))
    assert result.done == 0 and {failure.id for failure in result.failed} == {images[0].id, "i0"}
    assert codes(house, images) == [["audit_blank"]]


def test_what_still_runs_is_not_made_again(watched: House) -> None:
    (image,) = run(watched, [save(watched, "a.png", infotext())])
    job = watched.add()
    watched.queue.tick()
    running = watched.scheduler.begin(job)
    watched.queue.tick()
    with watched.store.transaction() as t:  # cancelled, and the scheduler has not stopped it yet
        task = watched.store.task(running.task)
        assert task is not None
        t.put(msgspec.structs.replace(task, state="cancelled"))
        t.put(msgspec.structs.replace(image, id="i" + "0" * 17, task=task.id, job=job, path="outputs/b.png"))
    result = watched.service.retry.images(Selection(images=["i" + "0" * 17, image.id]))
    assert result.done == 1 and [failure.message for failure in result.failed] == [AT_WORK]


def test_images_are_made_again_and_that_is_undone(watched: House) -> None:
    files = [save(watched, f"{n}.png", infotext(), colour="black" if n else None) for n in range(2)]
    good, bad = run(watched, files, {**ASKED, "batch_size": 2})
    watched.service.auditor.round()
    result = watched.service.retry.images(Selection(jobs=[bad.job], findings=True))
    assert (result.done, result.failed) == (1, [])
    task = watched.store.task(bad.task)
    assert task is not None and task.state == "held" and not files[1].exists() and files[0].exists()
    assert watched.service.retry.images(Selection(images=[good.id])).failed[0].id == good.id

    watched.service.undos.run(result.undo or "")
    task = watched.store.task(bad.task)
    assert task is not None and task.state == "done" and files[1].exists()

    watched.service.retry.images(Selection(images=[bad.id]))
    watched.queue.tick()
    watched.scheduler.begin(bad.job)
    watched.queue.tick()
    new = [save(watched, f"new{n}.png", infotext()) for n in range(2)]
    watched.scheduler.end([Made(str(path), seed=1) for path in new])
    watched.queue.tick()
    watched.service.auditor.round()
    images = [image for image in watched.store.images_of(bad.job) if not image.trashed]
    assert len(images) == 2 and images[0].id == good.id
    assert codes(watched, images) == [[], []]


@pytest.mark.parametrize("when", ["waits", "is fetched", "runs"])
def test_making_again_is_undone_wherever_the_task_is(watched: House, when: str) -> None:
    (file,) = [save(watched, "old.png", infotext())]
    (image,) = run(watched, [file])
    watched.service.marks.set_verdict(SetVerdict(Selection(images=[image.id]), "kept"))
    result = watched.service.retry.images(Selection(images=[image.id]))
    watched.queue.tick()
    assert list(watched.scheduler.waiting) == [image.task]
    if when != "waits":
        watched.scheduler.begin(image.job)
    if when == "runs":
        watched.queue.tick()

    watched.service.undos.run(result.undo or "")
    watched.queue.tick()
    assert watched.scheduler.waiting == {}
    assert set(watched.scheduler.interrupted) == (set() if when == "waits" else {image.task})
    if when != "waits":
        watched.scheduler.end([Made(str(save(watched, "half.png", infotext())), seed=1)])
        watched.queue.tick()
    task = watched.store.task(image.task)
    assert task is not None and task.state == "done" and file.exists()
    (record,) = watched.store.images_of(image.job)
    assert (record.path, record.verdict, record.trashed) == (image.path, "kept", False)

    watched.service.retry.images(Selection(images=[image.id]))  # it can be made once more
    watched.queue.tick()
    watched.scheduler.begin(image.job)
    watched.queue.tick()
    watched.scheduler.interrupted.clear()
    watched.scheduler.end([Made(str(save(watched, "new.png", infotext())), seed=1)])
    watched.queue.tick()
    there = [one.path for one in watched.store.images_of(image.job) if not one.trashed]
    assert there == ["outputs/new.png"]
