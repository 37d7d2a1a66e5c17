"""Queue as job gives, pixel for pixel, what Generate gives: on a real WebUI, through its real page and
its real queue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageDraw, PngImagePlugin

from .page import Page, WebUI, file_of, png, run_job, same

SMALL = {"tab_steps": 3, "tab_width": 128, "tab_height": 96, "tab_seed": 7, "tab_prompt": "a cat on a mat"}
HIRES = {"tab_hr-checkbox": True, "tab_denoising_strength": 0.6, "tab_hr_scale": 1.5}
#: where a WebUI has no other, "None" is the same
PLAIN_UPSCALER = "Lanczos"
#: settings that change the images of every model, and what they are put to between capture and run
MEANWHILE = {
    "CLIP_stop_at_last_layers": 2,
    "eta_ancestral": 0.5,
    "tiling": True,
    "eta_noise_seed_delta": 31337,
    "always_discard_next_to_last_sigma": True,
    "emphasis": "None",
    "use_old_karras_scheduler_sigmas": True,
    "initial_noise_multiplier": 0.7,
    "img2img_background_color": "#ff0000",
    "img2img_fix_steps": True,
    "overlay_inpaint": False,
}
OPEN_TAB = {"plain": 0, "sketch": 1, "inpaint": 2, "inpaint sketch": 3, "upload": 4, "batch": 5}


@pytest.fixture
def options(webui: WebUI) -> Iterator[None]:
    """The settings are put back after each test."""
    before = webui.ask("/sdapi/v1/options")
    yield
    names = [*MEANWHILE, "sd_model_checkpoint", "sd_vae"]
    webui.set_options(**{name: before[name] for name in names if name in before})


@pytest.fixture(scope="session")
def checkpoints(webui: WebUI) -> tuple[str, str]:
    """The one that is loaded and another."""
    loaded = webui.ask("/sdapi/v1/options")["sd_model_checkpoint"]
    titles = [model["title"] for model in webui.ask("/sdapi/v1/sd-models")]
    others = [title for title in titles if file_of(title) != file_of(loaded)]
    if not others:
        pytest.skip("needs a WebUI with two checkpoints")
    return loaded, others[0]


@pytest.fixture(scope="session")
def lora(webui: WebUI) -> str:
    names = webui.ask("/inu-jobs/v1/catalog")["loras"]
    if not names:
        pytest.skip("needs a WebUI with a LoRA")
    return f"<lora:{names[0]}:0.8>"


def picture(mode: str = "RGB") -> Image.Image:
    """Nothing uniform: stripes over a ramp, and with alpha a hole."""
    image = Image.linear_gradient("L").resize((128, 96)).convert("RGB")
    draw = ImageDraw.Draw(image)
    for x in range(0, 128, 16):
        draw.rectangle((x, 0, x + 7, 95), fill=(x * 2, 255 - x, 90))
    if mode == "RGBA":
        alpha = Image.new("L", image.size, 255)
        ImageDraw.Draw(alpha).ellipse((20, 20, 70, 70), fill=60)
        image.putalpha(alpha)
    return image


def drawn(alpha: int = 255) -> Image.Image:
    mask = Image.new("RGBA", (128, 96), (0, 0, 0, 0))
    ImageDraw.Draw(mask).rectangle((30, 20, 80, 70), fill=(0, 0, 0, alpha))
    return mask


def uploaded() -> Image.Image:
    mask = Image.new("L", (128, 96), 0)
    ImageDraw.Draw(mask).rectangle((30, 20, 80, 70), fill=255)
    ImageDraw.Draw(mask).rectangle((90, 20, 120, 70), fill=100)
    return mask


def check(webui: WebUI, page: Page, meanwhile: dict[str, Any]) -> None:
    """img2img takes the noise of the VAE from wherever the last generation left the global generator,
    so there the second of two equal runs is compared with the second of two equal runs."""
    expected = page.generate()
    axes = []
    if page.tab == "img2img":
        expected = page.generate()
        axes = [{"field": "seed", "values": [7, 7]}]
    draft = page.draft()
    webui.set_options(**meanwhile)
    made = run_job(webui, draft, axes)[-len(expected) :]
    assert same(made, expected)


def test_other_settings_would_show(webui: WebUI, options: None) -> None:
    """Else the tests below would prove nothing."""
    page = Page(webui, "txt2img", **SMALL, tab_sampling="Euler a")
    before = page.generate()
    assert same(page.generate(), before)
    webui.set_options(**MEANWHILE)
    assert not same(page.generate(), before)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param({}, id="plain"),
        pytest.param({"tab_sampling": "Euler a", "tab_scheduler": "Karras"}, id="sampler"),
        pytest.param({**HIRES}, id="hires"),
        pytest.param(
            {
                **HIRES,
                "tab_hr_upscaler": PLAIN_UPSCALER,
                "tab_hires_steps": 4,
                "hires_prompt": "a dog",
                "hr_sampler": "Euler",
            },
            id="hires-lanczos",
        ),
        pytest.param(
            {
                "tab_subseed_show": True,
                "tab_subseed": 3,
                "tab_subseed_strength": 0.4,
                "tab_seed_resize_from_w": 64,
                "tab_seed_resize_from_h": 64,
            },
            id="variation",
        ),
        pytest.param({"tab_subseed_show": False, "tab_subseed_strength": 0.4}, id="variation-hidden"),
        pytest.param(
            {"tab_override_settings": ["Clip skip: 3", "ENSD: 11", "Eta: 0.7"], "tab_sampling": "Euler a"},
            id="chips",
        ),
        pytest.param({"tab_prompt": "a (cat:1.4) # not this\non [a|the] mat"}, id="prompt"),
    ],
)
def test_txt2img(webui: WebUI, options: None, values: dict[str, Any]) -> None:
    if values.get("tab_hr_upscaler") == PLAIN_UPSCALER:
        there = webui.ask("/inu-jobs/v1/catalog")["upscalers"]
        plain = next(name for name in (PLAIN_UPSCALER, "None") if name in there)
        values = {**values, "tab_hr_upscaler": plain}
    check(webui, Page(webui, "txt2img", **{**SMALL, **values}), MEANWHILE)


def test_txt2img_with_hires_lora_and_another_checkpoint(
    webui: WebUI, options: None, lora: str, checkpoints: tuple[str, str]
) -> None:
    _, other = checkpoints
    values = {**SMALL, **HIRES, "tab_prompt": f"a cat {lora}"}
    plain = Page(webui, "txt2img", **values).generate()
    chip = Page(webui, "txt2img", **values, tab_override_settings=[webui.checkpoint_chip(other)])
    assert not same(chip.generate(), plain)
    check(webui, chip, MEANWHILE)


def test_the_checkpoint_of_the_capture_not_of_the_run(
    webui: WebUI, options: None, checkpoints: tuple[str, str]
) -> None:
    _, other = checkpoints
    check(webui, Page(webui, "txt2img", **SMALL), {"sd_model_checkpoint": other})


def test_refiner_and_hires_checkpoint(webui: WebUI, options: None, checkpoints: tuple[str, str]) -> None:
    _, other = checkpoints
    refiner = {"tab_enable-checkbox": True, "tab_checkpoint": other, "tab_switch_at": 0.5}
    check(webui, Page(webui, "txt2img", **SMALL, **refiner), MEANWHILE)
    check(webui, Page(webui, "txt2img", **SMALL, **HIRES, hr_checkpoint=other), MEANWHILE)


def test_batch_count_and_size(webui: WebUI, options: None) -> None:
    page = Page(webui, "txt2img", **SMALL, tab_batch_count=2, tab_batch_size=2)
    check(webui, page, MEANWHILE)


@pytest.mark.parametrize(
    ("tab", "values"),
    [
        pytest.param("plain", {"tab_image": png(picture())}, id="plain"),
        pytest.param("plain", {"tab_image": png(picture("RGBA"))}, id="transparent"),
        pytest.param(
            "plain",
            {"tab_image": png(picture()), "resize_mode": "Resize and fill", "tab_width": 160},
            id="fill",
        ),
        pytest.param(
            "inpaint", {"img2maskimg": {"image": png(picture()), "mask": png(drawn())}}, id="inpaint"
        ),
        pytest.param(
            "inpaint",
            {
                "img2maskimg": {"image": png(picture()), "mask": png(drawn(200))},
                "tab_mask_blur": 7,
                "tab_inpaint_full_res": "Only masked",
                "tab_inpaint_full_res_padding": 8,
                "tab_inpainting_fill": "fill",
            },
            id="inpaint-only-masked",
        ),
        pytest.param(
            "inpaint",
            {
                "img2maskimg": {"image": png(picture()), "mask": png(drawn())},
                "tab_mask_mode": "Inpaint not masked",
                "tab_inpainting_fill": "latent noise",
                "tab_mask_blur": 0,
            },
            id="inpaint-inverted",
        ),
        pytest.param(
            "upload", {"img_inpaint_base": png(picture()), "img_inpaint_mask": png(uploaded())}, id="upload"
        ),
    ],
)
def test_img2img(webui: WebUI, options: None, tab: str, values: dict[str, Any]) -> None:
    check(webui, Page(webui, "img2img", OPEN_TAB[tab], **{**SMALL, **values}), MEANWHILE)


def test_scale_by(webui: WebUI, options: None) -> None:
    page = Page(webui, "img2img", **SMALL, tab_image=png(picture()), tab_scale=1.5)
    # the tab "Resize by" is a hidden number just before the height
    page.values[page.place("tab_height") - 1] = 1
    check(webui, page, {})
    assert page.generate()[0].size in ((192, 144), (192, 128))  # some WebUIs round to 64


def painted() -> Image.Image:
    image = picture()
    ImageDraw.Draw(image).ellipse((40, 30, 90, 60), fill="#e02080")
    return image


def strokes() -> Image.Image:
    """What ``painted`` has over ``picture``."""
    image = Image.new("RGBA", (128, 96), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((40, 30, 90, 60), fill="#e02080")
    return image


def test_sketch(host: WebUI) -> None:
    drawn = {"image": png(picture()), "mask": png(strokes())} if host.has_canvas else png(painted())
    page = Page(host, "img2img", OPEN_TAB["sketch"], **SMALL, tab_sketch=drawn)
    check(host, page, {})
    plain = Page(host, "img2img", OPEN_TAB["plain"], **SMALL, tab_image=png(picture()))
    assert not same(page.generate(), plain.generate())


def test_inpaint_sketch(host: WebUI) -> None:
    if host.has_canvas:
        pytest.skip("test_canvas has it for a WebUI with a canvas")
    page = Page(host, "img2img", OPEN_TAB["inpaint sketch"], **SMALL, tab_mask_blur=5, tab_mask_alpha=30)
    page.touch("inpaint_sketch", "change", png(picture()))
    page.touch("inpaint_sketch", "change", png(painted()))
    check(host, page, {})
    assert page.draft()["payload"]["mask"].startswith("input:")
    untouched = Page(host, "img2img", OPEN_TAB["inpaint sketch"], **SMALL, tab_mask_blur=5, tab_mask_alpha=30)
    untouched.touch("inpaint_sketch", "change", png(picture()))
    assert untouched.draft()["payload"]["mask"] != page.draft()["payload"]["mask"]
    assert not same(page.generate(), untouched.generate())


def test_a_selected_script_runs_in_the_queue_too(webui: WebUI, options: None) -> None:
    plot = {
        "script_list": "X/Y/Z plot",
        "script_txt2img_xyz_plot_x_type": "Steps",
        "script_txt2img_xyz_plot_x_values": "2,4",
        "script_txt2img_xyz_plot_y_type": "Nothing",
        "script_txt2img_xyz_plot_z_type": "Nothing",
        "script_txt2img_xyz_plot_include_lone_images": True,
    }
    page = Page(webui, "txt2img", **SMALL, **plot)
    expected = page.generate()[:2]
    draft = page.draft()
    webui.set_options(**MEANWHILE)
    assert same(run_job(webui, draft), expected)


def files(tmp_path: Path) -> list[str]:
    """Three of different sizes, the second with an infotext."""
    told = PngImagePlugin.PngInfo()
    told.add_text(
        "parameters", "a dog\nNegative prompt: fog\nSteps: 4, Sampler: Euler, CFG scale: 5, Seed: 99"
    )
    picture().save(tmp_path / "1.png")
    # no WebUI rounds its size: Forge Neo loses the infotext of what it rounds
    painted().resize((128, 64)).save(tmp_path / "2.png", pnginfo=told)
    picture().resize((96, 96)).save(tmp_path / "10.png")
    return [str(tmp_path / name) for name in ("1.png", "2.png", "10.png")]


@pytest.mark.parametrize("png_info", [False, True])
def test_batch_makes_a_task_of_each_file(host: WebUI, tmp_path: Path, png_info: bool) -> None:
    """The first of a run has the noise that was left by another one; see ``check``."""
    files(tmp_path)
    page = Page(host, "img2img", OPEN_TAB["batch"], **SMALL, tab_batch_input_dir=str(tmp_path))
    page.put(page.one_of("tab_batch_use_png_info", "tab_batch_use_png_info-checkbox"), png_info)
    # these have no ids of their own
    page.values[page.place("tab_batch_png_info_dir") - 1] = ["Prompt", "Negative prompt", "Seed", "Steps"]
    if page.has("tab_batch_upload"):  # reForge, and A1111 before 1.10, have folders alone
        page.values[page.place("tab_batch_upload") - 1] = "from dir"
    page.values[page.place("tab_height") - 1] = 1  # "Resize by"
    expected = page.generate()
    draft = page.draft()
    assert [file["name"] for file in draft["axes"][0]["values"]] == ["1.png", "2.png", "10.png"]
    made = run_job(host, draft, draft["axes"])
    assert [image.size for image in made] == [image.size for image in expected]
    assert made[2].width == made[2].height and (host.has_canvas or made[2].width == 96)  # some round it
    assert same(made[1:], expected[1:])
    assert not same(made[:1], made[1:2])
