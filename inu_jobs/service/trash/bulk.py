"""Bulk actions on the trash, a few hundred images at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from ... import api
from ...errors import StoreError
from ...library.trash.folders import Outcome, TrashFolders
from ...sentences import Sentence
from ...store import Store
from ..progress import BulkProgress
from .records import TrashRecords

#: files moved between two transactions
CHUNK = 500


class Chunks:
    def __init__(self, store: Store, records: TrashRecords, files: TrashFolders, works: BulkProgress) -> None:
        self._store = store
        self._records = records
        self._files = files
        self._works = works
        self.lock = threading.Lock()  # one chunk at a time, so that checks stay valid until it is done

    def work_on(
        self, id: str, what: Sentence, ids: Sequence[str], work: Callable[[Sequence[str]], Outcome]
    ) -> Outcome:
        with self._works.doing(id, what, len(ids)) as progress:
            all = self._all_chunks(ids, work, progress)
        if all.done and not self._store.trashed_count():
            with self.lock:
                self._files.tidy(self._records.is_trashed)
        return all

    def _all_chunks(
        self,
        ids: Sequence[str],
        work: Callable[[Sequence[str]], Outcome],
        progress: Callable[[int], None],
    ) -> Outcome:
        """Raises StoreError if the store could not even take the first chunk; then nothing was moved."""
        all = Outcome([], [])
        for start in range(0, len(ids), CHUNK):
            try:
                with self.lock:
                    with self._store.transaction():
                        pass  # a store that cannot be written says so before a file is moved
                    done, failed = work(ids[start : start + CHUNK])
            except StoreError as error:
                if not all.done:
                    raise
                left = filter(None, map(self._store.image, ids[start:]))
                all.failed.extend(api.Failure.of(image, error.sentence) for image in left)
                break
            all.done.extend(done)
            all.failed.extend(failed)
            progress(min(start + CHUNK, len(ids)))
        return all
