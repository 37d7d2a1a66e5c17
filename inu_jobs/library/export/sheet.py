"""Contact sheets: thumbnails in rows, with the parameters that vary under each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ...fields.table import SIZE, infotext_label
from .archive import bundle
from .canvas import EDGE, FAINT, GAP, INK, LINE, Look, drawing, encoded, picture
from .items import NEGATIVE, PROMPT, ItemSource, Part, parameters
from .lettering import Lettering

MAX_ON_SHEETS = 2000  # images
_PER_PAGE = 144  # a page of 12 by 12 has about 20 megapixels, which every viewer can open
_COLUMNS = 6  # minimum, with enough images; square beyond 36
_LINES = 7  # under an image
_WRAPPED = 3  # of them, for one value
_LONGEST = 160  # characters of a value that are considered

_SEED = infotext_label("seed")
#: these differ between images without being chosen by the user
_NOISE = frozenset(
    {"Version", "Model hash", "Lora hashes", "TI hashes", "VAE hash", "Hashes", infotext_label(SIZE), _SEED}
)


def sheets_needed(images: int) -> int:
    """How many pages this many images take."""
    return math.ceil(images / _PER_PAGE)


def sheet_of(parts: Sequence[Part], source: ItemSource, look: Look) -> Iterator[bytes]:
    """One image, or a zip of several pages, each created when it is sent. Callers should pass at most
    ``MAX_ON_SHEETS`` parts."""
    captions = []
    varying = Varying()
    for part in parts:
        made_with = made_with_of(part, source)
        captions.append(made_with)
        varying.see(made_with)
        yield b""  # the sender can stop here
    words = varying.words()
    pages = [range(at, min(at + _PER_PAGE, len(parts))) for at in range(0, len(parts), _PER_PAGE)]

    letters = Lettering(look.fonts)

    def page(number: int) -> bytes:
        cells = [(parts[n], caption(parts[n], captions[n], words)) for n in pages[number]]
        head = f"{look.title}  {number + 1}/{len(pages)}" if len(pages) > 1 else look.title
        return _draw(cells, source, head, look, letters)

    if len(pages) == 1:
        yield page(0)
        return
    suffix = "jpg" if look.format == "jpeg" else "png"
    yield from bundle((f"sheet-{n + 1:02}.{suffix}", page(n)) for n in range(len(pages)))


def made_with_of(part: Part, source: ItemSource) -> dict[str, str]:
    """The parameters of ``part``, by label. Axis values are written as in the grid: of a whole prompt, only
    the beginning fits."""
    told = {"Job": part.name.rpartition("/")[0], **part.values}
    for word, value in parameters(source, part.image).items():
        told.setdefault(word, value[:_LONGEST])
    return told


class Varying:
    """Finds out which parameters differ between images."""

    def __init__(self) -> None:
        self._count = 0
        self._first: dict[str, str] = {}
        self._differ: dict[str, None] = {}

    def see(self, made_with: dict[str, str]) -> None:
        """Take in the parameters of one more image."""
        for word in self._first.keys() - made_with.keys():
            self._differ[word] = None
        for word, value in made_with.items():
            # one that first appears now was missing before
            if self._first.setdefault(word, value if self._count == 0 else "\0") != value:
                self._differ[word] = None
        self._count += 1

    def words(self) -> list[str]:
        """In order of appearance; prompts last, because they are long."""
        found = [word for word in self._first if word in self._differ and word not in _NOISE]
        return sorted(found, key=lambda word: word in (PROMPT, NEGATIVE))


def caption(part: Part, made_with: dict[str, str], words: Sequence[str]) -> list[str]:
    """The text under an image: its number and seed, then what varies."""
    seed = made_with.get(_SEED) or ("" if part.image.seed is None else str(part.image.seed))
    told = [f"{part.number} · seed {seed}" if seed else str(part.number)]
    told += [
        made_with[word] if word in part.values else f"{word}: {made_with[word]}"
        for word in words
        if made_with.get(word)
    ]
    return told


def _draw(
    cells: Sequence[tuple[Part, list[str]]], source: ItemSource, head: str, look: Look, letters: Lettering
) -> bytes:
    captioned = [(part, lines_of(letters, told)) for part, told in cells]
    columns = min(len(cells), max(_COLUMNS, math.ceil(math.sqrt(len(cells)))))
    rows = [captioned[at : at + columns] for at in range(0, len(cells), columns)]
    pictures = [[picture(source, part) for part, _ in row] for row in rows]
    heights = [
        max(small.height for small in line) + LINE * max(len(lines) for _, lines in row) + GAP
        for row, line in zip(rows, pictures, strict=True)
    ]
    top = GAP + (LINE + GAP if head else 0)
    with drawing((GAP + columns * (EDGE + GAP), top + sum(heights) + GAP)) as page:
        if head:
            letters.draw(page, (GAP, GAP), letters.fit(head, page.width - 2 * GAP), INK)
        for row, line, height in zip(rows, pictures, heights, strict=True):
            below = top + max(small.height for small in line) + 3
            for column, ((_, lines), small) in enumerate(zip(row, line, strict=True)):
                left = GAP + column * (EDGE + GAP)
                page.paste(small, (left + (EDGE - small.width) // 2, top))
                for number, text in enumerate(lines):
                    letters.draw(page, (left, below + number * LINE), text, FAINT if number else INK)
            top += height
        return encoded(page, look)


def lines_of(letters: Lettering, told: Sequence[str]) -> list[str]:
    """The text under an image, in lines of its width."""
    lines: list[str] = []
    for text in told:
        lines += letters.wrap(text, EDGE, min(_WRAPPED, _LINES - len(lines)))
        if len(lines) == _LINES:
            break
    return lines
