"""Writing and moving files so that a kill or a full disk at any moment leaves the old or the new one, whole,
and no file that another name or program has put there is touched."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import stat
import time
from pathlib import Path

from .sentences import Sentence, say

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
_ASIDE = ".unreadable-"
_JUNCTION = 0xA0000003  # stat.IO_REPARSE_TAG_MOUNT_POINT, which only Windows has


def no_room(error: BaseException | None) -> bool:
    return isinstance(error, OSError) and error.errno in _FULL


def reason(error: OSError, folder: Path) -> Sentence:
    """Why writing in ``folder`` failed and what to do, without a full stop."""
    if no_room(error):
        return say("The disk is full: free some space for {folder} and try again", folder=str(folder))
    if error.errno in _DENIED:
        return say(
            "The folder {folder} is not writable: give this user write access and try again",
            folder=str(folder),
        )
    return say(
        "Could not write to the folder {folder} ({error})",
        folder=str(folder),
        error=error.strerror or str(error),
    )


def is_link(path: Path) -> bool:
    """A symbolic link or, on Windows, a junction; False if nothing is there."""
    try:
        found = os.lstat(path)
    except (OSError, ValueError):
        return False
    return stat.S_ISLNK(found.st_mode) or getattr(found, "st_reparse_tag", 0) == _JUNCTION


def is_file(path: Path) -> bool:
    """A regular file of that name, no link to one."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except (OSError, ValueError):
        return False


def same_file(path: Path, other: Path) -> bool:
    """Two names of one file; a link counts for itself."""
    try:
        a, b = os.lstat(path), os.lstat(other)
    except (OSError, ValueError):
        return False
    return a.st_ino != 0 and (a.st_dev, a.st_ino) == (b.st_dev, b.st_ino)


def open_own(path: Path, flags: int) -> int:
    """``os.open`` of a file that is ours. OSError, also if it is a link: whose file would that be?"""
    if is_link(path):  # first, for the sentence; and Windows knows no O_NOFOLLOW
        raise OSError(errno.ELOOP, f"{path.name} is a link: move it away")
    own = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    return os.open(path, flags | own, 0o666)


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
        beside.unlink(missing_ok=True)  # what a kill left; or a link
        _make(beside, data)
        replace(beside, path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def write_shared(path: Path, data: bytes, *, sync: bool) -> None:
    """Have ``path``, whose folder is made if need be, whole or absent even after a kill; ``sync``: durably,
    too. For a file that several may write at a time, all of them the same: one of them wins. Raises
    OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{secrets.token_hex(6)}.tmp")
    try:
        _make(beside, data, sync=sync)
        try:
            beside.replace(path)
        except PermissionError:
            # Windows refuses while somebody reads the target, which then has the same content
            if not path.is_file():
                raise
    finally:
        beside.unlink(missing_ok=True)
    if sync:
        sync_folder(path.parent)


def _make(path: Path, data: bytes, *, sync: bool = True) -> None:
    """A file that is not there yet."""
    fd = open_own(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        write_all(fd, data)
        if sync:
            os.fsync(fd)
    finally:
        os.close(fd)


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


def move(source: Path, target: Path) -> None:
    """Give a file another name. ``FileExistsError`` if there is a file of that name, whenever it came; other
    OSErrors; then nothing has changed. A kill can leave it under both names: to move it again ends that."""
    if os.name == "nt":
        os.rename(source, target)  # noqa: PTH104 - on Windows it never replaces
        return
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        if not same_file(source, target):
            raise
    except OSError:  # FAT, some network drives, another disk: no two names for a file
        copy_new(source, target)
    try:
        source.unlink()
    except OSError:
        target.unlink()
        raise


def copy_new(source: Path, target: Path, *, follow: bool = False) -> None:
    """With its time, durably. ``FileExistsError`` as ``move``; on any other error there is no copy.
    ``follow``: ``source`` may be a link to a file."""
    with source.open("rb") if follow else os.fdopen(open_own(source, os.O_RDONLY), "rb") as original:
        before = os.fstat(original.fileno())
        with target.open("xb") as copy:
            try:
                shutil.copyfileobj(original, copy, 1024 * 1024)
                copy.flush()
                os.fsync(copy.fileno())
                if (after := os.fstat(original.fileno())).st_size != before.st_size or (
                    after.st_mtime_ns != before.st_mtime_ns
                ):
                    raise OSError(errno.EBUSY, "another program is writing to it")
                shutil.copystat(source, target)
            except BaseException:
                target.unlink()
                raise


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
