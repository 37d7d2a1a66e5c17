"""The file names of exports, valid on every system: a zip may be unpacked anywhere."""

from __future__ import annotations

import re
import unicodedata

_LONGEST = 60  # characters; at most 4 bytes each, and a name can have 255
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]+')
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


def safe(name: str, otherwise: str = "images") -> str:
    """``name`` as one path component, valid on Windows, too.

    >>> safe('a/b: "c"?')
    'a b c'
    """
    text = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", name))
    text = " ".join(_FORBIDDEN.sub(" ", text).split())[:_LONGEST].strip(". ")
    # a lone surrogate cannot be written in any encoding
    text = text.encode("utf-8", "ignore").decode("utf-8").strip(". ")
    if not text:
        return otherwise
    return f"_{text}" if _DEVICES.fullmatch(text) else text


def download_name(title: str, suffix: str, what: str = "") -> str:
    """The file name of an export: "my job.zip", "my job - matrix.png". ``what``: which picture of it."""
    return f"{safe(title)} - {what}.{suffix}" if what else f"{safe(title)}.{suffix}"


class FileNames:
    """Creates names ``JOB/0001-seed.png``, all different, even where upper and lower case are the same."""

    def __init__(self) -> None:
        self._folders: dict[str, str] = {}
        self._taken: set[str] = set()
        self._numbers: set[tuple[str, int]] = set()

    def give(self, job: str, title: str, number: int, seed: int | None, suffix: str) -> str:
        """``job``: its id, because two jobs may have the same title. ``number``: if taken, the next free
        one."""
        folder = self._folders.get(job)
        if folder is None:
            folder = self._folders[job] = self._folder(safe(title))
        while (job, number) in self._numbers:
            number += 1
        self._numbers.add((job, number))
        tail = "" if seed is None else f"-{seed}"
        return f"{folder}/{number:04}{tail}{suffix.lower()}"

    def _folder(self, title: str) -> str:
        folder, again = title, 1
        while folder.casefold() in self._taken:
            again += 1
            folder = f"{title} ({again})"
        self._taken.add(folder.casefold())
        return folder
