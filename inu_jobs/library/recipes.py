"""An image's infotext as a payload: for images that nobody kept a request of.

Source: ``create_infotext`` in modules/processing.py, ``parse_generation_parameters`` and
``create_override_settings_dict`` in modules/infotext_utils.py, modules/infotext_versions.py of WebUI
1.10.1. What an infotext does not say is left to the settings of the moment, but for what the WebUI
writes whenever it is not as usual.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ..model import Payload
from .infotext import Infotext

_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})")
_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:-(\d+))?(?:-.*)?")


class Here(NamedTuple):
    """What is installed. ``exists``: whether there is a checkpoint of a name (or hash); ``labels``: of
    the settings, see ``ports.Catalog.infotext_settings``."""

    exists: Callable[[str], bool]
    labels: Sequence[tuple[str, str, str]]


def _whole(text: str) -> int:
    value = int(text)
    if not abs(value) < 2**63:  # nothing takes more
        raise ValueError(text)
    return value


def _number(text: str) -> float:
    value = float(text)
    if not abs(value) < 1e6:
        raise ValueError(text)
    return value


#: as ``cast_value`` in modules/options.py
_CASTS: dict[str, Callable[[str], Any]] = {
    "bool": lambda text: text not in ("", "False"),
    "int": _whole,
    "float": _number,
    "str": str,
}
#: label -> (dotted path, how its value is read)
_FIELDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "Steps": ("steps", _whole),
    "Sampler": ("sampler_name", str),
    "Schedule type": ("scheduler", str),
    "CFG scale": ("cfg_scale", _number),
    "Image CFG scale": ("image_cfg_scale", _number),
    "Noise multiplier": ("initial_noise_multiplier", _number),
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
#: those that are not settings, or not only, and are read below
_READ_APART = frozenset(
    {"Size", "Hires resize", "Seed resize from", "Face restoration", "Tiling", "Model", "Model hash"}
)
#: what the WebUI writes by another name than that by which it reads it
_WRITTEN_AS = {"Beta schedule alpha": "Beta scheduler alpha", "Beta schedule beta": "Beta scheduler beta"}
#: settings that are as usual where the infotext does not name them
_USUAL = {
    "Clip skip": "1", "RNG": "GPU", "Schedule max sigma": "0", "Schedule min sigma": "0",
    "Schedule rho": "0", "VAE Encoder": "Full", "VAE Decoder": "Full", "Emphasis": "Original",
    "Refiner switch by sampling steps": "False",
}  # fmt: skip
#: says nothing that a request could, or is of the image that this one was made from
_SAYS_NOTHING = frozenset(
    {
        "VAE hash", "Lora hashes", "TI hashes", "Hashes", "Version", "User", "Template",
        "Negative Template", "Init image hash", "Mask blur", "Mask mode", "Masked content",
        "Masked area padding", "Inpaint area",
    }
)  # fmt: skip
_CHECKPOINT = "sd_model_checkpoint"
_VAE = "sd_vae"
#: dotted path -> label
_WORDS = {path: label for label, (path, _) in _FIELDS.items()} | {
    "prompt": "Prompt",
    "negative_prompt": "Negative prompt",
    f"override_settings.{_CHECKPOINT}": "Model",
    f"override_settings.{_VAE}": "VAE",
    "override_settings.CLIP_stop_at_last_layers": "Clip skip",
}


def word_of(path: str) -> str:
    """What the WebUI calls a field of a payload, or ``path`` where it has no word for it."""
    return _WORDS.get(path, path)


def payload_of(read: Infotext, here: Here) -> Payload:
    """The txt2img payload that an infotext tells of."""
    made: Payload = {"prompt": read.prompt, "negative_prompt": read.negative}
    if not read.fields:
        return made
    made |= _read(_FIELDS, read.fields)
    sizes = {
        "Size": ("width", "height"),
        "Hires resize": ("hr_resize_x", "hr_resize_y"),
        "Seed resize from": ("seed_resize_from_w", "seed_resize_from_h"),
    }
    for label, sides in sizes.items():
        if size := _size(read.fields.get(label)):
            made |= dict(zip(sides, size, strict=True))
    if "Hires upscale" in read.fields or "Hires resize" in read.fields:
        made["enable_hr"] = True
    made["restore_faces"] = "Face restoration" in read.fields
    made["tiling"] = read.fields.get("Tiling", "False") != "False"
    return {**made, "override_settings": settings_of(read, here)}


def settings_of(read: Infotext, here: Here) -> dict[str, Any]:
    """The settings that an infotext tells of, for ``override_settings``, in the order in which the WebUI
    must take them: what loading a model looks at, the checkpoint, the VAE."""
    if not read.fields:
        return {}
    settings, _ = _settings(read, here)
    if model := read.fields.get("Face restoration"):
        settings["face_restoration_model"] = model
    vae = settings.pop(_VAE, None)
    name, hash = read.fields.get("Model"), read.fields.get("Model hash")
    if name or hash:
        known = next((one for one in (name, hash) if one and here.exists(one)), None)
        settings[_CHECKPOINT] = known or name or hash
    return settings if vae is None else {**settings, _VAE: vae}


def left_over(read: Infotext, here: Here) -> list[str]:
    """The labels of an infotext that neither ``payload_of`` nor anything else of ours can carry."""
    _, used = _settings(read, here)
    for label, (path, _) in _FIELDS.items():
        if path in _read({label: _FIELDS[label]}, read.fields):
            used.add(label)
    return [label for label in read.fields if label not in used | _READ_APART | _SAYS_NOTHING]


def _settings(read: Infotext, here: Here) -> tuple[dict[str, Any], set[str]]:
    """(settings by name, the labels that they were read from)."""
    named = {_WRITTEN_AS.get(label, label): label for label in read.fields}
    told = {label: read.fields[written] for label, written in named.items()}
    told = _USUAL | _of_its_version(read) | told
    settings: dict[str, Any] = {}
    used: set[str] = set()
    for label, setting, kind in here.labels:
        if label not in told or label in _READ_APART or label in _FIELDS:
            continue
        try:
            settings[setting] = _CASTS[kind](told[label])
            used.add(named.get(label, label))
        except ValueError:  # another tool's word for it
            continue
    return settings, used


def _of_its_version(read: Infotext) -> dict[str, str]:
    """What older versions did, and only newer ones have a setting for."""
    match = _VERSION.fullmatch(read.fields.get("Version", ""))
    if match is None:
        return {}
    version = tuple(int(part or 0) for part in match.groups())
    found = {}
    if version < (1, 6, 0, 0) and "[" in read.prompt:
        found["Old prompt editing timelines"] = "True"
    if version < (1, 6, 0, 0) and read.fields.get("Sampler") in ("DDIM", "PLMS"):
        found["Pad conds v0"] = "True"
    if version < (1, 7, 0, 225):
        found["Downcast alphas_cumprod"] = "True"
    if version < (1, 8, 0, 0) and read.fields.get("Refiner"):
        found["Refiner switch by sampling steps"] = "True"
    return found


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
