"""Writing files so that a kill or a full disk at any moment leaves the old or the new one, whole."""

from __future__ import annotations

import errno
import os
import shutil
import time
from pathlib import Path

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
_ASIDE = ".unreadable-"


def no_room(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in _FULL


def reason(error: OSError, folder: Path) -> str:
    """Why writing in ``folder`` failed and what to do, without a full stop."""
    if no_room(error):
        return f"The disk is full: free some space for {folder} and try again"
    if error.errno in _DENIED:
        return f"The folder {folder} cannot be written to: allow this user to write there, and try again"
    return f"The folder {folder} could not be written to ({error.strerror or error})"


def read(path: Path) -> bytes:
    """The file's bytes. A PermissionError is tried again: on Windows a virus scanner may hold it."""
    for pause in (0.02, 0.1, 0.3):
        try:
            return path.read_bytes()
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(pause)
    return path.read_bytes()


def write_all(fd: int, data: bytes) -> None:
    """``os.write`` may take only a part (a nearly full disk): go on until all is taken or it fails."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def write_durably(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data``, and have that on the disk. Raises OSError."""
    swap(path, data)
    sync_folder(path.parent)


def swap(path: Path, data: bytes) -> None:
    """Write ``data`` beside ``path``, fsync it and rename it over. On OSError ``path`` is as it was."""
    beside = path.with_name(path.name + ".new")
    try:
        fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
        try:
            write_all(fd, data)
            os.fsync(fd)
        finally:
            os.close(fd)
        replace(beside, path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def replace(source: Path, target: Path) -> None:
    """Rename over ``target``. On Windows somebody who reads the target makes that fail for a moment."""
    for pause in (0.01, 0.05, 0.1, 0.3, 0.5, 1.0):
        try:
            source.replace(target)
            return
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(pause)
    source.replace(target)


def sync_folder(folder: Path) -> None:
    """Make a rename in ``folder`` survive a power cut. Windows cannot, and need not."""
    if os.name == "nt":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def stamp(now: float) -> str:
    return time.strftime("%Y-%m-%d-%H%M%S", time.localtime(now))


def put_aside(path: Path, now: float) -> None:
    """Copy a damaged file under a dated name beside it, durably. A copy and no move: until what could be
    saved of it is written anew, the original is still the best there is."""
    name = f"{path.name}{_ASIDE}{stamp(now)}"
    target, count = path.with_name(name), 1
    while target.exists():
        count += 1
        target = path.with_name(f"{name}-{count}")
    with path.open("rb") as source, target.open("xb") as copy:
        shutil.copyfileobj(source, copy)
        copy.flush()
        os.fsync(copy.fileno())
    sync_folder(path.parent)


def aside(folder: Path) -> list[str]:
    """The names of what ``put_aside`` has left in ``folder``. Raises OSError."""
    return sorted(path.name for path in folder.glob(f"*{_ASIDE}*"))
