"""jobs.json: the whole store as one readable JSON document, with one record per line."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ..model import Hold, Image, Job, Record, Task
from . import migrations
from .version import VERSION


class Snapshot(msgspec.Struct, frozen=True):
    """``payloads``: canonical JSON by its SHA-256. ``hold``: why nothing at all may start."""

    version: int
    revision: int
    jobs: list[Job]
    payloads: dict[str, msgspec.Raw]
    tasks: list[Task]
    images: list[Image]
    hold: Hold | None = None


class Older(msgspec.Struct, frozen=True):
    """A snapshot of an older version, as plain JSON: to be migrated."""

    version: int
    revision: int
    document: migrations.Document


class _Header(msgspec.Struct, frozen=True):
    version: int
    revision: int


class Unreadable(Exception):
    """Not a valid snapshot. Says why."""


class Newer(Exception):
    """Written by a newer version. ``snapshot``: present if its structure can still be read."""

    def __init__(self, version: int, snapshot: Snapshot | None) -> None:
        super().__init__(version)
        self.version = version
        self.snapshot = snapshot


_decoder = msgspec.json.Decoder(Snapshot)
_header_decoder = msgspec.json.Decoder(_Header)
_encoder = msgspec.json.Encoder()
#: records
_AT_ONCE = 2_000
_WRONG = (ValueError, RecursionError)


def decode(data: bytes) -> Snapshot | Older:
    """Raises Unreadable and Newer."""
    try:
        snapshot = _decoder.decode(data)
        if snapshot.version == VERSION:
            return snapshot
    except _WRONG as error:
        snapshot, why = None, str(error)
    try:
        header = _header_decoder.decode(data)
    except _WRONG as error:
        raise Unreadable(str(error)) from error
    if header.version > VERSION:
        raise Newer(header.version, snapshot)
    if header.version == VERSION:
        raise Unreadable(why)
    return Older(header.version, header.revision, msgspec.json.decode(data))


def revision_of(data: bytes) -> int | None:
    """The revision of a snapshot; the first 200 bytes are enough for those that ``encode`` wrote."""
    for text in (data.split(b",\n", 1)[0] + b"}", data):
        try:
            return _header_decoder.decode(text).revision
        except _WRONG:
            continue
    return None


def convert(version: int, revision: int, document: migrations.Document) -> Snapshot:
    """A typed snapshot from a document migrated to this version. Raises Unreadable if the result is
    invalid."""
    try:
        return _decoder.decode(_encoder.encode({**document, "version": version, "revision": revision}))
    except _WRONG as error:
        raise Unreadable(str(error)) from error


def encode(
    revision: int,
    jobs: Sequence[Job],
    payloads: dict[str, bytes],
    tasks: Sequence[Task],
    images: Sequence[Image],
    hold: Hold | None = None,
) -> bytes:
    """The bytes of jobs.json."""
    rows = b",\n".join(b'"%s":%s' % (hash.encode(), data) for hash, data in payloads.items())
    return b"".join(
        (
            b'{"version":%d,"revision":%d,\n' % (VERSION, revision),
            b'"hold":%s,\n"jobs":[\n' % _encoder.encode(hold),
            _rows(jobs),
            b'],\n"payloads":{\n' + rows + b"\n" * bool(rows) + b'},\n"tasks":[\n',
            _rows(tasks),
            b'],\n"images":[\n',
            _rows(images),
            b"]}\n",
        )
    )


def _rows(records: Sequence[Record]) -> bytes:
    # JSON text never contains a line feed of its own, so each one here ends a record. In portions, because no
    # other thread runs while one call encodes
    some = (
        _encoder.encode_lines(records[start : start + _AT_ONCE])[:-1].replace(b"\n", b",\n")
        for start in range(0, len(records), _AT_ONCE)
    )
    return b",\n".join(some) + b"\n" * bool(records)
