"""Responses about the current state: the queue, the store, what runs and when, what has changed."""

from __future__ import annotations

from typing import Literal

import msgspec

from ...model import JobState, Notice, Waits, Window
from ...sentences import Says
from .jobs import HoldView, ImageView, JobSummary, TaskView
from .machines import MachineState
from .results import Removed, Work


class Setup(msgspec.Struct):
    """What keeps Agent Scheduler from running, and what helps. ``message``: one sentence; ``offer``: which of
    POST /scheduler/install, /enable and /restart helps, '' if none does or may; ``hint``: why none may, or
    what to know before; ``failure``: why the last of them failed; ``source``: what would be installed;
    ``report``: for a bug report, with all versions; ``start``: changes with each start of the WebUI;
    ``back_in``: seconds until a restarting WebUI should be back. Send it no requests before that: with --api,
    A1111 1.10.1 ends at one that comes while it starts."""

    state: Literal[
        "ready", "starting", "missing", "disabled", "wrong", "clash", "incomplete", "broken", "restart",
        "installing", "restarting",
    ]  # fmt: skip
    message: str
    message_says: Says | None = None
    offer: Literal["", "install", "enable", "restart"] = ""
    hint: str = ""
    hint_says: Says | None = None
    failure: str = ""
    failure_says: Says | None = None
    source: str = ""
    report: str = ""
    start: str = ""
    back_in: float = 0.0


class SchedulerView(msgspec.Struct):
    """Agent Scheduler's state; ``problem``: why it cannot be used, in one sentence."""

    attached: bool
    name: str
    paused: bool
    paused_by: str
    running: str | None  # our running task
    problem: str
    problem_says: Says | None = None
    setup: Setup | None = None  # None if it is connected


class StoreView(msgspec.Struct):
    """The store's state, and how much it contains."""

    epoch: str
    revision: int
    jobs: int
    tasks: int
    images: int
    read_only: bool
    problem: str
    trashed: int = 0  # of the images
    problem_says: Says | None = None


class MachineLine(msgspec.Struct):
    """A machine in the queue's status; see ``MachineView``."""

    id: str
    name: str
    state: MachineState
    reason: str
    reason_says: Says | None
    running: int
    seconds: float | None


class MachinesView(msgspec.Struct):
    """How many other machines there are, how many of them take tasks, and how many of our tasks run on them.
    ``lines``: at most 4 of those that are switched on, first those that take no tasks."""

    total: int
    ready: int
    running: int
    lines: list[MachineLine]


class Status(msgspec.Struct):
    """``waiting``/``running``: our tasks that will run without the user's help. ``eta``: seconds of work in
    them, or None; ``ends``: when they will be done, in seconds since the epoch, or None. ``hold``: why no
    task of any job may start. ``device``: the graphics card, '' if unknown; ``machines``: the other ones,
    None if there are none."""

    version: str
    scheduler: SchedulerView
    store: StoreView
    waiting: int
    running: int
    eta: float | None
    notices: list[Notice]
    work: list[Work] = []
    hold: HoldView | None = None
    ends: float | None = None
    device: str = ""
    machines: MachinesView | None = None


class Live(msgspec.Struct):
    """What is running. ``preview`` increases with each new live preview (GET /live/preview?n=...)."""

    task: str | None = None
    job: str | None = None
    fraction: float = 0.0
    step: int = 0
    steps: int = 0
    eta: float | None = None
    preview: int = 0


class Changes(msgspec.Struct):
    """What has changed after ``since``. ``reset``: fetch everything again (another epoch, or too old).
    ``ends``, ``waits``: of the requested job, which changes of other jobs may affect."""

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


class RunJob(msgspec.Struct):
    """``reason``: why it does not run now, '' if it does or is next. ``starts`` and ``ends``: seconds since
    the epoch, None if unknown; ``seconds`` of work left."""

    job: str
    name: str
    priority: int
    state: JobState
    reason: str
    tasks: int  # waiting or running
    windows: list[Window]
    reason_says: Says | None = None
    seconds: float | None = None
    starts: float | None = None
    ends: float | None = None


class RunPlan(msgspec.Struct):
    """Which job runs when, as far as known, in order. ``timezone``: the machine's, as "+01:00". ``ends``:
    when nothing is waiting any more."""

    now: float
    timezone: str
    jobs: list[RunJob]
    ends: float | None = None
