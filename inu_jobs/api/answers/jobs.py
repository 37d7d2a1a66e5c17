"""Responses about jobs, with their tasks and images."""

from __future__ import annotations

from typing import Any

import msgspec

from ...model import Axis, Finding, HoldReason, JobState, Kind, Payload, TaskState, Verdict, Waits, Window
from ...sentences import Says


class ImageCounts(msgspec.Struct):
    """``expected``: how many there will be, without deleted ones."""

    total: int = 0
    expected: int = 0
    unreviewed: int = 0
    kept: int = 0
    rejected: int = 0
    findings: int = 0


class Parameters(msgspec.Struct):
    """The settings in short, for the job's subtitle; '' or 0 if unknown, or if its tasks' own payloads
    differ. ``mixed``: they differ in more than the prompt."""

    prompt: str = ""
    checkpoint: str = ""
    sampler: str = ""
    scheduler: str = ""
    steps: int = 0
    width: int = 0
    height: int = 0
    mixed: bool = False


class HoldView(msgspec.Struct):
    """Why a job, or everything, is on hold: ``title`` in a few words, ``message`` in full; ``says`` is the
    latter's template."""

    by: HoldReason
    title: str
    message: str
    title_says: Says | None = None
    says: Says | None = None


class JobSummary(msgspec.Struct):
    """``tasks``: count by task state, plus 'total'. ``progress`` 0..1. ``eta``: seconds of work left in it,
    or None. ``ends``: when it will be done, counting what runs before it and its run windows, in seconds
    since the epoch, or None; ``waits``: why it does not run now, as in ``Plan``. ``error``: the latest
    failure in plain words."""

    id: str
    name: str
    kind: Kind
    state: JobState
    created: float
    tasks: dict[str, int]
    images: ImageCounts
    progress: float
    parameters: Parameters = msgspec.field(name="recipe")  # as in 0.1: scripts read it
    eta: float | None = None
    cover: str | None = None
    started: float | None = None
    finished: float | None = None
    hold: HoldView | None = None
    priority: int = 0
    note: str = ""
    archived: bool = False
    parent: str | None = None
    error: str = ""
    windows: list[Window] = []
    opens: float | None = None  # when its run windows next open; None if they are open, or it has none
    ends: float | None = None
    waits: Waits = ""
    composed: bool = True  # the composer can edit it, and make it again
    not_composed: str = ""  # why not
    error_says: Says | None = None
    not_composed_says: Says | None = None


class JobName(msgspec.Struct):
    id: str
    name: str


class JobList(msgspec.Struct):
    """``total``: how many match; ``states``: how many of all jobs are in each state."""

    epoch: str
    revision: int
    jobs: list[JobSummary]
    total: int
    states: dict[str, int]


class TaskView(msgspec.Struct):
    """``label``: what distinguishes this task on the axes, in short, with the seed that was drawn for it;
    ``axes_label``: without that. ``purged``: how many of its images have been permanently deleted.
    ``error_says``: template and values of ``error``; ``machine``: the name of the one that has or made it, ''
    if this one."""

    id: str
    job: str
    index: int
    state: TaskState
    error: str
    changes: dict[str, Any]
    coords: list[int]
    label: str
    axes_label: str
    source_label: str  # what distinguishes its source: as ``label``, else its job's name and its number
    images: int
    width: int  # of the image that it will make, if known, else 0
    height: int
    source: str | None
    started: float | None
    finished: float | None
    purged: int = 0
    error_says: Says | None = None
    machine: str = ""


class ImageView(msgspec.Struct):
    """An image of a job: sizes in pixels, times in seconds since the epoch."""

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
    version: str  # changes with the file: part of the thumbnail's URL


class AxisWords(msgspec.Struct):
    """An axis in readable form: ``title`` as a heading; ``values`` in the order of the axis; ``unit``: what
    one value is called ("step count")."""

    title: str
    unit: str
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
