"""Which family a checkpoint belongs to, and which family a LoRA was made for: a LoRA of another family has no
effect, or not the intended one.

Read from the file's own metadata: the ModelSpec (``modelspec.architecture``) that trainers write, the ``ss_``
fields of kohya's trainer, else the width of the text embedding that its cross attention takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

SD1, SD2, SDXL, SD3, FLUX = "SD 1", "SD 2", "SDXL", "SD 3", "Flux"


class Trained(NamedTuple):
    """``side``: of the square images, in pixels, that it was trained on."""

    side: int


TRAINED = {SD1: Trained(512), SD2: Trained(768), SDXL: Trained(1024), SD3: Trained(1024), FLUX: Trained(1024)}
#: how ``modelspec.architecture`` and ``ss_base_model_version`` begin
_NAMES = (
    ("stable-diffusion-xl", SDXL),
    ("stable-diffusion-v1", SD1),
    ("stable-diffusion-v2", SD2),
    ("stable-diffusion-3", SD3),
    ("sdxl", SDXL),
    ("sd_v1", SD1),
    ("sd_1", SD1),
    ("sd_v2", SD2),
    ("sd_2", SD2),
    ("sd3", SD3),
    ("flux", FLUX),
)
#: the last dimension of cross attention's key weights: the width of the text embedding
_TEXT = {768: SD1, 1024: SD2, 2048: SDXL, 1280: SDXL}  # 1280: SDXL's refiner
_CROSS = "attn2"
_KEYS = ("to_k.weight", "to_k.lora_down.weight", "to_k.lora_A.weight")

Shapes = Mapping[str, Sequence[int]]


def family(metadata: Mapping[str, object], tensors: Shapes) -> str:
    """One of the names above, '' if the file does not tell. ``metadata``: the header's own fields;
    ``tensors``: the shape of each."""
    for field in ("modelspec.architecture", "ss_base_model_version"):
        told = str(metadata.get(field) or "").lower()
        for start, name in _NAMES:
            if told.startswith(start):
                return name
    if str(metadata.get("ss_v2")) == "True":
        return SD2
    return _by_shape(tensors)


def _by_shape(tensors: Shapes) -> str:
    for name, shape in tensors.items():
        if "joint_blocks" in name:
            return SD3
        if "double_blocks" in name:
            return FLUX
        if _CROSS in name and name.endswith(_KEYS) and shape and shape[-1] in _TEXT:
            return _TEXT[shape[-1]]
        if _CROSS in name and name.endswith(_KEYS) and len(shape) == 4 and shape[1] in _TEXT:
            return _TEXT[shape[1]]  # stored as a convolution
    return ""
