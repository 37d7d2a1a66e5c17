"""ControlNet's unit as Forge Neo has it: a dataclass that the page fills with arrays and texts, and the API
with base64."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy

from modules.api import api


class ControlMode(Enum):
    BALANCED = "Balanced"
    PROMPT = "My prompt is more important"
    CONTROL = "ControlNet is more important"


class ResizeMode(Enum):
    RESIZE = "Just Resize"
    INNER_FIT = "Crop and Resize"
    OUTER_FIT = "Resize and Fill"


@dataclass
class ControlNetUnit:
    use_preview_as_input: bool = False
    generated_image: Any = None
    mask_image: Any = None
    mask_image_fg: Any = None
    hr_option: Any = "Both"
    enabled: bool = True
    module: str = "None"
    model: str = "None"
    weight: float = 1.0
    image: Any = None
    image_fg: Any = None
    resize_mode: Any = ResizeMode.INNER_FIT
    guidance_start: float = 0.0
    guidance_end: float = 1.0
    pixel_perfect: bool = False
    control_mode: Any = ControlMode.BALANCED
    type_filter: str = "All"

    @staticmethod
    def from_dict(values):
        unit = ControlNetUnit(**{k: v for k, v in values.items() if k in vars(ControlNetUnit)})
        for name in ("image", "mask_image"):  # (M) not the two with strokes
            if isinstance(getattr(unit, name), str):
                decoded = numpy.array(api.decode_base64_to_image(getattr(unit, name)))
                setattr(unit, name, decoded.astype("uint8"))
        return unit

    def pictures(self, of_img2img):
        """A picture, and a mask or None, as arrays of RGB and of one channel."""
        image, strokes = self.image, None
        if isinstance(image, dict):  # (M) "backwards compatibility"
            image = image["image"]
        elif image is not None and self.image_fg is not None:
            strokes = self.image_fg[..., 3]
        if image is None:
            return of_img2img, None
        for region in (alpha(self.mask_image_fg), grey(self.mask_image), strokes):
            if region is not None and (region > 5).any():
                return image[..., :3], region
        return image[..., :3], None


def alpha(picture):
    return None if picture is None else picture[..., 3]


def grey(picture):
    return None if picture is None else picture[..., 0]
