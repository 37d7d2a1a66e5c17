"""What Generate makes of the images in img2img's tabs: the image to start from, its mask and its size. Pure.

- A1111 1.10.1 and reForge have one value for a painted image, with its mask in it; the painted image itself
  in Sketch and Inpaint sketch.
- Forge (f2.0.1) and Forge Neo (2.26) have a canvas with two images, the picture and the strokes
  (``..._fg``): the mask is where the strokes are opaque. They make every mask black and white.
- "Resize by" cuts off fractions on A1111 and reForge, rounds down to a multiple of 8 on Forge, and to the
  nearest multiple of the slider's step on Forge Neo, which names that function ``sRound``.

Source: ``img2img`` in modules/img2img.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from PIL import Image, ImageFilter

from ...errors import InvalidInput
from ...sentences import Sentence, say
from ..capture.sketch import DIFFERENT_SIZES, inpaint_sketch

STROKES = "init_img_with_mask_fg"
_SPREAD = 0.015  # of the shorter side: how far the mask of an inpaint sketch goes beyond its strokes
_MULTIPLE = 8


class ImageTools(msgspec.Struct, frozen=True):
    """What the host does to images on their way in. ``fix`` rotates a photo upright, ``binary_mask`` turns a
    drawing into a mask, ``save`` stores an image and returns its token. ``rounded``: of a side in pixels that
    "Resize by" computed; None if the host has no function for it."""

    fix: Callable[[Any], Any]
    binary_mask: Callable[[Any], Any]
    save: Callable[[Any], str]
    rounded: Callable[[float], int] | None = None


def pick_images(arguments: Mapping[str, Any], tools: ImageTools) -> tuple[Any, Any]:
    """The image to start from, and the mask or None, from the open img2img tab."""
    on_canvas = STROKES in arguments
    image, mask = (_from_canvas if on_canvas else _from_sketch)(arguments, tools)
    if image is None:
        raise InvalidInput(
            say("There is no image to start from: add one to the open img2img tab."), "init_images"
        )
    if on_canvas and mask is not None:
        mask = mask.point(_black_or_white)
    return tools.fix(image), None if mask is None else tools.fix(mask)


def scaled(image: Any, factor: float, arguments: Mapping[str, Any], tools: ImageTools) -> tuple[int, int]:
    """Width and height that "Resize by" makes of ``image``."""
    sides = (image.width * factor, image.height * factor)
    if tools.rounded is not None:
        width, height = map(tools.rounded, sides)
    elif STROKES in arguments:
        width, height = (int(side) - int(side) % _MULTIPLE for side in sides)
    else:
        width, height = map(int, sides)
    return width, height


def _from_sketch(arguments: Mapping[str, Any], tools: ImageTools) -> tuple[Any, Any]:
    mode = arguments.get("mode")
    image = mask = None
    if mode == 0:
        image = arguments["init_img"]
    elif mode == 1:
        image = arguments["sketch"]
    elif mode == 2:
        drawn = arguments["init_img_with_mask"] or {}
        image, mask = drawn.get("image"), drawn.get("mask")
        mask = None if mask is None else tools.binary_mask(mask)
    elif mode == 3 and arguments["inpaint_color_sketch"] is not None:
        image, mask = inpaint_sketch(
            arguments["inpaint_color_sketch"],
            arguments["inpaint_color_sketch_orig"],
            arguments["mask_alpha"],
            arguments["mask_blur"],
        )
    elif mode == 4:
        image, mask = arguments["init_img_inpaint"], arguments["init_mask_inpaint"]
    return image, mask


def _from_canvas(arguments: Mapping[str, Any], tools: ImageTools) -> tuple[Any, Any]:
    mode = arguments.get("mode")
    if mode == 0:
        return arguments["init_img"], None
    if mode == 4:
        return arguments["init_img_inpaint"], arguments["init_mask_inpaint"]
    name = {1: "sketch", 2: "init_img_with_mask", 3: "inpaint_color_sketch"}.get(mode or 0)
    if name is None or arguments[name] is None:
        return None, None
    image, strokes = arguments[name], arguments[f"{name}_fg"]
    if strokes is None:  # Generate fails on it, too
        raise InvalidInput(_unpainted(), "mask")
    if mode != 2 and strokes.size != image.size:
        raise InvalidInput(DIFFERENT_SIZES, "init_images")
    if mode == 1:
        return Image.alpha_composite(image, strokes), None
    mask = strokes.getchannel("A")
    if mode == 3:
        image = Image.alpha_composite(image, strokes)
        mask = mask.filter(ImageFilter.MaxFilter(int(_SPREAD * min(mask.size)) * 2 + 1))
    return image, Image.merge("RGBA", (mask, mask, mask, Image.new("L", mask.size, 255)))


def _black_or_white(value: int) -> int:
    return 255 if value > 128 else 0


def _unpainted() -> Sentence:
    return say("Nothing was painted in the open img2img tab: paint over the image, or use another tab.")
