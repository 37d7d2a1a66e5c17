"""Input images and masks, stored once by content under ``data/inputs``.

A file is named by the SHA-256 of its bytes, so the token ``input:SHA256`` is all that a payload needs, an
image is stored once however many jobs use it, and a file never changes.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import io
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageOps

from .. import budgets
from ..durable_files import is_file, write_shared
from ..errors import InuJobsError, InvalidInput, NotFound
from ..sentences import say
from .pixels import TooLarge, decoding, memory_of, opened

#: maximum bytes of one input image
MAX_BYTES = budgets.INPUT
#: maximum bytes of all input images that no job uses: of drafts, plans and refused requests
MAX_UNUSED = 2 * 1024**3
#: seconds during which anything stored may still become a job, however much there is
_GRACE = 600.0
SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}
INPUT_TOKEN = re.compile(r"input:([0-9a-f]{64})")

_DATA_URL = re.compile(r"data:image/[a-z0-9.+-]+;base64,", re.IGNORECASE)
ORIENTATION = 0x0112  # of EXIF


class Kept(NamedTuple):
    """Sizes in pixels, in display orientation."""

    token: str
    width: int
    height: int


class Inputs:
    """The folder of input images. Safe to use from several threads and processes: a file appears whole (by
    renaming) or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        #: returns the tokens that jobs use, None while unknown; set by whoever knows the jobs
        self.in_use: Callable[[], set[str] | None] = set
        self._lock = threading.Lock()
        self._unused: int | None = None  # bytes, or more than there are: some may be a job's by now
        self._full_until = 0.0

    def save_bytes(self, data: bytes, field: str = "") -> str:
        """Store an encoded image (PNG, JPEG or WebP, at most 64 MB) and return its token.

        The bytes are stored unchanged, unless the image is rotated by its EXIF orientation: the WebUI rotates
        images that it gets through its API, but Agent Scheduler opens files as they are. ``InvalidInput``
        with ``field`` if it is another format or damaged."""
        if len(data) > MAX_BYTES:
            raise InvalidInput(
                say("The image is larger than {most} MB; use a smaller one.", most=MAX_BYTES >> 20),
                field,
            )
        with verified(data, field) as image:
            suffix = SUFFIXES[image.format or ""]
            if image.getexif().get(ORIENTATION, 1) != 1:
                return self.save_image(ImageOps.exif_transpose(image))
        return self._store(data, suffix)

    def save_file(self, path: Path) -> Kept:
        """Store one of the user's own files as ``save_bytes`` does, but without decoding its pixels; other
        formats that Pillow reads become PNG. ``InvalidInput`` if it is not an image."""
        data = path.read_bytes()
        try:
            with opened(io.BytesIO(data)) as image:
                turned = image.getexif().get(ORIENTATION, 1)
                if image.format in SUFFIXES and turned == 1 and len(data) <= MAX_BYTES:
                    return Kept(self._store(data, SUFFIXES[image.format]), image.width, image.height)
                upright = ImageOps.exif_transpose(image)
                return Kept(self.save_image(upright), upright.width, upright.height)
        except InvalidInput:
            raise
        except Exception as error:  # Pillow raises many kinds
            raise InvalidInput(say("{name} is not a readable image.", name=path.name)) from error

    def save_image(self, image: Image.Image) -> str:
        """Store an image in memory as lossless PNG without metadata; equal pixels give the same token. Modes
        that PNG lacks become RGB or RGBA."""
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
        """Store a base64 image, plain or as a ``data:image/...;base64,`` URL; returns its token."""
        return self.save_bytes(decode_base64(text, field), field)

    def path(self, token: str) -> Path:
        """The file of a token. ``InvalidInput`` if it is not a valid token, ``NotFound`` if the file is
        missing."""
        match = INPUT_TOKEN.fullmatch(token)
        if match is None:
            raise InvalidInput(say("That is not an input image's token (input:SHA256)."))
        found = self._find(match[1])
        if found is None:
            raise NotFound(say("An input image of this job is missing from data/inputs: capture it again."))
        return found

    def sweep(self, in_use: set[str], min_age_seconds: float) -> int:
        """Delete the files that no token in ``in_use`` refers to and that are older than ``min_age_seconds``
        (a draft that is not a job yet may need recent ones). Returns how many were deleted."""
        with self._lock:
            limit = time.time() - min_age_seconds
            return sum(_removed(file) for at, _, file in self._unused_files(in_use) if at < limit)

    def _unused_files(self, in_use: set[str]) -> list[tuple[float, int, Path]]:
        """(time, bytes, file), oldest first."""
        keep = {token.removeprefix("input:") for token in in_use}
        found = []
        for file in self.folder.glob("??/*"):
            with contextlib.suppress(OSError):
                if file.stem not in keep:
                    status = file.stat()
                    found.append((status.st_mtime, status.st_size, file))
        return sorted(found)

    def _make_room(self, size: int) -> None:
        """Make room for a new file. ``InvalidInput`` if there is none."""
        unused = self._unused
        if unused is None or (unused + size > MAX_UNUSED and time.monotonic() >= self._full_until):
            in_use = self.in_use()
            unused = (unused or 0) if in_use is None else self._cut_down(in_use, size)
        if unused + size > MAX_UNUSED:
            self._full_until = time.monotonic() + 5.0  # checking takes time, so not for each request
            raise InvalidInput(
                say(
                    "Input images that no job uses take up too much space ({most} MB): queue what you"
                    " prepared, or try again in ten minutes.",
                    most=MAX_UNUSED >> 20,
                )
            )
        self._unused = unused + size

    def _cut_down(self, in_use: set[str], size: int) -> int:
        """The bytes that no job uses. If they leave no room for ``size`` more, the oldest are deleted, even
        those of drafts (the page can be captured again), and a few more, so that the room lasts."""
        files = self._unused_files(in_use)
        left, limit = sum(length for _, length, _ in files), time.time() - _GRACE
        if left + size <= MAX_UNUSED:
            return left
        for at, length, file in files:
            if at < limit and left > MAX_UNUSED * 3 // 4 and _removed(file):
                left -= length
        return left

    def _find(self, digest: str) -> Path | None:
        for suffix in SUFFIXES.values():
            candidate = self.folder / digest[:2] / (digest + suffix)
            if is_file(candidate):  # links are not ours
                return candidate
        return None

    def _store(self, data: bytes, suffix: str) -> str:
        digest = hashlib.sha256(data).hexdigest()
        with self._lock:  # so that nothing is swept in the meantime
            found = self._find(digest)
            if found is not None:
                # in use again: must count as new for the sweep until a job refers to it
                with contextlib.suppress(OSError):
                    os.utime(found)
                return f"input:{digest}"
            self._make_room(len(data))
        target = self.folder / digest[:2] / (digest + suffix)
        try:
            write_shared(target, data, sync=True)
        except OSError as error:
            raise InvalidInput(
                say("The input image could not be saved in data/inputs: {error}.", error=str(error.strerror))
            ) from error
        return f"input:{digest}"


def _removed(file: Path) -> bool:
    try:
        file.unlink()
    except OSError:
        return False
    return True


def decode_base64(text: str, field: str = "") -> bytes:
    """The bytes of a base64 image, plain or as a data URL. Line breaks are allowed, other characters outside
    the alphabet are not."""
    match = _DATA_URL.match(text)
    body = text[match.end() :] if match else text
    if len(body) > MAX_BYTES * 3 // 2:
        raise InvalidInput(
            say("The image is larger than {most} MB; use a smaller one.", most=MAX_BYTES >> 20),
            field,
        )
    try:
        return base64.b64decode("".join(body.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput(say("An image must be base64 or a token; this is neither."), field) from error


@contextlib.contextmanager
def verified(data: bytes, field: str = "") -> Iterator[Image.Image]:
    """The opened image, after decoding all its pixels. ``InvalidInput`` if that fails."""
    with contextlib.ExitStack() as held:
        try:
            image = held.enter_context(opened(io.BytesIO(data), list(SUFFIXES)))
            budgets.spend_pixels(image.width * image.height, field)
            size = image.size
            if "exif" not in image.info or image.getexif().get(ORIENTATION, 1) == 1:
                image.draft(image.mode, (1, 1))  # an eighth of a JPEG is enough to find damage
            held.enter_context(decoding(image, len(data), budgets.PIXELS_OF_INPUT, size))
            image.load()
            # a rotated one will be turned upright and encoded again
            if image.getexif().get(ORIENTATION, 1) != 1 and 3 * memory_of(image) > budgets.PIXELS_OF_INPUT:
                raise TooLarge(size)
        except InuJobsError:
            raise
        except TooLarge as error:
            raise InvalidInput(
                say("The image is too large ({size}): send a smaller one.", size=error.sentence), field
            ) from error
        except Exception as error:  # Pillow raises many kinds for a damaged file
            raise InvalidInput(say("This is not a readable PNG, JPEG or WebP image."), field) from error
        yield image
