"""Contact sheets: small pictures in rows, and under each the parameters that vary."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from ...errors import NotFound
from .archive import bundle
from .parts import Part, Source, parameters

MAX_ON_SHEETS = 2000  # images
_PER_PAGE = 144  # a page of 12 by 12 is about 20 megapixels, which every viewer opens
_COLUMNS = 6  # at least, where there are as many pictures; as wide as high beyond 36
_EDGE = 320  # pixels, as thumbnails are
_GAP = 12
_TEXT = 15  # pixels high
_LINE = 19
_LINES = 6  # under a picture
_LONGEST = 160  # characters of a value that are looked at

_PAPER, _INK, _FAINT, _HOLE = (255, 255, 255), (24, 24, 27), (95, 95, 105), (225, 225, 230)
#: looked for by name where the WebUI's own is not there
_FONTS = ("DejaVuSans.ttf", "Arial.ttf", "arial.ttf", "Helvetica.ttc")
#: differs between images without being a choice of the user
_NOISE = frozenset(
    {"Version", "Model hash", "Lora hashes", "TI hashes", "VAE hash", "Hashes", "Size", "Seed"}
)


class Look(msgspec.Struct, frozen=True):
    """``font``: a TrueType file, or None."""

    title: str = ""
    format: Literal["jpeg", "png"] = "jpeg"
    font: Path | None = None


def sheets_needed(images: int) -> int:
    return math.ceil(images / _PER_PAGE)


def sheet_of(parts: Sequence[Part], source: Source, look: Look) -> Iterator[bytes]:
    """One picture, or a zip of several pages, each made when its turn comes. At most ``MAX_ON_SHEETS``
    parts are meant to be asked for."""
    captions = []
    varying = Varying()
    for part in parts:
        made_with = {word: value[:_LONGEST] for word, value in parameters(source, part.image).items()}
        captions.append(made_with)
        varying.see(made_with)
        yield b""  # whoever sends this may stop here
    words = varying.words()
    pages = [range(at, min(at + _PER_PAGE, len(parts))) for at in range(0, len(parts), _PER_PAGE)]

    def page(number: int) -> bytes:
        cells = [(parts[n], caption(parts[n], captions[n], words)) for n in pages[number]]
        head = f"{look.title}  {number + 1}/{len(pages)}" if len(pages) > 1 else look.title
        return _draw(cells, source, head, look)

    if len(pages) == 1:
        yield page(0)
        return
    suffix = "jpg" if look.format == "jpeg" else "png"
    yield from bundle((f"sheet-{n + 1:02}.{suffix}", page(n)) for n in range(len(pages)))


class Varying:
    """Finds out which parameters differ between images."""

    def __init__(self) -> None:
        self._count = 0
        self._first: dict[str, str] = {}
        self._differ: dict[str, None] = {}

    def see(self, made_with: dict[str, str]) -> None:
        for word in self._first.keys() - made_with.keys():
            self._differ[word] = None
        for word, value in made_with.items():
            # one that comes only now was missing before
            if self._first.setdefault(word, value if self._count == 0 else "\0") != value:
                self._differ[word] = None
        self._count += 1

    def words(self) -> list[str]:
        """In the order in which the WebUI writes them; prompts last, as they are long."""
        found = [word for word in self._first if word in self._differ and word not in _NOISE]
        return sorted(found, key=lambda word: word in ("Prompt", "Negative prompt"))


def caption(part: Part, made_with: dict[str, str], words: Sequence[str]) -> list[str]:
    """The lines under a picture: its number and seed, then what varies."""
    number = part.name.rpartition("/")[2].partition("-")[0].partition(".")[0]
    seed = made_with.get("Seed") or ("" if part.image.seed is None else str(part.image.seed))
    lines = [f"{number}  seed {seed}" if seed else number]
    lines += [f"{word}: {made_with[word]}" for word in words if made_with.get(word)]
    return [" ".join(line.split(" ")) for line in lines[:_LINES]]


def _draw(cells: Sequence[tuple[Part, list[str]]], source: Source, head: str, look: Look) -> bytes:
    columns = min(len(cells), max(_COLUMNS, math.ceil(math.sqrt(len(cells)))))
    rows = [cells[at : at + columns] for at in range(0, len(cells), columns)]
    pictures = [[_picture(source, part) for part, _ in row] for row in rows]
    heights = [
        max(picture.height for picture in line) + _LINE * max(len(lines) for _, lines in row) + _GAP
        for row, line in zip(rows, pictures, strict=True)
    ]
    top = _GAP + (_LINE + _GAP if head else 0)
    page = Picture.new("RGB", (_GAP + columns * (_EDGE + _GAP), top + sum(heights) + _GAP), _PAPER)
    pen, font = ImageDraw.Draw(page), _font(look.font)
    if head:
        pen.text((_GAP, _GAP), _fitting(pen, head, font, page.width - 2 * _GAP), _INK, font)
    for row, line, height in zip(rows, pictures, heights, strict=True):
        below = top + max(picture.height for picture in line) + 3
        for column, ((_, lines), picture) in enumerate(zip(row, line, strict=True)):
            left = _GAP + column * (_EDGE + _GAP)
            page.paste(picture, (left + (_EDGE - picture.width) // 2, top))
            for number, text in enumerate(lines):
                place = (left, below + number * _LINE)
                pen.text(place, _fitting(pen, text, font, _EDGE), _FAINT if number else _INK, font)
        top += height
    out = io.BytesIO()
    page.save(out, "JPEG", quality=90) if look.format == "jpeg" else page.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _picture(source: Source, part: Part) -> Any:
    try:
        with Picture.open(io.BytesIO(source.thumb(part.image))) as image:
            small = image.convert("RGB")
            small.thumbnail((_EDGE, _EDGE))
            return small
    except (NotFound, OSError, ValueError, SyntaxError):
        hole = Picture.new("RGB", (_EDGE, _EDGE // 2), _HOLE)
        ImageDraw.Draw(hole).text((12, _EDGE // 4), "not there any more", _FAINT)
        return hole


def _font(chosen: Path | None) -> Any:
    for name in (*([str(chosen)] if chosen else []), *_FONTS):
        try:
            return ImageFont.truetype(name, _TEXT)
        except OSError:
            continue
    return ImageFont.load_default()


def _fitting(pen: Any, text: str, font: Any, width: int) -> str:
    """``text`` cut to ``width`` pixels."""
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
