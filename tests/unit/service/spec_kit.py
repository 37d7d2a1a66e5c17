"""What the tests of jobs send."""

from __future__ import annotations

import base64
import io

from PIL import Image as Picture

from tests.unit.service.service_kit import PROMPT

BASE = {"prompt": PROMPT, "steps": 20, "width": 64, "height": 64}


def png(color: int = 1) -> bytes:
    out = io.BytesIO()
    Picture.new("RGB", (64, 64), (color, 0, 0)).save(out, "PNG")
    return out.getvalue()


def base64_png(color: int = 1) -> str:
    return base64.b64encode(png(color)).decode()
