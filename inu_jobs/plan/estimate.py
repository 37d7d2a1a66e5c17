"""How large a task's images will be, how much work they are, and what determines how long it takes."""

from __future__ import annotations

from typing import Any

from ..fields.table import ALL_ROUND
from ..fields.upscale import is_upscale
from ..model import Cost, Payload

#: nothing is larger (preflight refuses far earlier); keeps sums for absurd requests within 64 bits
_LARGEST = 2**17
#: what ``final_size`` depends on
SIZE_FIELDS = frozenset({"width", "height", "enable_hr", "hr_scale", "hr_resize_x", "hr_resize_y"})


def final_size(payload: Payload, changes: dict[str, Any]) -> tuple[int, int]:
    """Width and height in pixels of the images that a task saves: the result of hires fix if it is on
    (``calculate_target_resolution`` in modules/processing.py of WebUI 1.10.1), rounded down to a multiple of
    8 as the WebUI does. (0, 0) if the fields are not numbers."""
    now = {**payload, **changes}
    width, height = _whole(now, "width", 512), _whole(now, "height", 512)
    if now.get("enable_hr") is True:
        width, height = _hires(now, width, height)
    width, height = (max(0, min(side, _LARGEST)) for side in (width, height))  # a scale may be negative
    return width - width % 8, height - height % 8


def all_round(side: int) -> int:
    """``side``, in pixels, as Forge Neo 2.26 rounds it for a model that tells no sizes of its own
    (``process_images_inner``), before hires fix goes by it."""
    return max(1, (side + ALL_ROUND // 2) // ALL_ROUND) * ALL_ROUND


def _hires(now: Payload, width: int, height: int) -> tuple[int, int]:
    to_width, to_height = _whole(now, "hr_resize_x", 0), _whole(now, "hr_resize_y", 0)
    if to_width and to_height:
        return to_width, to_height  # scaled to cover, then cropped
    if to_width:
        return to_width, to_width * height // width if width else 0
    if to_height:
        return to_height * width // height if height else 0, to_height
    scale = _number(now, "hr_scale", 2.0)
    return int(width * scale), int(height * scale)


def work(payload: Payload, changes: dict[str, Any], images: int = 0) -> float:
    """The cost of a task, in pixels times steps. img2img runs only the part of its steps given by the
    denoising strength. ``images``: how many it makes, if known."""
    now = {**payload, **changes}
    width, height = _whole(now, "width", 512), _whole(now, "height", 512)
    if is_upscale(now):  # no steps: only comparable with other upscales
        return float(width * height)
    steps = _whole(now, "steps", 50)
    strength = min(1.0, max(0.0, _number(now, "denoising_strength", 0.75)))
    if now.get("init_images"):
        cost = width * height * max(1.0, steps * strength)
    else:
        cost = float(width * height * steps)
    if now.get("enable_hr") is True:
        to_width, to_height = final_size(payload, changes)
        hires_steps = _whole(now, "hr_second_pass_steps", 0) or steps
        cost += to_width * to_height * max(1.0, hires_steps * strength)
    return cost * (images or max(1, _whole(now, "batch_size", 1)) * max(1, _whole(now, "n_iter", 1)))


def cost(payload: Payload, changes: dict[str, Any], images: int = 0) -> Cost:
    """What determines how long a task takes. ``images``: how many it makes, if known."""
    models = [str(_set(payload, changes, name) or "") for name in ("sd_model_checkpoint", "sd_vae")]
    model = "|".join(models) if any(models) else ""
    now = {**payload, **changes}
    size = f"{now.get('width')}x{now.get('height')}"
    if is_upscale(now):
        return Cost(work(payload, changes), ("upscale", str(now.get("script_args")), size), "")
    way = "hires" if now.get("enable_hr") is True else "img2img" if now.get("init_images") else "txt2img"
    sampler = str(now.get("sampler_name") or now.get("sampler_index"))
    return Cost(work(payload, changes, images), ("diffusion", model, way, sampler, size), model)


def _set(payload: Payload, changes: dict[str, Any], setting: str) -> Any:
    path = f"override_settings.{setting}"
    override = payload.get("override_settings")
    return changes.get(path, override.get(setting) if isinstance(override, dict) else None)


def _number(payload: Payload, field: str, default: float) -> float:
    """A field that the API has not checked (an adopted task's) may contain anything."""
    value = payload.get(field)
    if value is None:
        return default
    return float(value) if isinstance(value, (int, float)) and abs(value) < 2**53 else 0.0


def _whole(payload: Payload, field: str, default: int) -> int:
    return max(0, int(_number(payload, field, default)))
