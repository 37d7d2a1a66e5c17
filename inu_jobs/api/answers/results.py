"""Responses to actions on one or many: results, and what went wrong."""

from __future__ import annotations

import msgspec

from ...model import Failure, Finding
from ...sentences import Says


class Result(msgspec.Struct):
    """Of a bulk action. ``undo``: for POST /undo, None if nothing was done or it cannot be undone; undoing
    returns a Result, too, whose ``undo`` redoes it. ``gone``: how many of those done no longer had a file, so
    that only their records were deleted."""

    done: int
    failed: list[Failure] = []
    undo: str | None = None
    gone: int = 0


class Audited(Result):
    """``found``: how many of the checked images now have findings."""

    found: int = 0


class Removed(msgspec.Struct):
    jobs: list[str] = []
    tasks: list[str] = []
    images: list[str] = []


class Deleted(Removed):
    """What was deleted at once. ``trashed``: how many images were moved to the trash; while some are there,
    the job stays, archived. ``failed``: images whose file stayed in place; then the job stays listed, with
    them. ``undo``: for POST /undo."""

    trashed: int = 0
    failed: list[Failure] = []
    undo: str | None = None


class Work(msgspec.Struct, frozen=True):
    """A bulk action in progress. ``id``: the action ("trash", "restore", "purge", "audit", "save"), or an
    export's ``download``; ``what``, ``says``: the action in words, as in "Moving to the trash"; ``done`` of
    ``total`` images."""

    id: str
    what: str
    done: int
    total: int
    says: Says | None = None


class Export(msgspec.Struct):
    """``download``: fetch it with GET /exports/{download}, any number of times within 10 minutes."""

    download: str
    name: str  # of the file
    images: int


class Problem(msgspec.Struct, omit_defaults=True):
    """Every unsuccessful response. ``detail``: one sentence; ``says``: its template and values."""

    detail: str
    field: str = ""
    findings: list[Finding] = []
    says: Says | None = None
