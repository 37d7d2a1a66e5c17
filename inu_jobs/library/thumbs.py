"""Thumbnails: made from the image in memory as it is saved, off the generating thread, or else from the file.
Cached by path, size and mtime, so a changed file gets a new one and a response may be cached forever.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import threading
import time
from collections import OrderedDict
from pathlib import Path

from PIL import Image, ImageOps, features

from ..budgets import PIXELS
from ..durable_files import is_file, write_shared
from ..errors import InuJobsError, NotFound
from ..sentences import say
from .inputs import ORIENTATION
from .pixels import TooLarge, decoding, memory_of, opened, smaller

EDGE = 320  # pixels, the long edge
QUALITY = 70  # a fifth smaller than 80, without a visible difference in a grid
_GREY = (128, 128, 128)  # behind transparency: neutral in the light and in the dark theme
#: images that may wait in memory, and bytes of one; others are made from their files on request
_WAITING = 8
_LARGEST = PIXELS // _WAITING


def media_type(data: bytes) -> str:
    """Of the data that ``Thumbs.get`` returned."""
    return "image/webp" if data[:4] == b"RIFF" else "image/jpeg"


class TooLargeToShow(NotFound):
    pass


class Thumbs:
    """``get`` may be called from any thread. ``offer`` is for the generating thread: it costs a ``stat`` and
    a copy of the pixels, never raises, never waits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._format = "WEBP" if features.check("webp") else "JPEG"
        self._waiting: OrderedDict[str, Image.Image] = OrderedDict()
        self._wake = threading.Condition()
        self._worker: threading.Thread | None = None
        self._stopping = False

    @staticmethod
    def key(path: Path, size: int, mtime: int) -> str:
        """The name in the cache. ``size`` in bytes, ``mtime`` in ns, as in the image's record."""
        # a path that Windows spells in two ways must not give two names
        name = os.path.normcase(os.path.abspath(path))  # noqa: PTH100 - must not follow links
        return hashlib.sha256(f"{name}\0{size}\0{mtime}".encode("utf-8", "surrogatepass")).hexdigest()[:40]

    def offer(self, path: Path, image: Image.Image) -> None:
        """``image`` was just saved as ``path``. It is copied, because the WebUI continues to use it."""
        try:
            with self._wake:
                if self._stopping or len(self._waiting) >= _WAITING or memory_of(image) > _LARGEST:
                    return
            stat = path.stat()
            key = self.key(path, stat.st_size, stat.st_mtime_ns)
            copy = image.copy()
            with self._wake:
                self._waiting[key] = copy
                if self._worker is None:
                    self._worker = threading.Thread(target=self._run, name="inu-jobs-thumbs", daemon=True)
                    self._worker.start()
                self._wake.notify()
        except Exception:  # the host's thread must not suffer; get() makes it from the file
            return

    def cached(self, path: Path, size: int, mtime: int) -> bytes | None:
        """What ``get`` would return, if it is cached."""
        file = self._file(self.key(path, size, mtime))
        try:
            return file.read_bytes() if is_file(file) else None  # a link could show any file
        except OSError:
            return None

    def get(self, path: Path, size: int, mtime: int, file: Path | None = None) -> bytes:
        """The thumbnail of the file recorded as ``path`` with ``size`` and ``mtime``, as WebP (JPEG if Pillow
        lacks WebP; see ``media_type``). ``file``: where it is now, if elsewhere. ``NotFound`` if there is
        none and the file is missing or damaged, ``TooLargeToShow`` if it is too large."""
        cached = self.cached(path, size, mtime)
        if cached is not None:
            return cached
        key = self.key(path, size, mtime)
        with self._wake:
            image = self._waiting.pop(key, None)
        if image is not None:
            return self._keep(key, self._shrink(image))
        try:
            stat = (file or path).stat()
            data = self._from_file(file or path)
        except InuJobsError:
            raise
        except TooLarge as error:
            raise TooLargeToShow(
                say("{name} is too large for a thumbnail: {size}.", name=path.name, size=error.sentence)
            ) from error
        except Exception as error:  # Pillow raises many kinds for a damaged file
            raise NotFound(
                say("{name} is missing or cannot be read, so it has no thumbnail.", name=path.name)
            ) from error
        if (stat.st_size, stat.st_mtime_ns) != (size, mtime):
            return data  # the file has changed since it was recorded: show it, but do not cache it
        return self._keep(key, data)

    def sweep(self, valid_keys: set[str], min_age_seconds: float) -> int:
        """Delete cached thumbnails that are not in ``valid_keys`` (see ``key``), and incomplete ones left by
        a kill, if older than ``min_age_seconds`` (a recent one's image may not be recorded yet). Returns how
        many were deleted. This limits the cache to one small file per image in the store."""
        limit = time.time() - min_age_seconds
        gone = 0
        for file in self.folder.glob("??/*"):
            with contextlib.suppress(OSError):
                if file.stem not in valid_keys and file.stat().st_mtime < limit:
                    file.unlink()
                    gone += 1
        return gone

    def stop(self) -> None:
        """Stop the worker once it has made what is waiting."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
            worker = self._worker
        if worker is not None:
            worker.join(timeout=10)

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._waiting:
                    if self._stopping:
                        return
                    self._wake.wait()
                key, image = self._waiting.popitem(last=False)
            # an image that cannot be reduced is reported on request
            with contextlib.suppress(Exception):
                self._keep(key, self._shrink(image))

    def _file(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.{self._format.lower()}"

    def _keep(self, key: str, data: bytes) -> bytes:
        # a full or read-only disk costs us the cache, not the thumbnail
        with contextlib.suppress(OSError):
            write_shared(self._file(key), data, sync=False)
        return data

    def _from_file(self, path: Path) -> bytes:
        with opened(path) as image:
            size = image.size
            image.draft("RGB", (EDGE * 2, EDGE * 2))  # decode JPEGs at a reduced size
            with decoding(image, size=size):
                image.load()
                small = smaller(image, EDGE * 2)
                small.getexif()[ORIENTATION] = image.getexif().get(ORIENTATION, 1)
            return self._shrink(ImageOps.exif_transpose(small))

    def _shrink(self, image: Image.Image) -> bytes:
        image = smaller(image, EDGE * 2)
        image.thumbnail((EDGE, EDGE), Image.Resampling.BICUBIC, reducing_gap=2.0)
        if image.mode == "RGBA":
            flat = Image.new("RGB", image.size, _GREY)
            flat.paste(image, mask=image.getchannel("A"))
            image = flat
        clean = Image.new("RGB", image.size)  # a new image: no EXIF or infotext is copied
        clean.paste(image)
        out = io.BytesIO()
        clean.save(out, self._format, quality=QUALITY)
        return out.getvalue()
