"""From a job's description to its tasks: pure functions, nothing is queued or stored here."""

from .axes import MAX_TASKS, PlannedTask, expand, label
from .changes import is_operation
from .derive import Source, kind_of, own_seeds
from .derived import Derived, DerivedTask, expand_derived
from .estimate import estimate, final_size, work
from .fields import check_payload
from .preflight import preflight, preflight_all

__all__ = [
    "MAX_TASKS",
    "Derived",
    "DerivedTask",
    "PlannedTask",
    "Source",
    "check_payload",
    "estimate",
    "expand",
    "expand_derived",
    "final_size",
    "is_operation",
    "kind_of",
    "label",
    "own_seeds",
    "preflight",
    "preflight_all",
    "work",
]
