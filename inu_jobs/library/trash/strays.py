"""Files in the trash folders without a record: from before the store was restored from a backup, or from
another store. All that is known about them is in the manifests.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ...durable_files import is_file, is_link
from ...model import Failure
from ...sentences import say
from ..files import IMAGE_SUFFIXES
from .checks import LeftAlone
from .file_moves import bring_home, why
from .manifest import Manifest
from .places import FOLDER


class Stray(NamedTuple):
    """``origin``: its original path, relative to ``root``, its output folder; '' if unknown."""

    root: Path
    place: Path
    image: str
    origin: str


def find_strays(roots: Iterable[Path], known: Callable[[str], bool]) -> list[Stray]:
    """Those in the trash folders of ``roots``, with links resolved. ``known``: whether an image has a
    record."""
    found: list[Stray] = []
    for root in roots:
        folder = root / FOLDER
        with contextlib.suppress(OSError):
            if is_link(folder):
                continue
            entries = {entry.name: entry for entry in Manifest(folder).read().values()}
            for path in sorted(folder.iterdir()):
                entry = entries.get(path.name)
                image = entry.image if entry else path.stem
                if _is_picture(path) and not known(image):
                    found.append(Stray(root, path, image, entry.origin if entry else ""))
    return found


def bring_back(strays: Iterable[Stray], progress: Callable[[int], None]) -> list[Failure]:
    """Move files to their original place, never over another file; returns why the others were skipped.
    ``progress``: called with how many have been processed."""
    failed = []
    for number, stray in enumerate(strays, 1):
        try:
            _bring(stray)
        except (LeftAlone, OSError) as error:
            name = PurePosixPath(stray.origin).name or stray.place.name
            failed.append(Failure(stray.image, why(error), name))
        progress(number)
    return failed


def _bring(stray: Stray) -> None:
    inside = PurePosixPath(stray.origin)
    if not stray.origin or inside.suffix.lower() not in IMAGE_SUFFIXES:
        raise LeftAlone(
            say(
                "Its original folder is unknown: move it out of {parent} by hand.",
                parent=str(stray.place.parent),
            )
        )
    target = stray.root / inside
    if inside.is_absolute() or ".." in inside.parts or not target.resolve().is_relative_to(stray.root):
        raise LeftAlone(say("It did not come from this output folder."))
    target.parent.mkdir(parents=True, exist_ok=True)
    bring_home(stray.place, target)


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES and is_file(path)
