"""img2img's images on hosts with a canvas, which has two images for each tab."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from inu_jobs.errors import InvalidInput
from inu_jobs.webui.host.init_images import ImageTools, pick_images, scaled

SIZE = (40, 20)
FIELDS = (
    "init_img", "sketch", "sketch_fg", "init_img_with_mask", "init_img_with_mask_fg", "inpaint_color_sketch",
    "inpaint_color_sketch_fg", "init_img_inpaint", "init_mask_inpaint",
)  # fmt: skip
BLUE, RED, CLEAR = (0, 0, 255, 255), (255, 0, 0, 255), (0, 0, 0, 0)


def same(image: Any) -> Any:
    return image


TOOLS = ImageTools(fix=same, binary_mask=same, save=lambda image: "")


def canvas(mode: float, **images: Any) -> dict[str, Any]:
    return {**dict.fromkeys(FIELDS), "mode": mode, **images}


def filled(colour: tuple[int, int, int, int]) -> Image.Image:
    return Image.new("RGBA", SIZE, colour)


def strokes(*points: tuple[int, int, int]) -> Image.Image:
    """(x, y, opacity) in red."""
    image = filled(CLEAR)
    for x, y, opacity in points:
        image.putpixel((x, y), (*RED[:3], opacity))
    return image


def test_inpaint_masks_where_the_strokes_are_opaque() -> None:
    painted = strokes((3, 4, 255), (5, 4, 129), (7, 4, 128), (9, 4, 20))
    # the open tab is a number of gradio's, which may be 2.0
    image, mask = pick_images(
        canvas(2.0, init_img_with_mask=filled(BLUE), init_img_with_mask_fg=painted), TOOLS
    )
    assert image.getpixel((3, 4)) == BLUE, "the strokes are no part of the picture"
    assert mask.mode == "RGBA"
    white, black = (255, 255, 255, 255), (0, 0, 0, 255)
    assert [mask.getpixel((x, 4)) for x in (3, 5, 7, 9)] == [white, white, black, black]


def test_a_sketch_is_the_picture_with_its_strokes() -> None:
    image, mask = pick_images(canvas(1, sketch=filled(BLUE), sketch_fg=strokes((3, 4, 255))), TOOLS)
    assert (image.getpixel((3, 4)), image.getpixel((4, 4)), mask) == (RED, BLUE, None)


def test_the_mask_of_an_inpaint_sketch_goes_beyond_its_strokes() -> None:
    size = (200, 200)  # 1.5 % of it: 3 pixels on each side
    drawn = Image.new("RGBA", size, CLEAR)
    drawn.putpixel((100, 100), RED)
    arguments = canvas(3, inpaint_color_sketch=Image.new("RGBA", size, BLUE), inpaint_color_sketch_fg=drawn)
    image, mask = pick_images(arguments, TOOLS)
    assert image.getpixel((100, 100)) == RED
    assert [mask.getpixel((x, 100))[0] for x in (96, 97, 103, 104)] == [0, 255, 255, 0]


def test_an_uploaded_mask_becomes_black_and_white() -> None:
    grey = Image.new("RGBA", SIZE, (200, 100, 129, 128))
    arguments = canvas(4, init_img_inpaint=filled(BLUE), init_mask_inpaint=grey)
    assert pick_images(arguments, TOOLS)[1].getpixel((0, 0)) == (255, 0, 255, 0)
    arguments["init_mask_inpaint"] = None
    assert pick_images(arguments, TOOLS)[1] is None


@pytest.mark.parametrize(
    ("mode", "images", "why"),
    [
        (0, {}, "no image"),
        (1, {}, "no image"),
        (2, {"init_img_with_mask_fg": strokes()}, "no image"),
        (2, {"init_img_with_mask": filled(BLUE)}, "Nothing was painted"),
        (3, {"inpaint_color_sketch": filled(BLUE)}, "Nothing was painted"),
        (1, {"sketch": filled(BLUE), "sketch_fg": Image.new("RGBA", (2, 2))}, "differ in size"),
        (6, {}, "no image"),
    ],
)
def test_what_generate_would_fail_on_is_refused(mode: int, images: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        pick_images(canvas(mode, **images), TOOLS)


def test_resize_by_rounds_as_the_host_does() -> None:
    image = Image.new("RGB", (101, 67))
    plain = {"init_img_with_mask": None}  # one image for picture and mask
    assert scaled(image, 1.5, plain, TOOLS) == (151, 100)
    assert scaled(image, 1.5, canvas(0), TOOLS) == (144, 96)
    steps = ImageTools(fix=same, binary_mask=same, save=same, rounded=lambda side: round(side / 64) * 64)
    assert scaled(image, 1.5, canvas(0), steps) == (128, 128)
