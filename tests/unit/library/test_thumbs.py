"""Thumbnails: from memory when an image is saved, from the file when not, and never a wrong one."""

from __future__ import annotations

import io
import os
import threading
import time
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from inu_jobs.errors import NotFound
from inu_jobs.library import thumbs as module
from inu_jobs.library.thumbs import EDGE, Thumbs, media_type
from tests.unit.library.library_kit import picture


@pytest.fixture
def thumbs(tmp_path: Path) -> Thumbs:
    return Thumbs(tmp_path / "thumbs")


def saved(folder: Path, image: Image.Image, name: str = "a.png") -> tuple[Path, int, int]:
    path = folder / name
    image.save(path)
    stat = path.stat()
    return path, stat.st_size, stat.st_mtime_ns


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def cached(thumbs: Thumbs) -> list[str]:
    return sorted(path.stem for path in thumbs.folder.glob("??/*"))


def mean(image: Image.Image) -> tuple[int, ...]:
    return image.convert("RGB").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))


@pytest.mark.parametrize(
    ("size", "small"),
    [((1024, 512), (320, 160)), ((300, 1000), (96, 320)), ((64, 32), (64, 32)), ((5000, 2), (320, 1))],
)
def test_size(thumbs: Thumbs, tmp_path: Path, size: tuple[int, int], small: tuple[int, int]) -> None:
    data = thumbs.get(*saved(tmp_path, picture(*size)))
    assert opened(data).size == small
    assert max(small) <= EDGE
    assert media_type(data) == "image/webp"


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I"])
def test_every_mode_has_one(thumbs: Thumbs, tmp_path: Path, mode: str) -> None:
    assert opened(thumbs.get(*saved(tmp_path, picture(600, 400, mode)))).mode == "RGB"


def test_sixteen_bits_are_scaled_and_not_cut_off(thumbs: Thumbs, tmp_path: Path) -> None:
    image = Image.new("I", (400, 400), 128 * 256)
    assert mean(opened(thumbs.get(*saved(tmp_path, image)))) == pytest.approx((128,) * 3, abs=3)


def test_what_is_transparent_is_grey(thumbs: Thumbs, tmp_path: Path) -> None:
    image = Image.new("RGBA", (400, 400), (255, 0, 0, 0))
    assert mean(opened(thumbs.get(*saved(tmp_path, image)))) == pytest.approx((128,) * 3, abs=3)


def with_hidden_data(image: Image.Image) -> Image.Image:
    """As Forge saves it: its infotext is in the lowest bit of the alpha."""
    bits = bytes(254 + (n * 7919 % 3 == 0) for n in range(image.width * image.height))
    found = image.convert("RGBA")
    found.putalpha(Image.frombytes("L", image.size, bits))
    return found


@pytest.mark.parametrize("size", [(400, 300), (1500, 2000)])
def test_data_hidden_in_the_alpha_is_no_transparency(
    thumbs: Thumbs, tmp_path: Path, size: tuple[int, int]
) -> None:
    plain = picture(*size)
    hidden = thumbs.get(*saved(tmp_path, with_hidden_data(plain), "hidden.png"))
    assert hidden == thumbs.get(*saved(tmp_path, plain, "plain.png"))


def test_nothing_of_the_recipe_comes_along(thumbs: Thumbs, tmp_path: Path) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "a secret prompt")
    exif = Image.Exif()
    exif[0x010E] = "a secret prompt"
    path = tmp_path / "a.png"
    picture(400, 400).save(path, pnginfo=info, exif=exif)
    data = thumbs.get(path, path.stat().st_size, path.stat().st_mtime_ns)
    assert b"secret" not in data
    assert not opened(data).getexif()


def test_offered_is_the_image_in_memory_though_it_changes_after(thumbs: Thumbs, tmp_path: Path) -> None:
    image = Image.new("RGB", (640, 640), (200, 40, 40))
    path, size, mtime = saved(tmp_path, image)
    thumbs.offer(path, image)
    image.paste((0, 0, 255), (0, 0, 640, 640))
    thumbs.stop()
    assert cached(thumbs) == [Thumbs.key(path, size, mtime)]
    path.unlink()  # what was made from memory needs no file
    assert mean(opened(thumbs.get(path, size, mtime))) == pytest.approx((200, 40, 40), abs=4)


def test_what_still_waits_is_made_at_once_when_asked(
    thumbs: Thumbs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker is held up with the first image; the second must not wait for it."""
    held, go_on = threading.Event(), threading.Event()
    original = Thumbs._shrink

    def slow(self: Thumbs, image: Image.Image) -> bytes:
        if threading.current_thread().name == "inu-jobs-thumbs":
            held.set()
            assert go_on.wait(30)
        return original(self, image)

    monkeypatch.setattr(Thumbs, "_shrink", slow)
    first, second = saved(tmp_path, picture(400, 300)), saved(tmp_path, picture(300, 400), "b.png")
    thumbs.offer(first[0], picture(400, 300))
    assert held.wait(30)
    thumbs.offer(second[0], picture(300, 400))
    second[0].unlink()
    assert opened(thumbs.get(*second)).size == (240, 320)
    go_on.set()
    thumbs.stop()
    assert cached(thumbs) == sorted(Thumbs.key(*one) for one in (first, second))


def test_too_many_at_once_are_dropped_and_made_from_the_files(
    thumbs: Thumbs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_WAITING", 0)
    one = saved(tmp_path, picture())
    thumbs.offer(one[0], picture())
    thumbs.stop()
    assert cached(thumbs) == []
    assert opened(thumbs.get(*one)).size == picture().size


@pytest.mark.parametrize("image", ["no image", None, 5])
def test_an_offer_never_raises(thumbs: Thumbs, tmp_path: Path, image: object) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    thumbs.offer(tmp_path / "a.png", image)  # type: ignore[arg-type]
    thumbs.offer(tmp_path / "gone.png", picture())
    thumbs.stop()
    assert cached(thumbs) == []


def test_an_image_that_cannot_be_shrunk_does_not_stop_the_worker(thumbs: Thumbs, tmp_path: Path) -> None:
    bad, good = saved(tmp_path, picture(), "bad.png"), saved(tmp_path, picture())
    thumbs.offer(bad[0], Image.new("RGB", (0, 0)))
    thumbs.offer(good[0], picture())
    thumbs.stop()
    assert cached(thumbs) == [Thumbs.key(*good)]


def test_the_cache_answers_when_the_file_is_gone(thumbs: Thumbs, tmp_path: Path) -> None:
    one = saved(tmp_path, picture())
    data = thumbs.get(*one)
    one[0].unlink()
    assert thumbs.get(*one) == data


def test_a_file_that_changed_is_shown_but_not_kept_under_the_old_name(thumbs: Thumbs, tmp_path: Path) -> None:
    path, size, mtime = saved(tmp_path, Image.new("RGB", (400, 400), (250, 0, 0)))
    Image.new("RGB", (400, 300), (0, 250, 0)).save(path)
    os.utime(path, ns=(mtime + 10**9, mtime + 10**9))
    assert opened(thumbs.get(path, size, mtime)).size == (320, 240)
    assert cached(thumbs) == []


@pytest.mark.parametrize("content", [None, b"", b"hello", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_gone_or_damaged_is_one_sentence(thumbs: Thumbs, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(NotFound, match=r"a\.png"):
        thumbs.get(path, 5, 5)


def test_sweeping_keeps_what_is_valid_and_what_is_young(thumbs: Thumbs, tmp_path: Path) -> None:
    keep, drop, young = (saved(tmp_path, picture(), name) for name in ("a.png", "b.png", "c.png"))
    for image in (keep, drop, young):
        thumbs.get(*image)
    (thumbs.folder / "00").mkdir(exist_ok=True)
    (thumbs.folder / "00" / ".killed.tmp").write_bytes(b"half")
    long_ago = time.time() - 7200
    for file in thumbs.folder.glob("??/*"):
        if file.stem != Thumbs.key(*young):
            os.utime(file, (long_ago, long_ago))
    assert thumbs.sweep({Thumbs.key(*keep)}, 3600) == 2
    assert cached(thumbs) == sorted([Thumbs.key(*keep), Thumbs.key(*young)])


def test_a_cache_that_takes_nothing_costs_no_picture(tmp_path: Path) -> None:
    (tmp_path / "thumbs").write_text("in the way", encoding="utf-8")
    thumbs = Thumbs(tmp_path / "thumbs")
    assert opened(thumbs.get(*saved(tmp_path, picture()))).size == picture().size
