"""ControlNet's units: from the page to its API's format, and past Agent Scheduler to ControlNet.

Source: Mikubill/sd-webui-controlnet 1.1.455 (internal_controlnet/args.py, a pydantic model, and
external_code.py; before 1.1.449 a plain class), the one built into Forge and reForge
(extensions-builtin/sd_forge_controlnet/lib_controlnet/external_code.py, a dataclass), and
``map_controlnet_args_to_api_task_args`` in Agent Scheduler's task_helpers.py.
"""

from __future__ import annotations

import copy
import dataclasses
import enum
import inspect
import os
from collections.abc import Iterable, Sequence
from typing import Any

import numpy
from PIL import Image

from ...errors import InvalidInput
from ...model import Payload
from ...sentences import say
from .carriers import NoCarrier, NotRestored, Open, Save, fields_of, fits_json, is_picture, picture_of

TITLE = "controlnet"
_UNIT = "ControlNetUnit"
#: how the page fills a unit; irrelevant once it is filled
_PAGE_ONLY = frozenset(
    {
        "is_ui", "input_mode", "batch_images", "batch_image_dir", "batch_mask_dir", "batch_input_gallery",
        "batch_mask_gallery", "output_dir", "loopback", "merge_gallery",
    }
)  # fmt: skip
_BATCH = say("a folder of images (Batch)")
_MERGE = say("several images (Multi-Inputs)")


def is_unit(value: Any) -> bool:
    """Whether ``value`` is a ControlNet unit object."""
    return any(base.__name__.endswith(_UNIT) for base in type(value).__mro__)


def is_off(value: Any) -> bool:
    """Whether ``value`` is a unit that is turned off, whatever else it contains.

    ControlNet (Mikubill's, and the one built into Forge) keeps each unit as an object in a ``gr.State`` and
    replaces it on every Generate and every change of a control, so one that is off may differ from its
    default."""
    return not isinstance(value, dict) and getattr(value, "enabled", None) is False


def models(scripts: Iterable[Any]) -> list[str] | None:
    """The models that ControlNet lists; None if it is not among ``scripts`` or does not tell. Each host names
    its modules differently, so they are looked up where its script imports them."""
    known = _imported(scripts)
    ask = getattr(known.get("external_code"), "get_models", None)  # Mikubill's, reForge
    ask = ask or getattr(known.get("global_state"), "get_all_controlnet_names", None)  # Forge
    try:
        return [str(name) for name in ask()] if callable(ask) else None
    except Exception:
        return None


def _imported(scripts: Iterable[Any]) -> dict[str, Any]:
    """What ControlNet's script imports, by name; {} without ControlNet."""
    for script in scripts:
        if script.title().lower() == TITLE:
            # Forge's is wrapped by torch, whose names would be found instead
            found: dict[str, Any] = getattr(inspect.unwrap(type(script).process), "__globals__", {})
            return found
    return {}


class Folder:
    """A folder from which all units that are on take their images, whatever they contain themselves.

    ControlNet of Forge Neo (2.26) has one for the whole page, also for txt2img and for requests: its own
    field in img2img's Batch tab, and if that is empty, the tab's input directory."""

    _NAME = "GLOBAL_CONTROLNET_BATCH_DIR"

    def __init__(self, scripts: Iterable[Any]) -> None:
        self._page = _imported(scripts).get("ControlNetUiGroup")

    def read(self) -> str:
        """'' for none."""
        return str(getattr(self._page, self._NAME, None) or "")

    def write(self, folder: str) -> None:
        setattr(self._page, self._NAME, folder)

    @property
    def used(self) -> bool:
        return os.path.isdir(self.read().strip())  # noqa: PTH112 - as the host does it


# ------------------------------------------------------------------------------- in


def refuse_folder(folder: Folder, args: Iterable[Any]) -> None:
    """``InvalidInput`` if units among ``args`` would take their images from it."""
    if folder.used and any(is_unit(value) and not is_off(value) for value in args):
        raise InvalidInput(
            say(
                "ControlNet takes its images from the folder “{folder}”, which cannot be saved with a job:"
                " empty “Controlnet input directory” and “Input directory” in img2img's Batch tab, turn"
                " ControlNet off, or use Generate.",
                folder=folder.read(),
            )
        )


def unit_fields(unit: Any, save: Save) -> Payload:
    """A unit of the page in the format of ControlNet's API: enums by value, images by token. ``NoCarrier`` if
    it takes its images from a folder, or contains something else that the API does not accept."""
    if is_off(unit):
        return {"enabled": False}
    fields = fields_of(unit)
    mode = str(getattr(fields.get("input_mode"), "name", fields.get("input_mode") or "")).lower()
    if mode == "batch" or (mode == "merge" and not isinstance(fields.get("image"), list)):
        raise NoCarrier(_BATCH if mode == "batch" else _MERGE, "")
    left_out = set(_PAGE_ONLY)
    if not fields.get("use_preview_as_input"):
        left_out |= {"generated_image", "use_preview_as_input"}
    found = {name: _field(value, save, name) for name, value in fields.items() if name not in left_out}
    return {**found, "input_mode": mode} if mode == "merge" else found


def _field(value: Any, save: Save, where: str) -> Any:
    if isinstance(value, enum.Enum):
        value = value.value
    if isinstance(value, numpy.ndarray):
        flat = value[:, :, 0] if value.ndim == 3 and value.shape[2] == 1 else value
        if not is_picture(flat):
            raise NoCarrier(say("an array of {dtype} that is not an image", dtype=value.dtype), where)
        return save(picture_of(flat))
    if isinstance(value, Image.Image):
        return save(value)
    if type(value) in (list, tuple):
        return [_field(item, save, f"{where}.{place}") for place, item in enumerate(value)]
    if type(value) is dict and all(type(key) is str for key in value):
        return {key: _field(item, save, f"{where}.{key}") for key, item in value.items()}
    if not fits_json(value):
        raise NoCarrier(say("a value of type “{name}”", name=type(value).__name__), where)
    return value


# ------------------------------------------------------------------------------ out


def for_agent_scheduler(payload: Payload) -> None:
    """Repacks units in place so that Agent Scheduler passes them on unchanged: it expects an image as
    ``{"image": ..., "mask": ...}`` and fails on anything else, including the list of "Multi-Inputs"."""
    for unit in units_in(payload):
        image = unit.get("image")
        if isinstance(image, str):
            mask = unit.pop("mask", None) or unit.pop("mask_image", None)
            unit["image"] = {"image": image, "mask": mask}
        elif isinstance(image, list):
            unit["image"] = {"image": image, "mask": None}


def units_in(payload: Payload) -> list[dict[str, Any]]:
    """The units of a payload, as dicts."""
    scripts = payload.get("alwayson_scripts")
    found = []
    for title, entry in (scripts if isinstance(scripts, dict) else {}).items():
        args = entry.get("args") if isinstance(entry, dict) and title.lower() == TITLE else None
        found += [unit for unit in args if isinstance(unit, dict)] if isinstance(args, list) else []
    return found


def restore(args: Sequence[Any], defaults: Sequence[Any], open_image: Open) -> list[Any]:
    """ControlNet's arguments in the form it takes: unpacks what ``for_agent_scheduler`` packed, and creates
    unit objects where the script knows units as a dataclass, because Forge's own parsing of a dict loses the
    mask. ``open_image`` decodes base64."""
    return [
        _unpacked(value, defaults[place] if place < len(defaults) else None, open_image)
        if isinstance(value, dict)
        else value
        for place, value in enumerate(args)
    ]


#: a unit that has it also has its mask as an image of its own (Forge f2.0.1, Forge Neo 2.26)
_STROKES = "image_fg"


def _unpacked(fields: dict[str, Any], default: Any, open_image: Open) -> Any:
    image = fields.get("image")
    if isinstance(image, dict) and isinstance(image.get("image"), list):
        fields = {**fields, "image": image["image"]}
    if not dataclasses.is_dataclass(default) or not is_unit(default):
        return fields
    image = fields.get("image")
    if _STROKES in fields_of(default) and isinstance(image, dict):
        fields = {**fields, "image": image.get("image"), "mask_image": image.get("mask")}
    return _object(fields, default, open_image)


def _object(fields: dict[str, Any], default: Any, open_image: Open) -> Any:
    known = fields_of(default)
    made = copy.copy(default)
    for name, value in fields.items():
        if name in known:
            restored = _value(value, known[name], name, open_image)
            setattr(made, name, value if _STROKES in known and name in _CHOSEN else restored)
    return made


#: on the page of Forge f2.0.1 and Forge Neo 2.26 these are the texts of their radios, and "control_mode" is
#: compared with texts: as an enum it would have no effect. reForge's page makes enums of them.
_CHOSEN = frozenset({"control_mode", "resize_mode", "hr_option"})


#: those that end in "_fg" are the strokes on a canvas (Forge f2.0.1, Forge Neo 2.26)
_PIXELS = frozenset(
    {
        "image", "mask", "mask_image", "generated_image", "effective_region_mask", "image_fg",
        "mask_image_fg",
    }
)  # fmt: skip


def _value(value: Any, default: Any, name: str, open_image: Open) -> Any:
    if isinstance(default, enum.Enum) and isinstance(value, str):
        try:
            return type(default)(value)
        except ValueError as error:
            raise NotRestored(
                say("ControlNet has no value “{value}” for {name}.", value=value, name=name)
            ) from error
    if name in _PIXELS and isinstance(value, list):
        return [_value(item, None, name, open_image) for item in value]
    if name in _PIXELS and isinstance(value, dict):
        return {key: _value(item, None, name, open_image) for key, item in value.items()}
    if name in _PIXELS and isinstance(value, str) and value:
        return numpy.asarray(open_image(value)).copy()
    return value
