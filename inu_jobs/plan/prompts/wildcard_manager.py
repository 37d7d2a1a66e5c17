"""The wildcards of dynamicprompts, read from files that anyone may have written. Imported only when wildcards
are needed: the library takes a while to import."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from dynamicprompts.utils import is_empty_line
from dynamicprompts.wildcards import WildcardManager
from dynamicprompts.wildcards.collection import WildcardCollection, WildcardTextFile
from dynamicprompts.wildcards.collection.structured import parse_structured_file
from dynamicprompts.wildcards.item import WildcardItem
from dynamicprompts.wildcards.values import WildcardValues

from ...log import log
from ...spelling import looks_like, nearest
from .wildcard_files import decode, wildcard_files
from .wildcards import shield, shield_lone, shield_name, shield_networks

#: of one structured file: nobody writes a longer list
_MOST_COLLECTIONS = 20_000
#: for a YAML file's "*name": each may stand for everything that the previous one stands for
_MOST_ALIASES = 100
_ALIAS = re.compile(r"(?m)(?:^|[\s\[,:-])\*\w")


class TextFile(WildcardTextFile):
    """``name``: as used in templates; ``guessed``: the encoding, if it had to be guessed."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(path)
        self.name = name
        self.guessed = ""

    def get_values(self) -> list[str]:
        if self._cache is None:
            try:
                text, self.guessed = decode(self._path.read_bytes())
            except OSError:  # deleted since
                text = ""
            self._cache = [line.strip() for line in text.splitlines() if not is_empty_line(line)]
        return self._cache


class _Structured(type(Path())):  # type: ignore[misc]
    """The library reads such a file by its path, and as UTF-8."""

    def read_text(self, *args: Any, **kwargs: Any) -> str:
        text, _ = decode(self.read_bytes())
        text = text.removeprefix("\ufeff")
        if self.suffix == ".yaml" and _ALIAS.search(text):
            import yaml  # without YAML, such files are not used

            aliases = sum(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text))
            if aliases > _MOST_ALIASES:
                raise ValueError(f"it has more than {_MOST_ALIASES} aliases")
        return text


def read_collections(folder: Path) -> dict[str, WildcardCollection | list[str]]:
    """All wildcards in a folder, by name: a text file has one, a structured file many. Unreadable files are
    skipped, with a line in the console."""
    found: dict[str, WildcardCollection | list[str]] = {}
    for path in wildcard_files(folder):
        inside = path.relative_to(folder)
        name = inside.with_suffix("").as_posix()
        if path.suffix == ".txt":
            found[name] = TextFile(path, name)
            continue
        prefix = "" if inside.parent == Path() else f"{inside.parent.as_posix()}/"
        try:
            for count, (called, collection) in enumerate(parse_structured_file(_Structured(path))):
                if count == _MOST_COLLECTIONS:
                    raise ValueError(f"it has more than {_MOST_COLLECTIONS:,} lists")
                found[prefix + called] = collection
        except Exception as error:  # the parsers have many exceptions for what they cannot read
            log.warning("the wildcard file %s cannot be read: %s", path, error)
    return found


class Manager(WildcardManager):
    """About the wildcards used since ``begin``: ``unknown``, names that do not exist; ``empty``, those
    without lines; ``guessed``, files that are not UTF-8, with the encoding used."""

    def __init__(self, folders: Iterable[Path]) -> None:
        super().__init__(root_map={"": [read_collections(folder) for folder in folders]})
        self._shielded: dict[str, tuple[WildcardValues, list[WildcardCollection]]] = {}
        self.begin()

    def begin(self) -> None:
        self.unknown: dict[str, None] = {}
        self.empty: dict[str, None] = {}
        self.guessed: dict[str, str] = {}

    def get_values(self, wildcard: str) -> WildcardValues:
        """An unknown name stands for itself: the library would repeat it forever."""
        wildcard = self._as_filed(wildcard)
        if wildcard not in self._shielded:
            found = super().get_values(wildcard)
            values = WildcardValues.from_items(map(self._shield, found.items))
            files = [*self.match_collections(wildcard)] or [*self.match_collections(f"**/{wildcard}")]
            self._shielded[wildcard] = values, files
        values, files = self._shielded[wildcard]
        for file in files:
            if isinstance(file, TextFile) and file.guessed:
                self.guessed[file.name] = file.guessed
        if values:
            return values
        (self.empty if files else self.unknown)[wildcard] = None
        return WildcardValues.from_items([shield_name(shield(f"__{wildcard}__"))])

    def knows(self, wildcard: str) -> bool:
        return bool(super().get_values(self._as_filed(wildcard)))

    def _as_filed(self, wildcard: str) -> str:
        """As the file system spells the name: macOS stores accents as separate characters."""
        if wildcard.isascii() or wildcard in self.get_collection_names():
            return wildcard
        return next((name for name in self.get_collection_names() if looks_like(wildcard, name)), wildcard)

    def nearest(self, wildcard: str) -> str:
        return nearest(wildcard, sorted(self.get_collection_names()))

    def _shield(self, item: str | WildcardItem) -> str | WildcardItem:
        if isinstance(item, WildcardItem):
            return WildcardItem(self._shield_text(item.content), item.weight)
        return self._shield_text(item)

    def _shield_text(self, text: str) -> str:
        return shield(shield_lone(shield_networks(text, self.knows)))
