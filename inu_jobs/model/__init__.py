"""What is stored and passed around: jobs, tasks and images; axes and templates; findings. Frozen: a change is
a new record, put in a transaction."""

from .axes import Axis, AxisSpec, Template, Writing
from .findings import Finding, Notice
from .images import MAX_RATING, Failure, Image, Verdict, is_grid
from .jobs import (
    ENDED,
    RETRYABLE,
    TASK_STATES,
    Cost,
    DeriveAction,
    Guest,
    Hold,
    HoldReason,
    Hospitality,
    Job,
    JobState,
    Kind,
    Task,
    TaskState,
    Waits,
    Window,
)
from .machines import Machine
from .recipes import Ask, Capture, Dynamic, Recipe, RecipeContent
from .record import Payload, Record, WithMessage, new_id, storable

AnyRecord = Job | Task | Image

__all__ = [
    "ENDED",
    "MAX_RATING",
    "RETRYABLE",
    "TASK_STATES",
    "AnyRecord",
    "Ask",
    "Axis",
    "AxisSpec",
    "Capture",
    "Cost",
    "DeriveAction",
    "Dynamic",
    "Failure",
    "Finding",
    "Guest",
    "Hold",
    "HoldReason",
    "Hospitality",
    "Image",
    "Job",
    "JobState",
    "Kind",
    "Machine",
    "Notice",
    "Payload",
    "Recipe",
    "RecipeContent",
    "Record",
    "Task",
    "TaskState",
    "Template",
    "Verdict",
    "Waits",
    "Window",
    "WithMessage",
    "Writing",
    "is_grid",
    "new_id",
    "storable",
]
