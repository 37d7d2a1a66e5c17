"""Moves images into the trash and back, and undoes both."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Literal

import msgspec

from ... import api
from ...errors import StoreError
from ...library.trash.folders import Outcome, TrashFolders
from ...model import Image
from ...sentences import say
from ...store import Store
from ..images.selections import pick
from ..undo import Undos
from .bulk import Chunks
from .records import TrashRecords

replace = msgspec.structs.replace


class TrashMoves:
    def __init__(
        self, store: Store, records: TrashRecords, files: TrashFolders, chunks: Chunks, undos: Undos
    ) -> None:
        self._store = store
        self._records = records
        self._files = files
        self._chunks = chunks
        self._undos = undos

    def trash(self, selection: api.Selection) -> api.Result:
        """Images that a waiting or running task needs are skipped, and the task is named. If an image's file
        has already been deleted by hand, its record is deleted."""
        picked = pick(self._store, selection)
        return self._result("trash", picked.images, picked.failed)

    def restore(self, selection: api.Selection) -> api.Result:
        """Move images back to their folders, never over another file. A job deleted with its images is listed
        again."""
        picked = pick(self._store, selection, trashed=True)
        return self._result("restore", picked.images, picked.failed)

    def _result(
        self, op: Literal["trash", "restore"], images: Iterable[Image], failed: list[api.Failure]
    ) -> api.Result:
        done, left = self.move(op, [image.id for image in images])
        back = self.restore if op == "trash" else self.trash
        gone = [image for image in done if self._store.image(image.id) is None]
        if not gone:
            return api.Result(len(done), failed + left, self._undo(back, done))
        lost = {image.id for image in gone}
        undo = self.undo_trash([image for image in done if image.id not in lost], gone)
        return api.Result(len(done), failed + left, undo, gone=len(gone))

    def undo_trash(self, moved: Sequence[Image], gone: Sequence[Image]) -> str | None:
        """``gone``: images of which only the record was deleted."""
        if not gone:
            return self._undo(self.restore, moved)
        return self._undos.add(partial(self._bring_back, moved, gone), len(moved) + len(gone))

    def _bring_back(self, moved: Sequence[Image], gone: Sequence[Image]) -> api.Result:
        returned = self._records.put_back(gone)
        others = [image.id for image in moved]
        restored = self.restore(api.Selection(images=others)) if others else api.Result(0)
        again = partial(self.trash, api.Selection(images=returned + others))
        undo = self._undos.add(again, len(returned) + len(others))
        return replace(restored, done=restored.done + len(returned), undo=undo)

    def _undo(self, back: Callable[[api.Selection], api.Result], done: Sequence[Image]) -> str | None:
        if not done:
            return None
        selection = api.Selection(images=[image.id for image in done])
        return self._undos.add(partial(back, selection), len(done))

    def move(
        self, op: Literal["trash", "restore"], ids: Sequence[str], deleted: frozenset[str] = frozenset()
    ) -> Outcome:
        if op == "trash":
            return self._chunks.work_on(
                "trash", say("Moving to the trash"), ids, lambda some: self._trash_some(some, deleted)
            )
        deleted = self._records.deleted_jobs()
        return self._chunks.work_on(
            "restore", say("Restoring"), ids, lambda some: self._restore_some(some, deleted)
        )

    def _trash_some(self, ids: Sequence[str], deleted: frozenset[str]) -> Outcome:
        there, failed = self._records.now(ids, trashed=False)
        there, needed = self._records.without_needed(there)
        gone = self._files.gone(there)
        lost = {image.id for image in gone}
        moved = self._files.put_in([image for image in there if image.id not in lost], deleted)
        try:
            with self._store.transaction() as t:
                late = self._too_late(moved.done + gone)
                kept = {failure.id for failure in late}
                back = self._files.undo("trash", [image for image in moved.done if image.id in kept])
                home = {image.id for image in back.done}
                self._records.forget(t, lost - kept)
                for was in (image for image in moved.done if image.id not in home):
                    now = self._store.image(was.id)
                    if now is not None and _same_file(now, was):
                        t.put(replace(now, trashed=True))
        except StoreError:
            self._files.undo("trash", moved.done)
            raise
        done = [image for image in moved.done + gone if image.id not in kept]
        return Outcome(done, failed + needed + moved.failed + late)

    def _too_late(self, images: Sequence[Image]) -> list[api.Failure]:
        """Why some must stay after all, because of changes since they were checked. Call in a transaction, so
        that nothing more changes."""
        free, needed = self._records.without_needed(images)
        return needed + [
            api.Failure.of(image, say("It has just been made again."))
            for image in free
            if (now := self._store.image(image.id)) is not None and not _same_file(now, image)
        ]

    def _restore_some(self, ids: Sequence[str], deleted: frozenset[str]) -> Outcome:
        there, failed = self._records.now(ids, trashed=True)
        moved = self._files.take_out(there)
        try:
            with self._store.transaction() as t:
                for image in filter(None, (self._store.image(image.id) for image in moved.done)):
                    t.put(replace(image, trashed=False))
                self._records.list_again(t, {image.job for image in moved.done} & deleted)
        except StoreError:
            self._files.undo("restore", moved.done)
            raise
        return Outcome(moved.done, failed + moved.failed)


def _same_file(a: Image, b: Image) -> bool:
    return (a.path, a.size, a.mtime) == (b.path, b.size, b.mtime)
