"""What a script keeps in a ``gr.State``: an enum, and a dataclass with one in it."""

from dataclasses import dataclass, field
from enum import Enum

import numpy


class Blend(Enum):
    PLAIN = 1
    DARKER = (2, "darker")


@dataclass
class Look:
    tint: tuple = ()
    blend: Blend = Blend.PLAIN
    weights: numpy.ndarray = field(default_factory=lambda: numpy.zeros(2, numpy.float32))

    @classmethod
    def of(cls, text, blend):
        tint = tuple(int(part) for part in text.split(",")) if text else ()
        return cls(tint, Blend[blend], numpy.array([12.5, 0.1], numpy.float32))
