"""The host's folders and facts, and the user's settings."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from ..model import Hospitality


class ImageFacts(msgspec.Struct, frozen=True):
    """An image file on disk: ``path`` as in records (relative to the data folder if inside it, with '/'),
    ``size`` in bytes, ``mtime`` in ns, ``width`` and ``height`` in pixels. ``seed``, ``subseed``: from its
    infotext, read if the host did not report them."""

    path: str
    size: int
    mtime: int
    width: int
    height: int
    seed: int | None = None
    subseed: int | None = None


class Room(NamedTuple):
    """``free`` bytes on the disk that contains ``folder``, or will when it is created."""

    folder: Path
    free: int


class Settings(Protocol):
    """The user's choices (Settings > Inu Jobs)."""

    @property
    def look_ahead(self) -> int: ...
    @property
    def hold_after_failures(self) -> int: ...
    @property
    def disk_limit(self) -> float:
        """GB to keep free where images and our own data are saved."""

    @property
    def same_model_run(self) -> int:
        """How many tasks for the loaded model may run before one whose turn it is."""

    @property
    def allowed_hosts(self) -> list[str]: ...
    @property
    def adopt(self) -> bool:
        """Whether tasks queued with the scheduler's own button become jobs."""

    @property
    def machine_patience(self) -> float:
        """Seconds after which the tasks of a machine that does not answer are made elsewhere."""

    @property
    def guests(self) -> Hospitality:
        """Whether tasks of other WebUIs run here, and when."""


class Host(Protocol):
    """The WebUI's folders and facts."""

    def data_folder(self) -> Path:
        """The WebUI's data folder: image paths are relative to it."""

    def output_folders(self) -> list[Path]:
        """Folders from which images may be served, and in which they may be changed."""

    def grid_folders(self) -> list[Path]:
        """The output folders in which only grids are saved."""

    def saving_folders(self) -> list[Path]:
        """Where tasks save images and grids with the current settings; these may not exist yet."""

    def infotext(self, path: Path) -> str:
        """The generation parameters in an image file, '' if none."""

    def save_folder(self) -> Path | None:
        """Where the WebUI's own "Save" puts images; None if there is no such folder."""

    def fonts(self) -> list[str]:
        """For text in images: font files or names, the user's choice first."""

    def graphics_card(self) -> str:
        """Its name, '' if there is none or it is unknown."""
