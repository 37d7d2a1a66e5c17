"""Jobs and their tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ..sentences import Says, Sentence
from .axes import Axis
from .record import Record, WithMessage

Kind = Literal["txt2img", "img2img", "upscale", "adopted", "imported"]
TaskState = Literal["held", "queued", "running", "done", "failed", "interrupted", "cancelled", "lost"]
JobState = Literal["held", "waiting", "running", "review", "done", "failed", "cancelled"]
#: why a job does not run now: other jobs go first, its run window is closed, it is on hold, everything is
#: stopped; '': it does
Waits = Literal["", "others", "window", "hold", "stopped"]
TASK_STATES: tuple[TaskState, ...] = (
    "held", "queued", "running", "done", "failed", "interrupted", "cancelled", "lost",
)  # fmt: skip
#: final states, unless the user (or reconciliation) changes them
ENDED: frozenset[TaskState] = frozenset({"done", "failed", "interrupted", "cancelled", "lost"})
RETRYABLE: frozenset[TaskState] = frozenset({"failed", "interrupted", "cancelled", "lost"})


class Cost(NamedTuple):
    """Of a task. ``work``: see ``plan.work``. ``like``: what else determines how long it takes, most
    significant first; tasks that differ in the first are not comparable. ``model``: what it needs loaded; "":
    any."""

    work: float
    like: tuple[str, ...]
    model: str


HoldReason = Literal["user", "errors", "requeue", "memory", "disk", "payload"]


class Hold(WithMessage, Record, frozen=True):
    """Why a job, or everything, is on hold. ``payload``: it contains something that no job may, or differs
    from what was saved. ``message`` is for the user."""

    by: HoldReason  # type: ignore[misc]
    message: str = ""

    if TYPE_CHECKING:

        def __init__(self, by: HoldReason, message: Sentence = ...) -> None: ...


class Window(Record, frozen=True):
    """When tasks may start: ``start`` and ``end`` are "HH:MM" in local time. ``end`` at or before ``start``
    is on the next day. ``days`` (0 = Monday .. 6): when it opens, [] = every day."""

    start: str
    end: str
    days: list[int] = []


#: when guests' tasks run: never, after one's own jobs, in turn with them, or before them
Hospitality = Literal["off", "last", "turn", "first"]


class Guest(Record, frozen=True):
    """Another WebUI whose tasks run here. ``client``: the id by which it put the job; ``name``: what it calls
    itself; ``seconds`` and ``images``: what its tasks cost so far that are deleted by now."""

    client: str
    name: str
    seconds: float = 0.0
    images: int = 0


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
    windows: list[Window] = []  # its tasks only start in one of these; [] = at any time
    user: str = ""  # who was logged in on the page that it was captured from
    guest: Guest | None = None  # whose it is; it shows among nobody's own jobs here


class Task(Record, frozen=True):
    """``changes`` (dotted path -> value) are applied to the payload; ``coords``: the position on the job's
    axes, one index for each. ``attempt``: how many hand-overs ended without a result; ``purged``: how many
    images of a finished task have since been deleted together with their records; ``grid``: the grid of its
    setting was made along with it. ``lane``: the machine on which it runs or ran, '' for this one;
    ``remote``: its id in the other WebUI: the guest's, or that machine's."""

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
    images: int = 1  # images requested (batch size times iterations)
    deaths: int = 0  # how often the WebUI died while it ran
    purged: int = 0
    grid: bool = False
    remote: str = ""
    lane: str = ""


DeriveAction = Literal["img2img", "hires", "upscale", "variations", "rerender"]
