"""Copies into another folder, which write over nothing."""

from __future__ import annotations

import filecmp
import itertools
import shutil
from pathlib import Path
from typing import BinaryIO

_TRIES = 10_000  # names


def save(source: Path, folder: Path) -> Path:
    """Copy ``source``, whole and with its times, into ``folder`` (made if need be), under its own name
    or with a number after it; returns the copy. One that lies there already is left as it is. Raises
    ``OSError``; then there is no new file."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in itertools.islice(itertools.count(1), _TRIES):
        tail = "" if number == 1 else f"-{number}"
        target = folder / f"{source.stem}{tail}{source.suffix}"
        try:
            copy = target.open("xb")  # who comes first has the name, whatever other program it is
        except FileExistsError:
            if _same(source, target):
                return target
            continue
        _fill(source, target, copy)
        return target
    raise FileExistsError(f"there are too many files named {source.name}")


def _fill(source: Path, target: Path, copy: BinaryIO) -> None:
    try:
        with copy, source.open("rb") as original:
            shutil.copyfileobj(original, copy)
        shutil.copystat(source, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _same(one: Path, other: Path) -> bool:
    try:
        return filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False
