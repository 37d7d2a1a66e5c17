"""A table of images as one picture, with the values of its axes as headings."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from .canvas import EDGE, FAINT, GAP, INK, LINE, Look, drawing, encoded, picture
from .items import ItemSource, Part
from .lettering import Lettering

#: pixels; every viewer opens that, and a JPEG's side has at most 65,535
MAX_PIXELS, MAX_SIDE = 100_000_000, 65_000
_EDGES = (EDGE, 240, 160, 96)  # what does not fit is made smaller
_SIDE = 200  # pixels for the headings of the rows
_HEAD_LINES = 3
_NARROWEST = 120  # pixels, for the headings of the columns


class Table(msgspec.Struct, frozen=True):
    """``corner``: what the rows and the columns are. ``note``: what is the same for all of it.
    ``cells``: (row, column) -> the images there, in order."""

    corner: tuple[str, str]
    rows: Sequence[str]
    columns: Sequence[str]
    cells: dict[tuple[int, int], list[Part]]
    note: str = ""


class Layout(NamedTuple):
    """In pixels. ``edge``: no picture is longer; ``box``: room for each; ``across``: so many beside
    each other in a place."""

    edge: int
    box: tuple[int, int]
    across: int
    place: tuple[int, int]
    top: int
    side: int
    size: tuple[int, int]


def layout_of(table: Table, look: Look) -> Layout | None:
    """With pictures as large as may be; None if it is too much for one picture."""
    for edge in _EDGES:
        found = _lay_out(table, look, edge)
        width, height = found.size
        if max(width, height) <= MAX_SIDE and width * height <= MAX_PIXELS:
            return found
    return None


def matrix_of(table: Table, layout: Layout, source: ItemSource, look: Look) -> Iterator[bytes]:
    """One picture, after an empty chunk for each image: whoever sends this may stop there."""
    with drawing(layout.size) as page:
        _headings(page, table, layout, look)
        for (row, column), parts in table.cells.items():
            left, top = _corner_of(layout, row, column)
            for nth, part in enumerate(parts):
                small = picture(source, part, layout.edge)
                width, height = layout.box
                x = left + nth % layout.across * (width + GAP) + (width - small.width) // 2
                y = top + nth // layout.across * (height + GAP) + (height - small.height) // 2
                page.paste(small, (x, y))
                yield b""
        data = encoded(page, look)
    del page
    yield data


def _lay_out(table: Table, look: Look, edge: int) -> Layout:
    sizes = [_small(part, edge) for parts in table.cells.values() for part in parts]
    box = (max(width for width, _ in sizes), max(height for _, height in sizes))
    most = max(len(parts) for parts in table.cells.values())
    across = math.ceil(math.sqrt(most))
    down = math.ceil(most / across)
    place = (max(_NARROWEST, across * (box[0] + GAP) - GAP), down * (box[1] + GAP) - GAP)
    lines = bool(look.title) + bool(table.note)
    top = GAP + lines * LINE + bool(lines) * GAP + _HEAD_LINES * LINE + GAP
    side = GAP + _SIDE if any(table.rows) else 0
    width = side + GAP + len(table.columns) * (place[0] + GAP)
    height = top + len(table.rows) * (place[1] + GAP)
    return Layout(edge, box, across, place, top, side, (width, height))


def _small(part: Part, edge: int) -> tuple[int, int]:
    width, height = part.image.width or edge, part.image.height or edge
    scale = min(1.0, edge / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _corner_of(layout: Layout, row: int, column: int) -> tuple[int, int]:
    left = layout.side + GAP + column * (layout.place[0] + GAP)
    return left, layout.top + row * (layout.place[1] + GAP)


def _headings(page: Any, table: Table, layout: Layout, look: Look) -> None:
    letters = Lettering(look.fonts)
    head = layout.top - GAP - _HEAD_LINES * LINE
    _draw_captions(page, letters, table, look)
    if layout.side:
        _draw_corner(page, letters, table, head)
    _draw_columns(page, letters, table, layout, head)
    _draw_rows(page, letters, table, layout)


def _draw_captions(page: Any, letters: Lettering, table: Table, look: Look) -> None:
    y = GAP
    for text, ink in ((look.title, INK), (table.note, FAINT)):
        if text:
            letters.draw(page, (GAP, y), letters.fit(text, page.width - 2 * GAP), ink)
            y += LINE


def _draw_corner(page: Any, letters: Lettering, table: Table, head: int) -> None:
    down, along = table.corner
    words = [f"{down} down"] + ([f"{along} across"] if along else [])
    for number, text in enumerate(words):
        place = (GAP, head + (_HEAD_LINES - len(words) + number) * LINE)
        letters.draw(page, place, letters.fit(text, _SIDE - GAP), FAINT)


def _draw_columns(page: Any, letters: Lettering, table: Table, layout: Layout, head: int) -> None:
    for column, text in enumerate(table.columns):
        left, _ = _corner_of(layout, 0, column)
        lines = letters.wrap(text, layout.place[0], _HEAD_LINES)
        for number, line in enumerate(lines):  # they stand on the pictures
            letters.draw(page, (left, head + (_HEAD_LINES - len(lines) + number) * LINE), line, INK)


def _draw_rows(page: Any, letters: Lettering, table: Table, layout: Layout) -> None:
    for row, text in enumerate(table.rows):
        _, top = _corner_of(layout, row, 0)
        for number, line in enumerate(letters.wrap(text, _SIDE - GAP, max(1, layout.place[1] // LINE))):
            letters.draw(page, (GAP, top + number * LINE), line, INK)
