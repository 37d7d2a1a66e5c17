"""Copies into another folder that overwrite nothing."""

from __future__ import annotations

import contextlib
import filecmp
import itertools
from pathlib import Path

from ...durable_files import copy_new, sync_folder

_TRIES = 10_000  # names


def save(source: Path, folder: Path) -> Path:
    """Copy ``source``, durably and with its times, into ``folder`` (created if needed), under its own name or
    with a number appended; returns the copy. An existing copy is left unchanged. Raises ``OSError``; then no
    file has been created."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in itertools.islice(itertools.count(1), _TRIES):
        tail = "" if number == 1 else f"-{number}"
        target = folder / f"{source.stem}{tail}{source.suffix}"
        try:
            # whoever comes first gets the name, even another program
            copy_new(source, target, follow=True)
        except FileExistsError:
            if _same(source, target):
                return target
            continue
        _sync(folder)
        return target
    raise FileExistsError(f"there are too many files named {source.name}")


def save_beside(text: Path, picture: Path) -> None:
    """Copy an image's text file next to the image's copy, unless there is one. Raises ``OSError``."""
    target = picture.with_suffix(text.suffix)
    with contextlib.suppress(FileExistsError):
        copy_new(text, target, follow=True)
        _sync(target.parent)


def _sync(folder: Path) -> None:
    with contextlib.suppress(OSError):  # some network drives cannot; the copy itself is on disk
        sync_folder(folder)


def _same(one: Path, other: Path) -> bool:
    try:
        return filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False
