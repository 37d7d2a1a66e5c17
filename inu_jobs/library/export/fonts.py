"""Fonts for the images that we draw: each letter from the first font that has it."""

from __future__ import annotations

import functools
import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

SIZE = 15  # pixels
#: searched by name if the WebUI's own fonts are missing
_USUAL = ("DejaVuSans.ttf", "Arial.ttf", "arial.ttf", "Helvetica.ttc")
#: among installed fonts, the most readable ones with the most letters; then the others by name
_GOOD = (
    "notosanscjk-regular", "notosansjp", "hiragino", "ヒラギノ", "yugoth", "meiryo", "msgothic", "ipag",
    "takao", "vlgothic", "pingfang", "msyh", "wqy", "malgun", "applesdgothic", "droidsansfallback",
    "arial unicode",
    "notosans-regular", "notosanshebrew-regular", "notosansarabic-regular", "arialhb", "segoeui", "tahoma",
    "seguiemj", "notocoloremoji", "apple color emoji", "notoemoji", "symbola",
)  # fmt: skip
_BOXES = ("lastresort", "blank", "notdef")  # these contain every letter, and show none
_PICTURE_SIZES = (109, 160, 136, 128, 96, 72, 64)  # of bitmap fonts: emoji
_MISSING = "\U0010ffff"  # no font has a glyph for it
_SEARCHES = 8  # unsuccessful searches of all installed fonts; each may open a thousand files
_MIRRORED = dict(zip("()[]{}<>«»", ")(][}{><»«", strict=True))


class Face:
    """One font. ``OSError`` if ``name`` (a file, or the name of an installed font) is not a font."""

    def __init__(self, name: str) -> None:
        self._native, self._font = _opened(name)
        self._probe = ImageFont.truetype(
            self._font.path, self._native or SIZE, layout_engine=ImageFont.Layout.BASIC
        )
        self._scale = SIZE * 1.2 / self._native if self._native else 1.0
        self._shapes = self._font.layout_engine == ImageFont.Layout.RAQM
        self._known: dict[str, bool] = {}
        self._box = self._glyph(_MISSING)
        self.ascent = round(self._font.getmetrics()[0] * self._scale)

    def has(self, char: str) -> bool:
        known = self._known.get(char)
        if known is None:
            known = self._known[char] = self._glyph(char) not in (None, self._box)
        return known

    def length(self, text: str, right_to_left: bool) -> float:
        """In pixels."""
        return float(self._font.getlength(**self._told(text, right_to_left))) * self._scale

    def draw(self, page: Any, x: float, baseline: int, text: str, ink: Any, right_to_left: bool) -> None:
        """``x`` and ``baseline`` in pixels, from the page's upper left corner."""
        told = self._told(text, right_to_left)
        if not self._native:
            pen = ImageDraw.Draw(page)
            pen.text((x, baseline), fill=ink, font=self._font, anchor="ls", embedded_color=True, **told)
            return
        ascent, descent = self._font.getmetrics()
        size = (int(self._font.getlength(**told)) + 1, ascent + descent)
        tile = Picture.new("RGBA", size)
        ImageDraw.Draw(tile).text((0, ascent), font=self._font, anchor="ls", embedded_color=True, **told)
        width, height = (max(1, round(side * self._scale)) for side in size)
        tile = tile.resize((width, height))
        page.paste(tile, (round(x), baseline - self.ascent), tile)

    def _told(self, text: str, right_to_left: bool) -> dict[str, Any]:
        """``text`` in the form that this Pillow needs: without raqm it draws from left to right."""
        if self._shapes:
            return {"text": text, "direction": "rtl" if right_to_left else "ltr"}
        if right_to_left:
            text = "".join(_MIRRORED.get(cluster, cluster) for cluster in reversed(list(clusters(text))))
        return {"text": "".join(char for char in text if not _joins(char))}

    def _glyph(self, char: str) -> bytes | None:
        """The rendered glyph."""
        side = 2 * (self._native or SIZE)
        tile = Picture.new("RGBA" if self._native else "L", (side, side))
        try:
            pen = ImageDraw.Draw(tile)
            pen.text((side // 4, 0), char, 255, self._probe, embedded_color=bool(self._native))
        except (OSError, ValueError):  # a glyph format that this FreeType cannot draw
            return None
        return bytes(tile.tobytes())


class PlainFace:
    """Pillow's built-in font, for systems without any fonts: Latin only."""

    ascent = SIZE

    def __init__(self) -> None:
        self._font = ImageFont.load_default()

    def has(self, char: str) -> bool:
        return char < "\u0100"

    def length(self, text: str, right_to_left: bool) -> float:
        return float(self._font.getlength(_latin(text)))

    def draw(self, page: Any, x: float, baseline: int, text: str, ink: Any, right_to_left: bool) -> None:
        ImageDraw.Draw(page).text((x, baseline - self.ascent), _latin(text), ink, self._font)


class Fonts:
    """``names``: the first that can be opened is used for all letters that it has."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        chosen: list[Face | PlainFace] = list(filter(None, map(_face, names)))
        self._faces = chosen or [next(filter(None, map(_face, _USUAL)), None) or PlainFace()]
        self._first = self._faces[0]
        self._of: dict[str, Face | PlainFace] = {}
        self._vain = 0
        self.ascent = self._first.ascent

    def face(self, cluster: str) -> Face | PlainFace:
        """The first font that has all of ``cluster``; if none even has its letter, the default one, which
        draws a box."""
        found = self._of.get(cluster)
        if found is None:
            found = self._of[cluster] = self._find(cluster)
        return found

    def _find(self, cluster: str) -> Face | PlainFace:
        needed = "".join(char for char in cluster if not char.isspace() and not _joins(char))
        for face in self._faces:
            if all(map(face.has, needed)):
                return face
        if self._vain < _SEARCHES:
            for other in filter(None, map(_face, installed())):
                if all(map(other.has, needed)):
                    self._faces.append(other)
                    return other
            self._vain += 1
        return self._find(needed[:1]) if len(needed) > 1 else self._first


def clusters(text: str) -> Iterator[str]:
    """Each letter with its marks."""
    cluster = ""
    for char in text:
        belongs = unicodedata.category(char).startswith("M") or _joins(char) or cluster.endswith("\u200d")
        if cluster and not belongs and not "\U0001f3fb" <= char <= "\U0001f3ff":
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster


@functools.lru_cache(maxsize=1)
def installed() -> tuple[str, ...]:
    """The system's font files, best first."""
    files = [
        str(Path(folder) / name)
        for top in _folders()
        for folder, _, names in os.walk(top)
        for name in names
        if name.lower().endswith((".ttf", ".otf", ".ttc", ".otc"))
    ]
    return tuple(sorted(files, key=_rank))


def _folders() -> list[Path]:
    if sys.platform == "win32":
        windows, local = os.environ.get("WINDIR", "C:\\Windows"), os.environ.get("LOCALAPPDATA", "")
        return [Path(windows) / "Fonts", *([Path(local) / "Microsoft/Windows/Fonts"] if local else [])]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), Path.home() / "Library/Fonts"]
    own = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return [Path(folder) / "fonts" for folder in [own, *shared.split(":")] if folder]


def _rank(file: str) -> tuple[bool, int, bool, str]:
    name = unicodedata.normalize("NFC", Path(file).name).lower()
    good = next((at for at, begin in enumerate(_GOOD) if begin in name), len(_GOOD))
    styled = any(style in name for style in ("bold", "italic", "oblique", "black", "light", "thin"))
    return any(word in name for word in _BOXES), good, styled, name


def _face(name: str) -> Face | None:
    try:
        return Face(name)
    except (OSError, ValueError):
        return None


def _opened(name: str) -> tuple[int, Any]:
    """(0 or the size of its bitmaps, the font)."""
    try:
        return 0, ImageFont.truetype(name, SIZE)
    except OSError as error:
        if "pixel size" not in str(error):
            raise
    for size in _PICTURE_SIZES:
        try:
            return size, ImageFont.truetype(name, size)
        except OSError:
            continue
    raise OSError("no size of this font can be drawn")


def _joins(char: str) -> bool:
    """Invisible by itself: joiners, direction marks, variation selectors."""
    return unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f" or char >= "\U000e0000"


def _latin(text: str) -> str:
    return text.encode("latin-1", "replace").decode("latin-1")
