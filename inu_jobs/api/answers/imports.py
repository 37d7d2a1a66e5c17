"""Responses about imports of folders."""

from __future__ import annotations

from typing import Literal

import msgspec

from ...model import Failure, WithMessage
from .jobs import JobName


class ImportFolder(msgspec.Struct):
    """``images``: how many are new; ``known``: how many already belong to a job. ``oldest``, ``newest``: when
    its files were written, in seconds. ``saved``: the WebUI's own "Save" copies images there."""

    id: str
    name: str
    images: int
    known: int
    oldest: float
    newest: float
    saved: bool = False


class ImportFolders(msgspec.Struct):
    """The output folders that contain images, newest first."""

    folders: list[ImportFolder]


class ImportState(WithMessage, frozen=True):
    """``total``: files to read, ``read``: those read so far. At the end: ``images`` became ``jobs``;
    ``already``, ``bare`` (without parameters), ``grids`` and ``failed_total`` were skipped; ``failed`` has
    the first 100 failures (``id``: the file). ``message``: the result in one sentence."""

    state: Literal["idle", "counting", "reading", "saving", "done", "cancelled", "failed"] = "idle"
    total: int = 0
    read: int = 0
    images: int = 0
    jobs: list[JobName] = []
    already: int = 0
    bare: int = 0
    grids: int = 0
    failed: list[Failure] = []
    failed_total: int = 0
    message: str = ""
