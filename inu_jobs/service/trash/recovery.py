"""Repairs the store after a kill."""

from __future__ import annotations

import msgspec

from ...library.trash.folders import TrashFolders
from ...library.trash.manifest import Entry
from ...model import Image
from ...store import Store
from .records import TrashRecords

replace = msgspec.structs.replace


def recover(store: Store, records: TrashRecords, files: TrashFolders) -> None:
    """Make the store agree with where the files are. Only for what a manifest lists: if a whole disk is
    missing, there is no manifest, and nothing is lost. Costs nothing if the trash is empty."""
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
    """Whether its file is in the trash; None if it should be, but is nowhere."""
    if files.place(image) is not None:
        # otherwise it was made again under the same name, and the file there is the old one
        return image.trashed or not files.is_home(image)
    if not image.trashed or files.is_home(image, any_time=entry.op == "restore"):
        return False
    return None
