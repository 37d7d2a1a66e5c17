"""Whether a file may be touched."""

from __future__ import annotations

import stat
from pathlib import Path

from ... import durable_files as durable
from ...model import Image
from ...sentences import Sentence, say
from .places import Spot


class LeftAlone(Exception):
    """Why a file is not touched."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def check_file(path: Path, image: Image, *, any_time: bool = False) -> None:
    """``LeftAlone`` unless ``path`` is the very file that was recorded; its time aside, if ``any_time``."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise LeftAlone(say("Its file is not there any more.")) from error
    if not stat.S_ISREG(found.st_mode):
        raise LeftAlone(say("Its file is a link or no regular file."))
    if found.st_size != image.size or (found.st_mtime_ns != image.mtime and not any_time):
        raise LeftAlone(say("Its file was changed since it was recorded."))


def is_recorded(path: Path, image: Image, *, any_time: bool = False) -> bool:
    try:
        check_file(path, image, any_time=any_time)
    except (OSError, LeftAlone):
        return False
    return True


def lies_in(spot: Spot) -> bool:
    """Its file is in the trash of its output folder, which is no link to another."""
    return durable.is_file(spot.place) and not durable.is_link(spot.place.parent)


def has_anything(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except OSError:
        return False
