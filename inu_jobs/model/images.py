"""Images: one output file each."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

from ..sentences import Sentence
from .findings import Finding
from .record import Record, WithMessage

Verdict = Literal["unreviewed", "kept", "rejected"]
MAX_RATING = 5  # stars; 0: none


class Image(Record, frozen=True):
    """One output file. ``path``: relative to the WebUI's data folder if inside it, with '/'; ``size`` (bytes)
    and ``mtime`` (ns) of the file when it was recorded."""

    id: str
    job: str
    task: str
    path: str
    created: float
    size: int = 0
    mtime: int = 0
    width: int = 0
    height: int = 0
    index: int = 0  # position among the task's images
    seed: int | None = None
    subseed: int | None = None  # only with variation
    prompt: str | None = None  # only if a script or a style changed it
    verdict: Verdict = "unreviewed"
    rating: int = 0
    trashed: bool = False
    findings: list[Finding] = []


class Failure(WithMessage, frozen=True):
    """Why something was skipped, in one sentence. ``id``: of the image or the job. ``name``: of its file, ''
    if unknown."""

    id: str
    message: str
    name: str = ""

    if TYPE_CHECKING:

        def __init__(self, id: str, message: Sentence, name: str = "") -> None: ...

    @classmethod
    def of(cls, image: Image, message: Sentence) -> Failure:
        return cls(image.id, message, image.path.rpartition("/")[2])


#: with a number of four digits or more (``save_image`` with ``grid=True`` in modules/images.py of WebUI
#: 1.10.1); those of scripts/xyz_grid.py (formerly xy_grid.py) and scripts/prompt_matrix.py
_GRID = re.compile(r"(?:grid|xyz?_grid|prompt_matrix)-\d{4,}[-.]")
#: their default folders
_GRID_FOLDERS = frozenset({"txt2img-grids", "img2img-grids"})


def is_grid(path: str) -> bool:
    """By the names that the WebUI gives to grids and their folders: "grid-0001.png", "xyz_grid-0000-5.jpg",
    "txt2img-grids"."""
    parts = PurePath(path.replace("\\", "/")).parts
    return _GRID.match(parts[-1]) is not None or not _GRID_FOLDERS.isdisjoint(parts[:-1])
