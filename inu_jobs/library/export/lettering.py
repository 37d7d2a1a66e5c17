"""Text in the images that we draw, in any script."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from .bidi import runs_of
from .fonts import Face, Fonts, PlainFace, clusters

_LETTERS = 2000  # the part of a line that is looked at
_Piece = tuple["Face | PlainFace", str, bool]


class Lettering:
    """``fonts``: font files or names, best first."""

    def __init__(self, fonts: Sequence[str] = ()) -> None:
        self._fonts = Fonts(fonts)

    def length(self, text: str) -> float:
        """In pixels."""
        return sum(face.length(words, turned) for face, words, turned in self._pieces(text))

    def draw(self, page: Any, place: tuple[int, int], text: str, ink: Any) -> None:
        """``place``: the upper left corner, in pixels."""
        x, baseline = float(place[0]), place[1] + self._fonts.ascent
        for face, words, turned in self._pieces(text):
            face.draw(page, x, baseline, words, ink, turned)
            x += face.length(words, turned)

    def fit(self, text: str, width: int) -> str:
        """``text`` on one line, cut to ``width`` pixels."""
        whole = len(text) <= _LETTERS
        text = " ".join(text[:_LETTERS].splitlines())
        if whole and self.length(text) <= width:
            return text
        low, high = 0, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.length(text[:middle].rstrip() + "...") <= width:
                low = middle
            else:
                high = middle - 1
        return text[:low].rstrip() + "..."

    def wrap(self, text: str, width: int, most: int) -> list[str]:
        """``text`` in lines of ``width`` pixels, cut off after ``most``."""
        lines: list[str] = []
        words = list(_words(text[: _LETTERS * most]))
        while words and len(lines) < most - 1:
            count, line = 1, words[0]
            while count < len(words) and self.length((line + words[count]).strip()) <= width:
                line += words[count]
                count += 1
            lines.append(self.fit(line.strip(), width))
            words = words[count:]
        return [*lines, self.fit("".join(words).strip(), width)] if words else lines

    def _pieces(self, text: str) -> Iterator[_Piece]:
        """(font, letters, right to left) for each piece, from left to right."""
        for run in runs_of("".join(map(_drawable, text))):
            pieces = [
                (face, "".join(group), run.right_to_left)
                for face, group in groupby(clusters(run.text), key=self._fonts.face)
            ]
            yield from reversed(pieces) if run.right_to_left else pieces


def _words(text: str) -> Iterator[str]:
    """Words with the space before each. Chinese and Japanese have no spaces: a line may end after any letter,
    but not before a closing mark or after an opening one."""
    for word in text.split():
        begin, blank = 0, " "
        for at in range(1, len(word)):
            if _may_part(word[at - 1], word[at]):
                yield blank + word[begin:at]
                begin, blank = at, ""
        yield blank + word[begin:]


def _may_part(before: str, after: str) -> bool:
    if unicodedata.east_asian_width(before) not in "WF" and unicodedata.east_asian_width(after) not in "WF":
        return False
    ends = unicodedata.category(before) not in ("Ps", "Pi", "Cf")
    return ends and unicodedata.category(after) not in ("Pe", "Pf", "Po", "Lm", "Mn", "Me", "Sk", "Cf")


def _drawable(char: str) -> str:
    kind = unicodedata.category(char)
    return "\ufffd" if kind == "Cs" else " " if kind in ("Cc", "Zl", "Zp") else char
