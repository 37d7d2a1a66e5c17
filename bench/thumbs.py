"""What a thumbnail costs the thread that makes images.

    python -m bench.thumbs

In turns: a 1024 x 1024 picture (smooth shapes with noise, as a generated one) is saved as PNG, then
offered. The worker is busy with the one before, as in real use.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageFilter

from bench.row import Row
from inu_jobs.library.thumbs import Thumbs

SIZE, IMAGES = 1024, 25


def generated(seed: int) -> Image.Image:
    shapes = Image.frombytes("RGB", (32, 32), random.Random(seed).randbytes(32 * 32 * 3))
    shapes = shapes.resize((SIZE, SIZE), Image.Resampling.BICUBIC)
    grain = Image.frombytes("RGB", (SIZE, SIZE), random.Random(seed + 1).randbytes(SIZE * SIZE * 3))
    return Image.blend(shapes, grain.filter(ImageFilter.GaussianBlur(1)), 0.1)


def run() -> list[Row]:
    saves, offers = [], []
    with tempfile.TemporaryDirectory(prefix="inu-jobs-bench-") as name:
        folder = Path(name)
        thumbs = Thumbs(folder / "thumbs")
        for number in range(IMAGES):
            image, path = generated(number), folder / f"{number}.png"
            start = time.perf_counter()
            image.save(path)
            saved = time.perf_counter()
            thumbs.offer(path, image)
            offers.append(time.perf_counter() - saved)
            saves.append(saved - start)
        thumbs.stop()
        made = len(list((folder / "thumbs").glob("??/*")))
        assert made == IMAGES, f"only {made} of {IMAGES} thumbnails were made in time"
    save, offer = statistics.median(saves), statistics.median(offers)
    detail = (
        f"offer {offer * 1e3:.2f} ms (at most {max(offers) * 1e3:.2f}), saving as PNG {save * 1e3:.0f} ms"
    )
    ratio = 100 * offer / save
    return [
        Row("a thumbnail, on the runner's thread", ratio, "% of saving as PNG", "≤ 5", ratio <= 5, detail)
    ]


if __name__ == "__main__":
    for row in run():
        print(f"{'ok ' if row.ok else 'BAD'} {row.name}: {row.value:.2f} {row.unit} (goal {row.goal})")
        print(f"    {row.detail}")
