"""ControlNet's units in the shapes of Mikubill's extension and of Forge, from the page to its API."""

from __future__ import annotations

import base64
import copy
import enum
import functools
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy
import pytest
from PIL import Image

from inu_jobs.webui.capture import controlnet
from inu_jobs.webui.capture.carriers import NoCarrier, NotRestored, fits_json


class InputMode(enum.Enum):
    SIMPLE = "simple"
    BATCH = "batch"
    MERGE = "merge"


class ResizeMode(enum.Enum):
    INNER_FIT = "Crop and Resize"
    OUTER_FIT = "Resize and Fill"


class ControlMode(enum.Enum):
    BALANCED = "Balanced"
    CONTROL = "ControlNet is more important"


class ControlNetUnit:
    """As Mikubill's: fields of an instance."""

    def __init__(self, **fields: Any) -> None:
        self.is_ui, self.input_mode, self.batch_images, self.output_dir = True, InputMode.SIMPLE, "", ""
        self.enabled, self.module, self.model, self.weight = True, "canny", "control [aa]", 0.5
        self.image, self.mask, self.effective_region_mask = None, None, None
        self.resize_mode = ResizeMode.OUTER_FIT
        self.__dict__.update(fields)


@dataclass
class UiControlNetUnit:
    """As Forge's."""

    input_mode: InputMode = InputMode.SIMPLE
    use_preview_as_input: bool = False
    batch_input_gallery: Any = None
    generated_image: Any = None
    mask_image: Any = None
    enabled: bool = True
    module: str = "None"
    weight: float = 1.0
    image: Any = None
    resize_mode: Any = ResizeMode.INNER_FIT
    kept: list[int] = field(default_factory=list)


@dataclass
class CanvasControlNetUnit:
    """As Forge's since f2.0.1 and Forge Neo's: picture, mask and the strokes on each are images of their
    own."""

    enabled: bool = True
    module: str = "None"
    image: Any = None
    image_fg: Any = None
    mask_image: Any = None
    mask_image_fg: Any = None
    use_preview_as_input: bool = False
    generated_image: Any = None
    resize_mode: Any = ResizeMode.INNER_FIT
    control_mode: Any = ControlMode.BALANCED
    _idx: int = -1


class Kept(dict[str, Image.Image]):
    def save(self, image: Image.Image) -> str:
        token = f"input:{len(self):064x}"
        self[token] = image
        return token


def pixels(*shape: int) -> Any:
    return numpy.arange(numpy.prod(shape), dtype=numpy.uint8).reshape(shape)


def base64_of(image: Image.Image) -> str:
    out = io.BytesIO()
    image.save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def decoded(text: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(text)))


def handed_over(unit: dict[str, Any], kept: Kept) -> dict[str, Any]:
    """With base64 for its tokens."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: walk(item) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item) for item in value]
        return base64_of(kept[value]) if isinstance(value, str) and value in kept else value

    return {name: walk(value) for name, value in unit.items()}


def test_a_unit_becomes_what_the_api_takes() -> None:
    kept = Kept()
    image, mask, region = pixels(4, 6, 3), pixels(4, 6, 4), pixels(4, 6)
    unit = ControlNetUnit(image={"image": image, "mask": mask}, effective_region_mask=region)
    fields = controlnet.unit_fields(unit, kept.save)
    assert fits_json(fields)
    assert fields["resize_mode"] == "Resize and Fill"
    assert (fields["enabled"], fields["module"], fields["weight"]) == (True, "canny", 0.5)
    assert not {"is_ui", "input_mode", "batch_images", "output_dir"} & set(fields)
    for token, array in (
        (fields["image"]["image"], image),
        (fields["image"]["mask"], mask),
        (fields["effective_region_mask"], region),
    ):
        assert (numpy.asarray(kept[token]) == array).all()


def test_one_that_is_off_says_no_more_than_that() -> None:
    unit = ControlNetUnit(enabled=False, image={"image": object()}, input_mode=InputMode.BATCH)
    assert controlnet.unit_fields(unit, Kept().save) == {"enabled": False}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"input_mode": InputMode.BATCH, "batch_images": "/photos"}, "folder"),
        ({"input_mode": InputMode.MERGE}, "Multi-Inputs"),
        ({"ipadapter_input": [object()]}, "ipadapter_input.0 contains a value of type “object”"),
        ({"image": pixels(2, 2, 3).astype("float32")}, "image contains an array of float32"),
    ],
)
def test_what_the_api_does_not_take_is_refused_with_the_reason(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(NoCarrier, match=reason):
        controlnet.unit_fields(ControlNetUnit(**fields), Kept().save)


def agent_scheduler(unit: dict[str, Any]) -> dict[str, Any]:
    """What it does to an image (``map_controlnet_args_to_api_task_args``)."""
    image = unit.get("image")
    if image is not None:
        unit["image"] = {"image": image["image"], "mask": image.get("mask")}
    return unit


@pytest.mark.parametrize(
    "image",
    [
        None,
        {"image": "a", "mask": "b"},
        [{"image": "a", "mask": "b"}, {"image": "c", "mask": None}],
        ["a", "b"],
    ],
)
def test_an_image_survives_agent_scheduler(image: Any) -> None:
    payload = {"alwayson_scripts": {"ControlNet": {"args": [{"enabled": True, "image": image}, None, 3]}}}
    controlnet.for_agent_scheduler(payload)
    (unit,) = controlnet.units_in(payload)
    (back,) = controlnet.restore([agent_scheduler(copy.deepcopy(unit))], [None], decoded)
    assert back == {"enabled": True, "image": image}


def test_a_base64_image_of_a_request_survives_agent_scheduler_with_its_mask() -> None:
    payload = {"alwayson_scripts": {"controlnet": {"args": [{"image": "a", "mask": "b"}, {"image": "c"}]}}}
    controlnet.for_agent_scheduler(payload)
    first, second = map(agent_scheduler, controlnet.units_in(payload))
    assert first == {"image": {"image": "a", "mask": "b"}}
    assert second == {"image": {"image": "c", "mask": None}}


@pytest.mark.parametrize("scripts", [None, [], {"ControlNet": None}, {"ControlNet": {"args": "x"}}])
def test_a_payload_in_any_shape_is_left_alone(scripts: Any) -> None:
    payload = {"alwayson_scripts": copy.deepcopy(scripts)}
    controlnet.for_agent_scheduler(payload)
    assert payload == {"alwayson_scripts": scripts}


def test_forges_units_come_back_as_objects_with_their_masks() -> None:
    kept = Kept()
    image, mask = pixels(4, 6, 3), pixels(4, 6, 4)
    unit = UiControlNetUnit(
        module="canny", image={"image": image, "mask": mask}, mask_image={"image": mask, "mask": None},
        resize_mode=ResizeMode.OUTER_FIT, generated_image=pixels(2, 2, 3), batch_input_gallery=["/tmp/a.png"],
    )  # fmt: skip
    fields = controlnet.unit_fields(unit, kept.save)
    assert "generated_image" not in fields
    default = UiControlNetUnit(enabled=False)
    (back, off) = controlnet.restore([handed_over(fields, kept), {"enabled": False}], [default] * 2, decoded)
    assert type(back) is UiControlNetUnit
    assert back.enabled and back.resize_mode is ResizeMode.OUTER_FIT
    assert (back.image["image"] == image).all()
    assert (back.image["mask"] == mask).all()
    assert (back.mask_image["image"] == mask).all()
    assert off == default
    assert default.enabled is False


@pytest.mark.parametrize("masked", [True, False])
def test_the_four_images_of_a_canvas_come_back_past_agent_scheduler(masked: bool) -> None:
    kept = Kept()
    given = {"image": pixels(4, 6, 4), "image_fg": pixels(4, 6, 4) // 2}
    if masked:
        given |= {"mask_image": pixels(4, 6, 3), "mask_image_fg": pixels(4, 6, 4) // 3}
    unit = CanvasControlNetUnit(module="canny", **given)  # type: ignore[arg-type]
    fields = handed_over(controlnet.unit_fields(unit, kept.save), kept)
    payload = {"alwayson_scripts": {"ControlNet": {"args": [fields]}}}
    controlnet.for_agent_scheduler(payload)
    (sent,) = controlnet.units_in(payload)
    assert set(sent["image"]) == {"image", "mask"}, "in any other form, it fails"
    default = CanvasControlNetUnit(enabled=False)
    (back,) = controlnet.restore([sent], [default], decoded)
    assert (back.enabled, back.module) == (True, "canny")
    for name in ("image", "image_fg", "mask_image", "mask_image_fg"):
        assert (
            (getattr(back, name) is None) if name not in given else (getattr(back, name) == given[name]).all()
        )


def test_the_preview_is_carried_where_it_is_the_input() -> None:
    unit = UiControlNetUnit(use_preview_as_input=True, generated_image=pixels(2, 2, 3))
    fields = controlnet.unit_fields(unit, Kept().save)
    assert fields["use_preview_as_input"] is True
    assert fields["generated_image"].startswith("input:")


def test_a_choice_that_forge_does_not_know_is_said() -> None:
    with pytest.raises(NotRestored, match="resize_mode"):
        controlnet.restore([{"resize_mode": "Sideways"}], [UiControlNetUnit()], decoded)


def test_what_is_chosen_on_a_canvas_page_stays_text() -> None:
    """It is compared with texts there."""
    fields = {"resize_mode": "Resize and Fill", "control_mode": "ControlNet is more important"}
    (back,) = controlnet.restore([fields], [CanvasControlNetUnit()], decoded)
    assert (back.resize_mode, back.control_mode) == tuple(fields.values())
    with pytest.raises(NotRestored, match="control_mode"):
        controlnet.restore([{"control_mode": "Sideways"}], [CanvasControlNetUnit()], decoded)


def script(title: str, **known: Any) -> Any:
    """A script whose module knows ``known``. Its ``process`` is wrapped, as torch wraps Forge's."""
    made: dict[str, Any] = {}
    exec("class Made:\n    def process(self): pass\n", known, made)
    kind = made["Made"]
    kind.title = lambda self: title
    kind.process = without_gradients(kind.process)
    return kind()


def without_gradients(function: Callable[[Any], None]) -> Callable[[Any], None]:
    @functools.wraps(function)
    def call(self: Any) -> None:
        function(self)

    return call


def test_the_models_are_asked_for_where_the_script_knows_them() -> None:
    mikubill = {"external_code": SimpleNamespace(get_models=lambda: ["control [aa]"])}
    forge = {"external_code": SimpleNamespace(), "global_state": SimpleNamespace()}
    forge["global_state"].get_all_controlnet_names = lambda: ["None", "canny"]

    def fails() -> list[str]:
        raise OSError

    assert controlnet.models([script("Other", **mikubill)]) is None
    assert controlnet.models([script("ControlNet", **mikubill)]) == ["control [aa]"]
    assert controlnet.models([script("ControlNet", **forge)]) == ["None", "canny"]
    assert controlnet.models([script("ControlNet")]) is None
    broken = {"external_code": SimpleNamespace(get_models=fails)}
    assert controlnet.models([script("ControlNet", **broken)]) is None
