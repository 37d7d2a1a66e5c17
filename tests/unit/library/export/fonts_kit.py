"""Tiny fonts: each letter a bar of its own width, so that what was drawn can be told from the pixels."""

from __future__ import annotations

import io
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import newTable
from fontTools.ttLib.tables.sbixGlyph import Glyph
from fontTools.ttLib.tables.sbixStrike import Strike
from PIL import Image as Picture

_EM = 1500  # units; 100 are a pixel at 15


def bar_font(path: Path, bars: dict[str, int]) -> str:
    """``bars``: the letters that it has, with the width of each in pixels, one of them empty (all of a
    blank's)."""
    letters = sorted(bars)
    builder = _builder(letters, {_name(letter): 100 * bars[letter] for letter in letters})
    glyphs = {".notdef": _rectangle(0, 0, 400, 1200)}
    inked = [letter for letter in letters if not letter.isspace()]
    glyphs |= {_name(letter): TTGlyphPen(None).glyph() for letter in letters}
    glyphs |= {_name(letter): _rectangle(0, 0, 100 * bars[letter] - 100, 1000) for letter in inked}
    builder.setupGlyf(glyphs)
    _finish(builder, path)
    return str(path)


def picture_font(path: Path, letter: str, colour: tuple[int, int, int], size: int = 64) -> str:
    """A font as those of emoji are: ``letter`` is a picture of one colour and of ``size`` pixels, which
    is the only size it has."""
    builder = _builder([letter], {_name(letter): _EM})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), _name(letter): TTGlyphPen(None).glyph()})
    png = io.BytesIO()
    Picture.new("RGBA", (size, size), (*colour, 255)).save(png, "PNG")
    strike = Strike(ppem=size, resolution=72)
    strike.glyphs = {".notdef": Glyph(glyphName=".notdef")}
    strike.glyphs[_name(letter)] = Glyph(
        glyphName=_name(letter), graphicType="png ", imageData=png.getvalue()
    )
    table = builder.font["sbix"] = newTable("sbix")
    table.version, table.flags, table.strikes = 1, 1, {size: strike}
    _finish(builder, path)
    return str(path)


def _builder(letters: list[str], widths: dict[str, int]) -> FontBuilder:
    builder = FontBuilder(_EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", *map(_name, letters)])
    builder.setupCharacterMap({ord(letter): _name(letter) for letter in letters})
    builder.setupHorizontalMetrics(
        {".notdef": (500, 0), **{name: (width, 0) for name, width in widths.items()}}
    )
    builder.setupHorizontalHeader(ascent=1200, descent=-300)
    return builder


def _finish(builder: FontBuilder, path: Path) -> None:
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=1200, sTypoDescender=-300, usWinAscent=1200, usWinDescent=300)
    builder.setupPost()
    builder.save(str(path))


def _name(letter: str) -> str:
    return f"u{ord(letter):05X}"


def _rectangle(left: int, bottom: int, right: int, top: int) -> object:
    pen = TTGlyphPen(None)
    pen.moveTo((left, bottom))
    for point in ((left, top), (right, top), (right, bottom)):
        pen.lineTo(point)
    pen.closePath()
    return pen.glyph()
