"""Reads the text that follows the pixels in a PNG, without decoding them.

The WebUI decodes the whole image first (``fix_image`` in modules/images.py of 1.10.1). A chunk consists of
length, type, data and checksum; all except the data have 4 bytes (PNG specification, section 5).
"""

from __future__ import annotations

import contextlib
import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEAD = struct.Struct(">I4s")
_TOLD = frozenset({b"tEXt", b"zTXt", b"iTXt", b"eXIf"})
#: bytes of text read from one file, and number of chunks visited: libpng puts 8 KB into each
_MOST_BYTES = 4 << 20
_MOST_CHUNKS = 100_000


def info_behind(path: Path) -> dict[str, Any]:
    """What Pillow adds to ``info`` after decoding the pixels. {} if nothing, or if it is not a PNG; for a
    truncated file, whatever is there. ``OSError`` if it cannot be opened."""
    found: dict[str, Any] = {}
    with path.open("rb") as file:
        for type, data in _behind(file):
            with contextlib.suppress(Exception):  # too large when decompressed, or damaged
                found |= _info_of(type, data)
    return found


def _behind(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """(type, data) of the chunks with text."""
    if file.read(len(_SIGNATURE)) != _SIGNATURE:
        return
    pixels, left = False, _MOST_BYTES
    for _ in range(_MOST_CHUNKS):
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return
        length, type = _HEAD.unpack(head)
        pixels = pixels or type == b"IDAT"
        if not pixels or type not in _TOLD or length > left:
            file.seek(length + 4, io.SEEK_CUR)
            continue
        data = file.read(length)
        if len(data) < length:
            return
        left -= length
        file.seek(4, io.SEEK_CUR)
        yield type, data


def _info_of(type: bytes, data: bytes) -> dict[str, Any]:
    """Reads the chunk through Pillow, with its limits: as part of a one-pixel image."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = _chunk(b"IDAT", zlib.compress(b"\0\0")) + _chunk(b"IEND", b"")
    with Image.open(io.BytesIO(_SIGNATURE + head + _chunk(type, data) + pixels), formats=["PNG"]) as image:
        return dict(image.info)


def _chunk(type: bytes, data: bytes) -> bytes:
    return _HEAD.pack(len(data), type) + data + struct.pack(">I", zlib.crc32(type + data))
