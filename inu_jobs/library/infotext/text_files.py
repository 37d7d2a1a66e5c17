"""The text file beside an image, of the WebUI's setting "Create a text file next to every image with
generation parameters".

``save_image`` in modules/images.py of 1.10.1 writes the infotext and a line break into it right after the
image was saved, by the same name with ".txt" (``save_txt``).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from ...durable_files import is_file, open_own
from ..files import IMAGE_SUFFIXES, is_there
from . import parsing

#: bytes of one; no infotext is longer
_MOST = 1 << 20
_COPY = ".jpg"
#: nanoseconds between a file and the next one that is written with it
_TOGETHER = 10_000_000_000

ReadInfotext = Callable[[Path], str]


def text_of(picture: Path) -> Path:
    """Where the text file of a picture is, if it has one."""
    return picture.with_suffix(".txt")


def beside(picture: Path) -> Path | None:
    """The text file of a picture; None if there is none, or only a link."""
    text = text_of(picture)
    return text if is_file(text) else None


def infotext_of(picture: Path, written: str) -> str:
    """``written``: what is in the picture itself. Where that is nothing, what the text file beside it says,
    if it is an infotext: anybody may keep notes by such a name."""
    if written or (text := beside(picture)) is None:
        return written
    content = _content(text)
    return content if parsing.parse(content).fields else ""


def own_text(picture: Path, written: ReadInfotext, of: Path | None = None) -> Path | None:
    """The text file of ``picture`` that was saved with it, and that nobody has changed since: it says the
    same, or is as old. None for one that is another image's too. ``written``: reads what is in a picture
    itself; ``of``: where the picture was when it had its text file, if that is elsewhere."""
    text = beside(of or picture)
    try:
        if text is None or not _is_only(of or picture):
            return None
        return text if _is_as_old(text, picture) or _says_the_same(text, picture, written) else None
    except Exception:  # gone just now, or a damaged picture: Pillow raises many kinds
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
    """No other image has its name, but for the copy of a large one that the WebUI saves as JPG
    (``export_for_4chan``, on by default)."""
    suffixes = IMAGE_SUFFIXES - {picture.suffix.lower(), _COPY}
    return not any(is_there(picture.with_suffix(suffix)) for suffix in suffixes)


def _content(text: Path) -> str:
    """'' for what is too long or no text."""
    try:
        with os.fdopen(open_own(text, os.O_RDONLY), "rb") as file:
            data = file.read(_MOST + 1)
        return "" if len(data) > _MOST else data.decode().replace("\r\n", "\n").strip()
    except (OSError, ValueError):
        return ""
