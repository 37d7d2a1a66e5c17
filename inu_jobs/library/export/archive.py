"""A zip that is created while it is sent."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from ...errors import NotFound
from ..files import time_of
from .items import ItemSource, Part
from .parameter_files import json_of

_CHUNK = 256 * 1024
_BIG = 2**31 - 1  # bytes from which zipfile needs to know the size in advance
OMITTED = "omitted.txt"


class _Drain:
    """The output of ``ZipFile``, which notices that it cannot seek here, and adds sizes afterwards."""

    def __init__(self) -> None:
        self._data = bytearray()

    def write(self, data: bytes) -> int:
        self._data += data
        return len(data)

    def flush(self) -> None:
        """Nothing is buffered."""

    def take(self) -> bytes:
        data = bytes(self._data)
        self._data.clear()
        return data


def zip_of(
    parts: Sequence[Part], source: ItemSource, text_of: Callable[[Path], Path | None] = lambda _: None
) -> Iterator[bytes]:
    """``parameters.json`` and the images, unchanged, each with its own text file as told by ``text_of``.
    Those that cannot be read are listed in ``omitted.txt``."""
    omitted: list[str] = []
    drain = _Drain()
    with zipfile.ZipFile(drain, "w", allowZip64=True) as archive:  # type: ignore[call-overload]
        yield from _member(
            archive, drain, _info("parameters.json", time.time(), True), json_of(parts, source)
        )
        for part in parts:
            try:
                path = source.file(part.image)
                yield from _file(archive, drain, part.name, path)
                if (text := text_of(path)) is not None:
                    name = PurePosixPath(part.name).with_suffix(text.suffix).as_posix()
                    yield from _file(archive, drain, name, text, compress=True)
            except (NotFound, OSError) as error:
                reason = str(error) if isinstance(error, NotFound) else error.strerror or "cannot be read"
                omitted.append(f"{part.name}\t{part.image.path}\t{reason}\n")
        if omitted:
            head = "These images could not be added, or only in part:\n\n"
            lines = (line.encode("utf-8", "replace") for line in [head, *omitted])
            yield from _member(archive, drain, _info(OMITTED, time.time(), True), lines)
    yield drain.take()


def bundle(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """A zip of (name, content) pairs that are created in memory, one at a time."""
    drain = _Drain()
    with zipfile.ZipFile(drain, "w", allowZip64=True) as archive:  # type: ignore[call-overload]
        for name, data in files:
            yield from _member(archive, drain, _info(name, time.time()), [data])
    yield drain.take()


def _member(
    archive: zipfile.ZipFile, drain: _Drain, info: zipfile.ZipInfo, chunks: Iterable[bytes], size: int = 0
) -> Iterator[bytes]:
    with archive.open(info, "w", force_zip64=size >= _BIG) as member:
        for chunk in chunks:
            member.write(chunk)
            yield drain.take()
    yield drain.take()


def _file(
    archive: zipfile.ZipFile, drain: _Drain, name: str, path: Path, *, compress: bool = False
) -> Iterator[bytes]:
    stat = path.stat()
    with path.open("rb") as file:
        info = _info(name, stat.st_mtime, compress)
        yield from _member(archive, drain, info, _read(file, stat.st_size), stat.st_size)


def _read(file: BinaryIO, size: int) -> Iterator[bytes]:
    """At most ``size`` bytes: the file may still be growing."""
    while size > 0 and (chunk := file.read(min(_CHUNK, size))):
        size -= len(chunk)
        yield chunk


def _info(name: str, modified: float, compress: bool = False) -> zipfile.ZipInfo:
    year, month, day, hour, minute, second = time_of(modified)[:6]
    # zip supports the years from 1980 to 2107
    when = (year, month, day, hour, minute, second) if 1980 <= year <= 2107 else (1980, 1, 1, 0, 0, 0)
    info = zipfile.ZipInfo(name, when)
    # images are compressed already
    info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    info.external_attr = 0o644 << 16
    return info
