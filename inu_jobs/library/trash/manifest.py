"""A trash folder's manifest: what is about to happen to which file, one JSON object per line, on disk before
the file moves. So after a kill at any moment, it tells which files to check."""

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
    """``name``: of the file in the trash folder; ``origin``: its original path, relative to the output
    folder, with '/'. ``with_job``: the job that was deleted with it, which goes when its last file does.
    ``at``: when it was put in, in seconds since 1970, 0 if unknown."""

    op: Op
    image: str
    name: str
    origin: str
    with_job: str = ""
    at: float = 0.0


_decoder = msgspec.json.Decoder(Entry)
_encode = msgspec.json.Encoder().encode


class Manifest:
    """``folder``: the trash folder, which need not exist. If it or the manifest is a link, that leads to
    somebody else's files: it is not followed, and writing raises OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / NAME

    def read(self) -> dict[str, Entry]:
        """The last entry for each image; {} if there is no manifest. Raises OSError. A line that a kill or a
        power cut left incomplete was never acted upon."""
        found: dict[str, Entry] = {}
        for line in self._bytes().split(b"\n"):
            with contextlib.suppress(ValueError):
                entry = _decoder.decode(line)
                before = found.get(entry.image)
                # without a time it only tried to leave: its time in the trash is unchanged
                if before is not None and not entry.at:
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
        """Add ``entries``, durably. Raises OSError; then they must not be acted upon."""
        self._check()
        new = not self._path.exists()
        if not new and self._path.stat().st_nlink > 1:  # its other name may be somebody else's file
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
        """Keep only ``entries``; without any, the manifest is deleted, and the folder, too, if nothing else
        is in it. Raises OSError."""
        self._check()
        text = b"".join(_encode(entry) + b"\n" for entry in entries)
        if text:
            durable_files.write_durably(self._path, text)
            return
        self._path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # something else is in it
            self._folder.rmdir()
