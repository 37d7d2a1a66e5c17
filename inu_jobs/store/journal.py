"""jobs.journal: one JSON line per transaction, on disk before the transaction counts as done.

``{"version": 1, "revision": 12, "checksum": "9f...", "change": {...}}``. The checksum covers the version, the
revision and the bytes of ``change``. A last line without its line feed was never acknowledged (the writer was
killed) and is dropped; any other invalid line is damage.
"""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import msgspec

from .. import durable_files
from ..model import Hold, Image, Job, Task
from .version import VERSION


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """One transaction: deletions first (of a job with its tasks and images, of a task with its images), then
    the complete new records. ``hold``: that of everything, None to remove it."""

    deleted_jobs: list[str] = []
    deleted_tasks: list[str] = []
    deleted_images: list[str] = []
    payloads: dict[str, msgspec.Raw] = {}
    jobs: list[Job] = []
    tasks: list[Task] = []
    images: list[Image] = []
    hold: Hold | msgspec.UnsetType | None = msgspec.UNSET

    def __bool__(self) -> bool:
        return self.hold is not msgspec.UNSET or any(getattr(self, field) for field in self.__struct_fields__)


class Line(msgspec.Struct, frozen=True):
    """A valid line of the journal."""

    version: int
    revision: int
    checksum: str
    change: msgspec.Raw


class JournalLines(msgspec.Struct, frozen=True):
    """A parsed journal. ``end``: bytes up to the last line feed; ``broken``: number of damaged lines."""

    good: list[Line]
    broken: int
    end: int


_line_decoder = msgspec.json.Decoder(Line)


def _checksum(version: int, revision: int, change: bytes) -> str:
    digest = hashlib.blake2b(b"%d %d " % (version, revision), digest_size=8)
    digest.update(change)
    return digest.hexdigest()


def encode_line(revision: int, change: bytes, version: int = VERSION) -> bytes:
    """``change``: the JSON of one Change, which contains no line feed."""
    head = b'{"version":%d,"revision":%d,"checksum":"%s","change":'
    return head % (version, revision, _checksum(version, revision, change).encode()) + change + b"}\n"


def parse(data: bytes) -> JournalLines:
    """All valid lines in ``data``. Does not raise for damaged ones."""
    end = data.rfind(b"\n") + 1
    good, broken = [], 0
    for text in data[:end].split(b"\n")[:-1]:
        try:
            line = _line_decoder.decode(text)
        except (ValueError, RecursionError):
            broken += 1
            continue
        if _checksum(line.version, line.revision, bytes(line.change)) == line.checksum:
            good.append(line)
        else:
            broken += 1
    return JournalLines(good, broken, end)


class Journal:
    """The open journal. ``size``: where its last acknowledged line ends. Not thread-safe.

    ``renewed``: its file was deleted by somebody and has been recreated, so others may be missing, too. Set
    here, and reset by whoever has checked those."""

    def __init__(self, path: Path, size: int) -> None:
        """``size``: ``JournalLines.end`` as parsed. Anything after it is cut off before the next line."""
        self._path = path
        self.size = size
        self.renewed = False
        self._fd: int | None = None
        self._torn = True

    def append(self, line: bytes) -> None:
        """Write and fsync one line. After an OSError, nothing of it remains."""
        fd = self._ready()
        self._torn = True
        try:
            durable_files.write_all(fd, line)
            os.fsync(fd)
        except BaseException:
            # Half a line in the middle of the file would be damage, and a whole one that was reported as
            # failed would come back. If this fails, too, the next append tries again before it writes.
            try:
                self._cut(fd)
            except OSError:
                pass
            raise
        self.size += len(line)
        self._torn = False

    def drop(self, upto: int) -> None:
        """Drop the first ``upto`` bytes, which are now in a snapshot. A kill in between is harmless, because
        lines no newer than the snapshot are skipped. Raises OSError."""
        if upto == self.size:
            self.size, self._torn = 0, True
            self._ready()
            return
        self._ready()  # the file with that name may be somebody else's
        tail = self._path.read_bytes()[upto : self.size]
        if len(tail) != self.size - upto:
            raise OSError(errno.EIO, "another program has shortened jobs.journal")
        self.close()  # Windows cannot rename over an open file
        durable_files.swap(self._path, tail)
        self.size = len(tail)
        durable_files.sync_folder(self._path.parent)

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _ready(self) -> int:
        """The open file, positioned at the end of the last acknowledged line."""
        if self._fd is not None and self._is_gone(self._fd):
            self._renew(self._fd)
        if self._fd is None:
            new = not self._path.exists()
            self._fd = durable_files.open_own(self._path, os.O_RDWR | os.O_CREAT)
            self._torn = True
            if new:
                durable_files.sync_folder(self._path.parent)
        if self._torn:
            self._cut(self._fd)
        return self._fd

    def _is_gone(self, fd: int) -> bool:
        """What is written to a file that has been deleted or replaced is lost when the process ends. Windows
        prevents that for open files."""
        if os.name == "nt":
            return False
        try:
            return not os.path.samestat(os.fstat(fd), self._path.stat())
        except FileNotFoundError:
            return True

    def _renew(self, fd: int) -> None:
        """Recreate the file from what can still be read of the one that nobody else can reach."""
        self._torn = True  # if this fails, the position is no longer at the end of the last line
        os.lseek(fd, 0, os.SEEK_SET)
        with os.fdopen(os.dup(fd), "rb") as file:
            data = file.read(self.size)
        if len(data) != self.size:
            raise OSError(errno.EIO, "another program has shortened jobs.journal")
        durable_files.write_durably(self._path, data)
        self.close()
        self.renewed = True

    def _cut(self, fd: int) -> None:
        if os.fstat(fd).st_size < self.size:  # truncating would extend it with zeros
            raise OSError(errno.EIO, "another program has shortened jobs.journal")
        os.ftruncate(fd, self.size)
        os.lseek(fd, self.size, os.SEEK_SET)
        os.fsync(fd)
        self._torn = False
