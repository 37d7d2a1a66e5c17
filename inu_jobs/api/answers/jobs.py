"""Answers about jobs, with their tasks and images."""

from __future__ import annotations

from typing import Any

import msgspec

from ...model import Axis, Finding, HoldReason, JobState, Kind, Payload, TaskState, Verdict, Waits, Window
from ...sentences import Says


class ImageCounts(msgspec.Struct):
    """``expected``: how many there are to be, without what was thrown away."""

    total: int = 0
    expected: int = 0
    unreviewed: int = 0
    kept: int = 0
    rejected: int = 0
    findings: int = 0


class Parameters(msgspec.Struct):
    """The settings in short, for the job's subtitle; '' or 0 where unknown, and where its tasks have other
    ones by their own payloads. ``mixed``: that is so of more than the prompt."""

    prompt: str = ""
    checkpoint: str = ""
    sampler: str = ""
    scheduler: str = ""
    steps: int = 0
    width: int = 0
    height: int = 0
    mixed: bool = False


class HoldView(msgspec.Struct):
    """Why a job, or everything, stands still: in a few words, and all that there is to say, ``says`` the
    same."""

    by: HoldReason
    title: str
    message: str
    title_says: Says | None = None
    says: Says | None = None


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
    opens: float | None = None  # when its windows open next; None if they are open, or it has none
    ends: float | None = None
    waits: Waits = ""
    composed: bool = True  # the composer can change it, and make it again
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
    """``label``: what sets this task apart on the axes, in short, with the seed that was drawn for it;
    ``axes_label``: without that. ``purged``: how many of its images were deleted for good.
    ``error_says``: ``error``, as all ``says``."""

    id: str
    job: str
    index: int
    state: TaskState
    error: str
    changes: dict[str, Any]
    coords: list[int]
    label: str
    axes_label: str
    source_label: str  # what sets its source apart: as ``label``, or else its job's name and its number
    images: int
    width: int  # of the image that it will make, where known, else 0
    height: int
    source: str | None
    started: float | None
    finished: float | None
    purged: int = 0
    error_says: Says | None = None


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


class AxisWords(msgspec.Struct):
    """An axis as a person reads it: ``title`` as a heading; ``values`` in the order of the axis; ``unit``:
    what one of them is called ("step count")."""

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
