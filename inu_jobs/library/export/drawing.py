"""What the pictures that we draw have in common: paper, letters, small pictures."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Literal

import msgspec
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from ...errors import NotFound
from .parts import Part, Source

EDGE = 320  # pixels, as thumbnails are
GAP = 12
_TEXT = 15  # pixels high
LINE = 19
PAPER, INK, FAINT, _HOLE = (255, 255, 255), (24, 24, 27), (95, 95, 105), (225, 225, 230)
#: looked for by name where the WebUI's own is not there
_FONTS = ("DejaVuSans.ttf", "Arial.ttf", "arial.ttf", "Helvetica.ttc")


class Look(msgspec.Struct, frozen=True):
    """``font``: a TrueType file, or None."""

    title: str = ""
    format: Literal["jpeg", "png"] = "jpeg"
    font: Path | None = None


def encoded(page: Any, look: Look) -> bytes:
    out = io.BytesIO()
    page.save(out, "JPEG", quality=90) if look.format == "jpeg" else page.save(out, "PNG", compress_level=6)
    return out.getvalue()


def picture(source: Source, part: Part, edge: int = EDGE) -> Any:
    """It, within a square of ``edge`` pixels; a grey one that says so if it is gone."""
    try:
        with Picture.open(io.BytesIO(source.thumb(part.image))) as image:
            small = image.convert("RGB")
            small.thumbnail((edge, edge))
            return small
    except (NotFound, OSError, ValueError, SyntaxError):
        hole = Picture.new("RGB", (edge, edge // 2), _HOLE)
        ImageDraw.Draw(hole).text((12, edge // 4), "not there any more", FAINT)
        return hole


def font_of(chosen: Path | None) -> Any:
    for name in (*([str(chosen)] if chosen else []), *_FONTS):
        try:
            return ImageFont.truetype(name, _TEXT)
        except OSError:
            continue
    return ImageFont.load_default()


def fitting(pen: Any, text: str, font: Any, width: int) -> str:
    """``text`` on one line, cut to ``width`` pixels."""
    text = " ".join(text.splitlines())
    if not isinstance(font, ImageFont.FreeTypeFont):
        text = text.encode("latin-1", "replace").decode("latin-1")  # Pillow's own font knows no more
    if pen.textlength(text, font) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if pen.textlength(text[:middle].rstrip() + "...", font) <= width:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "..."


def wrapped(pen: Any, text: str, font: Any, width: int, most: int) -> list[str]:
    """``text`` in lines of ``width`` pixels, cut after ``most``."""
    lines: list[str] = []
    words = text.split()
    while words and len(lines) < most - 1:
        count = 1
        while count < len(words) and fitting(pen, line := " ".join(words[: count + 1]), font, width) == line:
            count += 1
        lines.append(fitting(pen, " ".join(words[:count]), font, width))
        words = words[count:]
    return [*lines, fitting(pen, " ".join(words), font, width)] if words else lines
