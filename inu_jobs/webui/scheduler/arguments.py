"""The arguments of a task as Agent Scheduler gets them."""

from __future__ import annotations

import copy
from typing import Any

from ...fields.upscale import is_upscale
from ...ports import HandOver
from ..capture import controlnet
from ..host import payload_fields


def arguments(request: HandOver) -> dict[str, Any]:
    """The payload with what this host needs besides. ``InvalidInput`` if a file that it names is missing,
    ``SchedulerError`` if the WebUI does not list it now."""
    # Agent Scheduler modifies them in place.
    args = copy.deepcopy(request.payload)
    # Without it the WebUI would run the task under an id of its own, and a failing task would block the whole
    # queue.
    args["force_task_id"] = request.task
    controlnet.for_agent_scheduler(args)
    # whoever only imports the adapter need not have the WebUI's packages
    from ..host import model_loading

    if is_upscale(args):
        model_loading.name_no_model(args)
    model_loading.name_modules(args)
    model_loading.check_before_hand_over(args.get("override_settings"), args.get(model_loading.HIRES_MODULES))
    if args.get("enable_hr"):  # else nothing can be missing, and the host need not be asked
        known = payload_fields.payload_fields(request.is_img2img)
        payload_fields.complete(args, known, payload_fields.usual_upscaler())
    return args
