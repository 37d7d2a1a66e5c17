"""Payloads that do not match their names. The decoder takes them as they are in the file, so damage is
noticed here, by the name, and repaired from another copy if there is one. If there is none, somebody changed
it: it is kept, and nothing runs until the user has checked it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from .. import durable_files
from ..model import Hold, Job
from ..sentences import UNSAID, Sentence, listed, say
from . import payload_ids, snapshot
from .index import Index
from .journal import Change

replace = msgspec.structs.replace
Named = dict[str, bytes]
_NAMED = 3  # jobs that a sentence names


class Mended(msgspec.Struct, frozen=True):
    """``changed``: the file should be put aside and rewritten. ``problem``: for the user, or ''. ``hold``:
    why nothing may run until the user allows it."""

    changed: bool = False
    problem: Sentence = UNSAID
    hold: Hold | None = None


def sort_out(named: Mapping[str, msgspec.Raw]) -> tuple[Named, Named]:
    """(payloads by their true names, other readable ones by the names they have)."""
    true: Named = {}
    doubtful: Named = {}
    for name, raw in named.items():
        data = bytes(raw)
        digest = payload_ids.digest(data)
        if digest != name:
            try:
                data = payload_ids.canonical(msgspec.json.decode(data))
            except (ValueError, RecursionError):
                continue
            digest = payload_ids.digest(data)  # correct after all, if somebody only reformatted the file
            if digest != name:
                doubtful[name] = data
        true[digest] = data
    return true, doubtful


def mend(index: Index, doubtful: Named, backups: Iterable[Path]) -> Mended:
    """Give each job and task its payload: its own, else the backup's, else the doubtful one."""
    used = {job.payload for job in index.jobs.values()} | {task.payload for task in index.tasks.values()}
    missing = used - index.payloads.keys()
    if not missing:
        # a damaged name: its content exists under its true name
        if doubtful:
            return Mended(True, say("The settings of some jobs were damaged and have been repaired."))
        return Mended()
    unclear = bool(index.payloads.keys() - used)  # one of these may be it, and a snapshot drops them
    for path in backups:
        found = _payloads_of(path)
        index.payloads.update((name, found[name]) for name in missing & found.keys())
        missing -= found.keys()
        if not missing:
            return Mended(True, say("The settings of some jobs were damaged and have been repaired."))
    kept = missing & doubtful.keys()
    hold = _ask(_rename(index, {name: doubtful[name] for name in kept})) if kept else None
    lost = len(missing - kept)
    problem = say(
        "The settings of {lost} jobs or tasks are lost: their images are safe, but they cannot be run again.",
        lost=lost,
    )
    return Mended(unclear or bool(kept), problem if lost else UNSAID, hold)


def _rename(index: Index, named: Named) -> list[Job]:
    """Rename payloads after their content wherever they are used, so that the user is asked only once.
    Returns the jobs that use them."""
    names = {name: payload_ids.digest(data) for name, data in named.items()}
    index.payloads.update((names[name], data) for name, data in named.items())
    tasks = [task for task in index.tasks.values() if task.payload in names]
    jobs = [job for job in index.jobs.values() if job.payload in names]
    known = index.jobs.keys() & {task.job for task in tasks} | {job.id for job in jobs}
    index.apply(
        Change(
            jobs=[replace(job, payload=names[job.payload]) for job in jobs],
            tasks=[replace(task, payload=names[task.payload]) for task in tasks],
        )
    )
    return [index.jobs[id] for id in sorted(known)]


def _ask(jobs: list[Job]) -> Hold:
    return Hold(
        "payload",
        say(
            "The job file was changed outside Inu Jobs: the settings of {names} differ from what was"
            " saved. Check them, delete what is not yours, then resume the queue.",
            names=listed([f"“{job.name}”" for job in jobs], _NAMED),
        ),
    )


def _payloads_of(backup: Path) -> Named:
    try:
        base = snapshot.decode(durable_files.read(backup))
    except (OSError, snapshot.Unreadable, snapshot.Newer):
        return {}
    return sort_out(base.payloads)[0] if isinstance(base, snapshot.Snapshot) else {}
