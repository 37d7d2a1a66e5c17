"""Input images and masks, kept once by content under ``data/inputs``.

A file is named by the SHA-256 of its bytes, so the token ``input:SHA256`` says all that a payload
needs, the same picture is stored once however many jobs use it, and a file never changes.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import io
import os
import re
import secrets
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageOps

from ..errors import InvalidInput, NotFound

#: bytes of one input image, and pixels once decoded: both bound what a request can make us do
MAX_BYTES = 64 * 1024 * 1024
MAX_PIXELS = 16384 * 16384
SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}
INPUT_TOKEN = re.compile(r"input:([0-9a-f]{64})")

_DATA_URL = re.compile(r"data:image/[a-z0-9.+-]+;base64,", re.IGNORECASE)
_ORIENTATION = 0x0112


class Inputs:
    """The folder of input images. Safe to use from several threads and processes: a file appears
    whole (rename) or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save_bytes(self, data: bytes, field: str = "") -> str:
        """Keep an encoded image (PNG, JPEG or WebP, at most 64 MB) and return its token.

        The bytes are kept as they are, unless the picture is stored turned (EXIF orientation): the
        WebUI turns images that it gets through its API, but Agent Scheduler opens files as they lie.
        ``InvalidInput`` with ``field`` if it is no such image or damaged."""
        if len(data) > MAX_BYTES:
            raise InvalidInput(f"The image is larger than {MAX_BYTES >> 20} MB; use a smaller one.", field)
        with verified(data, field) as image:
            suffix = SUFFIXES[image.format or ""]
            if image.getexif().get(_ORIENTATION, 1) != 1:
                return self.save_image(ImageOps.exif_transpose(image))
        return self._store(data, suffix)

    def save_image(self, image: Image.Image) -> str:
        """Keep a picture in memory as a lossless PNG without metadata; the same pixels give the same
        token. Modes that PNG lacks become RGB or RGBA."""
        if "transparency" in image.info or image.mode in ("PA", "La", "RGBa"):
            image = image.convert("RGBA")
        elif image.mode not in ("1", "L", "LA", "RGB", "RGBA", "I;16"):
            image = image.convert("RGB")
        clean = image.copy()
        clean.info = {}
        out = io.BytesIO()
        clean.save(out, "PNG", compress_level=6)
        return self._store(out.getvalue(), ".png")

    def save_base64(self, text: str, field: str = "") -> str:
        """Keep a base64 image, plain or as a ``data:image/...;base64,`` URL."""
        return self.save_bytes(decode_base64(text, field), field)

    def path(self, token: str) -> Path:
        """The file of a token. ``InvalidInput`` if it is no token of ours, ``NotFound`` if it is gone."""
        match = INPUT_TOKEN.fullmatch(token)
        if match is None:
            raise InvalidInput("That is not the token of an input image (input:SHA256).")
        found = self._find(match[1])
        if found is None:
            raise NotFound("An input image of this job is gone from data/inputs; capture it again.")
        return found

    def sweep(self, in_use: set[str], min_age_seconds: float) -> int:
        """Delete the files that no token in ``in_use`` names and that are older than
        ``min_age_seconds`` (a draft that is not a job yet may still need the young ones).
        Returns how many went."""
        keep = {token.removeprefix("input:") for token in in_use}
        limit = time.time() - min_age_seconds
        gone = 0
        for file in self.folder.glob("??/*"):
            with contextlib.suppress(OSError):
                if file.stem not in keep and file.stat().st_mtime < limit:
                    file.unlink()
                    gone += 1
        return gone

    def _find(self, digest: str) -> Path | None:
        for suffix in SUFFIXES.values():
            candidate = self.folder / digest[:2] / (digest + suffix)
            if candidate.is_file():
                return candidate
        return None

    def _store(self, data: bytes, suffix: str) -> str:
        digest = hashlib.sha256(data).hexdigest()
        found = self._find(digest)
        if found is not None:
            # in use again: must count as young for the sweep until a job refers to it
            with contextlib.suppress(OSError):
                os.utime(found)
            return f"input:{digest}"
        target = self.folder / digest[:2] / (digest + suffix)
        try:
            write_whole(target, data, sync=True)
        except OSError as error:
            raise InvalidInput(
                f"The input image could not be saved in data/inputs: {error.strerror}."
            ) from error
        return f"input:{digest}"


def decode_base64(text: str, field: str = "") -> bytes:
    """The bytes of a base64 image, plain or as a data URL. Line breaks are allowed, anything else
    outside the alphabet is not."""
    match = _DATA_URL.match(text)
    body = text[match.end() :] if match else text
    if len(body) > MAX_BYTES * 3 // 2:
        raise InvalidInput(f"The image is larger than {MAX_BYTES >> 20} MB; use a smaller one.", field)
    try:
        return base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput("An image must be base64 or a token, and this is neither.", field) from error


@contextlib.contextmanager
def verified(data: bytes, field: str = "") -> Iterator[Image.Image]:
    """The opened image, after all of its pixels could be decoded. ``InvalidInput`` if not."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is next
            image = Image.open(io.BytesIO(data), formats=list(SUFFIXES))
        if image.width * image.height > MAX_PIXELS:
            raise InvalidInput(f"The image has too many pixels ({image.width}x{image.height}).", field)
        image.load()
    except InvalidInput:
        raise
    except Image.DecompressionBombError as error:
        raise InvalidInput("The image has too many pixels.", field) from error
    except Exception as error:  # Pillow raises many kinds for a damaged file
        raise InvalidInput("This is not a readable PNG, JPEG or WebP image.", field) from error
    with image:
        yield image


def write_whole(target: Path, data: bytes, *, sync: bool) -> None:
    """Write so that ``target`` is whole or absent, even if the process is killed; ``sync`` makes it
    last through a power cut too. Another writer of the same content may win."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{secrets.token_hex(6)}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        try:
            temporary.replace(target)
        except PermissionError:
            # Windows refuses while somebody reads the target, which then has the same content
            if not target.is_file():
                raise
        if sync and os.name != "nt":
            folder = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
