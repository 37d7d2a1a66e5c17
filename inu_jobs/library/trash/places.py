"""Where an image's file belongs, and where it lies while it is in the trash."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import NamedTuple

from ...model import Image
from ..files import IMAGE_SUFFIXES, absolute
from ..infotext.text_files import text_of

FOLDER = ".inu-jobs-trash"


class Spot(NamedTuple):
    """Where an image's file belongs, links followed, and where it lies when it is in the trash."""

    origin: Path
    root: Path  # its output folder
    place: Path

    @property
    def text(self) -> Spot:
        """Of its text file."""
        return Spot(text_of(self.origin), self.root, text_of(self.place))


class Spots:
    """Of many images: what is the same for each file of a folder is asked once."""

    def __init__(self, data: Path, roots: list[Path]) -> None:
        self._data = data
        self.roots = roots  # longest first
        self._known: dict[str, tuple[Path, list[tuple[Path, Path]]] | None] = {}

    def of(self, image: Image) -> list[Spot]:
        """In each output folder that holds the image's file, innermost first; [] if none does."""
        name = image.path.rpartition("/")[2]
        before = image.path.removesuffix(name)
        suffix = PurePosixPath(name).suffix
        if suffix.lower() not in IMAGE_SUFFIXES or not image.id.isalnum() or "\0" in image.path:
            return []
        if before not in self._known:
            self._known[before] = self._folder(image.path)
        if (found := self._known[before]) is None:
            return []
        folder, trashes = found
        origin = folder / name
        return [Spot(origin, root, trash / (image.id + suffix)) for root, trash in trashes]

    def _folder(self, stored: str) -> tuple[Path, list[tuple[Path, Path]]] | None:
        """Of the file ``stored``: (links followed, the output folders it lies in, with their trash); None for
        a loop of links."""
        try:
            folder = absolute(stored, self._data).parent.resolve()
        except (OSError, ValueError, RuntimeError):
            return None
        return folder, [(root, root / FOLDER) for root in self.roots if folder.is_relative_to(root)]
