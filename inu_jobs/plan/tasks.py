"""What a plan consists of."""

from __future__ import annotations

from typing import Any

import msgspec

from ..errors import InvalidInput
from ..sentences import say

#: more than that in one job is a slip, and costs memory before anybody sees it
MAX_TASKS = 10_000


class PlannedTask(msgspec.Struct, frozen=True):
    """``changes``: dotted path -> value; ``coords``: one index an axis; ``images``: how many it makes."""

    changes: dict[str, Any]
    coords: list[int]
    images: int


def check_count(count: int) -> None:
    """``InvalidInput`` if a job cannot have so many tasks."""
    if count > MAX_TASKS:
        message = say(
            "That would be {count:,} tasks; a job can have at most {max_tasks:,}.",
            count=count,
            max_tasks=MAX_TASKS,
        )
        raise InvalidInput(message, "axes")
