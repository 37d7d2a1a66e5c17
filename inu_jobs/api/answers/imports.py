"""Answers about folders that are imported."""

from __future__ import annotations

from typing import Literal

import msgspec

from ...model import Failure, WithMessage
from .jobs import JobName


class ImportFolder(msgspec.Struct):
    """``images``: how many in it no job has; ``known``: how many one has. ``oldest``, ``newest``: when
    its files were written, in seconds. ``saved``: the WebUI's own "Save" puts its copies there."""

    id: str
    name: str
    images: int
    known: int
    oldest: float
    newest: float
    saved: bool = False


class ImportFolders(msgspec.Struct):
    folders: list[ImportFolder]


class ImportState(WithMessage, frozen=True):
    """``total``: files to look at, ``read``: those looked at. At the end: ``images`` became ``jobs``;
    ``already``, ``bare`` (no parameters in them), ``grids`` and ``failed_total`` were left out, of the
    last the first 100 in ``failed`` (``id``: the file). ``message``: the result in one sentence."""

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
