"""Payloads that are not what their names say. The decoder takes them as they stand in the file, so
damage in one is noticed here, by its name, and put right from another copy where there is one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from . import files, payloads, snapshot
from .index import Index

Named = dict[str, bytes]


class Mended(msgspec.Struct, frozen=True):
    """``changed``: the file should be kept aside and written anew. ``problem``: for the user, or ''."""

    changed: bool = False
    problem: str = ""


def sort_out(named: Mapping[str, msgspec.Raw]) -> tuple[Named, Named]:
    """(payloads by their true names, other readable ones by the names they have)."""
    true: Named = {}
    doubtful: Named = {}
    for name, raw in named.items():
        data = bytes(raw)
        digest = payloads.digest(data)
        if digest != name:
            try:
                data = payloads.canonical(msgspec.json.decode(data))
            except (ValueError, RecursionError):
                continue
            digest = payloads.digest(data)  # right after all, if somebody only laid out the file anew
            if digest != name:
                doubtful[name] = data
        true[digest] = data
    return true, doubtful


def mend(index: Index, doubtful: Named, backups: Iterable[Path]) -> Mended:
    """Give each job and task its payload: its own, else that of a backup, else the doubtful one."""
    used = {job.payload for job in index.jobs.values()} | {task.payload for task in index.tasks.values()}
    missing = used - index.payloads.keys()
    if not missing:
        # a name that was damaged: its content is there, by its true name
        if doubtful:
            return Mended(True, "The settings of some jobs were damaged, and could be put right.")
        return Mended()
    unclear = bool(index.payloads.keys() - used)  # one of these may be it, and a snapshot drops them
    for path in backups:
        found = _payloads_of(path)
        index.payloads.update((name, found[name]) for name in missing & found.keys())
        missing -= found.keys()
        if not missing:
            return Mended(True, "The settings of some jobs were damaged, and could be put right.")
    kept = missing & doubtful.keys()
    index.payloads.update((name, doubtful[name]) for name in kept)
    said = []
    if kept:
        said.append(f"The settings of {len(kept)} jobs or tasks are not as they were saved.")
    if missing - kept:
        said.append(
            f"The settings of {len(missing - kept)} jobs or tasks are lost: their images are all there,"
            " but they cannot be run again."
        )
    return Mended(unclear and not kept, " ".join(said))


def _payloads_of(backup: Path) -> Named:
    try:
        base = snapshot.decode(files.read(backup))
    except (OSError, snapshot.Unreadable, snapshot.Newer):
        return {}
    return sort_out(base.payloads)[0] if isinstance(base, snapshot.Snapshot) else {}
