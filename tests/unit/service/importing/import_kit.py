"""Images to import, and an import run to its end."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from PIL import Image as Picture
from PIL.PngImagePlugin import PngInfo

from inu_jobs import api
from tests.unit.service.service_kit import House

NOON = 1_790_000_000.0
DAY = 86_400.0
FORMATS: tuple[api.ExportFormat, ...] = ("csv", "json", "zip", "sheet")


def written(prompt: str, seed: int, **more: Any) -> str:
    fields = {"Steps": 20, "Sampler": "Euler", "CFG scale": 7, "Seed": seed, "Size": "64x64", **more}
    return f"{prompt}\nNegative prompt: blurry\n" + ", ".join(f"{name}: {v}" for name, v in fields.items())


def put(path: Path, text: str = "", when: float = NOON, size: tuple[int, int] = (8, 6)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    info = PngInfo()
    if text:
        info.add_text("parameters", text)
    Picture.new("RGB", size).save(path, pnginfo=info)
    os.utime(path, (when, when))
    return path


def run(house: House, **spec: Any) -> api.ImportState:
    house.service.importer.start(api.ImportSpec(**spec))
    return ended(house)


def ended(house: House) -> api.ImportState:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        state = house.service.importer.state()
        if state.state not in ("counting", "reading", "saving"):
            return state
        time.sleep(0.005)
    raise AssertionError(f"still at work: {state}")
