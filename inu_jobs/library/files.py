"""Facts about image files, and which files may be served."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from ..ports import ImageFacts, Room
from .pixels import opened

#: formats that the WebUI can save images in (its settings "File format for images" and "... for grids")
IMAGE_SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".webp", ".avif", ".jxl", ".gif", ".bmp", ".tif", ".tiff"}
)
#: seconds since 1970 that every system can represent as a date: its first day, and one in 2999
_TOLD = (86_400.0, 32_472_144_000.0)

Place = tuple[int, int] | str


def facts(path: Path, data_folder: Path, pixels: tuple[int, int] = (0, 0)) -> ImageFacts | None:
    """Size (bytes), mtime (ns) and image size (pixels, 0 if unreadable) of ``path``, which is given relative
    to ``data_folder`` if inside it; None if there is no such file. ``pixels``: the image size, if already
    known."""
    try:
        stat = path.stat()
    except (OSError, ValueError):
        return None
    width, height = pixels if all(pixels) else dimensions(path)
    return ImageFacts(
        path=relative(path, data_folder),
        size=stat.st_size,
        mtime=stat.st_mtime_ns,
        width=width,
        height=height,
    )


def is_there(path: Path) -> bool:
    """Whether anything exists there, even a broken link. OSError if that cannot be determined: then nobody
    may consider it missing."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: no file can have that name
        return False
    return True


def dimensions(path: Path) -> tuple[int, int]:
    """In pixels, from the file's header only; (0, 0) if Pillow does not know the format."""
    try:
        with opened(path) as image:
            return int(image.width), int(image.height)
    except Exception:  # a damaged file is a finding for the audit, not a crash here
        return 0, 0


def relative(path: Path, data_folder: Path) -> str:
    """``path`` as the store keeps it: relative to the WebUI's data folder if inside it, with '/'. Links are
    not resolved: an output folder may be a link, and the path must stay the one that the user sees."""
    absolute_path = Path(os.path.normpath(path if path.is_absolute() else data_folder / path))
    try:
        return absolute_path.relative_to(os.path.normpath(data_folder)).as_posix()
    except ValueError:
        return absolute_path.as_posix()


def absolute(stored: str, data_folder: Path) -> Path:
    """The inverse of ``relative``."""
    return data_folder / Path(PurePosixPath(stored))


def place(folder: Path) -> Place | None:
    """Equal for all names of one folder (links, different case, ...); None if it does not exist."""
    try:
        if os.name == "nt":  # on Windows, a folder's number is not unique on every file system
            return os.path.normcase(folder.resolve(strict=True))
        found = folder.stat()
    except (OSError, ValueError, RuntimeError):  # missing, a null byte, or a loop of links
        return None
    return found.st_dev, found.st_ino


def time_of(seconds: float, *, utc: bool = False) -> time.struct_time:
    """A file's time as a date, local unless ``utc``. Never fails: for a time that the system cannot represent
    (Windows and a file from 1601, say), the first or last possible date."""
    tell = time.gmtime if utc else time.localtime
    try:
        return tell(seconds)
    except (OSError, OverflowError, ValueError):
        return tell(_TOLD[seconds > 0])


def allowed(path: Path, folders: Iterable[Path]) -> Path | None:
    """The resolved file if it is an image file inside one of ``folders``, with all links resolved, else None.
    A link that leads out of the folders is not allowed; a folder that is itself a link is."""
    if path.suffix.lower() not in IMAGE_SUFFIXES:
        return None
    try:
        resolved = path.resolve(strict=True)
        if resolved.suffix.lower() not in IMAGE_SUFFIXES or not resolved.is_file():
            return None
        for folder in folders:
            if resolved.is_relative_to(folder.resolve()):
                return resolved
    except (OSError, ValueError, RuntimeError):  # missing, a null byte, or a loop of links
        return None
    return None


def tightest(folders: Iterable[Path], free: Callable[[Path], int] | None = None) -> Room | None:
    """The fullest of the disks that contain ``folders``, named by the folder; None if unknown. A folder that
    does not exist yet counts where it would be created. ``free``: bytes free on the disk of an existing
    folder (``OSError``: unknown)."""
    ask = free or (lambda folder: shutil.disk_usage(folder).free)
    found: list[Room] = []
    for folder in folders:
        try:
            there = next(known for known in (folder, *folder.parents) if known.is_dir())
            found.append(Room(folder, ask(there)))
        except (OSError, StopIteration):
            continue
    return min(found, key=lambda room: room.free, default=None)
