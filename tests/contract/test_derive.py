"""New images from known ones on a whole WebUI: what comes out has the source's words, seed and model, and
what was changed. On the sandbox and, with ``--webui PATH``, on a real WebUI."""

from __future__ import annotations

import io
import urllib.error
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from inu_jobs.library.pixels import is_opaque
from tests.webui.page import file_of

from .kit.whole import Jobs, RealWebui, make


class Made(NamedTuple):
    """An image as it came back: its view, the fields of its infotext, its pixels."""

    view: dict[str, Any]
    parameters: dict[str, str]
    pixels: Image.Image

    @property
    def id(self) -> str:
        return str(self.view["id"])


class Host:
    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        catalog = jobs.api("/catalog")
        self.lora = catalog["loras"][0]
        self.hires_upscaler = jobs.upscalers()[0]
        self.upscalers: list[str] = catalog["upscalers"]
        #: the plainest one there is, and what it does
        plain = ("Nearest", Image.Resampling.NEAREST), ("None", Image.Resampling.LANCZOS)
        self.plain, self.resampling = next(one for one in plain if one[0] in self.upscalers)
        now = jobs.host.request("/sdapi/v1/options")["sd_model_checkpoint"]
        self.other = next(title for title in catalog["checkpoints"] if file_of(title) != file_of(now))
        self.payload = {
            "prompt": f'a "quiet" house: lake <lora:{self.lora}:0.7>', "negative_prompt": "fog, rain",
            # sides that no WebUI rounds: some make them multiples of 64
            "steps": 4, "width": 128, "height": 64, "sampler_name": "DPM++ 2M", "scheduler": "Karras",
            "cfg_scale": 5.5,
            "override_settings": {"sd_model_checkpoint": self.other, "CLIP_stop_at_last_layers": 2},
        }  # fmt: skip

    def made(self, job: str) -> list[Made]:
        """Its images, when all is done."""
        states = self.jobs.until_ended(job)
        assert set(states) == {"done"}, self.jobs.api(f"/jobs/{job}")["job"]["error"]
        return [self._made(image) for image in self.jobs.api(f"/jobs/{job}")["images"]]

    def _made(self, view: dict[str, Any]) -> Made:
        info = self.jobs.api(f"/images/{view['id']}/info")
        picture = Image.open(io.BytesIO(self.jobs.fetch(f"/images/{view['id']}/file")))
        picture.load()
        if picture.mode == "RGBA" and is_opaque(picture):  # Forge hides an infotext there, with the time
            picture = picture.convert("RGB")
        return Made(view, dict(info["recipe"]), picture)

    def create(self, **payload: Any) -> list[Made]:
        body = {"kind": "txt2img", "payload": self.payload | payload}
        return self.made(self.jobs.api("/jobs", body)["id"])

    def derive(self, sources: list[Made], action: str, **spec: Any) -> list[Made]:
        body = {"selection": {"images": [source.id for source in sources]}, "action": action, **spec}
        findings = self.jobs.api("/derive/plan", body)["findings"]
        # by another test; what the tiny images are for a model of a known family
        assert {finding["code"] for finding in findings} <= {"already_made", "size_far"}
        return self.made(self.jobs.api("/derive", body)["id"])

    def source_of(self, image: Made) -> str:
        detail = self.jobs.api(f"/jobs/{image.view['job']}")
        return str(next(task["source"] for task in detail["tasks"] if task["id"] == image.view["task"]))


@pytest.fixture(scope="module", params=["sandbox", "webui"])
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with make(str(request.param), request.config, tmp_path_factory.mktemp("host")) as running:
        yield Host(Jobs(running))


@pytest.fixture(scope="module")
def plain(host: Host) -> list[Made]:
    """Two seeds, drawn one after the other."""
    return host.create(seed=101, n_iter=2)


@pytest.fixture(scope="module")
def hires(host: Host) -> list[Made]:
    settings = {"hr_scale": 1.5, "hr_upscaler": host.hires_upscaler, "denoising_strength": 0.6}
    return host.create(seed=202, width=128, height=128, enable_hr=True, **settings)


SAME = ("Negative prompt", "Sampler", "Schedule type", "CFG scale", "Steps", "Model hash", "Clip skip")


def same(image: Made, source: Made, *also: str) -> None:
    """The infotext of ``image`` says the same as that of ``source``."""
    labels = (*SAME, *also)
    assert {label: image.parameters.get(label) for label in labels} == {
        label: source.parameters.get(label) for label in labels
    }


def test_the_source_was_made_as_asked(host: Host, plain: list[Made]) -> None:
    assert [image.parameters["Seed"] for image in plain] == ["101", "102"]
    assert plain[0].parameters["Clip skip"] == "2"
    assert plain[0].parameters["Model"] in host.other


def test_a_rerender_with_nothing_changed_gives_the_same_pixels(
    host: Host, plain: list[Made], hires: list[Made]
) -> None:
    sources = {image.id: image for image in [*plain, *hires]}
    made = host.derive(list(sources.values()), "rerender")
    assert len(made) == 3
    for image in made:
        source = sources[host.source_of(image)]
        same(image, source, "Prompt", "Seed", "Size", "Hires upscale", "Hires upscaler")
        assert image.pixels.tobytes() == source.pixels.tobytes()


def test_a_rerender_of_one_image_of_a_batch(host: Host) -> None:
    batch = host.create(seed=303, batch_size=2, subseed=7, subseed_strength=0.3)
    made = host.derive(batch[1:], "rerender")
    same(made[0], batch[1], "Prompt", "Seed", "Variation seed", "Variation seed strength")
    difference = max(
        abs(a - b) for a, b in zip(made[0].pixels.tobytes(), batch[1].pixels.tobytes(), strict=True)
    )
    assert difference <= 8  # a batch is not calculated bit by bit as one image is


def test_img2img_with_what_was_changed(host: Host, plain: list[Made], hires: list[Made]) -> None:
    made = host.derive(
        [*plain, *hires],
        "img2img",
        changes={"width": {"scale": 2}, "height": {"scale": 2}, "prompt": {"suffix": ", at night"}},
        axes=[
            {"field": "denoising_strength", "values": [0.3, 0.6]},
            {"field": f"lora:{host.lora}", "values": [0.5, 1]},
        ],
    )
    sources = {image.id: image for image in [*plain, *hires]}
    seen = set()
    for image in made:
        source = sources[host.source_of(image)]
        same(image, source, "Seed")
        strength = image.parameters["Denoising strength"]
        lora = next(text for text in ("0.5", "1") if f":{text}>, at night" in image.parameters["Prompt"])
        assert image.parameters["Prompt"] == source.parameters["Prompt"].replace("0.7", lora) + ", at night"
        wide, high = (side * 2 for side in source.pixels.size)
        assert image.parameters["Size"] == f"{wide}x{high}"
        assert image.pixels.size == (wide, high)
        seen.add((source.id, strength, lora))
    assert len(made) == len(seen) == 12


def test_hires_of_the_same_seed(host: Host, plain: list[Made]) -> None:
    # Latent is what it begins with, but not every WebUI has it
    upscaler = {} if host.hires_upscaler == "Latent" else {"hr_upscaler": host.hires_upscaler}
    made = host.derive(plain, "hires", changes={"hr_scale": 2, **upscaler})
    for image in made:
        source = next(one for one in plain if one.id == host.source_of(image))
        same(image, source, "Prompt", "Seed", "Size")
        assert float(image.parameters["Hires upscale"]) == 2
        assert image.parameters["Hires upscaler"] == host.hires_upscaler
        assert image.pixels.size == (256, 128)


def test_variations_are_near_and_not_the_same(host: Host, plain: list[Made]) -> None:
    axis = {"field": "subseed", "values": [-1, -1]}
    made = host.derive(plain[:1], "variations", axes=[axis])
    assert len({image.parameters["Variation seed"] for image in made}) == 2
    for image in made:
        same(image, plain[0], "Prompt", "Seed", "Size")
        assert image.parameters["Variation seed strength"] == "0.15"
        assert image.pixels.tobytes() != plain[0].pixels.tobytes()
    fresh = host.derive(plain[:1], "variations", axes=[{"field": "seed", "values": [-1, -1]}])
    assert len({image.parameters["Seed"] for image in [*fresh, plain[0]]}) == 3
    assert all("Variation seed" not in image.parameters for image in fresh)


def test_upscale_of_the_file_itself(host: Host, plain: list[Made], hires: list[Made]) -> None:
    axis = {"field": "scale", "values": [1.5, 2]}
    made = host.derive([*plain, *hires], "upscale", changes={"upscaler": host.plain}, axes=[axis])
    sources = {image.id: image for image in [*plain, *hires]}
    assert len(made) == 6
    for image in made:
        source = sources[host.source_of(image)]
        same(image, source, "Prompt", "Seed", "Size")
        assert image.parameters["Postprocess upscaler"] == host.plain
        scale = float(image.parameters["Postprocess upscale by"])
        size = tuple(int(side * scale) // 8 * 8 for side in source.pixels.size)
        assert image.pixels.size == size
        if scale == 2:
            expected = source.pixels.convert("RGB").resize(size, host.resampling)
            assert image.pixels.convert("RGB").tobytes() == expected.tobytes()
    twice = next(image for image in made if float(image.parameters["Postprocess upscale by"]) == 2)
    onward = host.derive([twice], "img2img", changes={"steps": 2})[0]
    assert onward.parameters["Prompt"] == twice.parameters["Prompt"]
    assert onward.pixels.size == twice.pixels.size


def test_an_upscale_keeps_alpha(host: Host) -> None:
    (source,) = host.create(seed=404)
    file = host.jobs.host.folder / source.view["path"]
    with Image.open(file) as drawn:
        if drawn.mode == "RGBA":
            pytest.skip("Forge writes its hidden infotext over any transparency")
        picture, text = drawn.convert("RGBA"), PngInfo()
        text.add_text("parameters", drawn.info["parameters"])
    alpha = Image.linear_gradient("L").resize(picture.size)
    picture.putalpha(alpha)
    picture.save(file, pnginfo=text)
    (made,) = host.derive([source], "upscale", changes={"upscaler": host.plain})
    assert made.pixels.mode == "RGBA" and made.pixels.size == (256, 128)
    assert made.pixels.getchannel("A").getextrema() == pytest.approx(alpha.getextrema(), abs=3)
    same(made, source, "Prompt", "Seed")
    expected = picture.convert("RGB").resize((256, 128), host.resampling)
    assert made.pixels.convert("RGB").tobytes() == expected.tobytes()


def test_an_upscale_restores_faces_and_blends_a_second_upscaler(host: Host, plain: list[Made]) -> None:
    if isinstance(host.jobs.host, RealWebui):
        pytest.skip("a WebUI would download the face restoration models")
    if {"Nearest", "Lanczos"} - set(host.upscalers):
        pytest.skip("Forge Neo has one upscaler: there is nothing to blend")
    changes = {"upscaler": "Nearest", "upscaler_2": "Lanczos", "upscaler_2_visibility": 0.4, "gfpgan": 0.5}
    (made,) = host.derive(
        plain[:1], "upscale", changes=changes | {"codeformer": 0.25, "codeformer_weight": 1}
    )
    told = made.parameters.items()
    assert {label: value for label, value in told if label[:3] in ("Pos", "GFP", "Cod")} == {
        "Postprocess upscale by": "2.0", "Postprocess upscaler": "Nearest",
        "Postprocess upscaler 2": "Lanczos", "GFPGAN visibility": "0.5", "CodeFormer visibility": "0.25",
        "CodeFormer weight": "1",
    }  # fmt: skip


def test_an_upscaler_that_does_not_exist_is_refused(host: Host, plain: list[Made]) -> None:
    body = {"selection": {"images": [plain[0].id]}, "action": "upscale", "changes": {"upscaler": "Lancsoz"}}
    findings = host.jobs.api("/derive/plan", body)["findings"]
    (finding,) = [one for one in findings if one["code"] != "size_far"]
    assert finding["code"] == "upscaler_unknown"
    assert finding["suggestion"] in host.upscalers
    if "Lanczos" in host.upscalers:
        assert finding["suggestion"] == "Lanczos"
    with pytest.raises(urllib.error.HTTPError, match="409"):
        host.jobs.api("/derive", body)


def test_several_actions_jobs_and_kinds_in_one_job(host: Host, plain: list[Made]) -> None:
    derived = host.derive(plain[:1], "img2img", changes={"denoising_strength": 0.4})
    again = host.derive([plain[0], derived[0]], "rerender")
    by_source = {host.source_of(image): image for image in again}
    assert by_source[plain[0].id].pixels.tobytes() == plain[0].pixels.tobytes()
    assert by_source[derived[0].id].pixels.tobytes() == derived[0].pixels.tobytes()
