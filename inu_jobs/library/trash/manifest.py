"""The manifest of a trash folder: what is about to happen to which file, one JSON line each, on the disk
before the file moves. So a kill at any moment leaves behind whose files to look after."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from ... import durable_files

NAME = "manifest.jsonl"
Op = Literal["trash", "restore", "purge"]


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """``name``: of the file in the trash folder; ``origin``: where it came from, relative to the output
    folder, with '/'. ``with_job``: the job that was deleted with it, which goes when its last file goes.
    ``at``: when it was put in, in seconds since 1970, 0 where that is not known."""

    op: Op
    image: str
    name: str
    origin: str
    with_job: str = ""
    at: float = 0.0


_decoder = msgspec.json.Decoder(Entry)
_encode = msgspec.json.Encoder().encode


class Manifest:
    """``folder`` is the trash folder, which need not be there. A link, in its place or the manifest's, leads
    to somebody else's files: it is not followed, and what writes raises OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / NAME

    def read(self) -> dict[str, Entry]:
        """The last entry of each image; {} if there is no manifest. Raises OSError. A line that a kill
        or a power cut left torn was never acted upon."""
        found: dict[str, Entry] = {}
        for line in self._bytes().split(b"\n"):
            with contextlib.suppress(ValueError):
                entry = _decoder.decode(line)
                before = found.get(entry.image)
                if (
                    before is not None and not entry.at
                ):  # only tried to leave: it lies there as long as before
                    entry = msgspec.structs.replace(entry, at=before.at)
                found[entry.image] = entry
        return found

    def _bytes(self) -> bytes:
        if durable_files.is_link(self._folder) or not durable_files.is_file(self._path):
            return b""
        try:
            with os.fdopen(durable_files.open_own(self._path, os.O_RDONLY), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""

    def _check(self) -> None:
        if durable_files.is_link(self._folder):
            raise OSError(errno.ELOOP, f"{self._folder.name} is a link: move it away")

    def intend(self, entries: Iterable[Entry]) -> None:
        """Add ``entries``, durably. Raises OSError; then nothing may be done of them."""
        self._check()
        new = not self._path.exists()
        if not new and self._path.stat().st_nlink > 1:  # another name of it may be somebody else's file
            durable_files.write_durably(self._path, self._bytes())
        fd = durable_files.open_own(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
        try:
            size = os.lseek(fd, 0, os.SEEK_END)
            torn = False
            if size:
                os.lseek(fd, size - 1, os.SEEK_SET)
                torn = os.read(fd, 1) != b"\n"
            text = b"".join(_encode(entry) + b"\n" for entry in entries)
            durable_files.write_all(fd, b"\n" + text if torn else text)
            os.fsync(fd)
        finally:
            os.close(fd)
        if new:
            durable_files.sync_folder(self._folder)

    def replace(self, entries: Iterable[Entry]) -> None:
        """Only ``entries`` are left; with none the manifest goes, and the folder if nothing else is in
        it. Raises OSError."""
        self._check()
        text = b"".join(_encode(entry) + b"\n" for entry in entries)
        if text:
            durable_files.write_durably(self._path, text)
            return
        self._path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # something else lies there
            self._folder.rmdir()
