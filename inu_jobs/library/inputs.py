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

#: bytes of one input image
MAX_BYTES = budgets.INPUT
#: bytes of all input images that no job uses: of drafts, of plans, of what was refused
MAX_UNUSED = 2 * 1024**3
#: seconds in which whatever was stored may still become a job, however much there is
_GRACE = 600.0
SUFFIXES = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}
INPUT_TOKEN = re.compile(r"input:([0-9a-f]{64})")

_DATA_URL = re.compile(r"data:image/[a-z0-9.+-]+;base64,", re.IGNORECASE)
ORIENTATION = 0x0112  # of EXIF


class Kept(NamedTuple):
    """Sizes in pixels, turned as it is shown."""

    token: str
    width: int
    height: int


class Inputs:
    """The folder of input images. Safe to use from several threads and processes: a file appears
    whole (rename) or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        #: the tokens that jobs use, None while that is not known; set by who knows the jobs
        self.in_use: Callable[[], set[str] | None] = set
        self._lock = threading.Lock()
        self._unused: int | None = None  # bytes, at most: what became a job's since is still counted
        self._full_until = 0.0

    def save_bytes(self, data: bytes, field: str = "") -> str:
        """Keep an encoded image (PNG, JPEG or WebP, at most 64 MB) and return its token.

        The bytes are kept as they are, unless the picture is stored turned (EXIF orientation): the
        WebUI turns images that it gets through its API, but Agent Scheduler opens files as they lie.
        ``InvalidInput`` with ``field`` if it is no such image or damaged."""
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
        """Keep a file of the user's own as ``save_bytes`` does, but without a look at its pixels; one in
        another format that Pillow reads becomes a PNG. ``InvalidInput`` if it is no image."""
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
            raise InvalidInput(say("That is not an input image's token (input:SHA256)."))
        found = self._find(match[1])
        if found is None:
            raise NotFound(say("An input image of this job is missing from data/inputs: capture it again."))
        return found

    def sweep(self, in_use: set[str], min_age_seconds: float) -> int:
        """Delete the files that no token in ``in_use`` names and that are older than
        ``min_age_seconds`` (a draft that is not a job yet may still need the young ones).
        Returns how many went."""
        with self._lock:
            limit = time.time() - min_age_seconds
            return sum(_removed(file) for at, _, file in self._unused_files(in_use) if at < limit)

    def _unused_files(self, in_use: set[str]) -> list[tuple[float, int, Path]]:
        """(time, bytes, file), the oldest first."""
        keep = {token.removeprefix("input:") for token in in_use}
        found = []
        for file in self.folder.glob("??/*"):
            with contextlib.suppress(OSError):
                if file.stem not in keep:
                    status = file.stat()
                    found.append((status.st_mtime, status.st_size, file))
        return sorted(found)

    def _make_room(self, size: int) -> None:
        """For a new file. ``InvalidInput`` if there is none."""
        unused = self._unused
        if unused is None or (unused + size > MAX_UNUSED and time.monotonic() >= self._full_until):
            in_use = self.in_use()
            unused = (unused or 0) if in_use is None else self._cut_down(in_use, size)
        if unused + size > MAX_UNUSED:
            self._full_until = time.monotonic() + 5.0  # to look takes time: not for each request
            raise InvalidInput(
                say(
                    "Input images that no job uses take up too much space ({most} MB): queue what you"
                    " prepared, or try again in ten minutes.",
                    most=MAX_UNUSED >> 20,
                )
            )
        self._unused = unused + size

    def _cut_down(self, in_use: set[str], size: int) -> int:
        """The bytes that no job uses. If they leave no room for ``size`` more, the oldest go, drafts' too
        (the page can be captured again), and some more than that, so that it lasts."""
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
            if is_file(candidate):  # no link: whose file would that be
                return candidate
        return None

    def _store(self, data: bytes, suffix: str) -> str:
        digest = hashlib.sha256(data).hexdigest()
        with self._lock:  # nothing is swept away meanwhile
            found = self._find(digest)
            if found is not None:
                # in use again: must count as young for the sweep until a job refers to it
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
    """The bytes of a base64 image, plain or as a data URL. Line breaks are allowed, anything else
    outside the alphabet is not."""
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
    """The opened image, after all of its pixels could be decoded. ``InvalidInput`` if not."""
    with contextlib.ExitStack() as held:
        try:
            image = held.enter_context(opened(io.BytesIO(data), list(SUFFIXES)))
            budgets.spend_pixels(image.width * image.height, field)
            size = image.size
            if "exif" not in image.info or image.getexif().get(ORIENTATION, 1) == 1:
                image.draft(image.mode, (1, 1))  # of a JPEG an eighth shows as well what is damaged
            held.enter_context(decoding(image, len(data), budgets.PIXELS_OF_INPUT, size))
            image.load()
            # one that is stored turned will be turned, and encoded anew
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
