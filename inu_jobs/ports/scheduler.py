"""The queue that runs tasks, and what it tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import msgspec

from ..model import Payload
from ..sentences import UNSAID, Sentence

RowState = Literal["pending", "running", "done", "failed", "interrupted"]


class HandOver(msgspec.Struct, frozen=True):
    """One task ready for the scheduler: no tokens left in ``payload``."""

    task: str
    job: str
    name: str  # what the scheduler's own list shows
    is_img2img: bool
    payload: Payload


class Made(msgspec.Struct, frozen=True):
    """One image that a task made and saved, as the host tells it. ``path`` is absolute. ``subseed`` is there
    only with variation; ``index``: its place among all that this generation made, saved or not."""

    path: str
    seed: int | None = None
    subseed: int | None = None
    index: int | None = None
    prompt: str | None = None
    infotext: str = ""
    width: int = 0
    height: int = 0


class Registered(msgspec.Struct, frozen=True, tag="registered"):
    """A task of one of our jobs (``job`` = our job id) that we did not hand over: its own
    "Requeue" copied a row of ours, that of the task ``copy_of``."""

    task: str
    job: str
    copy_of: str


class Enqueued(msgspec.Struct, frozen=True, tag="enqueued"):
    """Somebody else queued ``task`` with the scheduler's own button, and it waits there. ``payload``
    says what it is about, in API form: all of it where the page was seen, else too little to queue it anew
    (``queue.adopt.is_whole``). ``name``: of the job that it becomes."""

    task: str
    name: str
    payload: Payload
    images: int


class Started(msgspec.Struct, frozen=True, tag="started"):
    task: str


class Finished(msgspec.Struct, frozen=True, tag="finished"):
    """``images`` are absolute paths of all files saved while the task ran (grids too): a fallback.
    ``stopped``: somebody asked the host to stop it, by its Interrupt or "Reload UI", say; None: not known."""

    task: str
    state: Literal["done", "failed", "interrupted"]
    error: str = ""
    images: tuple[str, ...] = ()
    stopped: bool | None = None


class Produced(msgspec.Struct, frozen=True, tag="produced"):
    """From our always-on script: the images proper of one ``postprocess``. May come several times
    for a task (a selectable script that runs several generations). ``grid``: they were the last of their
    setting, and its grid is being saved."""

    task: str
    images: tuple[Made, ...]
    interrupted: bool = False  # the WebUI's state.interrupted was set
    grid: bool = False


class Saved(msgspec.Struct, frozen=True, tag="saved"):
    """A file was written while ``task`` ran (any kind of file, before ``Produced``)."""

    task: str
    path: str


class Reattached(msgspec.Struct, frozen=True, tag="reattached"):
    """A scheduler instance was found that we did not know: reconcile. ``reloaded``: when the one
    before it was seen to be gone ("Reload UI" does that, and interrupts what runs); None at first."""

    reloaded: float | None = None


Event = Registered | Enqueued | Started | Finished | Produced | Saved | Reattached


class Row(msgspec.Struct, frozen=True):
    """A task as the scheduler's database has it. ``images``: absolute paths of the files it saved."""

    task: str
    job: str
    state: RowState
    error: str = ""
    images: tuple[str, ...] = ()


class SchedulerStatus(msgspec.Struct, frozen=True):
    """``paused_by``: 'user' (its own pause), 'memory' (it ran out of memory) or ''.
    ``current`` is the id that the host generates now (any client's, None if idle);
    ``runner`` tells whether its runner thread lives; ``pending`` counts rows that wait (all clients'), only
    where it does not;
    ``when_empty`` is what it will do to the computer 1 s after its queue ran empty ('' = nothing);
    ``warnings`` are sentences for the user (unsupported flags, ...)."""

    attached: bool
    name: str = "Agent Scheduler"
    problem: Sentence = UNSAID  # why not attached, one sentence
    paused: bool = False
    paused_by: Literal["", "user", "memory"] = ""
    current: str | None = None
    generating: bool = False
    runner: bool = False
    pending: int = 0
    when_empty: str = ""
    warnings: tuple[Sentence, ...] = ()


class Progress(msgspec.Struct, frozen=True):
    """Of what the host generates now. ``fraction`` 0..1; ``eta`` seconds; ``preview`` counts up when
    a new live preview is there."""

    task: str | None = None
    fraction: float = 0.0
    step: int = 0
    steps: int = 0
    eta: float | None = None
    preview: int = 0


class Scheduler(Protocol):
    """The queue that runs tasks. All methods may be called from any thread, none holds our locks,
    and each raises ``SchedulerError`` (a sentence) if the scheduler is not there."""

    def status(self) -> SchedulerStatus: ...

    def listen(self, sink: Callable[[Event], None]) -> None:
        """Events from now on go to ``sink``, on any thread; it must return at once and not raise."""

    def hand_over(self, request: HandOver) -> None:
        """Queue it. A row of the same task that has ended is replaced. ``SchedulerBusy`` if the
        runner may still hold the old row."""

    def withdraw(self, tasks: Sequence[str]) -> set[str]:
        """Take waiting tasks back. Returns those that will not run any more; one that the runner
        already holds may still run, and is reported by events as ever."""

    def put_back(self, task: str) -> bool:
        """Have a task run again that is in the scheduler's list and has ended or was withdrawn, as it is
        there. False if it is not in that list. ``SchedulerBusy`` as ``hand_over``."""

    def interrupt(self, task: str) -> bool:
        """Stop ``task`` if it is the one that runs now. True if it was told to stop."""

    def forget(self, tasks: Sequence[str]) -> None:
        """Delete ended rows from the scheduler's own list, as soon as that is safe."""

    def rows(self, jobs: Sequence[str], tasks: Sequence[str] = ()) -> dict[str, Row]:
        """All rows of these jobs, by task id; and those of ``tasks``, which it got from somebody else."""

    def kick(self) -> None:
        """Make the runner look for waiting tasks, restart it if it died."""

    def unwedge(self) -> bool:
        """Free a queue that stands still because a task that is not running counts as running.
        True if something was freed."""

    def end_memory_pause(self) -> None:
        """End the pause that it took by itself when memory ran out; the user's own stays."""

    def progress(self) -> Progress: ...

    def preview(self) -> tuple[bytes, str] | None:
        """The latest live preview as (bytes, media type)."""
