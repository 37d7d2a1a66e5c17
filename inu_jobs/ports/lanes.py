"""Other machines that run our tasks, and their events."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from ..model import Payload, Task
from ..sentences import UNSAID, Sentence
from .scheduler import Made


class Begun(msgspec.Struct, frozen=True, tag="begun"):
    """A task runs on another machine. ``remote``: its id there, as in all of these: what is about an earlier
    hand-over is dropped."""

    task: str
    remote: str


class Delivered(msgspec.Struct, frozen=True, tag="delivered"):
    """It was made there, and all its images are here. ``seconds``: how long it took, by that machine's
    clock; None if unknown."""

    task: str
    lane: str
    remote: str
    images: tuple[Made, ...]
    seconds: float | None = None


class Returned(msgspec.Struct, frozen=True, tag="returned"):
    """It will not be made there, and waits here again; no attempt is counted. ``why``: 'failed' (its
    turn is on this machine now, which decides whether it can be made), 'refused' (by that machine alone), or
    'lost' (by the machine, or with it)."""

    task: str
    remote: str
    why: Literal["failed", "refused", "lost"]
    reason: Sentence = UNSAID


LaneEvent = Begun | Delivered | Returned


class Lane(msgspec.Struct, frozen=True):
    """A machine that takes tasks. ``ahead``: how many it should have, the running one included."""

    id: str
    ahead: int


class Lanes(Protocol):
    """All other machines. What is on which is in the store: a task with its ``lane`` that is queued or
    running is sent there, and any other is taken back. Methods may be called from any thread, return at once
    and raise nothing."""

    def known(self) -> Collection[str]:
        """The ids of all that may keep their tasks, also of those that take no more."""

    def open(self) -> Sequence[Lane]:
        """Those that take tasks now."""

    def takes(self, lane: str, task: Task) -> bool:
        """Whether that machine can make it, as far as is known: it has the models."""

    def nudge(self, lane: str) -> None:
        """A task was put on it, or taken from it: it should look now."""

    def dropped(self, lane: str, remote: str) -> None:
        """What it delivered is wanted no more: its files may go."""


class NoLanes:
    """``Lanes`` without any machine."""

    def known(self) -> Collection[str]:
        return ()

    def open(self) -> Sequence[Lane]:
        return ()

    def takes(self, lane: str, task: Task) -> bool:
        return False

    def nudge(self, lane: str) -> None:
        pass

    def dropped(self, lane: str, remote: str) -> None:
        pass


class Arrived(msgspec.Struct, frozen=True):
    """An image that another machine made: ``file``, with the ``payload`` of its task. ``suffix``: of the name
    that it should get, by its format (".png"); ``index``: among the images of its task; ``user``: see
    ``Job``."""

    file: Path
    payload: Payload
    is_img2img: bool
    suffix: str
    index: int
    seed: int | None
    prompt: str | None
    user: str = ""


class Needs(msgspec.Struct, frozen=True):
    """What a machine must have to make a task. ``checkpoints``: for each, all names of it; ``loras``,
    ``embeddings``: by the names in its prompts."""

    checkpoints: tuple[frozenset[str], ...] = ()
    loras: frozenset[str] = frozenset()
    embeddings: frozenset[str] = frozenset()
