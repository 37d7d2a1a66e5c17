"""Jobs and their tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ..sentences import Says, Sentence
from .axes import Axis
from .record import Record, WithMessage

Kind = Literal["txt2img", "img2img", "upscale", "adopted", "imported"]
TaskState = Literal["held", "queued", "running", "done", "failed", "interrupted", "cancelled", "lost"]
JobState = Literal["held", "waiting", "running", "review", "done", "failed", "cancelled"]
#: why a job does not go on at once: others go first, its run window is closed, it is held, everything
#: stands still; '': it does
Waits = Literal["", "others", "window", "hold", "stopped"]
TASK_STATES: tuple[TaskState, ...] = (
    "held", "queued", "running", "done", "failed", "interrupted", "cancelled", "lost",
)  # fmt: skip
#: states a task leaves only when the user (or reconciliation) says so
ENDED: frozenset[TaskState] = frozenset({"done", "failed", "interrupted", "cancelled", "lost"})
RETRYABLE: frozenset[TaskState] = frozenset({"failed", "interrupted", "cancelled", "lost"})


class Cost(NamedTuple):
    """Of a task. ``work``: see ``plan.work``. ``like``: what else decides how long it takes, the most
    telling first; tasks that differ in the first have nothing to do with each other. ``model``: what it
    needs loaded; "": whatever is."""

    work: float
    like: tuple[str, ...]
    model: str


HoldReason = Literal["user", "errors", "requeue", "memory", "disk", "payload"]


class Hold(WithMessage, Record, frozen=True):
    """Why a job, or everything, stands still. ``payload``: it asks for what no job may have, or is not as it
    was saved. ``message`` is for the user."""

    by: HoldReason  # type: ignore[misc]
    message: str = ""

    if TYPE_CHECKING:

        def __init__(self, by: HoldReason, message: Sentence = ...) -> None: ...


class Window(Record, frozen=True):
    """When tasks may start: ``start`` and ``end`` are "HH:MM" of the machine's own clock. ``end`` at or
    before ``start`` is on the next day. ``days`` (0 = Monday .. 6) are those on which it opens, [] = all."""

    start: str
    end: str
    days: list[int] = []


class Job(Record, frozen=True):
    id: str
    name: str
    kind: Kind
    created: float
    payload: str  # hash of the base payload
    axes: list[Axis] = []
    parent: str | None = None
    priority: int = 0  # higher runs first; equal: older first
    hold: Hold | None = None
    note: str = ""
    archived: bool = False
    windows: list[Window] = []  # its tasks start only in one of these; [] = at any time
    user: str = ""  # who was logged in on the page that it came from


class Task(Record, frozen=True):
    """``changes`` (dotted path -> value) is laid over the payload; ``coords`` is the place on the
    job's axes, one index an axis. ``attempt`` counts hand-overs that ended without a result;
    ``purged`` the images of a task that is done that were deleted since, record and all; ``grid``: with
    it the grid of its setting was made."""

    id: str
    job: str
    index: int
    payload: str
    changes: dict[str, Any] = {}
    coords: list[int] = []
    source: str | None = None
    state: TaskState = "held"
    error: str = ""
    error_says: Says | None = None
    started: float | None = None
    finished: float | None = None
    attempt: int = 0
    images: int = 1  # images asked for (batch size times iterations)
    deaths: int = 0  # how often the WebUI died while it ran
    purged: int = 0
    grid: bool = False


DeriveAction = Literal["img2img", "hires", "upscale", "variations", "rerender"]
