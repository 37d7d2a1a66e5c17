"""From the page to a payload, without a host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.errors import InvalidInput
from inu_jobs.webui.frozen import REFUSED_MODES, ImageTools, Page, freeze, name_arguments, name_of
from inu_jobs.webui.frozen_scripts import ScriptOnPage
from inu_jobs.webui.frozen_settings import Setting

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
    "init_img_with_mask": None,
    "init_img_inpaint": None,
    "init_mask_inpaint": None,
    "mask_blur": 4,
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
        "init_img_with_mask": {"image": Picture("drawn on"), "mask": Picture("drawing")},
        "init_img_inpaint": Picture("base"),
        "init_mask_inpaint": Picture("uploaded"),
    }
    plain = freeze(page(IMG2IMG, mode=0, **images)).payload
    assert plain["init_images"] == ["input:fix(plain)"]
    assert "mask" not in plain
    inpaint = freeze(page(IMG2IMG, mode=2, **images)).payload
    assert inpaint["init_images"] == ["input:fix(drawn on)"]
    assert inpaint["mask"] == "input:fix(binary(drawing))"
    upload = freeze(page(IMG2IMG, mode=4, **images)).payload
    assert upload["init_images"] == ["input:fix(base)"]
    assert upload["mask"] == "input:fix(uploaded)"
    without = freeze(page(IMG2IMG, mode=4, **images | {"init_mask_inpaint": None})).payload
    assert "mask" not in without


@pytest.mark.parametrize("mode", [0, 2, 4, 6])
def test_without_an_image_there_is_nothing_to_start_from(mode: int) -> None:
    with pytest.raises(InvalidInput, match="no image"):
        freeze(page(IMG2IMG, mode=mode))


@pytest.mark.parametrize(("mode", "name"), [(1, "Sketch"), (3, "Inpaint sketch"), (5, "Batch")])
def test_tabs_that_cannot_be_queued_are_refused_by_name(mode: int, name: str) -> None:
    assert mode in REFUSED_MODES
    with pytest.raises(InvalidInput, match=f"^{name}"):
        freeze(page(IMG2IMG, mode=mode, init_img=Picture("plain")))


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


@given(st.text(), st.sampled_from(["txt2img", "img2img"]))
def test_a_name_is_short_and_never_empty(prompt: str, kind: str) -> None:
    name = name_of(prompt, kind)
    assert 0 < len(name) <= 61
    assert "\n" not in name


def test_a_name_is_the_start_of_the_prompt_without_loras() -> None:
    assert name_of("night market, <lora:neon:0.8> rain", "txt2img") == "night market, rain"
    assert name_of("<lora:neon:1>", "img2img") == "img2img"
    assert name_of("word " * 40, "txt2img").endswith("word…")
