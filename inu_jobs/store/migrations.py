"""Migrates older versions of the store to this one.

A migration works on the plain JSON document, because the records of an old version no longer have classes.
Journal lines of that version are applied to the document before it is migrated.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from .journal import Line
from .version import VERSION

#: ``{"jobs": [...], "payloads": {...}, "tasks": [...], "images": [...]}``, records as dicts
Document = dict[str, Any]

#: version -> what turns its document into one of the next version (in place or new)
MIGRATIONS: dict[int, Callable[[Document], Document]] = {
    # added: run windows of jobs, deaths of tasks and the hold of everything; all may be missing
    1: lambda document: document,
    # added: holds because of a payload, and the subseed of images
    2: lambda document: document,
    # added: a finding's name and count; template and values of messages; all may be missing
    3: lambda document: document,
    # added: jobs of guests, and the machine of a task; all may be missing
    4: lambda document: document,
}


class NoMigration(Exception):
    """There is no migration from that version to this one."""


def migrate(
    version: int, revision: int, document: Document, lines: Iterable[Line]
) -> tuple[int, Document, list[Line]]:
    """Migrate ``document`` to this version, after applying the lines that older versions wrote. Returns the
    new revision, the document, and the remaining lines, which are of this version. Raises NoMigration;
    exceptions of a migration are passed on."""
    newer = [line for line in lines if line.revision > revision]
    for written, group in itertools.groupby(newer, key=lambda line: min(line.version, VERSION)):
        if written == VERSION:
            break
        while version < written:
            version, document = _step(version, document)
        same = list(group)
        _lay_over(document, [msgspec.json.decode(line.change) for line in same])
        revision = same[-1].revision
    while version < VERSION:
        version, document = _step(version, document)
    return revision, document, [line for line in newer if line.revision > revision]


def _step(version: int, document: Document) -> tuple[int, Document]:
    if version not in MIGRATIONS:
        raise NoMigration(f"version {version} is not known")
    return version + 1, MIGRATIONS[version](document)


def _lay_over(document: Document, changes: Iterable[dict[str, Any]]) -> None:
    """``Index.apply`` for plain JSON."""
    tables = {name: {r["id"]: r for r in document[name]} for name in ("jobs", "tasks", "images")}
    for change in changes:
        jobs = set(change.get("deleted_jobs", ()))
        tasks = set(change.get("deleted_tasks", ()))
        images = set(change.get("deleted_images", ()))
        if jobs:
            tasks |= {id for id, task in tables["tasks"].items() if task["job"] in jobs}
        if tasks:
            images |= {id for id, image in tables["images"].items() if image["task"] in tasks}
        for name, deleted in (("jobs", jobs), ("tasks", tasks), ("images", images)):
            for id in deleted:
                tables[name].pop(id, None)
            tables[name].update((r["id"], r) for r in change.get(name, ()))
        document["payloads"].update(change.get("payloads", {}))
        if "hold" in change:
            document["hold"] = change["hold"]
    document.update((name, list(records.values())) for name, records in tables.items())
