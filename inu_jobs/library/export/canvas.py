"""What all images that we draw have in common: paper, ink, thumbnails."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import msgspec
from PIL import Image as Picture
from PIL import ImageDraw

from ...budgets import DRAWN, Share
from ...errors import NotFound
from ..thumbs import TooLargeToShow
from .items import ItemSource, Part

EDGE = 320  # pixels, like thumbnails
GAP = 12
LINE = 19
_SHARE = Share(DRAWN)
PAPER, INK, FAINT, _HOLE = (255, 255, 255), (24, 24, 27), (95, 95, 105), (225, 225, 230)


class Look(msgspec.Struct, frozen=True):
    """``fonts``: font files or names, best first."""

    title: str = ""
    format: Literal["jpeg", "png"] = "jpeg"
    fonts: tuple[str, ...] = ()


def encoded(page: Any, look: Look) -> bytes:
    """The page as a file in the look's format."""
    out = io.BytesIO()
    page.save(out, "JPEG", quality=90) if look.format == "jpeg" else page.save(out, "PNG", compress_level=6)
    return out.getvalue()


@contextmanager
def drawing(size: tuple[int, int]) -> Iterator[Any]:
    """An empty page; waits until there is memory for it. Nothing may be sent before the block ends: a slow
    reader would keep others waiting."""
    with _SHARE.of(min(4 * size[0] * size[1], DRAWN)):
        yield Picture.new("RGB", size, PAPER)


def picture(source: ItemSource, part: Part, edge: int = EDGE) -> Any:
    """The image, fitted into a square of ``edge`` pixels; if unavailable, a grey square that says so."""
    try:
        with Picture.open(io.BytesIO(source.thumb(part.image))) as image:
            small = image.convert("RGB")
            small.thumbnail((edge, edge))
            return small
    except (NotFound, OSError, ValueError, SyntaxError) as error:
        hole = Picture.new("RGB", (edge, edge // 2), _HOLE)
        words = "too large to show" if isinstance(error, TooLargeToShow) else "missing"
        ImageDraw.Draw(hole).text((12, edge // 4), words, FAINT)
        return hole
