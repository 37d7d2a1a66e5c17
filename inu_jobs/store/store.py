"""The store: all records in memory, every change on disk before it counts.

Two locks. The write lock is held during a transaction and its fsync, so that what the transaction reads
cannot change. The state lock protects memory and is held only briefly, so readers never wait for the disk.
Code that needs both takes the write lock first.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from .. import durable_files
from ..errors import InvalidInput, StoreReadOnly, StoreWriteFailed
from ..log import log
from ..sentences import UNSAID, Sentence, say, say_count, together
from . import journal, snapshot
from .backups import Backups
from .changes import ChangeLog, StoreChanges
from .index import Applied
from .loading import JOURNAL, SNAPSHOT, Loaded, load
from .lock import FolderLock
from .reading import Reading
from .transaction import NOT_JSON, Transaction

QUIET = 30.0  # seconds without a change that count as idle
LONG = 600.0  # seconds after which even a small journal is worth a snapshot
SMALL = 64 * 1024  # bytes of journal below which it is not worth one sooner
BIG = 1024 * 1024  # bytes of journal from which it is, idle or not

_encoder = msgspec.json.Encoder()
_change_decoder = msgspec.json.Decoder(journal.Change)


class Store(Reading):
    """``problem``: one or more sentences for the user, '' if all is well. ``epoch`` identifies this opening
    of the store: revisions of another epoch mean nothing here.

    Opening never raises because of what is in ``folder``. If ``read_only``, every transaction raises
    StoreReadOnly, and the records are those from when the store was opened.
    """

    def __init__(self, folder: Path, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self.folder = folder
        self._clock = clock
        self._write_lock = threading.Lock()
        self._compact_lock = threading.Lock()
        self._writer: int | None = None  # the thread that holds the write lock
        self._listeners: list[Callable[[int], None]] = []
        self._compactor: threading.Thread | None = None
        self._backups = Backups(folder)
        self._lock = FolderLock(folder)
        self._closed = False
        self._open()

    # ------------------------------------------------------------- opening

    def _open(self) -> None:
        outcome = self._lock.acquire()
        loaded = load(self.folder)
        with self._write_lock, self._state_lock:
            self._waits_for_lock = outcome == "taken"
            self.read_only = True  # until everything is repaired
            self._index = loaded.index
            self.revision = loaded.revision
            self.epoch = secrets.token_hex(8)
            self._log = ChangeLog(self.epoch, loaded.revision)
            self.problem = together([self._lock.problem, *loaded.problems])
            self._journal = journal.Journal(self.folder / JOURNAL, loaded.journal_end)
            self._snapshot_size = loaded.snapshot_size
        self._changed = self._compacted = self._clock()
        self._retry_size, self._retry_time = 0, self._changed  # after a snapshot could not be written
        if outcome == "mine" and not loaded.frozen:
            self.read_only = not self._repair(loaded)

    def _repair(self, loaded: Loaded) -> bool:
        """Put damaged files aside, save what was migrated, then rewrite everything. False: the store must not
        be written."""
        now = self._clock()
        try:
            for path in loaded.damaged:
                durable_files.put_aside(path, now)
            if loaded.migrated_from is not None:
                self._backups.before_migration(now, *loaded.migrated_from)
            if loaded.stale:
                self._compact()
        except OSError as error:
            why = say("{reason}.", reason=durable_files.reason(error, self.folder))
            self.problem = together([self.problem, why])
            # Continuing would overwrite the only copy, or mix two versions in one journal
            return not (loaded.damaged or loaded.migrated_from or loaded.raised)
        return True

    def kept_aside(self) -> Sentence:
        """What to know while damaged files are in the folder, else ``UNSAID``. They may contain jobs that are
        not in the store, even after later starts: only the user can tell that none is missing."""
        try:
            names = durable_files.aside(self.folder)
        except OSError as error:
            return say(
                "The folder {folder} cannot be read ({error}).",
                folder=str(self.folder),
                error=error.strerror or str(error),
            )
        if not names:
            return UNSAID
        return say_count(
            len(names),
            "A damaged file is kept as {names} in {folder}: delete it if no job is missing here; until then,"
            " input images that no job uses are kept, too.",
            "Damaged files are kept as {names} in {folder}: delete them if no job is missing here; until"
            " then,"
            " input images that no job uses are kept, too.",
            names=", ".join(names),
            folder=str(self.folder),
        )

    # ------------------------------------------------------------- writing

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Hold the write lock for the block; at its end, all or none of it is saved.

        Reads of the store inside the block see the state before it. Raises StoreReadOnly, and at the end
        StoreWriteFailed, InvalidInput or NotFound; then, and after any exception from the block, nothing has
        changed. A block without changes writes nothing.
        """
        self._refuse_nesting()
        with self._write_lock:
            self._writer = threading.get_ident()
            try:
                if self.read_only:
                    raise StoreReadOnly(self.problem or say("The store is read-only."))
                transaction = Transaction(self._index)
                yield transaction
                landed = self._commit(transaction.change())
            finally:
                self._writer = None
        if landed:
            self._after(self.revision)

    def _refuse_nesting(self) -> None:
        if self._writer == threading.get_ident():
            raise RuntimeError("this thread already has an open transaction")

    def _commit(self, change: journal.Change) -> bool:
        if not change:
            return False
        try:
            text = _encoder.encode(change)
            # Memory gets what a reader of the file would get: nobody else shares any part of it, and what
            # could not be read back is refused before it is written.
            change = _change_decoder.decode(text)
        except NOT_JSON as error:
            raise InvalidInput(say("That cannot be saved: {error}.", error=str(error))) from error
        revision = self.revision + 1
        try:
            self._journal.append(journal.encode_line(revision, text))
        except OSError as error:
            raise StoreWriteFailed(
                say("Nothing was changed. {reason}.", reason=durable_files.reason(error, self.folder))
            ) from error
        with self._state_lock:
            self._remember(revision, change, self._index.apply(change))
        self._changed = self._clock()
        return True

    def _remember(self, revision: int, change: journal.Change, applied: Applied) -> None:
        add = self._log.add
        add(revision, "job", applied.removed_jobs, removed=True)
        add(revision, "task", applied.removed_tasks, removed=True)
        add(revision, "image", applied.removed_images, removed=True)
        add(revision, "job", [job.id for job in change.jobs], removed=False)
        add(revision, "task", [task.id for task in change.tasks], removed=False)
        add(revision, "image", [image.id for image in change.images], removed=False)
        self.revision = revision

    def _after(self, revision: int) -> None:
        renewed, self._journal.renewed = self._journal.renewed, False
        if renewed or self._journal.size > max(BIG, self._snapshot_size // 4, self._retry_size):
            self._compact_beside()
        self._tell(revision)

    def _tell(self, revision: int) -> None:
        for listener in self._listeners:
            try:
                listener(revision)
            except Exception:
                log.exception("a listener of the store failed.")

    def listen(self, listener: Callable[[int], None]) -> None:
        """Call ``listener`` with the new revision after each transaction, on the thread that made it,
        with no lock held."""
        self._listeners.append(listener)

    def changes(self, epoch: str, since: int) -> StoreChanges:
        """What has changed after revision ``since`` of ``epoch``."""
        with self._state_lock:
            return self._log.since(epoch, since)

    # ---------------------------------------------------------- compacting

    def compact(self) -> None:
        """Write a snapshot and empty the journal. Raises StoreReadOnly and StoreWriteFailed; then the journal
        still contains everything."""
        self._refuse_nesting()
        if self.read_only:
            raise StoreReadOnly(self.problem or say("The store is read-only."))
        try:
            self._compact()
        except OSError as error:
            raise StoreWriteFailed(
                say("{reason}; no change was lost.", reason=durable_files.reason(error, self.folder))
            ) from error

    def idle(self) -> None:
        """To be called now and then while not much happens: makes the day's backup, writes a snapshot when
        due, takes over when another process has released the store. Does not raise."""
        if self._waits_for_lock:
            if self._lock.acquire() == "mine":
                self._open()
                self._tell(self.revision)
            return
        now = self._clock()
        if self.read_only or now < self._retry_time:
            return
        quiet, since = now - self._changed, now - self._compacted
        big_enough = self._journal.size > (0 if since >= LONG else SMALL)
        if (big_enough and quiet >= QUIET) or self._backups.due(now, self.revision):
            self._compact_quietly()

    def _compact_beside(self) -> None:
        """On its own thread: whoever saves a verdict does not wait for it."""
        if self._compactor is None or not self._compactor.is_alive():
            self._compactor = threading.Thread(
                target=self._compact_quietly, name="inu-jobs-compactor", daemon=True
            )
            self._compactor.start()

    def _compact_quietly(self) -> None:
        try:
            self._compact()
        except OSError as error:
            self._retry_size, self._retry_time = self._journal.size + BIG, self._clock() + LONG
            log.warning("no new snapshot could be written. %s.", durable_files.reason(error, self.folder))

    def _compact(self) -> None:
        """Raises OSError. Transactions only wait while the records are listed and the journal is cut."""
        with self._compact_lock:
            if self._closed:
                return
            with self._write_lock, self._state_lock:
                index, revision, upto = self._index, self.revision, self._journal.size
                jobs, tasks = list(index.jobs.values()), list(index.tasks.values())
                images = list(index.images.values())
                hold = index.hold
                used = {job.payload for job in jobs} | {task.payload for task in tasks}
                payloads = {hash: data for hash, data in index.payloads.items() if hash in used}
                index.payloads = payloads.copy()
            data = snapshot.encode(revision, jobs, payloads, tasks, images, hold)
            durable_files.write_durably(self.folder / SNAPSHOT, data)
            self._snapshot_size = len(data)
            with self._write_lock:
                self._journal.drop(upto)
            now = self._compacted = self._clock()
            self._retry_size = 0
            if self._backups.due(now, revision):
                self._backups.write(now, data)

    def close(self) -> None:
        """Release the folder. Not needed at the end of the process; the store is read-only afterwards."""
        self._refuse_nesting()
        if self._compactor is not None:
            self._compactor.join()
        with self._compact_lock, self._write_lock:
            self._closed = self.read_only = True
            self.problem = say("The store is closed.")
            self._waits_for_lock = False
            self._journal.close()
            self._lock.release()
