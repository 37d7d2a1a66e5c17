"""sd-webui-distributed, if it is installed: what it does with our tasks.

It runs on every generation, by a switch of its own that no payload has: it lowers the batch size of the task,
sends the rest to its workers, and adds what comes back before the images are saved. So their seeds are in
their files, and nowhere else. A worker that does not answer costs its share, without an error.
Source: scripts/distributed.py and scripts/spartan/world.py of papuSpartan/stable-diffusion-webui-distributed
(October 2024).
"""

from __future__ import annotations

from typing import Any

from ...sentences import Sentence, say

_WARNING = say(
    "The extension Distribute is on: it shares the images of a task that makes several among its workers. If"
    " one of them fails, its images are missing and the task counts as interrupted: Retry makes them."
)


def warning() -> Sentence | None:
    """What to know while it is on and has a worker."""
    from modules import scripts

    for data in scripts.scripts_data:
        world = getattr(data.script_class, "world", None)
        if data.script_class.__name__ == "DistributedScript" and _shares(world):
            return _WARNING
    return None


def _shares(world: Any) -> bool:
    on = getattr(world, "enabled", False) or getattr(world, "enabled_i2i", False)
    return bool(on) and any(map(_works, getattr(world, "_workers", ())))


def _works(worker: Any) -> bool:
    """Not this WebUI itself, and neither switched off nor out of reach."""
    state = getattr(getattr(worker, "state", None), "name", "")
    return not getattr(worker, "master", True) and state not in ("DISABLED", "UNAVAILABLE")
