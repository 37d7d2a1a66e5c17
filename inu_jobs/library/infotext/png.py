"""What a PNG says behind its pixels, read without decoding them.

The WebUI decodes the whole picture first (``fix_image`` in modules/images.py of 1.10.1). A chunk is its
length, its type, its bytes and a checksum, each of 4 bytes but for the bytes (PNG specification, section 5).
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
#: bytes of texts that are read from one file, and chunks that are looked at: libpng puts 8 KB into one
_MOST_BYTES = 4 << 20
_MOST_CHUNKS = 100_000


def info_behind(path: Path) -> dict[str, Any]:
    """What Pillow adds to ``info`` when it has decoded the pixels. {} if that is nothing, or for what is no
    PNG; of a file that is cut off what is there. ``OSError`` if it cannot be opened."""
    found: dict[str, Any] = {}
    with path.open("rb") as file:
        for type, data in _behind(file):
            with contextlib.suppress(Exception):  # too large when it is unpacked, or damaged
                found |= _info_of(type, data)
    return found


def _behind(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """(type, bytes) of the chunks with texts."""
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
    """As Pillow reads the chunk, with its own limits: in a picture of one pixel."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = _chunk(b"IDAT", zlib.compress(b"\0\0")) + _chunk(b"IEND", b"")
    with Image.open(io.BytesIO(_SIGNATURE + head + _chunk(type, data) + pixels), formats=["PNG"]) as image:
        return dict(image.info)


def _chunk(type: bytes, data: bytes) -> bytes:
    return _HEAD.pack(len(data), type) + data + struct.pack(">I", zlib.crc32(type + data))
