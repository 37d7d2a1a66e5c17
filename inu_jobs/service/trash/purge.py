"""Permanently deletes what is in the trash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import UNSET

from ... import api
from ...durable_files import reason
from ...errors import StoreWriteFailed
from ...library.trash.folders import Outcome, TrashFolders
from ...sentences import say
from ...store import Store
from ..images.selections import Picked, pick
from .bulk import Chunks
from .records import TrashRecords


class Purge:
    """``recycle`` moves a file to the recycle bin."""

    def __init__(
        self,
        store: Store,
        records: TrashRecords,
        files: TrashFolders,
        chunks: Chunks,
        recycle: Callable[[Path], None],
    ) -> None:
        self._store = store
        self._records = records
        self._files = files
        self._chunks = chunks
        self._recycle = recycle

    def purge(self, wanted: api.Purge) -> api.Result:
        """Permanently delete from the trash, all of it or some: to the system's recycle bin if there is one,
        unless ``for_good``. The records are deleted, too. Cannot be undone."""
        if wanted.selection is UNSET:
            picked = Picked(self._records.all_trashed(), [])
        else:
            picked = pick(self._store, wanted.selection, trashed=True)
        jobs = self._records.deleted_jobs()
        done, left = self._chunks.work_on(
            "purge",
            say("Deleting permanently"),
            [image.id for image in picked.images],
            lambda ids: self._purge_some(ids, wanted.for_good, jobs),
        )
        if done:
            with self._chunks.lock:
                self._records.drop_empty(jobs)
                self._files.tidy(self._records.is_trashed)
        return api.Result(len(done), picked.failed + left)

    def _purge_some(self, ids: Sequence[str], for_good: bool, jobs: frozenset[str]) -> Outcome:
        there, failed = self._records.now(ids, trashed=True)
        there, needed = self._records.without_needed(there)  # by a task that is to be retried, say
        remove = Path.unlink if for_good else self._recycle
        gone = self._files.destroy(there, remove, jobs, from_home=not for_good)
        try:
            with self._store.transaction() as t:
                self._records.forget(t, [image.id for image in gone.done])
        except StoreWriteFailed as error:  # purging again will do it; or recovering, if the manifest has it
            cause = error.__cause__
            why = f"{reason(cause, self._store.folder)}." if isinstance(cause, OSError) else str(error)
            raise StoreWriteFailed(
                say("The files were deleted, but the list still shows them. {why}", why=why)
            ) from error
        return Outcome(gone.done, failed + needed + gone.failed)
