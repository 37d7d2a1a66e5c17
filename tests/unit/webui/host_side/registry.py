"""The cases by name, and what they share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PIL import Image

CASES: dict[str, Callable[[Path], None]] = {}


def case(function: Callable[[Path], None]) -> Callable[[Path], None]:
    CASES[function.__name__] = function
    return function


def saved(folder: Path, name: str, size: int = 8) -> Image.Image:
    image = Image.new("RGB", (size, size))
    image.already_saved_as = str(folder / name)  # type: ignore[attr-defined]
    return image
