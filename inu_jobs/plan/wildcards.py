"""Files of words that a template draws from: ``__animals__`` is a line of ``animals.txt``."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from dynamicprompts.wildcards import WildcardManager
from dynamicprompts.wildcards.item import WildcardItem
from dynamicprompts.wildcards.values import WildcardValues

from .fields import nearest

#: noncharacters, which no text has, in the place of what the library would misread, one for one
_PERCENT, _DOLLAR, _UNDERSCORE = "\ufdd0", "\ufdd1", "\ufdd2"
_PLAIN = str.maketrans({_PERCENT: "%", _DOLLAR: "$", _UNDERSCORE: "_"})
_LONE_PERCENT = re.compile(r"%(?!\{)")
_LONE_DOLLAR = re.compile(r"(?<!\$)\$(?![${])")


def shield(text: str) -> str:
    """``text`` with signs that mean nothing to a template out of the parser's way: it takes every "%" and
    "$" for the beginning of a command."""
    return _LONE_DOLLAR.sub(_DOLLAR, _LONE_PERCENT.sub(_PERCENT, text))


def unshield(text: str) -> str:
    return text.translate(_PLAIN)


def shield_name(text: str) -> str:
    """The same for a "__" that is no wildcard's."""
    return text.replace("_", _UNDERSCORE)


class Wildcards:
    """The files in ``folders``, asked for anew each time. Of two of one name, the one in the later folder
    counts. ``lock`` is to be held while a template is filled in: the library's parser is shared."""

    def __init__(self, folders: Callable[[], Sequence[Path]]) -> None:
        self._folders = folders
        self._seen: list[tuple[str, int, int]] | None = None
        self._manager = _Manager([])
        self.lock = threading.RLock()

    def manager(self) -> _Manager:
        """With the files as they are now; read again only if one has changed."""
        with self.lock:
            folders = [folder for folder in self._folders() if folder.is_dir()]
            seen = [*((str(folder), 0, 0) for folder in folders), *_files(folders)]
            if seen != self._seen:
                self._manager, self._seen = _Manager(folders), seen
            self._manager.unknown = {}
            return self._manager

    def names(self) -> list[str]:
        with self.lock:
            return sorted(self.manager().get_collection_names())


class _Manager(WildcardManager):
    """``unknown``: the names that were asked for and are not there."""

    def __init__(self, folders: Iterable[Path]) -> None:
        super().__init__(root_map={"": list(folders)})
        self.unknown: dict[str, None] = {}
        self._shielded: dict[str, WildcardValues] = {}

    def get_values(self, wildcard: str) -> WildcardValues:
        """One that is not there stands for itself: the library would repeat it for ever."""
        if wildcard not in self._shielded:
            found = super().get_values(wildcard)
            self._shielded[wildcard] = WildcardValues.from_items(_shielded(item) for item in found.items)
        values = self._shielded[wildcard]
        if values:
            return values
        self.unknown[wildcard] = None
        return WildcardValues.from_items([shield_name(shield(f"__{wildcard}__"))])

    def knows(self, wildcard: str) -> bool:
        return bool(super().get_values(wildcard))

    def nearest(self, wildcard: str) -> str:
        return nearest(wildcard, sorted(self.get_collection_names()))


def _shielded(item: str | WildcardItem) -> str | WildcardItem:
    if isinstance(item, WildcardItem):
        return WildcardItem(shield(item.content), item.weight)
    return shield(item)


def _files(folders: Iterable[Path]) -> Iterable[tuple[str, int, int]]:
    """What tells that a file has changed: path, time, size."""
    for folder in folders:
        for where, inside, names in os.walk(folder, followlinks=True):
            inside[:] = sorted(name for name in inside if not name.startswith("."))
            for name in sorted(names):
                path = Path(where, name)
                if path.suffix in (".txt", ".json", ".yaml"):
                    try:
                        status = path.stat()
                    except OSError:  # gone since
                        continue
                    yield str(path), status.st_mtime_ns, status.st_size
