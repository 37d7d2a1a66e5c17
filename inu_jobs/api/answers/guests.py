"""Responses about tasks that other WebUIs have put here."""

from __future__ import annotations

import msgspec

from ...model import Hospitality, TaskState, Waits
from ...sentences import Says


class GuestImage(msgspec.Struct):
    """``name``: of its file; ``bytes``: its size. ``index``: among the images of its task; ``subseed`` only
    with variation, ``prompt`` only if a script or a style changed it."""

    id: str
    name: str
    bytes: int
    index: int
    width: int
    height: int
    seed: int | None
    subseed: int | None
    prompt: str | None
    version: str


class GuestTask(msgspec.Struct):
    """``id``: as it was put. ``started``, ``finished``: by this machine's clock."""

    id: str
    state: TaskState
    images: list[GuestImage]
    error: str = ""
    error_says: Says | None = None
    started: float | None = None
    finished: float | None = None


class GuestView(msgspec.Struct):
    """What a guest sees of its tasks. ``waits``: why none of them starts now; ``reason``: the same as a
    sentence, where there is one. ``eta``: seconds of work left, None if unknown."""

    id: str
    name: str
    tasks: list[GuestTask]
    waits: Waits
    reason: str
    reason_says: Says | None
    eta: float | None


class GuestSummary(msgspec.Struct):
    """What the owner sees of a guest. ``job``: for pausing, reordering or deleting it like any other;
    ``tasks``: count by state, plus 'total'; ``images`` and ``seconds``: what was made, and how long that
    took; ``silence``: seconds since it asked; ``forgotten``: that is so long that nothing more starts."""

    job: str
    name: str
    tasks: dict[str, int]
    images: int
    seconds: float
    waits: Waits
    silence: float
    forgotten: bool


class GuestList(msgspec.Struct):
    """``run``: when guests' tasks run."""

    run: Hospitality
    guests: list[GuestSummary]
