"""Folders and facts of the host, and the user's settings."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec


class ImageFacts(msgspec.Struct, frozen=True):
    """An image file as it is on disk: ``path`` as a record has it (relative to the data folder where
    inside it, with '/'), ``size`` in bytes, ``mtime`` in ns, ``width`` and ``height`` in pixels.
    ``seed``, ``subseed``: from its infotext, read where the host did not tell them."""

    path: str
    size: int
    mtime: int
    width: int
    height: int
    seed: int | None = None
    subseed: int | None = None


class Room(NamedTuple):
    """``free`` bytes on the disk that ``folder`` lies on, or will when it is made."""

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
        """GB that stay free where images are saved and where our own data lies."""

    @property
    def same_model_run(self) -> int:
        """How many tasks for the loaded model may go before one whose turn it is."""

    @property
    def allowed_hosts(self) -> list[str]: ...
    @property
    def adopt(self) -> bool:
        """Tasks queued with the scheduler's own button become jobs."""


class Host(Protocol):
    """Folders and facts of the WebUI."""

    def data_folder(self) -> Path:
        """The WebUI's data folder: image paths are relative to it."""

    def output_folders(self) -> list[Path]:
        """Folders that images may be served from and touched in."""

    def grid_folders(self) -> list[Path]:
        """Those of the output folders that only grids are saved in."""

    def saving_folders(self) -> list[Path]:
        """Where images and grids of tasks are saved as the settings are now; they may not be there yet."""

    def infotext(self, path: Path) -> str:
        """The generation parameters written in an image file, '' if none."""

    def save_folder(self) -> Path | None:
        """Where the WebUI's own "Save" puts images; None if it has no such folder."""

    def fonts(self) -> list[str]:
        """For texts in pictures: files or names of fonts, the user's choice first."""
