"""An image's infotext as a payload: for images that nobody kept a request of.

Only what the infotext says in the WebUI's own fields (``create_infotext`` in modules/processing.py of
WebUI 1.10.1); what it does not say is left to the settings of the moment.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from ..model import Payload
from .infotext import Infotext

_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})")


def _whole(text: str) -> int:
    return int(text)


def _number(text: str) -> float:
    value = float(text)
    if not abs(value) < 1e6:
        raise ValueError(text)
    return value


#: label -> (dotted path, how its value is read)
_FIELDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "Steps": ("steps", _whole),
    "Sampler": ("sampler_name", str),
    "Schedule type": ("scheduler", str),
    "CFG scale": ("cfg_scale", _number),
    "Seed": ("seed", _whole),
    "Variation seed": ("subseed", _whole),
    "Variation seed strength": ("subseed_strength", _number),
    "Denoising strength": ("denoising_strength", _number),
    "Hires upscale": ("hr_scale", _number),
    "Hires steps": ("hr_second_pass_steps", _whole),
    "Hires upscaler": ("hr_upscaler", str),
    "Hires checkpoint": ("hr_checkpoint_name", str),
    "Hires sampler": ("hr_sampler_name", str),
    "Hires schedule type": ("hr_scheduler", str),
    "Hires prompt": ("hr_prompt", str),
    "Hires negative prompt": ("hr_negative_prompt", str),
    "Refiner": ("refiner_checkpoint", str),
    "Refiner switch at": ("refiner_switch_at", _number),
}
_SETTINGS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "Clip skip": ("CLIP_stop_at_last_layers", _whole),
    "VAE": ("sd_vae", str),
    "RNG": ("randn_source", str),
    "Eta": ("eta_ancestral", _number),
}


def payload_of(read: Infotext, exists: Callable[[str], bool]) -> Payload:
    """The txt2img payload that an infotext tells of. ``exists``: whether there is a checkpoint of a name
    (or hash) here."""
    made: Payload = {"prompt": read.prompt, "negative_prompt": read.negative}
    made |= _read(_FIELDS, read.fields)
    if size := _size(read.fields.get("Size")):
        made |= {"width": size[0], "height": size[1]}
    if size := _size(read.fields.get("Hires resize")):
        made |= {"hr_resize_x": size[0], "hr_resize_y": size[1]}
    if "Hires upscale" in read.fields or "Hires resize" in read.fields:
        made["enable_hr"] = True
    if settings := settings_of(read, exists):
        made["override_settings"] = settings
    return made


def settings_of(read: Infotext, exists: Callable[[str], bool]) -> dict[str, Any]:
    """The settings that an infotext tells of, for ``override_settings``."""
    settings = _read(_SETTINGS, read.fields)
    if read.fields and "Clip skip" not in read.fields:
        settings["CLIP_stop_at_last_layers"] = 1  # it is written only where it is another
    name, hash = read.fields.get("Model"), read.fields.get("Model hash")
    if name or hash:
        known = next((one for one in (name, hash) if one and exists(one)), None)
        settings["sd_model_checkpoint"] = known or name or hash
    return settings


def came_from_image(read: Infotext) -> bool:
    """True for what img2img wrote: it has a denoising strength without hires fix."""
    return "Denoising strength" in read.fields and not any(name.startswith("Hires") for name in read.fields)


def _read(wanted: dict[str, tuple[str, Callable[[str], Any]]], fields: dict[str, str]) -> dict[str, Any]:
    found = {}
    for label, (path, read) in wanted.items():
        if label in fields:
            try:
                found[path] = read(fields[label])
            except ValueError:  # another tool's word for it
                continue
    return found


def _size(text: str | None) -> tuple[int, int] | None:
    match = _SIZE.fullmatch(text or "")
    return (int(match[1]), int(match[2])) if match else None
