"""What a plan consists of."""

from __future__ import annotations

from typing import Any

import msgspec

#: more than that in one job is a slip, and costs memory before anybody sees it
MAX_TASKS = 20_000
CHECKPOINT = "override_settings.sd_model_checkpoint"
VAE = "override_settings.sd_vae"


class PlannedTask(msgspec.Struct, frozen=True):
    """``changes``: dotted path -> value; ``coords``: one index an axis; ``images``: how many it makes."""

    changes: dict[str, Any]
    coords: list[int]
    images: int
