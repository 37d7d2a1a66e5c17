"""Decodes images within a memory budget: a file of 40 KB may contain 180 million pixels."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from PIL import Image, UnidentifiedImageError

from ..budgets import PIXELS, Share
from ..sentences import say

_SHARE = Share(PIXELS)
#: bytes per pixel in Pillow's memory, by mode; 4 for all others
_ONE, _TWO = frozenset({"1", "L", "P"}), frozenset({"I;16", "I;16L", "I;16B", "I;16N"})
#: the decoders of these keep all pixels a second time
_TWICE = frozenset({"WEBP", "AVIF", "JXL"})
#: the least opacity that is no transparency: stealth infotexts, which Forge (f2.0.1) writes into every PNG
#: unless told otherwise, are in its lowest bit
_HIDING = 254
#: pixels converted at a time
_STRIP = 1 << 20


class TooLarge(Exception):
    """The image would take more memory than a single one may; ``size`` in pixels."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.sentence = say("{width}x{height} pixels", width=size[0], height=size[1])
        super().__init__(self.sentence)
        self.size = size


def opened(file: Path | IO[bytes], formats: Sequence[str] | None = None) -> Image.Image:
    """Like ``Image.open``, but for any size: nothing is decoded, and the limit is ours. Pillow refuses by the
    number of pixels, whether each takes one bit or 32."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            return Image.open(file, formats=tuple(formats)) if formats else Image.open(file)
        except Image.DecompressionBombError:
            return _opened_anyway(file, formats)


def _opened_anyway(file: Path | IO[bytes], formats: Sequence[str] | None) -> Image.Image:
    """Tries the known formats as ``Image.open`` does (PIL/Image.py, ``_open_core``)."""
    stream: IO[bytes] = file.open("rb") if isinstance(file, Path) else file
    stream.seek(0)
    head = stream.read(16)
    for format in formats or Image.ID:
        make, accept = Image.OPEN[format]
        if accept is None or accept(head) is True:
            stream.seek(0)
            try:
                image = make(stream, str(file) if isinstance(file, Path) else "")
            except (SyntaxError, IndexError, TypeError, ValueError, OSError):
                continue
            if isinstance(file, Path):
                image._exclusive_fp = True  # closes with the image
            return image
    if isinstance(file, Path):
        stream.close()
    raise UnidentifiedImageError("cannot identify image file")


def memory_of(image: Image.Image) -> int:
    """Bytes that an opened image takes when decoded, after any ``draft``."""
    pixels = image.width * image.height
    each = 1 if image.mode in _ONE else 2 if image.mode in _TWO else 4
    needed = int(pixels * each) * (2 if image.format in _TWICE else 1)
    return needed + (_coefficients(image) if image.info.get("progressive") else 0)


def _coefficients(image: Image.Image) -> int:
    """Bytes that libjpeg keeps for a progressive JPEG, however small it is decoded: two per sample."""
    # (id, samples across, samples down, table) for each
    layers: list[tuple[int, int, int, int]] = getattr(image, "layer", [])
    widest = max((across * down for _, across, down, _ in layers), default=1)
    samples = sum(across * down for _, across, down, _ in layers) / widest
    scale = int((getattr(image, "decoderconfig", ()) or (1,))[0])  # as set by ``draft``
    return round(2 * samples * int(image.width * image.height) * max(1, scale) ** 2)


@contextmanager
def decoding(
    image: Image.Image, beside: int = 0, most: int = PIXELS, size: tuple[int, int] | None = None
) -> Iterator[None]:
    """Until the block ends, the opened image may be in memory: limited to ``most`` bytes together with
    ``beside`` (its file, say), and to ``PIXELS`` together with all others. Waits for the latter; ``TooLarge``
    if it can never fit. ``size``: the image's, if ``draft`` has reduced it."""
    needed = memory_of(image) + beside
    if needed > min(most, PIXELS):
        raise TooLarge(size or image.size)
    with _SHARE.of(needed):
        yield


def smaller(image: Image.Image, edge: int) -> Image.Image:
    """In RGB or RGBA, reduced by an integer factor while both sides keep at least ``edge``, in strips: there
    is never a second image of that size. 16 bits per pixel become 8."""
    mode = "RGB" if is_opaque(image) else "RGBA"
    factor = max(image.size) // edge
    if factor < 2:
        return _in_colour(image, mode)
    width, height = (math.ceil(side / factor) for side in image.size)
    small = Image.new(mode, (width, height))
    for top, strip in strips(image, factor):
        small.paste(_in_colour(strip, mode).reduce(factor), (0, top // factor))
    return small


def is_opaque(image: Image.Image) -> bool:
    """Whether nothing can be seen through a decoded image, even if data is hidden in its opacity."""
    if image.mode == "RGBA":
        return not any(any(strip.getchannel("A").histogram()[:_HIDING]) for _, strip in strips(image))
    return image.mode not in ("LA", "La", "PA", "RGBa") and "transparency" not in image.info


def strips(image: Image.Image, rows: int = 1) -> Iterator[tuple[int, Image.Image]]:
    """(top, strip of full width) for each strip of the image. The height of all but the last is a multiple of
    ``rows``."""
    high = rows * max(1, _STRIP // (image.width * rows))
    for top in range(0, image.height, high):
        yield top, image.crop((0, top, image.width, min(image.height, top + high)))


def _in_colour(image: Image.Image, mode: str) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits per pixel
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    return image if image.mode == mode else image.convert(mode)
