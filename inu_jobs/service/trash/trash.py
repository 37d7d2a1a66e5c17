"""The trash: moving in, restoring, purging. Records follow their files, some hundreds at a time, so that
progress shows and a kill leaves little to repair; ``recover`` does that at the next start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ... import api
from ...errors import Refused
from ...library.trash.folders import TrashFolders
from ...library.trash.strays import Stray, bring_back, find_strays
from ...queue import Queue
from ...sentences import say
from ...store import Store
from ..images.files import Images
from ..progress import BulkProgress
from ..undo import Undos
from ..views import image_view
from .bulk import Chunks
from .job_deletion import JobDeletion
from .moves import TrashMoves
from .purge import Purge
from .records import TrashRecords
from .recovery import recover


class Trash:
    """``files``: the trash folders. ``images`` knows what tasks still need; ``recycle`` moves a file to the
    recycle bin."""

    def __init__(
        self,
        store: Store,
        queue: Queue,
        images: Images,
        files: TrashFolders,
        undos: Undos,
        recycle: Callable[[Path], None],
        works: BulkProgress,
    ) -> None:
        self._store = store
        self._files = files
        self._works = works
        self._records = records = TrashRecords(store, images, files)
        self._chunks = chunks = Chunks(store, records, files, works)
        self._moves = moves = TrashMoves(store, records, files, chunks, undos)
        self._purge = Purge(store, records, files, chunks, recycle)
        self._jobs = JobDeletion(store, queue, images, records, files, chunks, moves, undos)

    def trashed(self) -> api.TrashList:
        """Most recently deleted first; those with an unknown time last."""
        images, entries = self._records.all_trashed(), self._files.entries()
        since = {id: entry.at for id, entry in entries.items()}
        images.sort(key=lambda image: (since.get(image.id, 0.0), image.created, image.id), reverse=True)
        sizes = [image.size for image in images]
        strays = len(self._strays())
        jobs = filter(None, map(self._store.job, {image.job for image in images}))
        names = [api.JobName(job.id, job.name) for job in jobs]
        return api.TrashList([image_view(image) for image in images], sizes, sum(sizes), strays, names)

    def _strays(self) -> list[Stray]:
        return find_strays(self._files.roots(), lambda id: self._store.image(id) is not None)

    def bring_strays(self) -> api.Result:
        """Move files in the trash folders that belong to no job back to their original folders, where they
        can be imported. Each is one rename and is recorded nowhere: a kill leaves it in one place or the
        other."""
        if self._store.read_only or self._store.problem:
            raise Refused(say("The store has a problem, so these files may belong to a job after all."))
        with self._chunks.lock:
            strays = self._strays()
            with self._works.doing("restore", say("Restoring"), len(strays)) as progress:
                failed = bring_back(strays, progress)
            self._files.tidy(self._records.is_trashed)
        return api.Result(len(strays) - len(failed), failed)

    def trash(self, selection: api.Selection) -> api.Result:
        return self._moves.trash(selection)

    def restore(self, selection: api.Selection) -> api.Result:
        return self._moves.restore(selection)

    def purge(self, wanted: api.Purge) -> api.Result:
        return self._purge.purge(wanted)

    def delete_job(self, id: str, *, keep: bool = False) -> api.Deleted:
        return self._jobs.delete(id, keep=keep)

    def recover(self) -> None:
        with self._chunks.lock:
            recover(self._store, self._records, self._files)
