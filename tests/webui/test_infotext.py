"""What a job writes into its images is what Generate writes, to the letter: on the stand-in and on a real
WebUI."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import put_back
from .page import Page, WebUI, file_of, png, run_draft
from .test_capture import drawn, picture, uploaded

SMALL = {"tab_steps": 2, "tab_width": 64, "tab_height": 64, "tab_seed": 7, "tab_prompt": "a cat on a mat"}
HIRES = {"tab_hr-checkbox": True, "tab_denoising_strength": 0.6, "tab_hr_scale": 2}
VARIED = {"tab_subseed_show": True, "tab_subseed": 11, "tab_subseed_strength": 1}
TXT2IMG: dict[str, dict[str, Any]] = {
    "cfg 7": {"tab_cfg_scale": 7},
    "cfg 6.5": {"tab_cfg_scale": 6.5},
    "cfg 1, negative prompt": {"tab_cfg_scale": 1, "tab_neg_prompt": "blurry, a, b"},
    "batch of 2": {"tab_batch_size": 2},
    "count 3": {"tab_batch_count": 3},
    "count 3 of 2": {"tab_batch_count": 3, "tab_batch_size": 2},
    "hires 2": HIRES,
    "hires 1.5, strength 1": {**HIRES, "tab_hr_scale": 1.5, "tab_denoising_strength": 1},
    "hires strength 0, steps": {**HIRES, "tab_denoising_strength": 0, "tab_hires_steps": 3},
    "hires to a size": {**HIRES, "tab_hr_resize_x": 96, "tab_hr_resize_y": 128},
    "hires prompts": {**HIRES, "hires_prompt": "a dog: old", "hires_neg_prompt": "bad"},
    "hires twice": {**HIRES, "tab_batch_count": 2},
    "variation 1": VARIED,
    "variation 0.3 twice": {**VARIED, "tab_subseed_strength": 0.3, "tab_batch_count": 2, "tab_batch_size": 2},
    "seed resized": {"tab_subseed_show": True, "tab_seed_resize_from_w": 128, "tab_seed_resize_from_h": 96},
    "chips": {"tab_override_settings": ["Clip skip: 2", "ENSD: 31337", "Token merging ratio: 0.5"]},
    "sampler, schedule": {"tab_sampling": "DPM++ 2M", "tab_scheduler": "Karras"},
    "comment, brackets": {"tab_prompt": "(a cat:1.2) # not this\non a mat"},
}
PLAIN = {"tab_image": png(picture())}
IMG2IMG: dict[str, tuple[int, dict[str, Any]]] = {
    "strength 0.75": (0, PLAIN),
    "strength 1": (0, {**PLAIN, "tab_denoising_strength": 1}),
    "strength 0": (0, {**PLAIN, "tab_denoising_strength": 0, "tab_cfg_scale": 7}),
    "twice": (0, {**PLAIN, "tab_batch_count": 2, "tab_image_cfg_scale": 1}),
    "inpaint": (2, {"img2maskimg": {"image": png(picture()), "mask": png(drawn())}}),
    "only masked": (
        2,
        {
            "img2maskimg": {"image": png(picture()), "mask": png(drawn())},
            "tab_mask_blur": 7,
            "tab_inpaint_full_res": "Only masked",
            "tab_inpaint_full_res_padding": 8,
            "tab_inpainting_fill": "fill",
        },
    ),
    "upload": (4, {"img_inpaint_base": png(picture()), "img_inpaint_mask": png(uploaded())}),
}
#: settings that are written into images, or shape what is
SETTINGS: dict[str, dict[str, Any]] = {
    "names": {"add_model_name_to_info": False, "add_vae_name_to_info": False},
    "no version": {"add_version_to_infotext": False},
    "noise 0": {"initial_noise_multiplier": 0},
    "noise 0.5": {"initial_noise_multiplier": 0.5, "save_init_img": True},
    "sampling": {"s_churn": 2, "s_noise": 1.01, "eta_ancestral": 0.5, "randn_source": "CPU"},
    "clip, ensd": {"CLIP_stop_at_last_layers": 2, "eta_noise_seed_delta": 31337},
    "tiling, discard": {"tiling": True, "always_discard_next_to_last_sigma": True},
}
#: what they are unless config.json says otherwise
DEFAULTS: dict[str, Any] = {
    "add_model_name_to_info": True,
    "add_vae_name_to_info": True,
    "add_version_to_infotext": True,
    "initial_noise_multiplier": 1.0,
    "save_init_img": False,
    "s_churn": 0.0,
    "s_noise": 1.0,
    "eta_ancestral": 1.0,
    "randn_source": "GPU",
    "CLIP_stop_at_last_layers": 1,
    "eta_noise_seed_delta": 0,
    "tiling": False,
    "always_discard_next_to_last_sigma": False,
}


@pytest.fixture
def options(host: WebUI) -> Iterator[WebUI]:
    with put_back(host, DEFAULTS):
        yield host


def written(host: WebUI, images: list[dict[str, Any]]) -> list[str]:
    return [host.ask(f"/inu-jobs/v1/images/{image['id']}/info")["infotext"] for image in images]


def compare(host: WebUI, page: Page) -> None:
    page.generate()
    assert written(host, run_draft(host, page.draft())) == page.infotexts


@pytest.mark.parametrize("name", TXT2IMG)
def test_txt2img(host: WebUI, name: str) -> None:
    compare(host, Page(host, "txt2img", **{**SMALL, **TXT2IMG[name]}))


@pytest.mark.parametrize("name", IMG2IMG)
def test_img2img(host: WebUI, name: str) -> None:
    mode, values = IMG2IMG[name]
    compare(host, Page(host, "img2img", mode, **{**SMALL, **values}))


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("tab", ["txt2img", "img2img"])
def test_settings(options: WebUI, name: str, tab: str) -> None:
    options.set_options(**SETTINGS[name])
    values = PLAIN if tab == "img2img" else {}
    compare(options, Page(options, tab, **{**SMALL, **values, "tab_sampling": "Euler a"}))


@pytest.mark.parametrize("switch_at", [0.5, 1])
def test_refiner(host: WebUI, switch_at: float) -> None:
    loaded = host.ask("/sdapi/v1/options")["sd_model_checkpoint"]
    titles = [model["title"] for model in host.ask("/sdapi/v1/sd-models")]
    other = next(title for title in titles if file_of(title) != file_of(loaded))
    refiner = {"tab_enable-checkbox": True, "tab_checkpoint": other, "tab_switch_at": switch_at}
    page = Page(host, "txt2img", **{**SMALL, **refiner, "tab_steps": 4})
    page.generate()  # its hash is not known before, and then not written
    compare(host, page)


def test_numbers_of_axes_and_of_other_clients_are_written_as_the_page_writes_them(host: WebUI) -> None:
    page = Page(host, "txt2img", **{**SMALL, "tab_cfg_scale": 6})
    page.generate()
    draft = page.draft()
    axes = [{"field": "cfg_scale", "text": "5-6 (+0.5)"}]
    five, half, six = written(host, run_draft(host, draft, axes))
    assert six == page.infotexts[0]
    assert "CFG scale: 5," in five and "CFG scale: 5.5," in half
    draft["payload"]["cfg_scale"] = 6.0
    assert written(host, run_draft(host, draft)) == page.infotexts


def test_what_a_selectable_script_varies_is_left_as_it_is(host: WebUI) -> None:
    """An X/Y/Z plot of CFG scales writes 7.0, under Generate as well."""
    titles = host.ask("/sdapi/v1/scripts")["txt2img"]
    if "x/y/z plot" not in titles:
        pytest.skip("the stand-in has no X/Y/Z plot")
    plot = {
        "script_list": "X/Y/Z plot",
        "script_txt2img_xyz_plot_x_type": "CFG Scale",
        "script_txt2img_xyz_plot_x_values": "7,8",
        "script_txt2img_xyz_plot_y_type": "Nothing",
        "script_txt2img_xyz_plot_z_type": "Nothing",
        "script_txt2img_xyz_plot_include_lone_images": True,  # else reForge tells no infotexts of theirs
    }
    page = Page(host, "txt2img", **SMALL, **plot, tab_cfg_scale=7)
    page.generate()
    told = written(host, run_draft(host, page.draft()))
    assert [text for text in page.infotexts if text in told] and "CFG scale: 7.0" in told[0]
