"""ControlNet's unit: a pydantic model that the page fills with arrays and the API with base64."""

from enum import Enum
from typing import Any

import numpy
from pydantic import BaseModel, validator

from modules.api import api

MODULES = ("none", "invert", "reference_only")
MODELS = ("control_lines [1a2b3c4d]", "control_depth [5e6f7a8b]")


class InputMode(Enum):
    SIMPLE = "simple"
    BATCH = "batch"
    MERGE = "merge"


class ResizeMode(Enum):
    RESIZE = "Just Resize"
    INNER_FIT = "Crop and Resize"
    OUTER_FIT = "Resize and Fill"


class ControlMode(Enum):
    BALANCED = "Balanced"
    PROMPT = "My prompt is more important"
    CONTROL = "ControlNet is more important"


def to_array(text):
    return numpy.array(api.decode_base64_to_image(text)).astype("uint8")


class ControlNetUnit(BaseModel):
    class Config:
        arbitrary_types_allowed = True
        extra = "ignore"

    is_ui: bool = False
    input_mode: InputMode = InputMode.SIMPLE
    batch_images: Any = None
    output_dir: str = ""
    loopback: bool = False
    enabled: bool = False
    module: str = "none"
    model: str = "None"
    weight: float = 1.0
    image: Any = None
    resize_mode: ResizeMode = ResizeMode.INNER_FIT
    guidance_end: float = 1.0
    control_mode: ControlMode = ControlMode.BALANCED
    advanced_weighting: list[float] | None = None
    effective_region_mask: numpy.ndarray | None = None
    ipadapter_input: list[Any] | None = None
    mask: Any = None

    @validator("module", pre=True)
    def check_module(cls, value):
        if value not in MODULES:
            raise ValueError(f"module({value}) not found in supported modules.")
        return value

    @validator("effective_region_mask", pre=True)
    def parse_region(cls, value):
        return to_array(value) if isinstance(value, str) else value

    @classmethod
    def from_dict(cls, values):
        return cls(**values)

    def images(self):
        """Pairs of (picture, mask or None) as arrays, from any of the forms that a request may have; None
        if the unit has no picture."""
        if self.image is None:
            return None
        given = self.image if isinstance(self.image, list) else [self.image]
        pairs = []
        for entry in given:
            one = entry if isinstance(entry, dict) else {"image": entry, "mask": self.mask}
            if one.get("image") is None:
                raise ValueError(f"Unrecognized image field {entry}")
            pairs.append(tuple(self._array(one.get(name)) for name in ("image", "mask")))
        return pairs

    @staticmethod
    def _array(value):
        if value is None:
            return None
        if isinstance(value, str):
            value = to_array(value)
        if not isinstance(value, numpy.ndarray):
            raise ValueError(f"Unrecognized image format {type(value)}.")
        return value
