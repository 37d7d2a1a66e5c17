"""The text file next to an image, from the WebUI's setting "Create a text file next to every image with
generation parameters".

Right after saving the image, ``save_image`` in modules/images.py of 1.10.1 writes the infotext and a line
break into a file of the same name with ".txt" (``save_txt``).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from ...durable_files import is_file, open_own
from ..files import IMAGE_SUFFIXES, is_there
from . import parsing

#: maximum bytes; no infotext is longer
_MOST = 1 << 20
_COPY = ".jpg"
#: maximum nanoseconds between a file and the one written along with it
_TOGETHER = 10_000_000_000

ReadInfotext = Callable[[Path], str]


def text_of(picture: Path) -> Path:
    """The path of an image's text file, if it has one."""
    return picture.with_suffix(".txt")


def beside(picture: Path) -> Path | None:
    """An image's text file; None if there is none, or only a link."""
    text = text_of(picture)
    return text if is_file(text) else None


def infotext_of(picture: Path, written: str) -> str:
    """``written``: the infotext in the image itself. If that is empty, the content of its text file, if that
    is an infotext: people may keep notes in a file of that name."""
    if written or (text := beside(picture)) is None:
        return written
    content = _content(text)
    return content if parsing.parse(content).fields else ""


def own_text(picture: Path, written: ReadInfotext, of: Path | None = None) -> Path | None:
    """The text file that was saved with ``picture``, if it has not been changed since: it has the same
    content, or the same age. None if it also belongs to another image. ``written``: reads the infotext in an
    image itself; ``of``: where the image was when it got its text file, if elsewhere."""
    text = beside(of or picture)
    try:
        if text is None or not _is_only(of or picture):
            return None
        return text if _is_as_old(text, picture) or _says_the_same(text, picture, written) else None
    except Exception:  # just deleted, or damaged: Pillow raises many kinds
        return None


def _is_as_old(text: Path, picture: Path) -> bool:
    made, saved = text.lstat(), picture.lstat()
    return made.st_size <= _MOST and abs(made.st_mtime_ns - saved.st_mtime_ns) <= _TOGETHER


def _says_the_same(text: Path, picture: Path, written: ReadInfotext) -> bool:
    content = _content(text)
    if not content:
        return False
    made = written(picture).strip()
    return made == content if made else bool(parsing.parse(content).fields)


def _is_only(picture: Path) -> bool:
    """No other image has its name, except the JPG copy that the WebUI saves of large images
    (``export_for_4chan``, on by default)."""
    suffixes = IMAGE_SUFFIXES - {picture.suffix.lower(), _COPY}
    return not any(is_there(picture.with_suffix(suffix)) for suffix in suffixes)


def _content(text: Path) -> str:
    """'' if it is too long or not text."""
    try:
        with os.fdopen(open_own(text, os.O_RDONLY), "rb") as file:
            data = file.read(_MOST + 1)
        return "" if len(data) > _MOST else data.decode().replace("\r\n", "\n").strip()
    except (OSError, ValueError):
        return ""
