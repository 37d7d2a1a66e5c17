"""What is known of a task that somebody queued with Agent Scheduler's own Enqueue.

Its row has the page's values by name (agent_scheduler/task_helpers.py); those of scripts, the sampler
and steps among them, are a pickle, which is not opened: it could run anything. So this says what the
task is about, and only its row can run it.
"""

from __future__ import annotations

import json
import math
from typing import Any

from ..model import Payload
from ..ports import Enqueued
from ..service.names import clean, from_prompt

#: the page's names that the WebUI's API has too
_SAME = (
    "prompt", "negative_prompt", "n_iter", "batch_size", "cfg_scale", "height", "width", "enable_hr",
    "denoising_strength", "hr_scale", "hr_upscaler", "hr_second_pass_steps", "hr_resize_x", "hr_resize_y",
    "hr_prompt", "hr_negative_prompt", "mask_blur", "inpainting_fill", "resize_mode",
)  # fmt: skip
_AS_IT_IS = (None, "", "System")  # for a checkpoint: the one of the moment
_MOST = 10_000  # images of one task


def read(task: str, name: Any, params: Any) -> Enqueued | None:
    """From a row's columns; None if it was not queued from the page."""
    try:
        row = json.loads(params)
        args = row["args"]
        if not row.get("is_ui", True) or not isinstance(args, dict):
            return None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    payload: Payload = {field: args[field] for field in _SAME if _plain(args.get(field))}
    styles = args.get("prompt_styles")
    if isinstance(styles, list) and styles:
        payload["styles"] = [str(style) for style in styles]
    override = {}
    for key, setting in (("checkpoint", "sd_model_checkpoint"), ("vae", "sd_vae")):
        if isinstance(row.get(key), str) and row[key] not in (*_AS_IT_IS, "Automatic"):
            override[setting] = row[key]
    if override:
        payload["override_settings"] = override
    images = _whole(payload.get("n_iter")) * _whole(payload.get("batch_size"))
    title = (clean(name) if isinstance(name, str) else "") or from_prompt(payload.get("prompt"))
    return Enqueued(task, title, payload, min(images, _MOST))


def _plain(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)  # JSON knows no other
    return isinstance(value, (str, int, bool))


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, (int, float)) and 1 <= value <= _MOST else 1
