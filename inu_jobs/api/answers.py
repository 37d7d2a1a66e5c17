"""Answers that go out, encoded by msgspec."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from ..model import (
    Ask,
    Axis,
    Finding,
    Hold,
    Image,
    JobState,
    Kind,
    Payload,
    TaskState,
    Verdict,
    Waits,
    Window,
)


class Plan(msgspec.Struct):
    """``sample``: the first tasks, each ``{"changes": {...}, "prompt": str, "label": str}``; the label
    says what varies besides the prompt.
    ``seconds`` is None where this machine has nothing to go by; in four cases of five it takes between
    ``low`` and ``high``. ``loads``: how often another model is loaded in between. ``loras``: the names in
    the prompts. ``starts`` and ``ends``: when it would run and be done, with what waits already, its run
    windows and its hold; ``waits``: why it would not run at once, see ``model.Waits``."""

    tasks: int
    images: int
    sample: list[dict[str, Any]]
    findings: list[Finding]
    seconds: float | None = None
    low: float | None = None
    high: float | None = None
    loads: int = 0
    bytes: int | None = None
    free_bytes: int | None = None
    loras: list[str] = []
    starts: float | None = None
    ends: float | None = None
    waits: Waits = ""


class EditPlan(Plan, kw_only=True):
    """A plan of what will wait after the edit. ``kept``: finished or running tasks, which stay;
    ``dropped``: waiting ones that go; ``added``: new ones."""

    kept: int
    dropped: int
    added: int


class SavedRecipe(msgspec.Struct):
    """``builtin``: it came with Inu Jobs, and cannot be deleted."""

    id: str
    name: str
    created: float
    note: str
    kind: Literal["txt2img", "img2img", ""]
    payload: Payload
    axes: list[dict[str, Any]]
    lines: str
    lines_at: Literal["instead", "start", "end"]
    asks: list[Ask]
    builtin: bool
    own_seeds: bool | None = None
    windows: list[Window] = []
    priority: int = 0


class RecipeList(msgspec.Struct):
    """Those that came with Inu Jobs first, then the user's, the newest first."""

    recipes: list[SavedRecipe]


class Prompts(msgspec.Struct):
    """The first 1,000 of a template. ``total``: how many it makes, None if more than a job takes."""

    prompts: list[str]
    total: int | None
    findings: list[Finding]


class Lines(msgspec.Struct):
    """``tasks``: of each line ``{"changes": {...}}``, dotted path -> value."""

    tasks: list[dict[str, Any]]
    findings: list[Finding]


class ImageCounts(msgspec.Struct):
    """``expected``: how many there are to be, without what was thrown away."""

    total: int = 0
    expected: int = 0
    unreviewed: int = 0
    kept: int = 0
    rejected: int = 0
    findings: int = 0


class Recipe(msgspec.Struct):
    """The base settings in short, for the job's subtitle; '' or 0 where unknown."""

    prompt: str = ""
    checkpoint: str = ""
    sampler: str = ""
    scheduler: str = ""
    steps: int = 0
    width: int = 0
    height: int = 0


class JobSummary(msgspec.Struct):
    """``tasks``: count by task state, plus 'total'. ``progress`` 0..1. ``eta``: seconds of work left in it,
    or None. ``ends``: when it will be done, with what goes before it and its run windows, in seconds since
    the epoch, or None; ``waits``: why it does not go on at once, as in ``Plan``.
    ``error``: the newest failure in plain words."""

    id: str
    name: str
    kind: Kind
    state: JobState
    created: float
    tasks: dict[str, int]
    images: ImageCounts
    progress: float
    recipe: Recipe
    eta: float | None = None
    cover: str | None = None
    started: float | None = None
    finished: float | None = None
    hold: Hold | None = None
    priority: int = 0
    note: str = ""
    archived: bool = False
    parent: str | None = None
    error: str = ""
    windows: list[Window] = []
    opens: float | None = None  # when its windows open next; None if they are open, or it has none
    ends: float | None = None
    waits: Waits = ""
    composed: bool = True  # the composer can change it, and make it again


class TaskView(msgspec.Struct):
    """``label``: what sets this task apart on the axes, in short. ``purged``: how many of its images were
    deleted for good."""

    id: str
    job: str
    index: int
    state: TaskState
    error: str
    changes: dict[str, Any]
    coords: list[int]
    label: str
    source_label: str  # what sets its source apart: as ``label``, or else its job's name and its number
    images: int
    width: int  # of the image that it will make, where known, else 0
    height: int
    source: str | None
    started: float | None
    finished: float | None
    purged: int = 0


class ImageView(msgspec.Struct):
    id: str
    job: str
    task: str
    index: int
    path: str
    width: int
    height: int
    seed: int | None
    verdict: Verdict
    rating: int
    trashed: bool
    findings: list[Finding]
    created: float
    version: str  # changes when the file does: goes into the thumbnail's URL


class JobList(msgspec.Struct):
    """``total``: how many match; ``states``: how many of all jobs are in each state."""

    epoch: str
    revision: int
    jobs: list[JobSummary]
    total: int
    states: dict[str, int]


class JobName(msgspec.Struct):
    id: str
    name: str


class AxisWords(msgspec.Struct):
    """An axis as a person reads it: ``title`` "CFG scale", ``values`` in the order of the axis."""

    title: str
    values: list[str]


class JobDetail(msgspec.Struct):
    """``axes_words``: one for each of ``axes``, in order. ``parents``: the jobs whose images this one starts
    from; ``children``: those that start from images of this one."""

    epoch: str
    revision: int
    job: JobSummary
    axes: list[Axis]
    payload: Payload
    tasks: list[TaskView]
    images: list[ImageView]
    parents: list[JobName] = []
    children: list[JobName] = []
    axes_words: list[AxisWords] = []


class Live(msgspec.Struct):
    """What runs now. ``preview`` counts up with each new live preview (GET /live/preview?n=...)."""

    task: str | None = None
    job: str | None = None
    fraction: float = 0.0
    step: int = 0
    steps: int = 0
    eta: float | None = None
    preview: int = 0


class Removed(msgspec.Struct):
    jobs: list[str] = []
    tasks: list[str] = []
    images: list[str] = []


class Deleted(Removed):
    """What went at once. ``trashed``: how many images went to the trash; while some lie there, the job
    stays, archived. ``failed``: images whose file was left where it is. ``undo``: for POST /undo."""

    trashed: int = 0
    failed: list[Failure] = []
    undo: str | None = None


class Changes(msgspec.Struct):
    """What changed after ``since``. ``reset``: fetch everything again (another epoch, or too old). ``ends``,
    ``waits``: of the job that was asked about, which others may have moved."""

    epoch: str
    revision: int
    reset: bool
    jobs: list[JobSummary]
    tasks: list[TaskView]
    images: list[ImageView]
    removed: Removed
    live: Live
    status: Status
    ends: float | None = None
    waits: Waits = ""


class SchedulerView(msgspec.Struct):
    attached: bool
    name: str
    paused: bool
    paused_by: str
    running: str | None  # our task that runs
    problem: str


class StoreView(msgspec.Struct):
    epoch: str
    revision: int
    jobs: int
    tasks: int
    images: int
    read_only: bool
    problem: str
    trashed: int = 0  # of the images


class Notice(msgspec.Struct):
    """Something the user should know that belongs to no job: one sentence."""

    severity: Literal["error", "warning", "info"]
    code: str
    message: str


class Work(msgspec.Struct, frozen=True):
    """A bulk action under way. ``what``: as in "Moving to the trash"; ``done`` of ``total`` images."""

    what: str
    done: int
    total: int


class Status(msgspec.Struct):
    """``waiting``/``running``: our tasks that will run by themselves. ``eta``: seconds of work in them, or
    None; ``ends``: when they will be done, in seconds since the epoch, or None. ``hold``: why no task of any
    job may start."""

    version: str
    scheduler: SchedulerView
    store: StoreView
    waiting: int
    running: int
    eta: float | None
    notices: list[Notice]
    work: list[Work] = []
    hold: Hold | None = None
    ends: float | None = None


class RunJob(msgspec.Struct):
    """``reason``: why it does not run now, '' if it does or is next. ``starts`` and ``ends``: seconds since
    the epoch, None where that cannot be told; ``seconds`` of work left."""

    job: str
    name: str
    priority: int
    state: JobState
    reason: str
    tasks: int  # that wait or run
    windows: list[Window]
    seconds: float | None = None
    starts: float | None = None
    ends: float | None = None


class RunPlan(msgspec.Struct):
    """Which job runs when, as far as can be told: those that go on first come first. ``timezone``: the
    machine's, as "+01:00". ``ends``: when nothing waits any more."""

    now: float
    timezone: str
    jobs: list[RunJob]
    ends: float | None = None


class Capture(msgspec.Struct):
    """What "Queue as job" froze. ``summary``: short facts for the composer ("Euler a, 20 steps", ...).
    ``not_frozen``: sentences on what could not be captured and follows the settings of the moment."""

    id: str
    kind: Literal["txt2img", "img2img"]
    payload: Payload
    name: str
    batch_count: int
    summary: list[str]
    not_frozen: list[str]


class Relative(msgspec.Struct):
    """An image in another's lineage. ``label``: what sets its task apart on the axes, in short."""

    image: ImageView
    job_name: str
    label: str


class Lineage(msgspec.Struct):
    """``sources``: what an image came from, the nearest first. ``made``: what came of it directly,
    oldest job first, the first 200; ``made_total``: how many there are. ``lost``: the first of them
    came from an image that is not known any more."""

    sources: list[Relative] = []
    made: list[Relative] = []
    made_total: int = 0
    lost: bool = False


class ImageInfo(msgspec.Struct):
    """``recipe``: (label, value) pairs in the WebUI's own words; ``payload``: what was sent."""

    image: ImageView
    job: JobSummary
    task: TaskView | None
    recipe: list[tuple[str, str]]
    infotext: str
    payload: Payload | None
    bytes: int
    missing: bool  # the file is not there any more
    lineage: Lineage


class Failure(msgspec.Struct):
    """Why something was left alone, in one sentence. ``id``: of the image, or of the job. ``name``: that of
    its file, '' where it is not known any more."""

    id: str
    message: str
    name: str = ""

    @classmethod
    def of(cls, image: Image, message: str) -> Failure:
        return cls(image.id, message, image.path.rpartition("/")[2])


class Result(msgspec.Struct):
    """Of a bulk action. ``undo``: for POST /undo, None where nothing was done or nothing can be
    undone; undoing answers with a Result too, whose ``undo`` does it again."""

    done: int
    failed: list[Failure] = []
    undo: str | None = None


class Audited(Result):
    """``found``: how many of those that were looked at have findings now."""

    found: int = 0


class Found(msgspec.Struct):
    """One page of what was looked for; ``total``: how many there are in all; ``jobs``: whose these are."""

    images: list[ImageView]
    total: int
    jobs: list[JobName] = []


class Export(msgspec.Struct):
    """``download``: fetch it with GET /exports/{download}, as often as wanted within 10 minutes."""

    download: str
    name: str  # of the file
    images: int


class Trash(msgspec.Struct):
    """``images``: what lies in the trash, the newest first; ``sizes``: of their files, in the same order;
    ``bytes``: of all. ``strays``: how many files lie there that no job knows."""

    images: list[ImageView]
    sizes: list[int]
    bytes: int
    strays: int = 0


class ImportFolder(msgspec.Struct):
    """``images``: how many in it no job has; ``known``: how many one has. ``oldest``, ``newest``: when
    its files were written, in seconds. ``saved``: the WebUI's own "Save" puts its copies there."""

    id: str
    name: str
    images: int
    known: int
    oldest: float
    newest: float
    saved: bool = False


class ImportFolders(msgspec.Struct):
    folders: list[ImportFolder]


class ImportState(msgspec.Struct, frozen=True):
    """``total``: files to look at, ``read``: those looked at. At the end: ``images`` became ``jobs``;
    ``already``, ``bare`` (no parameters in them) and ``failed_total`` were left out, of the latter the
    first 100 in ``failed`` (``id``: the file). ``message``: the result in one sentence."""

    state: Literal["idle", "counting", "reading", "saving", "done", "cancelled", "failed"] = "idle"
    total: int = 0
    read: int = 0
    images: int = 0
    jobs: list[JobName] = []
    already: int = 0
    bare: int = 0
    failed: list[Failure] = []
    failed_total: int = 0
    message: str = ""


class Problem(msgspec.Struct, omit_defaults=True):
    """Every answer that is not a success. ``detail`` is one sentence."""

    detail: str
    field: str = ""
    findings: list[Finding] = []
