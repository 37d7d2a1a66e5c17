"""Putting the store right after a kill."""

from __future__ import annotations

import msgspec

from ...library.trash.folders import TrashFolders
from ...library.trash.manifest import Entry
from ...model import Image
from ...store import Store
from .records import TrashRecords

replace = msgspec.structs.replace


def recover(store: Store, records: TrashRecords, files: TrashFolders) -> None:
    """Make the store agree with where the files are. Only of what a manifest names: where a whole
    disk is missing there is none, and nothing is lost. Costs nothing if the trash is empty."""
    if store.read_only:
        return
    entries = files.entries()
    if not entries:
        return
    purged: list[Image] = []
    with store.transaction() as t:
        for id, entry in entries.items():
            image = store.image(id)
            if image is None:
                continue
            files.settle(image, entry.op)
            trashed = _lies_in_trash(image, entry, files)
            if trashed is not None and trashed != image.trashed:
                t.put(replace(image, trashed=trashed))
            elif trashed is None and entry.op == "purge":
                purged.append(image)
        records.forget(t, [image.id for image in files.gone(purged)])
    records.drop_empty({entry.with_job for entry in entries.values() if entry.with_job})
    files.tidy(records.is_trashed)


def _lies_in_trash(image: Image, entry: Entry, files: TrashFolders) -> bool | None:
    """Whether its file does; None if it ought to, and is nowhere."""
    if files.place(image) is not None:
        # else it was made again under its name, and what lies there is the one before
        return image.trashed or not files.is_home(image)
    if not image.trashed or files.is_home(image, any_time=entry.op == "restore"):
        return False
    return None
