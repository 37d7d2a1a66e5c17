"""What Generate makes of an image painted over in "Inpaint sketch".

Source: WebUI 1.10.1, ``img2img`` in modules/img2img.py (mode 3).
"""

from __future__ import annotations

from typing import Any

import numpy
from PIL import Image, ImageEnhance, ImageFilter

from ...errors import InvalidInput
from ...sentences import say

DIFFERENT_SIZES = say("The sketch and the image below it differ in size: add the image again.")


def inpaint_sketch(
    painted: Image.Image, original: Image.Image | None, transparency: float, blur: Any
) -> tuple[Image.Image, Image.Image]:
    """(the image, its mask): the mask covers where ``painted`` differs from ``original``; both have the same
    size. ``transparency`` of the mask in percent; ``blur``: radius in pixels."""
    original = original or painted
    if painted.size != original.size or painted.mode != original.mode:
        raise InvalidInput(DIFFERENT_SIZES, "init_images")
    differs = numpy.asarray(painted) != numpy.asarray(original)
    if differs.ndim == 3:
        differs = differs.any(axis=-1)
    mask = Image.fromarray(differs.astype(numpy.uint8) * 255, "L")
    mask = ImageEnhance.Brightness(mask).enhance(1 - transparency / 100)
    soft = ImageFilter.GaussianBlur(blur)
    return Image.composite(painted.filter(soft), original, mask.filter(soft)), mask
