"""Writes and moves files so that after a kill or a full disk at any moment the old or the new file is there,
complete, and never touches a file that another program put there."""

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
_JUNCTION = 0xA0000003  # stat.IO_REPARSE_TAG_MOUNT_POINT, which only exists on Windows


def no_room(error: BaseException | None) -> bool:
    """Whether it says that the disk, or the user's quota, is full."""
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
    """A regular file of that name, not a link to one."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except (OSError, ValueError):
        return False


def same_file(path: Path, other: Path) -> bool:
    """Two names of one file; a link counts as itself."""
    try:
        a, b = os.lstat(path), os.lstat(other)
    except (OSError, ValueError):
        return False
    return a.st_ino != 0 and (a.st_dev, a.st_ino) == (b.st_dev, b.st_ino)


def open_own(path: Path, flags: int, mode: int = 0o666) -> int:
    """``os.open`` of one of our files. OSError, also if it is a link, because that leads to somebody else's
    file."""
    if is_link(path):  # checked first, for the message; and Windows has no O_NOFOLLOW
        raise OSError(errno.ELOOP, f"{path.name} is a link: move it away")
    own = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    return os.open(path, flags | own, mode)


def read(path: Path) -> bytes:
    """The file's bytes. Retries after a PermissionError: on Windows, a virus scanner may be holding the
    file."""
    for pause in (0.02, 0.1, 0.3):
        try:
            return path.read_bytes()
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(pause)
    return path.read_bytes()


def write_all(fd: int, data: bytes) -> None:
    """``os.write`` may write only a part (on a nearly full disk): continue until all is written or it
    fails."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def write_durably(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Replace ``path`` with ``data`` and sync it to disk. ``mode``: who may read it. Raises OSError."""
    swap(path, data, mode)
    sync_folder(path.parent)


def swap(path: Path, data: bytes, mode: int = 0o666) -> None:
    """Write ``data`` next to ``path``, fsync it and rename it over. After an OSError, ``path`` is
    unchanged."""
    beside = path.with_name(path.name + ".new")
    try:
        beside.unlink(missing_ok=True)  # left by a kill; or a link
        _make(beside, data, mode=mode)
        replace(beside, path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def write_shared(path: Path, data: bytes, *, sync: bool) -> None:
    """Create ``path`` and its folder, complete or absent even after a kill; ``sync``: durably, too. For a
    file that several may write at a time with the same content: one of them wins. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{secrets.token_hex(6)}.tmp")
    try:
        _make(beside, data, sync=sync)
        try:
            beside.replace(path)
        except PermissionError:
            # Windows refuses while somebody is reading the target, which then has the same content
            if not path.is_file():
                raise
    finally:
        beside.unlink(missing_ok=True)
    if sync:
        sync_folder(path.parent)


def _make(path: Path, data: bytes, *, sync: bool = True, mode: int = 0o666) -> None:
    """Write a file that does not exist yet."""
    fd = open_own(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        write_all(fd, data)
        if sync:
            os.fsync(fd)
    finally:
        os.close(fd)


def replace(source: Path, target: Path) -> None:
    """Rename over ``target``. On Windows, that fails for a moment if somebody is reading the target."""
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
    """Rename a file. ``FileExistsError`` if there is a file with that name, whenever it appeared; other
    OSErrors; then nothing has changed. A kill can leave it under both names: moving it again fixes that."""
    if os.name == "nt":
        os.rename(source, target)  # noqa: PTH104 - on Windows it never replaces
        return
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError:
        if not same_file(source, target):
            raise
    except OSError:  # FAT, some network drives, another disk: a file cannot have two names
        copy_new(source, target)
    try:
        source.unlink()
    except OSError:
        target.unlink()
        raise


def copy_new(source: Path, target: Path, *, follow: bool = False) -> None:
    """Copy a file with its time, durably. ``FileExistsError`` as in ``move``; after any other error, there is
    no copy. ``follow``: ``source`` may be a link to a file."""
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
    """Make a rename in ``folder`` survive a power cut. Windows cannot and need not do this."""
    if os.name == "nt":
        return
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def stamp(now: float) -> str:
    """Local date and time for a file name, "2026-11-24-093000". ``now``: seconds since the epoch."""
    return time.strftime("%Y-%m-%d-%H%M%S", time.localtime(now))


def put_aside(path: Path, now: float) -> None:
    """Copy a damaged file to a dated name next to it, durably. It is copied, not moved: until what could be
    saved of it has been rewritten, the original is still the best copy."""
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
    """The names of files that ``put_aside`` left in ``folder``. Raises OSError."""
    return sorted(path.name for path in folder.glob(f"*{_ASIDE}*"))
