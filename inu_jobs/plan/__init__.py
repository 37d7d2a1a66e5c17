"""From a job's description to its tasks: pure functions, nothing is queued or stored here."""

from .axes import MAX_TASKS, PlannedTask, expand, label
from .estimate import estimate, final_size, work
from .fields import check_payload
from .preflight import preflight

__all__ = [
    "MAX_TASKS",
    "PlannedTask",
    "check_payload",
    "estimate",
    "expand",
    "final_size",
    "label",
    "preflight",
    "work",
]
