"""Responses about other machines that run our tasks."""

from __future__ import annotations

from typing import Literal

import msgspec

from ...sentences import Says

MachineState = Literal["off", "starting", "ready", "resting", "problem"]


class MachineView(msgspec.Struct):
    """``address``: of its WebUI; its password is never told. ``state``: 'off' (switched off), 'starting' (not
    asked yet), 'ready', 'resting' (its owner stopped our tasks, or they fail there), or 'problem';
    ``reason``: why it takes none. ``waiting``, ``running``: tasks of ours that it has; ``made``: since the
    start; ``seconds``: an average task, None if unknown; ``missing``: what waiting tasks need and it has
    not."""

    id: str
    name: str
    address: str
    user: str
    enabled: bool
    state: MachineState
    reason: str
    reason_says: Says | None
    version: str
    device: str
    waiting: int
    running: int
    made: int
    seconds: float | None
    missing: list[str]


class MachineList(msgspec.Struct):
    machines: list[MachineView]


class MachineTest(msgspec.Struct):
    """``ok``: it takes tasks; ``message``: what is wrong, or what was found. ``checkpoints``, ``loras``: what
    it lacks of those that are here, at most 20 of each, and how many there are."""

    ok: bool
    message: str
    says: Says | None
    version: str = ""
    device: str = ""
    checkpoints: list[str] = []
    loras: list[str] = []
    checkpoints_missing: int = 0
    loras_missing: int = 0
