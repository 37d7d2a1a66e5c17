"""Saved recipes, each a small JSON file."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import msgspec

from ..durable_files import is_file, write_durably
from ..errors import NotFound, StoreError
from ..model import Recipe
from ..sentences import say

_ID = re.compile(r"r[0-9a-z]{17}")


class RecipeShelf:
    """In ``folder``, which is created when the first one is saved. Any method may be called from any
    thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def all(self) -> list[Recipe]:
        """Newest first. Damaged files and those of other origin are skipped."""
        found = [self._read(path) for path in self._folder.glob("r*.json") if is_file(path)]
        return sorted((recipe for recipe in found if recipe), key=lambda r: (r.created, r.id), reverse=True)

    def get(self, id: str) -> Recipe:
        """``NotFound`` if there is no readable recipe with that id."""
        recipe = self._read(self._path(id))
        if recipe is None:
            raise NotFound(say("There is no such recipe: it may have been deleted."))
        return recipe

    def put(self, recipe: Recipe) -> None:
        """Saved completely or not at all. ``StoreError`` if it cannot be written."""
        path = self._path(recipe.id)
        with self._lock:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                write_durably(path, msgspec.json.format(msgspec.json.encode(recipe), indent=2))
            except OSError as error:
                raise StoreError(
                    say("The recipe cannot be saved: {error}.", error=error.strerror or str(error))
                ) from error

    def delete(self, id: str) -> None:
        """``NotFound`` if there is no such recipe, ``StoreError`` if it cannot be deleted."""
        path = self._path(id)
        with self._lock:
            try:
                path.unlink()
            except FileNotFoundError:
                raise NotFound(say("There is no such recipe: it may have been deleted.")) from None
            except OSError as error:
                raise StoreError(
                    say("The recipe cannot be deleted: {error}.", error=error.strerror or str(error))
                ) from error

    def _path(self, id: str) -> Path:
        if not _ID.fullmatch(id):  # it becomes part of a path
            raise NotFound(say("There is no such recipe: it may have been deleted."))
        return self._folder / f"{id}.json"

    @staticmethod
    def _read(path: Path) -> Recipe | None:
        try:
            recipe = msgspec.json.decode(path.read_bytes(), type=Recipe)
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        return recipe if recipe.id == path.stem else None
