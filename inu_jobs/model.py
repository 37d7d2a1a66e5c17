"""The records that the store keeps. Frozen: a change is a new record put in a transaction.

Times are seconds since the epoch (float, UTC); sizes are bytes; image sizes are pixels.
A *payload* is one request in the WebUI's own API form (``/sdapi/v1/txt2img`` or ``img2img``),
a plain JSON object; files in it are tokens (``input:SHA256`` or ``image:ID``).
"""

from __future__ import annotations

import secrets
import time
from pathlib import PurePath
from typing import Any, Literal, NamedTuple

import msgspec

Payload = dict[str, Any]


class Cost(NamedTuple):
    """Of a task. ``work``: see ``plan.work``. ``like``: what else decides how long it takes, the most
    telling first; tasks that differ in the first have nothing to do with each other. ``model``: what it
    needs loaded; "": whatever is."""

    work: float
    like: tuple[str, ...]
    model: str


Kind = Literal["txt2img", "img2img", "upscale", "adopted", "imported"]
TaskState = Literal["held", "queued", "running", "done", "failed", "interrupted", "cancelled", "lost"]
Verdict = Literal["unreviewed", "kept", "rejected"]
MAX_RATING = 5  # stars; 0: none
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


class Record(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Base of all records; fields at their defaults are not written."""


class Axis(Record, frozen=True):
    """One field that varies. ``field`` is a dotted path into the payload (``seed``, ``prompt``,
    ``override_settings.sd_model_checkpoint``), or one of plan/kinds.py; ``values`` are the JSON values it
    takes, in order. ``text``: how they were written ("0.3-0.6 (+0.1)", a template, a file of prompts), ''
    where they were given one by one; ``template``: what else is to be known to read that again (mode, count
    and seed of a template)."""

    field: str
    values: list[Any]
    text: str = ""
    template: dict[str, Any] = {}


class Hold(Record, frozen=True):
    """Why a job, or everything, stands still. ``message`` is one sentence for the user."""

    by: Literal["user", "errors", "requeue", "memory", "disk"]
    message: str = ""


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


class Task(Record, frozen=True):
    """``changes`` (dotted path -> value) is laid over the payload; ``coords`` is the place on the
    job's axes, one index an axis. ``attempt`` counts hand-overs that ended without a result;
    ``purged`` the images of a task that is done that were deleted since, record and all."""

    id: str
    job: str
    index: int
    payload: str
    changes: dict[str, Any] = {}
    coords: list[int] = []
    source: str | None = None
    state: TaskState = "held"
    error: str = ""
    started: float | None = None
    finished: float | None = None
    attempt: int = 0
    images: int = 1  # images asked for (batch size times iterations)
    deaths: int = 0  # how often the WebUI died while it ran
    purged: int = 0


class Finding(Record, frozen=True):
    """What preflight or audit noticed. An ``error`` means the result cannot be what was asked."""

    severity: Literal["error", "warning"]
    code: str
    message: str
    field: str = ""
    suggestion: str = ""


class Image(Record, frozen=True):
    """One output file. ``path`` is relative to the WebUI's data folder where inside it, with '/';
    ``size`` (bytes) and ``mtime`` (ns) are those of the file when it was recorded."""

    id: str
    job: str
    task: str
    path: str
    created: float
    size: int = 0
    mtime: int = 0
    width: int = 0
    height: int = 0
    index: int = 0  # position among the task's images
    seed: int | None = None
    prompt: str | None = None  # only where a script or a style changed it
    verdict: Verdict = "unreviewed"
    rating: int = 0
    trashed: bool = False
    findings: list[Finding] = []


class Ask(Record, frozen=True):
    """What a recipe asks for before it is used: ``{key}`` in its texts is filled in with the answer."""

    key: str
    label: str
    kind: Literal["lora", "checkpoint", "text", "sampler"]
    default: str = ""


class Recipe(Record, frozen=True):
    """A way to make a job, kept under a name. ``payload`` may be partial: it is laid over the page's.
    ``axes`` are as a request has them (``api.AxisSpec``); ``kind`` '' fits either. ``own_seeds``: whether
    each task has a seed of its own, where seeds are drawn; None: as is usual for what it is. ``windows``
    and ``priority``: as a job has them."""

    id: str
    name: str
    created: float
    note: str = ""
    kind: Literal["txt2img", "img2img", ""] = ""
    payload: Payload = {}
    axes: list[dict[str, Any]] = []
    lines: str = ""
    lines_at: Literal["instead", "start", "end"] = "instead"
    asks: list[Ask] = []
    own_seeds: bool | None = None
    windows: list[Window] = []
    priority: int = 0


AnyRecord = Job | Task | Image


def is_grid(path: str) -> bool:
    """The WebUI names grids "grid-0001.png" and keeps them in folders named for it
    (``save_image`` with ``grid=True`` in modules/images.py, and its default folders)."""
    parts = PurePath(path.replace("\\", "/")).parts
    return parts[-1].startswith("grid-") or any(part.endswith("-grids") for part in parts[:-1])


def storable(text: str) -> str:
    """``text`` with a "?" for what JSON cannot hold: on Linux a file's name may be any bytes, and Python
    has half a character for each that is no text."""
    return text.encode(errors="replace").decode()


_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(prefix: str) -> str:
    """A new id of 18 characters: ``prefix`` (one letter), 9 of time in ms, 8 random. Ids made later
    sort later (to the millisecond)."""
    value = int(time.time() * 1000) << 40 | secrets.randbits(40)
    return prefix + "".join(_ALPHABET[value >> shift & 31] for shift in range(80, -1, -5))
