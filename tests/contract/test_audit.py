"""What went wrong is found on a whole WebUI as its images arrive, and nothing on what went right. On the
sandbox and, with ``--webui PATH``, on a real WebUI."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from .kit.whole import PATIENCE, Jobs, RealWebui, make

SMALL = {
    "prompt": "a house by a lake", "steps": 3, "width": 96, "height": 64, "sampler_name": "Euler a",
    "scheduler": "Karras", "seed": 5,
}  # fmt: skip


class Night:
    def __init__(self, jobs: Jobs) -> None:
        self.api, self.jobs = jobs.api, jobs
        self.catalog = jobs.api("/catalog")

    def run(self, kind: str = "txt2img", **payload: Any) -> str:
        """A job that is done; its id."""
        body = {"kind": kind, "payload": SMALL | payload, "force": True}
        job = str(self.api("/jobs", body)["id"])
        states = self.jobs.until_ended(job)
        assert set(states) == {"done"}, self.api(f"/jobs/{job}")["job"]["error"]
        return job

    def images(self, job: str) -> list[dict[str, Any]]:
        return list(self.api(f"/jobs/{job}")["images"])

    def codes(self, job: str) -> set[str]:
        return {finding["code"] for image in self.images(job) for finding in image["findings"]}

    def messages(self, job: str) -> list[str]:
        return [finding["message"] for image in self.images(job) for finding in image["findings"]]

    def until(self, met: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not met():
            assert time.monotonic() < end
            time.sleep(0.1)

    def settled(self) -> None:
        """All that arrived before has been judged: images are judged in the order in which they come."""
        marked = self.run(prompt="<lora:no_such_lora:1> a marker")
        self.until(lambda: self.codes(marked) == {"audit_lora"})


@pytest.fixture(scope="module", params=["sandbox", "webui"])
def night(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    with make(str(request.param), request.config, tmp_path_factory.mktemp("host")) as running:
        yield Night(Jobs(running))


def picture(width: int = 160, height: int = 96) -> str:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def mask() -> str:
    drawn = Image.new("L", (160, 96))
    drawn.paste(255, (20, 20, 100, 70))
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def test_a_size_that_the_webui_rounds_is_no_finding(night: Night) -> None:
    """100 pixels become 96, or 128 where sides are multiples of 64."""
    job = night.run(width=100, height=72)
    night.settled()
    (image,) = night.images(job)
    assert (image["width"], image["height"]) in ((96, 72), (128, 64))
    assert not {code for code in night.codes(job) if code == "audit_size"}


def test_nothing_is_found_where_all_went_right(night: Night) -> None:
    lora, checkpoints = night.catalog["loras"][0], night.catalog["checkpoints"]
    there = night.jobs.upscalers()
    upscalers = [name for name in ("Latent", "Lanczos", "None") if name in there]
    clean = [
        night.run(batch_size=2, prompt=f"a <lora:{lora}:0.8> house"),
        night.run(prompt=f"a <lora:{lora}:0> house", sampler_name="DPM++ 2M"),
        night.run(sampler_name="DPM++ 2M Karras", scheduler="Automatic"),
        night.run(enable_hr=True, hr_scale=1.5, hr_upscaler=upscalers[0], denoising_strength=0.6),
        night.run(enable_hr=True, hr_resize_x=180, hr_upscaler=upscalers[-1], denoising_strength=0.6),
        night.run(width=100, height=70),
        night.run("img2img", init_images=[picture()], resize_mode=0),
        night.run("img2img", init_images=[picture()], resize_mode=2),
        night.run("img2img", init_images=[picture()], mask=mask(), inpaint_full_res=True),
        night.run("img2img", init_images=[picture()], mask=mask(), inpaint_full_res=False),
    ]
    file = checkpoints[-1].partition(" [")[0]
    for name in (checkpoints[-1], file, Path(file).stem):
        clean.append(night.run(override_settings={"sd_model_checkpoint": name}))
    source = night.images(clean[0])[0]["id"]
    body = {"selection": {"images": [source]}, "action": "upscale", "changes": {"scale": 2.5}}
    clean.append(night.api("/derive", body)["id"])
    assert set(night.jobs.until_ended(clean[-1])) == {"done"}
    night.settled()
    assert [night.messages(job) for job in clean] == [[]] * len(clean)
    result = night.api("/images/audit", {"selection": {"jobs": clean}})
    assert result["done"] == len(clean) + 1 and result["failed"] == []
    assert [night.messages(job) for job in clean] == [[]] * len(clean)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"prompt": "a <lora:no_such_lora:1> house"}, "audit_lora"),
        ({"sampler_name": "Eulr"}, "audit_sampler"),
    ],
)
def test_what_was_not_taken_is_found_as_it_arrives(night: Night, payload: dict[str, Any], code: str) -> None:
    job = night.run(**payload)
    night.until(lambda: bool(night.codes(job)))
    assert night.codes(job) == {code}
    assert night.api(f"/jobs/{job}")["job"]["images"]["findings"] == 1


def test_a_checkpoint_that_is_not_there_fails_its_task_by_name(night: Night) -> None:
    """Every WebUI would make the image with the one that is loaded."""
    settings = {"override_settings": {"sd_model_checkpoint": "no_such_checkpoint"}}
    job = str(night.api("/jobs", {"kind": "txt2img", "payload": SMALL | settings, "force": True})["id"])
    assert night.jobs.until_ended(job) == {"failed": 1}
    (task,) = night.api(f"/jobs/{job}")["tasks"]
    assert task["error"] == (
        "The checkpoint “no_such_checkpoint” is missing: put it back, or choose another."
    )
    assert night.images(job) == []


def test_a_black_image_is_found_on_demand(night: Night) -> None:
    job = night.run(seed=77)
    night.settled()
    (image,) = night.images(job)
    assert image["findings"] == []
    Image.new("RGB", (image["width"], image["height"])).save(night.jobs.host.folder / image["path"])
    assert night.api("/images/audit", {"selection": {"images": [image["id"]]}})["done"] == 1
    assert night.codes(job) == {"audit_blank"}


def test_a_black_image_is_found_as_it_arrives_and_made_again(night: Night) -> None:
    if isinstance(night.jobs.host, RealWebui):
        pytest.skip("only the sandbox makes black images when told to")
    night.jobs.host.request("/sandbox/faults", {"black_next": 1})
    job = night.run(batch_size=2)
    night.until(lambda: bool(night.codes(job)))
    black = next(image for image in night.images(job) if image["findings"])
    assert night.codes(job) == {"audit_blank"}
    selection = {"jobs": [job], "findings": True}
    assert night.api("/images/retry", {"selection": selection})["done"] == 1
    assert set(night.jobs.until_ended(job)) == {"done"}
    night.settled()
    images = [image for image in night.images(job) if not image["trashed"]]
    assert len(images) == 2 and night.codes(job) == {"audit_blank"}
    assert [image["findings"] for image in images] == [[], []]
    assert black["id"] not in {image["id"] for image in images}
