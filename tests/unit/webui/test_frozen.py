"""From the page to a payload, without a host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from inu_jobs.errors import InvalidInput
from inu_jobs.webui.capture.frozen_settings import Setting
from inu_jobs.webui.capture.page_to_payload import ImageTools, Page, freeze, name_arguments
from inu_jobs.webui.capture.scripts import ScriptOnPage
from inu_jobs.webui.capture.sketch import inpaint_sketch
from tests.permits import SETTINGS, RecordedPermits

TXT2IMG = {
    "id_task": "",
    "prompt": "a cat",
    "negative_prompt": "bad",
    "prompt_styles": ["film"],
    "n_iter": 3,
    "batch_size": 2,
    "cfg_scale": 7,
    "height": 512,
    "width": 768,
    "enable_hr": True,
    "denoising_strength": 0.7,
    "hr_scale": 2,
    "hr_upscaler": "Latent",
    "hr_second_pass_steps": 0,
    "hr_resize_x": 0,
    "hr_resize_y": 0,
    "hr_checkpoint_name": "Use same checkpoint",
    "hr_sampler_name": "Use same sampler",
    "hr_scheduler": "Use same scheduler",
    "hr_prompt": "",
    "hr_negative_prompt": "",
    "override_settings_texts": [],
}
IMG2IMG = {
    "id_task": "",
    "mode": 0,
    "prompt": "a cat",
    "negative_prompt": "",
    "prompt_styles": None,
    "init_img": None,
    "sketch": None,
    "init_img_with_mask": None,
    "inpaint_color_sketch": None,
    "inpaint_color_sketch_orig": None,
    "init_img_inpaint": None,
    "init_mask_inpaint": None,
    "mask_blur": 4,
    "mask_alpha": 0,
    "inpainting_fill": 1,
    "n_iter": 1,
    "batch_size": 1,
    "cfg_scale": 7.5,
    "image_cfg_scale": 1.5,
    "denoising_strength": 0.75,
    "selected_scale_tab": 0,
    "height": 512,
    "width": 512,
    "scale_by": 1,
    "resize_mode": 1,
    "inpaint_full_res": 1,
    "inpaint_full_res_padding": 32,
    "inpainting_mask_invert": 0,
    "override_settings_texts": [],
}
SCRIPTS = [
    ScriptOnPage("Seed", [-1, False, 5, 0.5, 0, 0], role="seed"),
    ScriptOnPage("Sampler", [20, "Euler a", "Automatic"], role="sampler"),
]


class Picture:
    def __init__(self, name: str, width: int = 100, height: int = 60) -> None:
        self.name, self.width, self.height = name, width, height


def page(arguments: dict[str, Any], scripts: list[ScriptOnPage] | None = None, **changes: Any) -> Page:
    """``changes`` to ``arguments``. Images are traced by name through what is done to them."""
    arguments = arguments | changes

    def step(verb: str) -> Callable[[Picture], Picture]:
        return lambda picture: Picture(f"{verb}({picture.name})", picture.width, picture.height)

    return Page(
        kind="img2img" if "mode" in arguments else "txt2img",
        arguments=arguments,
        scripts=SCRIPTS if scripts is None else scripts,
        selected=None,
        settings={"initial_noise_multiplier": Setting(0.9, 1.0, infotext=True)},
        chips={"initial_noise_multiplier": 0.5},
        checkpoint="used.safetensors",
        find_checkpoint={}.get,
        images=ImageTools(
            fix=step("fix"), binary_mask=step("binary"), save=lambda picture: f"input:{picture.name}"
        ),
    )


def test_the_page_brings_in_no_setting_that_no_job_may_have() -> None:
    names = ["samples_filename_pattern", "CLIP_stop_at_last_layers", "save_txt"]
    extra = ScriptOnPage("Extra options", ["../x", 3, True], role="extra options", names=names)
    chips = {"directories_filename_pattern": "../../x", "sd_vae": "None", "no such setting": 1}
    one = msgspec.structs.replace(page(TXT2IMG, [*SCRIPTS, extra]), settings=SETTINGS, chips=chips)
    frozen = freeze(one)
    kept = frozen.payload["override_settings"]
    assert (kept["CLIP_stop_at_last_layers"], kept["sd_vae"]) == (3, "None")
    assert [name for name in kept if RecordedPermits().refused_setting(name)] == []
    told = [name for name in (*names, *chips) if any(name in sentence for sentence in frozen.not_frozen)]
    assert told == ["samples_filename_pattern", "save_txt", "directories_filename_pattern"]


def test_a_script_that_runs_what_it_is_given_is_not_queued() -> None:
    with pytest.raises(InvalidInput, match="Custom code"):
        freeze(
            msgspec.structs.replace(
                page(TXT2IMG), selected=ScriptOnPage("Custom code", ["import os", 2], alwayson=False)
            )
        )


def test_txt2img_fields_are_those_of_the_page() -> None:
    payload = freeze(page(TXT2IMG)).payload
    for name in (
        "prompt",
        "negative_prompt",
        "n_iter",
        "batch_size",
        "cfg_scale",
        "height",
        "width",
        "hr_upscaler",
    ):
        assert payload[name] == TXT2IMG[name]
    assert payload["styles"] == ["film"]
    assert payload["seed"] == -1
    assert "subseed" not in payload
    assert not {"id_task", "prompt_styles", "override_settings_texts"} & set(payload)


def test_use_same_becomes_null_and_a_choice_stays() -> None:
    payload = freeze(page(TXT2IMG, hr_sampler_name="Euler")).payload
    assert payload["hr_checkpoint_name"] is None
    assert payload["hr_scheduler"] is None
    assert payload["hr_sampler_name"] == "Euler"


def test_batch_count_is_told_to_the_composer() -> None:
    assert freeze(page(TXT2IMG)).batch_count == 3


@pytest.mark.parametrize(("args", "count"), [([True, True], 1), ([True, False], 3), ([False, True], 3)])
def test_dynamic_prompts_makes_all_combinations_once(args: list[Any], count: int) -> None:
    dynamic = ScriptOnPage("Dynamic Prompts v2.17.1", args)
    assert freeze(page(TXT2IMG, [*SCRIPTS, dynamic])).batch_count == count


@given(st.integers(1, 4000), st.integers(1, 4000), st.floats(0.05, 4))
def test_scale_by_takes_the_size_of_the_image(width: int, height: int, scale: float) -> None:
    image = Picture("a", width, height)
    payload = freeze(page(IMG2IMG, init_img=image, selected_scale_tab=1, scale_by=scale)).payload
    assert (payload["width"], payload["height"]) == (int(width * scale), int(height * scale))
    payload = freeze(page(IMG2IMG, init_img=image, scale_by=scale)).payload
    assert (payload["width"], payload["height"]) == (512, 512)


def test_the_open_tab_says_which_images_are_taken() -> None:
    images = {
        "init_img": Picture("plain"),
        "sketch": Picture("painted"),
        "init_img_with_mask": {"image": Picture("drawn on"), "mask": Picture("drawing")},
        "init_img_inpaint": Picture("base"),
        "init_mask_inpaint": Picture("uploaded"),
    }
    plain = freeze(page(IMG2IMG, mode=0, **images)).payload
    assert plain["init_images"] == ["input:fix(plain)"]
    assert "mask" not in plain
    sketch = freeze(page(IMG2IMG, mode=1, **images)).payload
    assert sketch["init_images"] == ["input:fix(painted)"]
    assert "mask" not in sketch
    inpaint = freeze(page(IMG2IMG, mode=2, **images)).payload
    assert inpaint["init_images"] == ["input:fix(drawn on)"]
    assert inpaint["mask"] == "input:fix(binary(drawing))"
    upload = freeze(page(IMG2IMG, mode=4, **images)).payload
    assert upload["init_images"] == ["input:fix(base)"]
    assert upload["mask"] == "input:fix(uploaded)"
    without = freeze(page(IMG2IMG, mode=4, **images | {"init_mask_inpaint": None})).payload
    assert "mask" not in without


def test_an_inpaint_sketch_is_blended_and_masked_where_it_was_painted() -> None:
    original = Image.new("RGB", (8, 4), "white")
    painted = original.copy()
    painted.putpixel((2, 1), (255, 0, 0))
    saved: list[Image.Image] = []
    tools = ImageTools(lambda image: image, lambda image: image, lambda image: f"{saved.append(image)}")
    given = {"inpaint_color_sketch": painted, "inpaint_color_sketch_orig": original}
    asked = page(IMG2IMG, mode=3, mask_blur=0, mask_alpha=40, **given)
    freeze(msgspec.structs.replace(asked, images=tools))
    image, mask = saved
    assert mask.mode == "L"
    assert [mask.getpixel((x, 1)) for x in range(4)] == [0, 0, 153, 0]  # 60 % of 255
    # the mask's grey blends: 153/255 of the paint on white
    assert image.getpixel((2, 1)) == (255, 102, 102)
    assert image.getpixel((3, 1)) == (255, 255, 255)


def test_an_inpaint_sketch_over_nothing_has_an_empty_mask_and_another_size_is_refused() -> None:
    painted = Image.new("RGB", (8, 4), "red")
    _, mask = inpaint_sketch(painted, None, 0, 4)
    assert mask.getextrema() == (0, 0)
    with pytest.raises(InvalidInput, match="differ in size"):
        inpaint_sketch(painted, Image.new("RGB", (4, 8)), 0, 4)


@pytest.mark.parametrize("mode", [0, 1, 2, 3, 4, 6])
def test_without_an_image_there_is_nothing_to_start_from(mode: int) -> None:
    with pytest.raises(InvalidInput, match="no image"):
        freeze(page(IMG2IMG, mode=mode))


def test_a_refused_page_leaves_no_images_behind() -> None:
    saved: list[Any] = []
    tools = ImageTools(fix=lambda image: image, binary_mask=lambda image: image, save=saved.append)
    refused = page(IMG2IMG, [*SCRIPTS, ScriptOnPage("Odd", [object()])], init_img=Picture("a"))
    with pytest.raises(InvalidInput, match="Odd"):
        freeze(Page(**{name: getattr(refused, name) for name in Page.__struct_fields__} | {"images": tools}))
    assert saved == []


def test_the_noise_multiplier_is_that_of_the_settings_as_for_generate() -> None:
    payload = freeze(page(IMG2IMG, init_img=Picture("a"))).payload
    assert payload["initial_noise_multiplier"] == 0.9
    assert payload["override_settings"]["initial_noise_multiplier"] == 0.5


def test_a_mask_blur_that_generate_ignores_is_not_sent() -> None:
    assert freeze(page(IMG2IMG, init_img=Picture("a"))).payload["mask_blur"] == 4
    assert "mask_blur" not in freeze(page(IMG2IMG, init_img=Picture("a"), mask_blur=4.5)).payload


def test_latent_noise_in_several_batches_is_told() -> None:
    masked = {
        "mode": 4,
        "init_img_inpaint": Picture("a"),
        "init_mask_inpaint": Picture("m"),
        "inpainting_fill": 2,
    }
    assert freeze(page(IMG2IMG, **masked)).not_frozen == []
    (sentence,) = freeze(page(IMG2IMG, **masked, n_iter=2)).not_frozen
    assert "first batch" in sentence


def test_the_summary_names_what_matters() -> None:
    facts = freeze(page(TXT2IMG)).summary
    assert facts[0] == "Euler a Automatic, 20 steps"
    assert "used.safetensors" in facts
    assert any(fact.startswith("hires fix 2") for fact in facts)
    assert facts[-1] == "random seed"


def host(
    id_task: str, request: object, prompt: str, steps: int, *args: Any, force_enable_hr: bool = False
) -> None:
    """Shaped as the WebUI's own: ``request`` comes from gradio, ``args`` are the scripts'."""


def test_arguments_get_the_names_of_the_hosts_function() -> None:
    named, rest = name_arguments(host, ["id", "a cat", 20, 0, "x"])
    assert named == {"id_task": "id", "prompt": "a cat", "steps": 20}
    assert rest == [0, "x"]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_too_few_arguments_are_refused(count: int) -> None:
    with pytest.raises(InvalidInput, match="reload"):
        name_arguments(host, [0] * count)
