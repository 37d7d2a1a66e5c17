"""From a job's description to its tasks: pure functions, nothing is queued or stored here."""

from .axes import expand
from .changes import is_operation
from .derive import Source, kind_of, own_seeds, rewrites
from .derived import Derived, DerivedTask, expand_derived
from .estimate import SIZE_FIELDS, cost, final_size, work
from .fields import check_payload
from .kinds import LINES, SIZE, is_special
from .labels import axis_title, label, value_titles, values_of
from .preflight import preflight, preflight_all
from .prompt_lines import read_lines
from .replan import Replanned, replan, with_known_seeds
from .tasks import MAX_TASKS, PlannedTask
from .templates import fill_in
from .wildcards import Wildcards
from .written import read, read_template, written_as

__all__ = [
    "LINES",
    "MAX_TASKS",
    "SIZE",
    "SIZE_FIELDS",
    "Derived",
    "DerivedTask",
    "PlannedTask",
    "Replanned",
    "Source",
    "Wildcards",
    "axis_title",
    "check_payload",
    "cost",
    "expand",
    "expand_derived",
    "fill_in",
    "final_size",
    "is_operation",
    "is_special",
    "kind_of",
    "label",
    "own_seeds",
    "preflight",
    "preflight_all",
    "read",
    "read_lines",
    "read_template",
    "replan",
    "rewrites",
    "value_titles",
    "values_of",
    "with_known_seeds",
    "work",
    "written_as",
]
