"""Answers to what was done, to one or many: what became of it, and what is wrong."""

from __future__ import annotations

import msgspec

from ...model import Failure, Finding
from ...sentences import Says


class Result(msgspec.Struct):
    """Of a bulk action. ``undo``: for POST /undo, None where nothing was done or nothing can be
    undone; undoing answers with a Result too, whose ``undo`` does it again. ``gone``: how many of those
    done had no file any more, so that only their records went."""

    done: int
    failed: list[Failure] = []
    undo: str | None = None
    gone: int = 0


class Audited(Result):
    """``found``: how many of those that were looked at have findings now."""

    found: int = 0


class Removed(msgspec.Struct):
    jobs: list[str] = []
    tasks: list[str] = []
    images: list[str] = []


class Deleted(Removed):
    """What went at once. ``trashed``: how many images went to the trash; while some lie there, the job
    stays, archived. ``failed``: images whose file was left where it is; then the job stays listed, with
    them. ``undo``: for POST /undo."""

    trashed: int = 0
    failed: list[Failure] = []
    undo: str | None = None


class Work(msgspec.Struct, frozen=True):
    """A bulk action under way. ``id``: what it does ("trash", "restore", "purge", "audit", "save"), or of an
    export its ``download``; ``what``, ``says``: that in words, as in "Moving to the trash"; ``done`` of
    ``total`` images."""

    id: str
    what: str
    done: int
    total: int
    says: Says | None = None


class Export(msgspec.Struct):
    """``download``: fetch it with GET /exports/{download}, as often as wanted within 10 minutes."""

    download: str
    name: str  # of the file
    images: int


class Problem(msgspec.Struct, omit_defaults=True):
    """Every answer that is not a success. ``detail`` is one sentence, ``says`` the same."""

    detail: str
    field: str = ""
    findings: list[Finding] = []
    says: Says | None = None
