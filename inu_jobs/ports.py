"""What the core needs of the world. The WebUI's side of each is in ``inu_jobs.webui``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

import msgspec

from .model import Payload

RowState = Literal["pending", "running", "done", "failed", "interrupted"]


class HandOver(msgspec.Struct, frozen=True):
    """One task ready for the scheduler: no tokens left in ``payload``."""

    task: str
    job: str
    name: str  # what the scheduler's own list shows
    is_img2img: bool
    payload: Payload


class Made(msgspec.Struct, frozen=True):
    """One image that a task made and saved, as the host tells it. ``path`` is absolute."""

    path: str
    seed: int | None = None
    prompt: str | None = None
    infotext: str = ""
    width: int = 0
    height: int = 0


class ImageFacts(msgspec.Struct, frozen=True):
    """An image file as it is on disk: ``path`` as a record has it (relative to the data folder where
    inside it, with '/'), ``size`` in bytes, ``mtime`` in ns, ``width`` and ``height`` in pixels."""

    path: str
    size: int
    mtime: int
    width: int
    height: int


class Room(NamedTuple):
    """``free`` bytes on the disk that ``folder`` lies on, or will when it is made."""

    folder: Path
    free: int


class Registered(msgspec.Struct, frozen=True, tag="registered"):
    """A task of one of our jobs (``job`` = our job id) that we did not hand over: its own
    "Requeue" copied a row of ours, that of the task ``copy_of``."""

    task: str
    job: str
    copy_of: str


class Enqueued(msgspec.Struct, frozen=True, tag="enqueued"):
    """Somebody else queued ``task`` with the scheduler's own button, and it waits there. ``payload``
    says what it is about, in API form; it is not enough to queue it anew. ``name`` may be ''."""

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
    for a task (a selectable script that runs several generations)."""

    task: str
    images: tuple[Made, ...]
    interrupted: bool = False  # the WebUI's state.interrupted was set


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
    ``runner`` tells whether its runner thread lives; ``pending`` counts rows that wait (all clients');
    ``when_empty`` is what it will do to the computer 1 s after its queue ran empty ('' = nothing);
    ``warnings`` are sentences for the user (unsupported flags, ...)."""

    attached: bool
    name: str = "Agent Scheduler"
    problem: str = ""  # why not attached, one sentence
    paused: bool = False
    paused_by: Literal["", "user", "memory"] = ""
    current: str | None = None
    generating: bool = False
    runner: bool = False
    pending: int = 0
    when_empty: str = ""
    warnings: tuple[str, ...] = ()


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


class Catalog(Protocol):
    """What is installed. Names as the WebUI shows and accepts them."""

    def checkpoints(self) -> list[str]: ...
    def checkpoint_exists(self, name: str) -> bool:
        """True if the WebUI would find a checkpoint by ``name`` (title, name, hash, alias)."""

    def checkpoint_ids(self, name: str) -> frozenset[str]:
        """Every title, name and hash of the checkpoint that the WebUI finds by ``name``; empty if none."""

    def checkpoint_family(self, name: str) -> str:
        """Of the checkpoint that the WebUI finds by ``name`` (plan/families.py), '' if not known."""

    def vaes(self) -> list[str]: ...
    def samplers(self) -> list[str]: ...
    def sampler_exists(self, name: str) -> bool: ...
    def sampling(self, sampler: str, scheduler: str) -> tuple[str, str] | None:
        """The sampler and the schedule type that the WebUI takes for these names ('' = Automatic), each by
        its own name; a schedule type that is the sampler's own anyway is "Automatic". None if the WebUI
        does not know one of them."""

    def schedulers(self) -> list[str]: ...
    def upscalers(self) -> list[str]: ...
    def latent_upscale_modes(self) -> list[str]: ...
    def loras(self) -> list[str]: ...
    def lora_family(self, name: str) -> str:
        """Of the LoRA that a prompt calls ``name`` (plan/families.py), '' if not known."""

    def infotext_settings(self) -> list[tuple[str, str, str]]:
        """(label in an infotext, name of the setting, its type: bool, int, float or str)."""

    def lora_hashes(self) -> bool:
        """The WebUI writes into each image the hashes of the LoRAs that it applied."""

    def embeddings(self) -> list[str]: ...
    def styles(self) -> list[str]: ...
    def style_prompt(self, name: str) -> str:
        """What a style puts into the prompt; '' for one that there is not."""

    def wildcards(self) -> list[str]: ...
    def wildcard_folders(self) -> list[Path]:
        """Where their files are; of two files of one name, the one in the later folder counts."""

    def scripts(self, is_img2img: bool) -> list[str]:
        """Titles of the selectable scripts, lower case."""

    def script_arguments(self, is_img2img: bool) -> dict[str, int]:
        """The same titles, with the number of arguments each takes."""

    def alwayson(self, is_img2img: bool) -> dict[str, int]:
        """Always-on scripts by lower-case title, with the number of arguments each takes."""


class Checkpoints(Protocol):
    """Which checkpoint is which, and which is loaded; each is named by its file."""

    def checkpoint(self, name: str) -> str:
        """Of a task that asks for ``name`` (title, name, hash, alias). The WebUI takes that of its settings
        where a task asks for none ('') or one that it does not know; '' if it has none at all."""

    def loaded_checkpoint(self) -> str:
        """The one in memory when the next task begins, '' if that is not known. Asking loads nothing."""


class Settings(Protocol):
    """The user's choices (Settings > Inu Jobs)."""

    @property
    def look_ahead(self) -> int: ...
    @property
    def hold_after_failures(self) -> int: ...
    @property
    def disk_limit(self) -> float:
        """GB that stay free where images are saved and where our own data lies."""

    @property
    def same_model_run(self) -> int:
        """How many tasks for the loaded model may go before one whose turn it is."""

    @property
    def allowed_hosts(self) -> list[str]: ...
    @property
    def adopt(self) -> bool:
        """Tasks queued with the scheduler's own button become jobs."""


class Host(Protocol):
    """Folders and facts of the WebUI."""

    def data_folder(self) -> Path:
        """The WebUI's data folder: image paths are relative to it."""

    def output_folders(self) -> list[Path]:
        """Folders that images may be served from and touched in."""

    def saving_folders(self) -> list[Path]:
        """Where images and grids of tasks are saved as the settings are now; they may not be there yet."""

    def infotext(self, path: Path) -> str:
        """The generation parameters written in an image file, '' if none."""

    def save_folder(self) -> Path | None:
        """Where the WebUI's own "Save" puts images; None if it has no such folder."""

    def font(self) -> Path | None:
        """A TrueType font for texts in pictures, None if the WebUI has none."""
