"""Moves one file with its text file, never over another file."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from ... import durable_files as durable
from ...sentences import Sentence, say
from ..infotext.text_files import beside, text_of
from .checks import LeftAlone
from .places import Spot


def bring_home(place: Path, origin: Path) -> None:
    """Like ``move_back``, with the text file next to it."""
    with gone_before(beside(place), text_of(origin), move_back):
        move_back(place, origin)


@contextlib.contextmanager
def gone_before(text: Path | None, target: Path, move: Callable[[Path, Path], None]) -> Iterator[None]:
    """The text file has been moved; it is moved back if its image does not follow."""
    if text is not None:
        move(text, target)
    try:
        yield
    except BaseException:
        if text is not None:
            with contextlib.suppress(LeftAlone, OSError):
                move_file(target, text)
        raise


def move_back(place: Path, origin: Path) -> None:
    """Never overwrites a file that appeared in the meantime. ``LeftAlone``, OSError."""
    try:
        durable.move(place, origin)
    except FileExistsError as error:
        raise LeftAlone(say("Another file has taken its place ({name}).", name=origin.name)) from error


def move_file(source: Path, target: Path) -> None:
    try:
        durable.move(source, target)
    except FileExistsError as error:
        raise LeftAlone(say("Another file is in its place.")) from error


def remove_at_home(spot: Spot, remove: Callable[[Path], None]) -> None:
    move_file(spot.place, spot.origin)
    try:
        remove(spot.origin)
    except BaseException:
        if os.path.lexists(spot.origin):
            move_file(spot.origin, spot.place)
        raise


def sync(folders: Iterable[Path]) -> None:
    for folder in folders:
        with contextlib.suppress(OSError):  # some network drives cannot; the files have been moved anyway
            durable.sync_folder(folder)


def why(error: LeftAlone | OSError) -> Sentence:
    if isinstance(error, LeftAlone):
        return error.sentence
    return say("Its file could not be moved ({error}).", error=error.strerror or str(error))


def recycle(path: Path) -> None:
    """Move to the system's recycle bin; delete permanently if this machine has none. OSError."""
    try:
        from send2trash import send2trash
    except ImportError:
        path.unlink()
        return
    send2trash(str(path))
