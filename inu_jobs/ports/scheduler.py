"""The queue that runs tasks, and its events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import msgspec

from ..model import Payload
from ..sentences import UNSAID, Sentence

RowState = Literal["pending", "running", "done", "failed", "interrupted"]


class HandOver(msgspec.Struct, frozen=True):
    """One task ready for the scheduler: ``payload`` contains no tokens. ``user``: see ``Job``."""

    task: str
    job: str
    name: str  # as shown in the scheduler's own list
    is_img2img: bool
    payload: Payload
    user: str = ""


class Made(msgspec.Struct, frozen=True):
    """One image that a task made and saved, as the host reports it. ``path`` is absolute. ``subseed``: only
    with variation; ``index``: its index among all images of this generation, saved or not."""

    path: str
    seed: int | None = None
    subseed: int | None = None
    index: int | None = None
    prompt: str | None = None
    infotext: str = ""
    width: int = 0
    height: int = 0


class Registered(msgspec.Struct, frozen=True, tag="registered"):
    """A task of one of our jobs (``job``: its id) that we did not hand over: the scheduler's own "Requeue"
    copied our row of the task ``copy_of``."""

    task: str
    job: str
    copy_of: str


class Enqueued(msgspec.Struct, frozen=True, tag="enqueued"):
    """Somebody else queued ``task`` with the scheduler's own button, and it is waiting there. ``payload``:
    what it is about, in API format: complete if the page was seen, else too little to queue it again
    (``queue.adoption.is_whole``). ``name``: for the job that it becomes."""

    task: str
    name: str
    payload: Payload
    images: int


class Started(msgspec.Struct, frozen=True, tag="started"):
    task: str


class Finished(msgspec.Struct, frozen=True, tag="finished"):
    """``images``: absolute paths of all files saved while the task ran (including grids), as a fallback.
    ``stopped``: somebody asked the host to stop it, by its Interrupt or "Reload UI", say; None: unknown."""

    task: str
    state: Literal["done", "failed", "interrupted"]
    error: str = ""
    images: tuple[str, ...] = ()
    stopped: bool | None = None


class Produced(msgspec.Struct, frozen=True, tag="produced"):
    """From our always-on script: the actual images of one ``postprocess``. May come several times for a task
    (if a selectable script runs several generations). ``grid``: they were the last of their setting, and its
    grid is being saved."""

    task: str
    images: tuple[Made, ...]
    interrupted: bool = False  # the WebUI's state.interrupted was set
    grid: bool = False


class Saved(msgspec.Struct, frozen=True, tag="saved"):
    """A file was written while ``task`` ran (any kind of file, before ``Produced``)."""

    task: str
    path: str


class Reattached(msgspec.Struct, frozen=True, tag="reattached"):
    """A new scheduler instance was found: reconcile. ``reloaded``: when the previous one was found to be gone
    ("Reload UI" does that, and interrupts the current run); None at first."""

    reloaded: float | None = None


Event = Registered | Enqueued | Started | Finished | Produced | Saved | Reattached


class Row(msgspec.Struct, frozen=True):
    """A task in the scheduler's database. ``images``: absolute paths of the files that it saved."""

    task: str
    job: str
    state: RowState
    error: str = ""
    images: tuple[str, ...] = ()


class SchedulerStatus(msgspec.Struct, frozen=True):
    """``paused_by``: 'user' (its own pause), 'memory' (it ran out of memory) or ''. ``current``: the id that
    the host is generating (any client's, None if idle); ``runner``: whether its runner thread is alive;
    ``pending``: the number of waiting rows (of all clients), only if it is not; ``when_empty``: what it will
    do to the computer 1 s after its queue is empty ('' = nothing); ``warnings``: sentences for the user
    (unsupported flags, ...); ``starting``: it is not attached because it was loaded and has yet to start."""

    attached: bool
    name: str = "Agent Scheduler"
    problem: Sentence = UNSAID  # why it is not attached, one sentence
    paused: bool = False
    paused_by: Literal["", "user", "memory"] = ""
    current: str | None = None
    generating: bool = False
    runner: bool = False
    pending: int = 0
    when_empty: str = ""
    warnings: tuple[Sentence, ...] = ()
    starting: bool = False


class Progress(msgspec.Struct, frozen=True):
    """Of what the host is generating. ``fraction`` 0..1; ``eta`` seconds; ``preview`` increases with each new
    live preview."""

    task: str | None = None
    fraction: float = 0.0
    step: int = 0
    steps: int = 0
    eta: float | None = None
    preview: int = 0


class Scheduler(Protocol):
    """The queue that runs tasks. All methods may be called from any thread, none takes our locks, and each
    raises ``SchedulerError`` (a sentence) if the scheduler is unavailable."""

    def status(self) -> SchedulerStatus: ...

    def listen(self, sink: Callable[[Event], None]) -> None:
        """From now on, events go to ``sink``, on any thread; it must return at once and not raise."""

    def hand_over(self, request: HandOver) -> None:
        """Queue a task. Replaces an ended row of the same task. ``SchedulerBusy`` if the runner may still
        have the old row."""

    def withdraw(self, tasks: Sequence[str]) -> set[str]:
        """Take back waiting tasks. Returns those that will no longer run; one that the runner already has may
        still run, and is reported by events as usual."""

    def put_back(self, task: str) -> bool:
        """Run a task again that is in the scheduler's list and has ended or was withdrawn, unchanged. False
        if it is not in that list. ``SchedulerBusy`` as in ``hand_over``."""

    def interrupt(self, task: str) -> bool:
        """Stop ``task`` if it is the running one. True if it was told to stop."""

    def forget(self, tasks: Sequence[str]) -> None:
        """Delete ended rows from the scheduler's own list, as soon as that is safe."""

    def rows(self, jobs: Sequence[str], tasks: Sequence[str] = ()) -> dict[str, Row]:
        """All rows of these jobs, by task id; and those of ``tasks``, which others queued."""

    def kick(self) -> None:
        """Make the runner look for waiting tasks; restart it if it died."""

    def unwedge(self) -> bool:
        """Free a queue that is stuck because a task that is not running counts as running. True if something
        was freed."""

    def end_memory_pause(self) -> None:
        """End the pause that it set itself when memory ran out; the user's own stays."""

    def progress(self) -> Progress: ...

    def preview(self) -> tuple[bytes, str] | None:
        """The latest live preview as (bytes, media type)."""
