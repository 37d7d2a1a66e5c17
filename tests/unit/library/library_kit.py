from __future__ import annotations

import base64
import io
import json
from pathlib import Path
from typing import Any

from PIL import Image

RECORDED = Path(__file__).resolve().parents[2] / "recorded"


def recorded_tasks() -> dict[str, Any]:
    text = (RECORDED / "agent_scheduler_tasks.json").read_text(encoding="utf-8")
    return json.loads(text)["tasks"]


def picture(width: int = 40, height: int = 24, mode: str = "RGB") -> Image.Image:
    """No two pixels in a row are alike, so that a turn or a shift shows."""
    image = Image.new("RGB", (width, height))
    image.putdata([(x * 5 % 256, y * 9 % 256, (x + y) % 256) for y in range(height) for x in range(width)])
    return image.convert(mode)


def encoded(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def as_base64(image: Image.Image, format: str = "PNG") -> str:
    return base64.b64encode(encoded(image, format)).decode()
