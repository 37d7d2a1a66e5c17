"""From a job's description to its tasks: pure functions; nothing is queued or stored here."""

from ..fields.field_types import check_payload
from .axes.labels import axis_title, label, value_titles, values_of
from .axes.product import expand
from .axes.special_fields import check_special, is_special
from .axes.values import read, read_template, template_of, written_as
from .batch_count import repeats
from .derive.actions import Source, kind_of, own_seeds, rewrites, uses_controlnet
from .derive.changes import is_operation
from .derive.tasks import Derived, DerivedTask, expand_derived
from .dynamic_images import fill_dynamic
from .estimate import SIZE_FIELDS, all_round, cost, final_size, work
from .prompts.prompts_from_file import lines_at, read_lines
from .prompts.templates import fill_in
from .prompts.wildcards import Wildcards
from .replan import Replanned, replan, with_known_seeds
from .seeds import is_open
from .tasks import MAX_TASKS, PlannedTask
from .upscalers import Upscalers

__all__ = [
    "MAX_TASKS",
    "SIZE_FIELDS",
    "Derived",
    "DerivedTask",
    "PlannedTask",
    "Replanned",
    "Source",
    "Upscalers",
    "Wildcards",
    "all_round",
    "axis_title",
    "check_payload",
    "check_special",
    "cost",
    "expand",
    "expand_derived",
    "fill_dynamic",
    "fill_in",
    "final_size",
    "is_open",
    "is_operation",
    "is_special",
    "kind_of",
    "label",
    "lines_at",
    "own_seeds",
    "read",
    "read_lines",
    "read_template",
    "repeats",
    "replan",
    "rewrites",
    "template_of",
    "uses_controlnet",
    "value_titles",
    "values_of",
    "with_known_seeds",
    "work",
    "written_as",
]
