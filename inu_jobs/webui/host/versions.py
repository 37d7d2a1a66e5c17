"""What older WebUIs name differently, or do elsewhere.

- Infotexts: ``infotext_utils`` reads them, before 1.8 ``generation_parameters_copypaste`` (which A1111 kept
  as an alias; Forge Neo 2.26 did not).
- Before 1.8, txt2img was one function; since then ``txt2img_create_processing`` has the page's parameters.
  Before 1.9, steps and sampler were among them; since then, the script Sampler has them.
- Before 1.9, schedule types were part of a sampler's name ("DPM++ 2M Karras"); since then, there is
  ``sd_schedulers``.
- Before 1.9, img2img turned a photo upright itself; since then, ``images.fix_image`` does.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from modules import images, txt2img
from PIL import ImageOps


def _infotexts() -> Any:
    try:
        return importlib.import_module("modules.infotext_utils")
    except ModuleNotFoundError as newer:
        try:
            return importlib.import_module("modules.generation_parameters_copypaste")
        except ModuleNotFoundError:
            raise newer from None


infotext_utils = _infotexts()


def txt2img_function() -> Callable[..., Any]:
    """Whose parameters are what txt2img's page sends."""
    found: Callable[..., Any] = getattr(txt2img, "txt2img_create_processing", txt2img.txt2img)
    return found


def schedule_types() -> Any:
    """The module, None if there is none."""
    try:
        return importlib.import_module("modules.sd_schedulers")
    except ModuleNotFoundError:
        return None


def upright(image: Any) -> Any:
    """A photo taken sideways, turned."""
    fix = getattr(images, "fix_image", ImageOps.exif_transpose)
    return fix(image)
