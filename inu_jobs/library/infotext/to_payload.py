"""Turns an image's infotext into a payload, for images without a stored request.

Source: ``create_infotext`` and ``old_hires_fix_first_pass_dimensions`` in modules/processing.py,
``parse_generation_parameters``, ``restore_old_hires_fix_params`` and ``create_override_settings_dict`` in
modules/infotext_utils.py, modules/infotext_versions.py of WebUI 1.10.1. What an infotext omits follows the
current settings, except for what the WebUI writes whenever it differs from the default.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import Any, NamedTuple

from ...budgets import whole_number
from ...fields.table import CHECKPOINT, CLIP_SKIP, MODULES, SIZE, SOME_HOSTS, TABLE, VAE, infotext_label
from ...model import Payload
from ...ports import Catalog, ScriptLabel
from .parsing import Infotext

_SIDES = re.compile(r"(\d{1,5})x(\d{1,5})")
#: for an image whose infotext has no size
_UNTOLD = (512, 512)
_VERSION = re.compile(r"v?(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-(\d{1,9}))?(?:-.*)?")
#: the version of the WebUI that a fork is based on comes last: "f2.0.1v1.10.1-previous-669-gdfdcbab6"
_NUMBERS = re.compile(r"(?<!\d)(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?!\d)")


class Here(NamedTuple):
    """What is installed. ``exists``: whether there is a checkpoint of that name (or hash); ``labels``: of the
    settings, see ``ports.Catalog.infotext_settings``; ``fields``: of ``SOME_HOSTS``, those that a payload may
    have; ``modules``, ``scripts``: see ``ports.Catalog.modules`` and ``infotext_scripts``."""

    exists: Callable[[str], bool]
    labels: Sequence[tuple[str, str, str]]
    fields: frozenset[str] = frozenset()
    modules: Sequence[str] | None = None
    scripts: Sequence[ScriptLabel] = ()

    @classmethod
    def of(cls, catalog: Catalog) -> Here:
        """Without the settings that no job may contain."""
        labels = [known for known in catalog.infotext_settings() if not catalog.refused_setting(known[1])]
        fields = SOME_HOSTS & catalog.payload_fields(False)
        scripts = [one for one in catalog.infotext_scripts() if not catalog.refused_script(one.title)]
        return cls(catalog.checkpoint_exists, labels, fields, catalog.modules(), scripts)


def _whole(text: str) -> int:
    value = whole_number(text)
    if not abs(value) < 2**63:  # no field accepts more
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
#: the prompts are separate; the others are about the source image
_NOT_READ = (
    "prompt", "negative_prompt", "mask_blur", "inpainting_mask_invert", "inpainting_fill",
    "inpaint_full_res_padding", "inpaint_full_res",
)  # fmt: skip
_READERS: dict[str, Callable[[str], Any]] = {"integer": _whole, "number": _number, "text": str}
#: label -> (field, how its value is read)
_FIELDS: dict[str, tuple[str, Callable[[str], Any]]] = {
    field.infotext: (path, _READERS[field.type])
    for path, field in TABLE.items()
    if field.infotext and field.type in _READERS and "." not in path and path not in _NOT_READ
}
_SIZE = infotext_label(SIZE)
_MODEL = infotext_label(CHECKPOINT)
_TILING = infotext_label("tiling")
_SAMPLER = infotext_label("sampler_name")
_REFINER = infotext_label("refiner_checkpoint")
_DENOISING = infotext_label("denoising_strength")
_HIRES_SCALE = infotext_label("hr_scale")
_FIRST_PASS, _HIRES_RESIZE, _SEED_RESIZE = "First pass size", "Hires resize", "Seed resize from"
_FACES, _MODEL_HASH = "Face restoration", "Model hash"
#: labels that are not settings, or not only, and are read below
_READ_APART = frozenset(
    {
        _SIZE, _FIRST_PASS, _HIRES_RESIZE, _SEED_RESIZE, _FACES, _TILING, _MODEL, _MODEL_HASH,
        "Hypernet", "Hypernet strength",
    }
)  # fmt: skip
#: what the WebUI writes under a different name than it reads
_WRITTEN_AS = {"Beta schedule alpha": "Beta scheduler alpha", "Beta schedule beta": "Beta scheduler beta"}
#: settings that have their default value if the infotext does not mention them
_USUAL = {
    infotext_label(CLIP_SKIP): "1", "RNG": "GPU", "Schedule max sigma": "0", "Schedule min sigma": "0",
    "Schedule rho": "0", "VAE Encoder": "Full", "VAE Decoder": "Full", "Emphasis": "Original",
    "Refiner switch by sampling steps": "False",
}  # fmt: skip
#: contain nothing that a request could, or are about the source image
_SAYS_NOTHING = frozenset(
    {
        "VAE hash", "Lora hashes", "TI hashes", "Hashes", "Version", "User", "Template",
        "Negative Template", "Hypernet hash", "Init image hash", "TI",
        *map(infotext_label, _NOT_READ),
    }
)  # fmt: skip
#: labels that only number or date an image: "Batch pos" (of the WebUI before 2023), "Created Date", "Worker
#: Label" (of sd-webui-distributed), ...
_OF_ONE_IMAGE = re.compile(
    r"(?:batch|worker)\b.*|time taken"
    r"|.*\b(?:seed|date|time|timestamp|created|elapsed|pos|index|(?:image|job|task) (?:id|number))",
    re.IGNORECASE,
)
#: how Forge (f2.0.1) and Forge Neo (2.26) write which files of VAEs and text encoders were used
_MODULE, _HIRES_MODULE = re.compile(r"Module \d{1,3}"), re.compile(r"Hires Module \d{1,3}")
#: what Forge Neo calls these for models that have a shift instead of a distilled CFG scale
_SHIFTS = {
    "Shift": infotext_label("distilled_cfg_scale"), "Hires Shift": infotext_label("hr_distilled_cfg"),
}  # fmt: skip
#: for hires fix without any
_BUILT_IN = "Built-in"
#: VAEs that are no file
_NO_FILE = frozenset({"Automatic", "None"})
_CHECKPOINT = "sd_model_checkpoint"
_VAE = "sd_vae"


def payload_of(read: Infotext, here: Here) -> Payload:
    """The txt2img payload that an infotext describes."""
    made: Payload = {"prompt": read.prompt + _hypernet(read.fields), "negative_prompt": read.negative}
    if not read.fields:
        return made
    made |= _read(_fields(here), read.fields)
    sizes = {
        ("width", "height"): _size(read.fields.get(_SIZE)),
        ("hr_resize_x", "hr_resize_y"): _size(read.fields.get(_HIRES_RESIZE)),
        ("seed_resize_from_w", "seed_resize_from_h"): _size(read.fields.get(_SEED_RESIZE)),
    }
    if first := _first_pass(read.fields):
        sizes["hr_resize_x", "hr_resize_y"] = sizes["width", "height"] or _UNTOLD
        sizes["width", "height"] = first
    for sides, size in sizes.items():
        if size:
            made |= dict(zip(sides, size, strict=True))
    if "hr_additional_modules" in here.fields and (second := modules_of(read, here, _HIRES_MODULE)):
        made["hr_additional_modules"] = [] if second == [_BUILT_IN] else second
    if first or _HIRES_SCALE in read.fields or _HIRES_RESIZE in read.fields:
        made["enable_hr"] = True
    made["restore_faces"] = _FACES in read.fields
    made["tiling"] = read.fields.get(_TILING, "False") != "False"
    if scripts := _scripts(read, here):
        made["alwayson_scripts"] = scripts
    return {**made, "override_settings": settings_of(read, here)}


def settings_of(read: Infotext, here: Here) -> dict[str, Any]:
    """The settings that an infotext describes, for ``override_settings``, in the order in which the WebUI
    must apply them: what loading a model depends on, the checkpoint, the VAE."""
    if not read.fields:
        return {}
    settings, _ = _settings(read, here)
    if model := read.fields.get(_FACES):
        settings["face_restoration_model"] = model
    vae = settings.pop(_VAE, None)
    if found := modules_of(read, here, _MODULE):
        settings[MODULES.partition(".")[2]], vae = found, None
    name, hash = read.fields.get(_MODEL), read.fields.get(_MODEL_HASH)
    if name or hash:
        known = next((one for one in (name, hash) if one and here.exists(one)), None)
        settings[_CHECKPOINT] = known or name or hash
    return settings if vae is None else {**settings, _VAE: vae}


def left_over(read: Infotext, here: Here) -> list[str]:
    """The labels of an infotext that neither ``payload_of`` nor anything else here can carry over."""
    _, used = _settings(read, here)
    for label, known in _fields(here).items():
        if known[0] in _read({label: known}, read.fields):
            used.add(label)
    if here.modules is not None:
        used |= {label for label in read.fields if _MODULE.fullmatch(label) or label == infotext_label(VAE)}
    if "hr_additional_modules" in here.fields:
        used |= {label for label in read.fields if _HIRES_MODULE.fullmatch(label)}
    of_scripts = _scripts(read, here)
    used |= {one.label for one in here.scripts if one.title in of_scripts}
    used |= _READ_APART | _SAYS_NOTHING
    return [label for label in read.fields if label not in used and not of_one_image(label)]


def of_one_image(label: str) -> bool:
    """Whether images with the same setup differ in it: it only identifies an image."""
    return _OF_ONE_IMAGE.fullmatch(label) is not None


def modules_of(read: Infotext, here: Here, labels: re.Pattern[str]) -> list[str]:
    """The files of VAEs and text encoders that an infotext names, without their extension, one by one; [] if
    this WebUI has none. A VAE of another WebUI is one of them, too."""
    if here.modules is None:
        return []
    known = {PurePath(name).stem: name for name in here.modules}
    found = [text for label, text in read.fields.items() if labels.fullmatch(label)]
    vae = read.fields.get(infotext_label(VAE), "") if labels is _MODULE else ""
    if vae and vae not in _NO_FILE:
        found.append(PurePath(vae).stem if vae in here.modules else vae)
    return [known.get(text, text) for text in dict.fromkeys(found)]


def _fields(here: Here) -> dict[str, tuple[str, Callable[[str], Any]]]:
    """Those of ``_FIELDS`` that this WebUI has."""
    labels = {**{label: label for label in _FIELDS}, **_SHIFTS}
    return {
        label: _FIELDS[usual]
        for label, usual in labels.items()
        if _FIELDS[usual][0] not in SOME_HOSTS or _FIELDS[usual][0] in here.fields
    }


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
        except ValueError:  # another tool's value
            continue
    return settings, used


def _scripts(read: Infotext, here: Here) -> dict[str, Any]:
    """The arguments of the scripts that an infotext mentions, by title."""
    found: dict[str, Any] = {}
    for label, title, place, defaults in here.scripts:
        cast = _CASTS.get(type(defaults[place]).__name__ if place < len(defaults) else "")
        if label not in read.fields or cast is None:
            continue
        try:
            value = cast(read.fields[label])
        except ValueError:  # another tool's value
            continue
        found.setdefault(title, {"args": list(defaults)})["args"][place] = value
    return found


def _of_its_version(read: Infotext) -> dict[str, str]:
    """What older versions always did, and only newer ones have a setting for."""
    match = _VERSION.fullmatch(read.fields.get("Version", ""))
    if match is None:
        return {}
    version = tuple(int(part or 0) for part in match.groups())
    found = {}
    if version < (1, 6, 0, 0) and "[" in read.prompt:
        found["Old prompt editing timelines"] = "True"
    if version < (1, 6, 0, 0) and read.fields.get(_SAMPLER) in ("DDIM", "PLMS"):
        found["Pad conds v0"] = "True"
    if version < (1, 7, 0, 225):
        found["Downcast alphas_cumprod"] = "True"
    if version < (1, 8, 0, 0) and read.fields.get(_REFINER):
        found["Refiner switch by sampling steps"] = "True"
    return found


def hashes_both_passes(version: str) -> bool:
    """ "Lora hashes" includes the LoRAs of both the prompt and the hires prompt. Before 1.10.0, those of the
    second pass replaced the first's (109bbda in extensions-builtin/Lora/extra_networks_lora.py, June 2024).
    Forge 2, reForge and Forge Neo ("neo-2.26") behave like 1.10; others are unknown."""
    numbers = _NUMBERS.findall(version)
    return version.startswith("neo") or bool(numbers and tuple(map(int, numbers[-1])) >= (1, 10, 0))


def came_from_image(read: Infotext) -> bool:
    """True for img2img's infotexts: they have a denoising strength without hires fix."""
    return _DENOISING in read.fields and not any(
        name.startswith(("Hires", _FIRST_PASS)) for name in read.fields
    )


def _hypernet(fields: dict[str, str]) -> str:
    """It was a setting before prompts could use it (January 2023)."""
    name = fields.get("Hypernet")
    return "" if name is None else f"<hypernet:{name}:{fields.get('Hypernet strength', '1.0')}>"


def _first_pass(fields: dict[str, str]) -> tuple[int, int] | None:
    """For hires fix before January 2023, when "Size" was the final size. 0x0: as many pixels as 512x512."""
    first = _size(fields.get(_FIRST_PASS))
    if first is None or all(first):
        return first
    width, height = _size(fields.get(_SIZE)) or _UNTOLD
    if not width * height:
        return None
    scale = math.sqrt(512 * 512 / (width * height))
    return math.ceil(scale * width / 64) * 64, math.ceil(scale * height / 64) * 64


def _read(wanted: dict[str, tuple[str, Callable[[str], Any]]], fields: dict[str, str]) -> dict[str, Any]:
    found = {}
    for label, (path, read) in wanted.items():
        if label in fields:
            try:
                found[path] = read(fields[label])
            except ValueError:  # another tool's value
                continue
    return found


def _size(text: str | None) -> tuple[int, int] | None:
    match = _SIDES.fullmatch(text or "")
    return (int(match[1]), int(match[2])) if match else None
