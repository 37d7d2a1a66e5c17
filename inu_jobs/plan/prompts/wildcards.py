"""Files of words for templates to draw from: ``__animals__`` is a line of ``animals.txt``."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .syntax import replace_networks
from .wildcard_files import wildcard_files

if TYPE_CHECKING:
    from .wildcard_manager import Manager

#: noncharacters, which no text contains, as one-to-one replacements for what the library would misread
_PERCENT, _DOLLAR, _UNDERSCORE = "\ufdd0", "\ufdd1", "\ufdd2"
_PLAIN = str.maketrans({_PERCENT: "%", _DOLLAR: "$", _UNDERSCORE: "_"})
_LONE_PERCENT = re.compile(r"%(?!\{)")
_LONE_DOLLAR = re.compile(r"(?<!\$)\$(?![${])")
_CALLED = re.compile(r"__[~!@]?((?!_)(?:(?!__)[^({$}#\n])+)(?:\([^()\n]*\))?__")


def shield(text: str) -> str:
    """``text`` with characters that mean nothing in templates hidden from the parser, which takes every "%"
    and "$" for the start of a command."""
    return _LONE_DOLLAR.sub(_DOLLAR, _LONE_PERCENT.sub(_PERCENT, text))


def unshield(text: str) -> str:
    """The inverse of ``shield``."""
    return text.translate(_PLAIN)


def shield_name(text: str) -> str:
    """The same for a "__" that does not belong to a wildcard."""
    return text.replace("_", _UNDERSCORE)


def shield_networks(text: str, knows: Callable[[str], bool]) -> str:
    """The same for the name of a LoRA, which may contain "__". Existing wildcards (``knows``) in it are
    intended."""

    def keep(whole: str, _kind: str, _inside: str) -> str:
        names = _CALLED.findall(whole)
        return whole if names and all(map(knows, names)) else _shield_lines(whole)

    return replace_networks(text, keep)


def _shield_lines(text: str) -> str:
    return text.replace("__", shield_name("__"))


def shield_lone(text: str) -> str:
    """The same for a "__" that calls nothing, in a line that somebody else wrote."""
    found, end = "", 0
    for match in _CALLED.finditer(text):
        found += _shield_lines(text[end : match.start()]) + match[0]
        end = match.end()
    return found + _shield_lines(text[end:])


class Wildcards:
    """The files in ``folders``, read as they are at each use. Of two with the same name, the one in the later
    folder counts. A folder may be a link; links inside it are not followed, because a wildcard pack may
    contain any. ``lock`` must be held while a template is filled in: the library's parser is shared."""

    def __init__(self, folders: Callable[[], Sequence[Path]]) -> None:
        self._folders = folders
        self._seen: list[tuple[str, int, int]] | None = None
        self._manager: Manager | None = None
        self.lock = threading.RLock()

    def manager(self) -> Manager:
        """With the current files; they are only read again if one has changed."""
        with self.lock:
            folders = [folder for folder in self._folders() if folder.is_dir()]
            seen = [*((str(folder), 0, 0) for folder in folders), *_files(folders)]
            if self._manager is None or seen != self._seen:
                from .wildcard_manager import Manager  # dynamicprompts: not before it is needed

                self._manager, self._seen = Manager(folders), seen
            self._manager.begin()
            return self._manager

    def names(self) -> list[str]:
        with self.lock:
            return sorted(self.manager().get_collection_names())


def _files(folders: Iterable[Path]) -> Iterable[tuple[str, int, int]]:
    """What shows that a file has changed: path, time, size."""
    for folder in folders:
        for path in wildcard_files(folder):
            try:
                status = path.stat()
            except OSError:  # deleted since
                continue
            yield str(path), status.st_mtime_ns, status.st_size
