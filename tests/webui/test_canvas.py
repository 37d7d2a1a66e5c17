"""Queue as job gives what Generate gives, in what only Forge and Forge Neo have: a canvas with strokes of its
own, VAE and text encoder modules, and a CFG scale for hires fix."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from .page import Page, WebUI, open_image, png, run_draft, run_job, same
from .test_capture import HIRES, OPEN_TAB, SMALL, check, picture, strokes

MODULES = "forge_additional_modules"
PAINTED = {"image": png(picture()), "mask": png(strokes())}


@pytest.fixture
def webui_with_modules(host: WebUI) -> Iterator[WebUI]:
    """The modules are put back after each test."""
    if not host.has_canvas:
        pytest.skip("needs a WebUI with a canvas and with modules")
    before = host.ask("/sdapi/v1/options").get(MODULES, [])
    yield host
    host.set_options(**{MODULES: before})


@pytest.fixture
def module(webui_with_modules: WebUI) -> str:
    """A VAE that can be loaded beside every checkpoint that is there."""
    names = webui_with_modules.ask("/inu-jobs/v1/catalog")["modules"]
    found = [name for name in names if "t5" not in name and "clip" not in name]
    if not found:
        pytest.skip("needs a WebUI with a VAE")
    return found[0]


def files_of(host: WebUI, draft: dict[str, Any]) -> list[tuple[Image.Image, str]]:
    """The images of a job, each with its infotext."""
    return [
        (
            open_image(host.fetch(f"/inu-jobs/v1/images/{image['id']}/file")),
            host.ask(f"/inu-jobs/v1/images/{image['id']}/info")["infotext"],
        )
        for image in run_draft(host, draft)
    ]


@pytest.mark.parametrize("tab", ["inpaint", "inpaint sketch"])
@pytest.mark.parametrize("area", ["Whole picture", "Only masked"])
def test_the_strokes_are_the_mask(webui_with_modules: WebUI, tab: str, area: str) -> None:
    name = "img2maskimg" if tab == "inpaint" else "inpaint_sketch"
    values = {**SMALL, name: PAINTED, "tab_inpaint_full_res": area, "tab_mask_blur": 4}
    page = Page(webui_with_modules, "img2img", OPEN_TAB[tab], **values)
    check(webui_with_modules, page, {})
    assert page.draft()["payload"]["mask"].startswith("input:")
    unmasked = Page(webui_with_modules, "img2img", OPEN_TAB["plain"], **SMALL, tab_image=png(picture()))
    assert not same(page.generate(), unmasked.generate())


@pytest.mark.parametrize("tab", ["sketch", "inpaint", "inpaint sketch"])
def test_a_picture_that_nothing_was_painted_on_is_refused_by_name(
    webui_with_modules: WebUI, tab: str
) -> None:
    name = {"sketch": "tab_sketch", "inpaint": "img2maskimg", "inpaint sketch": "inpaint_sketch"}[tab]
    empty = {"image": png(picture()), "mask": None}
    page = Page(webui_with_modules, "img2img", OPEN_TAB[tab], **SMALL, **{name: empty})
    assert "Nothing was painted in the open img2img tab" in page.capture()["error"]


def test_an_uploaded_mask_and_its_picture(webui_with_modules: WebUI) -> None:
    mask = Image.new("L", (128, 96), 0)
    mask.paste(255, (30, 20, 80, 70))
    values = {**SMALL, "img_inpaint_base": png(picture()), "img_inpaint_mask": png(mask.convert("RGBA"))}
    check(webui_with_modules, Page(webui_with_modules, "img2img", OPEN_TAB["upload"], **values), {})


def test_resize_by_goes_by_the_steps_of_the_sliders(webui_with_modules: WebUI) -> None:
    page = Page(webui_with_modules, "img2img", **SMALL, tab_image=png(picture()), tab_scale=1.3)
    page.values[page.place("tab_height") - 1] = 1
    check(webui_with_modules, page, {})
    payload = page.draft()["payload"]
    assert (payload["width"], payload["height"]) == page.generate()[0].size


def test_hires_fix_has_a_cfg_scale_of_its_own(webui_with_modules: WebUI) -> None:
    values = {**SMALL, **HIRES, "tab_cfg_scale": 6, "tab_hr_upscaler": "None"}
    page = Page(webui_with_modules, "txt2img", **values, tab_hr_cfg=2)
    check(webui_with_modules, page, {})
    payload = page.draft()["payload"]
    assert (payload["hr_cfg"], payload["hr_additional_modules"]) == (2, ["Use same choices"])
    other = Page(webui_with_modules, "txt2img", **values, tab_hr_cfg=9)
    assert not same(other.generate(), page.generate())


def test_the_modules_of_the_capture_not_of_the_run(webui_with_modules: WebUI, module: str) -> None:
    host = webui_with_modules
    plain = Page(host, "txt2img", **SMALL).generate()
    host.set_options(**{MODULES: [module]})
    page = Page(host, "txt2img", **SMALL)
    expected = page.generate()
    assert not same(expected, plain)
    draft = page.draft()
    assert draft["payload"]["override_settings"][MODULES] == [module]
    assert "sd_vae" not in draft["payload"]["override_settings"]
    host.set_options(**{MODULES: []})
    ((image, text),) = files_of(host, draft)
    assert same([image], expected)
    assert f"Module 1: {module.rpartition('.')[0]}" in text
    assert host.ask("/sdapi/v1/options")[MODULES] == []


def test_the_modules_of_hires_fix(webui_with_modules: WebUI, module: str) -> None:
    values = {**SMALL, **HIRES, "tab_hr_upscaler": "None", "hr_vae_te": [module]}
    page = Page(webui_with_modules, "txt2img", **values)
    expected = page.generate()
    draft = page.draft()
    assert draft["payload"]["hr_additional_modules"] == [module]
    assert same(run_job(webui_with_modules, draft), expected)
