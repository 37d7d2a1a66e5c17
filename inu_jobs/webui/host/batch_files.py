"""What img2img's Batch tab does to its files, where the hosts differ.

Source: ``process_batch`` in modules/img2img.py. A1111 1.10.1 and reForge do not read AVIF; Forge (f2.0.1) and
Forge Neo (2.26) do. Forge Neo also crops images to whole steps of its size sliders (``sRound``), and can
append a file's name to the prompt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from modules import images, img2img, shared
from PIL import Image, ImageOps

from ...fields.table import ALL_ROUND
from ...library.inputs import Inputs, Kept
from .init_images import STROKES
from .versions import infotext_utils

_FILES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff")
_CROP = 1  # as resize mode
_STYLES = "infotext_styles"
_LARGEST_STEP = 256


def rounding() -> Callable[[float], int] | None:
    """How "Resize by" rounds a side, if the host has a function for it (Forge Neo)."""
    return getattr(img2img, "sRound", None)


def size_step() -> int:
    """See ``ports.Catalog``. Forge Neo rounds the sides that hires fix makes to its sliders' step (64 unless
    chosen otherwise), and those of the image itself to what its model takes, or all to 64
    (``process_images_inner``)."""
    rounded = rounding()
    if rounded is None:
        return 8
    return max(ALL_ROUND, next((side for side in range(8, _LARGEST_STEP + 1, 8) if rounded(side) == side), 8))


def file_types(arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """Those that it reads from a folder."""
    return (*_FILES, ".avif") if STROKES in arguments else _FILES


def keep_image(inputs: Inputs, rounded: Callable[[float], int] | None) -> Callable[[Path], Kept]:
    """Stores an image to start from. ``rounded``: as in ``ImageTools``. The sizes are the file's own, because
    "Resize by" goes by them."""
    if rounded is None:
        return inputs.save_file

    def keep(path: Path) -> Kept:
        kept = inputs.save_file(path)
        width, height = rounded(kept.width), rounded(kept.height)
        if (width, height) == (kept.width, kept.height):
            return kept
        with Image.open(path) as image:
            fitting = images.resize_image(_CROP, ImageOps.exif_transpose(image), width, height)
        return Kept(inputs.save_image(fitting), kept.width, kept.height)

    return keep


def read_infotext(path: str, rounded: Callable[[float], int] | None) -> dict[str, Any]:
    """By label; {} for an image without infotext. Where it rounds sizes, Batch leaves styles in the
    prompts."""
    with Image.open(path) as image:
        text, _ = images.read_info_from_image(image)
    if not text:
        return {}
    with _styles_ignored(rounded is not None):
        return dict(infotext_utils.parse_generation_parameters(text))


@contextmanager
def _styles_ignored(really: bool) -> Iterator[None]:
    if not really:
        yield
        return
    settings = shared.opts.data
    before = {name: settings[name] for name in (_STYLES,) if name in settings}
    settings[_STYLES] = "Ignore"
    try:
        yield
    finally:
        del settings[_STYLES]  # one that was never set stays so, and has its default
        settings.update(before)
