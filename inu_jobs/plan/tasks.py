"""The parts of a plan."""

from __future__ import annotations

from typing import Any

import msgspec

from ..errors import InvalidInput
from ..sentences import say

#: more in one job is a mistake, and costs memory before anyone sees it
MAX_TASKS = 10_000


class PlannedTask(msgspec.Struct, frozen=True):
    """``changes``: dotted path -> value; ``coords``: one index for each axis; ``images``: how many it
    makes."""

    changes: dict[str, Any]
    coords: list[int]
    images: int


def check_count(count: int) -> None:
    """``InvalidInput`` if a job cannot have this many tasks."""
    if count > MAX_TASKS:
        message = say(
            "That would be {count:,} tasks; a job can have at most {max_tasks:,}.",
            count=count,
            max_tasks=MAX_TASKS,
        )
        raise InvalidInput(message, "axes")
