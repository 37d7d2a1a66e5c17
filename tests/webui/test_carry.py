"""What JSON cannot hold is carried into the job, equal to Generate in every pixel: on the stand-in, with a
ControlNet of the real one's shape, and with ``--webui PATH`` on a real WebUI that has ControlNet."""

from __future__ import annotations

import time
from typing import Any

import pytest
from PIL import Image, ImageDraw

from .page import MINUTES, Page, WebUI, png, run_job, same
from .test_capture import SMALL, check, drawn, picture


def control(color: str = "#20c0f0") -> Image.Image:
    image = Image.new("RGB", (160, 120), "black")
    draw = ImageDraw.Draw(image)
    for y in range(4, 120, 24):
        draw.line((0, y, 159, 119 - y), fill=color, width=5)
    return image


#: ids of the real one's controls, and of Forge Neo's stand-in, behind that of their unit
REAL = {
    "image": "input_image",
    "enabled": "controlnet_enable_checkbox",
    "module": "controlnet_preprocessor_dropdown",
    "model": "controlnet_model_dropdown",
    "weight": "controlnet_control_weight_slider",
    "mode": "controlnet_control_mode_radio",
    "region": "mask_image",
}


class ControlNet:
    """A unit on a page, of the stand-in or of the real one."""

    def __init__(self, page: Page, number: int = 0) -> None:
        self.page, self.number = page, number
        self.head = f"{page.tab}_controlnet_"
        self.real = any(
            str(c["props"].get("elem_id")).endswith("ControlNet-0_input_image")
            for c in page.webui.components.values()
        )

    def id(self, name: str) -> str:
        if self.real:
            return f"{self.head}ControlNet-{self.number}_{REAL[name]}"
        return f"{self.head}{self.number}_{name}"

    def choices(self, name: str) -> list[str]:
        webui = self.page.webui
        choices = webui.components[webui.find(self.id(name))]["props"]["choices"]
        return [choice if isinstance(choice, str) else choice[0] for choice in choices]

    def models(self) -> list[str]:
        return [name for name in self.choices("model") if name != "None"]

    def module(self, name: str) -> str:
        """As it is called here: Forge writes "None", and may have no "invert"."""
        there = [choice for choice in self.choices("module") if choice.lower().startswith(name)]
        return there[0] if there else "canny"

    def control_first(self) -> str:
        """“ControlNet is more important”, or “Prefer ControlNet” on reForge."""
        return next(choice for choice in self.choices("mode") if "ControlNet" in choice)

    def set(self, trigger: str = "change", **values: Any) -> ControlNet:
        """The real one's States are filled when Generate, or our button, is pressed."""
        for name, value in values.items():
            given = self.module(value) if name == "module" else value
            self.page.touch(self.id(name), trigger, given)
        return self

    def on(self, image: Image.Image | None, mask: Image.Image | None = None, **values: Any) -> ControlNet:
        given = image and {"image": png(image), "mask": png(mask or Image.new("RGBA", image.size))}
        return self.set(image=given, enabled=True, model=self.models()[0], **values)


@pytest.fixture
def stand_in(sandbox_webui: WebUI) -> WebUI:
    return sandbox_webui


@pytest.fixture
def controlled(host: WebUI) -> WebUI:
    if not any("controlnet" in str(c["props"].get("elem_id")) for c in host.components.values()):
        pytest.skip("needs a WebUI with ControlNet")
    return host


@pytest.fixture
def with_models(controlled: WebUI) -> WebUI:
    if not ControlNet(plain(controlled)).models():
        pytest.skip("needs a WebUI with models for ControlNet")
    return controlled


def plain(host: WebUI, tab: str = "txt2img", **values: Any) -> Page:
    if tab == "img2img":
        values = {"tab_image": png(picture()), **values}
    return Page(host, tab, **{**SMALL, **values})


@pytest.mark.parametrize("tab", ["txt2img", "img2img"])
def test_a_unit_that_was_touched_and_is_off_is_no_matter(controlled: WebUI, tab: str) -> None:
    page = plain(controlled, tab)
    first, second = ControlNet(page), ControlNet(page, 1)
    if len(first.models()) > 1:
        first.on(control(), module="invert").set(enabled=False)
        second.set(model=second.models()[1])
    else:  # nothing to turn it on with, but its controls are there
        first.set(enabled=True, weight=0.5).set(enabled=False)
        second.set(weight=0.5)
    page.generate()
    assert "ControlNet" not in page.draft()["payload"].get("alwayson_scripts", {})
    check(controlled, page, {})
    assert same(page.generate()[:1], plain(controlled, tab).generate()[:1])


@pytest.mark.parametrize("tab", ["txt2img", "img2img"])
def test_units_with_pictures_are_carried(with_models: WebUI, tab: str) -> None:
    page = plain(with_models, tab)
    first = ControlNet(page)
    first.on(control(), module="invert", mode=first.control_first())
    ControlNet(page, 1).on(control("#ff2020"), drawn().resize((160, 120)), region=png(picture()))
    check(with_models, page, {})
    assert not same(page.generate()[:1], plain(with_models, tab).generate()[:1])
    first, second, *_ = page.draft()["payload"]["alwayson_scripts"]["ControlNet"]["args"]
    assert first["module"] == ControlNet(page).module("invert")
    assert first["resize_mode"] == "Crop and Resize"
    if with_models.has_canvas:  # its strokes are a field of their own, and the region is a canvas
        first = {"image": {"image": first["image"], "mask": first["image_fg"]}}
        region = second["mask_image"]
        second = {"image": {"mask": second["image_fg"]}, "effective_region_mask": region}
    assert first["image"]["image"].startswith("input:")
    # reForge has it as another picture with strokes
    region = (
        second["effective_region_mask"]
        if "effective_region_mask" in second
        else second["mask_image"]["image"]
    )
    assert region.startswith("input:")
    assert second["image"]["mask"] != first["image"]["mask"]


def test_a_unit_without_a_picture_takes_that_of_img2img(with_models: WebUI) -> None:
    page = plain(with_models, "img2img")
    ControlNet(page).on(None)
    check(with_models, page, {})
    assert not same(page.generate()[:1], plain(with_models, "img2img").generate()[:1])


def test_the_page_is_taken_as_it_stands(with_models: WebUI) -> None:
    """A number typed beside the slider fills no State before Generate is pressed."""
    page = plain(with_models)
    ControlNet(page).on(control()).set("input", weight=0.35)
    unit, *_ = page.draft()["payload"]["alwayson_scripts"]["ControlNet"]["args"]
    assert unit["weight"] == 0.35
    check(with_models, page, {})


def test_what_was_carried_is_what_runs_though_the_page_changed(with_models: WebUI) -> None:
    page = plain(with_models)
    unit = ControlNet(page).on(control())
    expected = page.generate()
    draft = page.draft()
    unit.set(image={"image": png(control("#ffffff")), "mask": png(Image.new("RGBA", (160, 120)))})
    assert not same(page.generate(), expected)
    assert same(run_job(with_models, draft), expected)


def test_an_axis_varies_a_units_weight(with_models: WebUI) -> None:
    page = plain(with_models)
    unit = ControlNet(page).on(control())
    draft = page.draft()
    axis = {"field": "alwayson_scripts.ControlNet.args.0.weight", "values": [0.2, 1.6]}
    made = run_job(with_models, draft, [axis])
    for image, weight in zip(made, (0.2, 1.6), strict=True):
        unit.set("release", weight=weight)
        assert same(page.generate(), [image])


def test_a_folder_of_images_is_refused_by_name(stand_in: WebUI) -> None:
    if stand_in.has_canvas:
        pytest.skip("Forge Neo has one folder for the whole page: other_hosts_cases has it")
    page = plain(stand_in)
    ControlNet(page, 1).on(control()).set(input="batch")
    error = page.capture()["error"]
    assert "“ControlNet”" in error
    assert "unit 2" in error
    assert "folder" in error


def test_a_missing_model_is_a_finding_with_the_nearest_name(with_models: WebUI) -> None:
    page = plain(with_models)
    models = ControlNet(page).on(control()).models()
    draft = page.draft()
    unit = draft["payload"]["alwayson_scripts"]["ControlNet"]["args"][0]
    spec = {"kind": "txt2img", "payload": draft["payload"], "capture": draft["id"], "axes": []}

    def findings() -> list[dict[str, Any]]:
        """Without those on the size, which some WebUIs round."""
        found = with_models.ask("/inu-jobs/v1/plan", spec)["findings"]
        return [one for one in found if one["code"] not in ("size", "size_far")]

    assert findings() == []
    name, mark, hash_ = models[0].partition(" [")
    unit["model"] = f"{name}x{mark}{hash_}"
    (finding,) = findings()
    assert finding["severity"] == "error"
    assert finding["code"] == "controlnet_model_unknown"
    assert finding["suggestion"] == models[0]


# ------------------------------------------------------------------------- other scripts


def look(page: Page, **values: Any) -> Page:
    for name, value in values.items():
        page.touch(f"{page.tab}_look_{name}", "change", value)
    return page


@pytest.mark.parametrize("tab", ["txt2img", "img2img"])
def test_pictures_arrays_enums_and_objects_are_carried(stand_in: WebUI, tab: str) -> None:
    before = plain(stand_in, tab).generate()
    seen = [before]
    page = plain(stand_in, tab)
    for values in (
        {"picture": png(picture("RGBA"))},
        {"blend": "DARKER"},
        {"array": png(control())},
        {"tint": "30,-20,5"},
    ):
        look(page, **values)
        check(stand_in, page, {})
        seen.append(page.generate())
        assert not any(same(seen[-1][:1], other[:1]) for other in seen[:-1])


def test_a_selectable_script_gets_its_picture(stand_in: WebUI) -> None:
    page = plain(stand_in, script_list="Paste a picture")
    page.touch("script_txt2img_paste_a_picture_picture", "change", png(control().resize((20, 20))))
    check(stand_in, page, {})


def test_what_has_no_carrier_is_refused_with_its_name_and_the_reason(stand_in: WebUI) -> None:
    page = look(plain(stand_in), upload={"name": "notes.txt", "data": "data:text/plain;base64,aGk="})
    error = page.capture()["error"]
    assert "“Look”" in error
    assert "argument 6" in error
    assert "TemporaryFile" in error or "NamedString" in error  # of gradio 3, or 4


def test_what_cannot_be_put_back_fails_the_task_and_makes_no_other_image(stand_in: WebUI) -> None:
    draft = look(plain(stand_in), picture=png(picture("RGBA"))).draft()
    args = draft["payload"]["alwayson_scripts"]["Look"]["args"]
    args[3] = {"inu_jobs": "enum", "name": "NOT_THERE"}
    spec = {"kind": "txt2img", "payload": draft["payload"], "capture": draft["id"], "axes": []}
    job = stand_in.ask("/inu-jobs/v1/jobs", spec)
    end = time.monotonic() + MINUTES
    while (detail := stand_in.ask(f"/inu-jobs/v1/jobs/{job['id']}"))["tasks"][0]["state"] != "failed":
        assert detail["tasks"][0]["state"] in ("held", "queued", "running")
        assert time.monotonic() < end
        time.sleep(0.2)
    assert "NOT_THERE" in detail["tasks"][0]["error"]
    assert detail["images"] == []
