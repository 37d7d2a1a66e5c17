"""The payload's fields and their types, so that a slip gives one sentence now instead of a failed
task at night.

Source: ``StableDiffusionProcessingTxt2Img`` and ``...Img2Img`` in the WebUI 1.10.1's own API
description (``/openapi.json``; modules/api/models.py makes them). All may be null. Fields that the
WebUI does not know it ignores silently.
"""

from __future__ import annotations

import difflib
import math
import re
from typing import Any

from ..errors import InvalidInput
from ..model import Payload

_COMMON = {
    "prompt": "text",
    "negative_prompt": "text",
    "styles": "texts",
    "seed": "integer",
    "subseed": "integer",
    "subseed_strength": "number",
    "seed_resize_from_h": "integer",
    "seed_resize_from_w": "integer",
    "sampler_name": "text",
    "sampler_index": "text",
    "scheduler": "text",
    "batch_size": "integer",
    "n_iter": "integer",
    "steps": "integer",
    "cfg_scale": "number",
    "width": "integer",
    "height": "integer",
    "restore_faces": "switch",
    "tiling": "switch",
    "do_not_save_samples": "switch",
    "do_not_save_grid": "switch",
    "eta": "number",
    "denoising_strength": "number",
    "s_min_uncond": "number",
    "s_churn": "number",
    "s_tmax": "number",
    "s_tmin": "number",
    "s_noise": "number",
    "override_settings": "object",
    "override_settings_restore_afterwards": "switch",
    "refiner_checkpoint": "text",
    "refiner_switch_at": "number",
    "disable_extra_networks": "switch",
    "firstpass_image": "text",
    "comments": "object",
    "force_task_id": "text",
    "script_name": "text",
    "script_args": "list",
    "send_images": "switch",
    "save_images": "switch",
    "alwayson_scripts": "object",
    "infotext": "text",
}
FIELDS: dict[str, dict[str, str]] = {
    "txt2img": {
        **_COMMON,
        "enable_hr": "switch",
        "firstphase_width": "integer",
        "firstphase_height": "integer",
        "hr_scale": "number",
        "hr_upscaler": "text",
        "hr_second_pass_steps": "integer",
        "hr_resize_x": "integer",
        "hr_resize_y": "integer",
        "hr_checkpoint_name": "text",
        "hr_sampler_name": "text",
        "hr_scheduler": "text",
        "hr_prompt": "text",
        "hr_negative_prompt": "text",
    },
    "img2img": {
        **_COMMON,
        "init_images": "list",
        "resize_mode": "integer",
        "image_cfg_scale": "number",
        "mask": "text",
        "mask_blur_x": "integer",
        "mask_blur_y": "integer",
        "mask_blur": "integer",
        "mask_round": "switch",
        "inpainting_fill": "integer",
        "inpaint_full_res": "switch",
        "inpaint_full_res_padding": "integer",
        "inpainting_mask_invert": "integer",
        "initial_noise_multiplier": "number",
        "latent_mask": "text",
        "include_init_images": "switch",
    },
}
#: decided at hand-over, never by an axis
FIXED = frozenset(
    {
        "infotext",
        "force_task_id",
        "save_images",
        "send_images",
        "do_not_save_samples",
        "do_not_save_grid",
        "override_settings_restore_afterwards",
        "comments",
    }
)
_WORDS = {
    "text": "a text",
    "texts": "a list of texts",
    "integer": "a whole number",
    "number": "a number",
    "switch": "true or false",
    "object": "an object",
    "list": "a list",
}
#: beyond this neither torch's generator nor a database's integer takes it
LARGEST_SEED = 2**63
#: no other number is meant to be near; keeps sums and products of them within what JSON readers take
_LARGEST = 1_000_000
_LARGEST_BATCH = 1_000


def check_payload(payload: Payload, kind: str) -> None:
    """``InvalidInput`` with the field if a value is of the wrong type. ``kind``: txt2img or img2img."""
    types = FIELDS[kind]
    for field, value in payload.items():
        if field in types:
            check_value(field, value, kind, field)
    scripts = payload.get("alwayson_scripts") or {}
    for title, entry in scripts.items():
        args = entry.get("args") if isinstance(entry, dict) else entry
        if not isinstance(entry, dict) or not isinstance(args, (list, type(None))):
            raise InvalidInput(
                f"The always-on script “{title}” must be an object with a list “args”.",
                f"alwayson_scripts.{title}",
            )


def check_value(field: str, value: Any, kind: str, where: str) -> None:
    """``field``: a top-level field that the WebUI knows; ``where``: its path in the request."""
    wanted = FIELDS[kind][field]
    if value is not None and not _fits(value, wanted):
        raise InvalidInput(f"{field} must be {_WORDS[wanted]}.", where)
    if wanted in ("integer", "number") and value is not None and abs(value) > _limit(field):
        raise InvalidInput(f"{field} is far too large.", where)


def _limit(field: str) -> int:
    if field in ("seed", "subseed"):
        return LARGEST_SEED - 1
    return _LARGEST_BATCH if field == "batch_size" else _LARGEST


def _fits(value: Any, wanted: str) -> bool:
    if wanted == "text":
        return isinstance(value, str)
    if wanted == "texts":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if wanted == "switch":
        # the WebUI's page has a select for one of them (inpaint area) whose choice is 0 or 1
        return isinstance(value, bool) or (isinstance(value, int) and value in (0, 1))
    if wanted == "object":
        return isinstance(value, dict)
    if wanted == "list":
        return isinstance(value, list)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return False
    return wanted == "number" or value == int(value)


def check_field(path: str, kind: str, where: str) -> None:
    """``InvalidInput`` if an axis cannot vary ``path``."""
    head, *rest = path.split(".")
    if head not in FIELDS[kind]:
        near = nearest(head, FIELDS[kind])
        hint = f"; did you mean {near}?" if near else "."
        raise InvalidInput(f"{kind} has no field “{head}”{hint}", where)
    if head in FIXED:
        raise InvalidInput(f"{head} cannot be varied.", where)
    if not all(rest) or (rest and FIELDS[kind][head] not in ("object", "list")):
        raise InvalidInput(f"“{path}” is not the path of a field.", where)


def nearest(name: str, names: Any) -> str:
    """The name that ``name`` was probably meant to be, or ''. ``names``: any iterable of texts.
    Hash, file ending and folder are left out of the comparison where one side lacks them: "tny" is
    near to "sd15/tiny.safetensors [a00832751b]"."""
    known = {form: name for name in map(str, names) for form in reversed(_forms(name))}
    found = ((difflib.get_close_matches(form, known, n=1, cutoff=0.6) or [""])[0] for form in _forms(name))
    return next((known[form] for form in found if form), "")


def _forms(name: str) -> list[str]:
    """Lower case, whole and ever shorter."""
    whole = name.lower()
    no_hash = re.sub(r"\s*\[[0-9a-f]+\]$", "", whole)
    stem = re.sub(r"\.(safetensors|ckpt|pth?|bin)$", "", no_hash)
    return list(dict.fromkeys([whole, no_hash, stem, re.split(r"[/\\]", stem)[-1]]))
