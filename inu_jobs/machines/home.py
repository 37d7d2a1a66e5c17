"""What a lane needs of this WebUI, and what it knows of its machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from ..model import Task
from ..ports import Arrived, HandOver, LaneEvent
from ..sentences import UNSAID, Sentence

#: ids that may be names of files and folders, and parts of addresses
SAFE = re.compile(r"[A-Za-z0-9_-]{8,60}")
State = Literal["off", "starting", "ready", "resting", "problem"]


class Home(msgspec.Struct, frozen=True):
    """What a lane needs of this WebUI. ``expected``: the tasks that the store has on a machine, by their ids
    there, None if the store is another process's; ``prepare``: a task as it is sent (``InuJobsError``;
    ``SchedulerBusy``: not now); ``differs``: why a file is no image of that task, else UNSAID; ``keep``:
    moves an image into the output folder, and calls back with its name there before there is such a file;
    ``names_of``: all names of a checkpoint; ``deliver``: takes events."""

    name: str
    epoch: Callable[[], str]
    expected: Callable[[str], Mapping[str, Task] | None]
    prepare: Callable[[Task], HandOver]
    differs: Callable[[HandOver, Path], Sentence]
    keep: Callable[[Arrived, Callable[[Path], None]], Path]
    names_of: Callable[[str], frozenset[str]]
    deliver: Callable[[LaneEvent], None]


class Seen(msgspec.Struct):
    """What is known of a machine. ``reason``: why it takes no tasks; ``seconds``: an average task; ``made``:
    since the start."""

    state: State = "starting"
    reason: Sentence = UNSAID
    version: str = ""
    device: str = ""
    seconds: float | None = None
    made: int = 0


class Refusal(msgspec.Struct, frozen=True):
    """``payload``, ``changes``: of the task then; after an edit it is another one."""

    payload: str
    changes: Mapping[str, Any]
    reason: Sentence

    def is_of(self, task: Task) -> bool:
        return (self.payload, self.changes) == (task.payload, task.changes)
