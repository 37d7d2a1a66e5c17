"""What is known about a task queued with Agent Scheduler's own Enqueue.

Its row has the page's values by name (agent_scheduler/task_helpers.py); the values of scripts, including
sampler and steps, are a pickle, which is never opened because it could run code. So a row tells what its task
is about, but no more. Everything the page sends is read when Enqueue is pressed, on its way into
``TaskRunner.register_ui_task``.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Literal

import msgspec

from ...log import log
from ...model import Payload
from ...ports import Enqueued
from ...service.compose import job_names
from ..capture.frozen_settings import CHECKPOINT

#: the page's names that the WebUI's API shares
_SAME = (
    "prompt", "negative_prompt", "n_iter", "batch_size", "cfg_scale", "height", "width", "enable_hr",
    "denoising_strength", "hr_scale", "hr_upscaler", "hr_second_pass_steps", "hr_resize_x", "hr_resize_y",
    "hr_prompt", "hr_negative_prompt", "mask_blur", "inpainting_fill", "resize_mode",
    "distilled_cfg_scale", "hr_cfg", "hr_distilled_cfg",
)  # fmt: skip
_AS_IT_IS = (None, "", "System")  # for a checkpoint: whichever is current
_MOST = 10_000  # images of one task


#: from what the page sends to Generate: the payload, None if it cannot be captured
Freeze = Callable[[Literal["txt2img", "img2img"], Sequence[Any]], Payload | None]


class Enqueuing:
    """Payloads of tasks being registered, by task id."""

    def __init__(self, freeze: Freeze) -> None:
        self._freeze = freeze
        self._payloads: dict[str, Payload] = {}

    def watch(self, runner: Any) -> None:
        """Watch what is registered with ``runner`` from now on. It modifies the values in place, so they are
        read first."""
        register = getattr(runner, "register_ui_task", None)
        if register is None:
            return

        @wraps(register)
        def register_ui_task(task_id: str, is_img2img: bool, *values: Any, **options: Any) -> Any:
            self._read(task_id, is_img2img, values, options.get("checkpoint"))
            try:
                return register(task_id, is_img2img, *values, **options)
            finally:
                self._payloads.pop(task_id, None)

        runner.register_ui_task = register_ui_task

    def whole(self, found: Enqueued) -> Enqueued:
        """With all of its settings, if they were seen."""
        payload = self._payloads.get(found.task)
        return found if payload is None else msgspec.structs.replace(found, payload=payload)

    def _read(self, task: str, is_img2img: bool, values: Sequence[Any], checkpoint: Any) -> None:
        try:
            payload = self._freeze("img2img" if is_img2img else "txt2img", values)
        except Exception:
            log.exception("what Enqueue sent could not be read; it runs anyway.")
            return
        if payload is not None:
            settings = payload["override_settings"]
            if checkpoint in _AS_IT_IS:
                settings.pop(CHECKPOINT, None)
            else:
                settings[CHECKPOINT] = checkpoint
            self._payloads[task] = payload


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
    title = job_names.enqueued(name, payload.get("prompt"), time.time())
    return Enqueued(task, title, payload, min(images, _MOST))


def _plain(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)  # JSON has no others
    return isinstance(value, (str, int, bool))


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, (int, float)) and 1 <= value <= _MOST else 1
