"""A picture is decoded only where there is room for it, and one that needs too much is not called damaged."""

from __future__ import annotations

import base64
import io
import struct
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from inu_jobs import budgets
from inu_jobs.errors import InvalidInput, NotFound
from inu_jobs.library import pixels
from inu_jobs.library.audit import look
from inu_jobs.library.files import dimensions
from inu_jobs.library.inputs import Inputs
from inu_jobs.library.pixels import TooLarge, decoding, memory_of, opened, smaller, strips
from inu_jobs.library.thumbs import EDGE, Thumbs

#: Pillow's own limit is at 179 million pixels
WIDE = (14_000, 13_000)


def png(size: tuple[int, int], bits: int, colour: int, row: bytes) -> bytes:
    """Of equal rows, made without having it in memory."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(b"\0" + row) for _ in range(size[1])) + packer.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", *size, bits, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def huge_1bit() -> bytes:
    """182 megapixels in some 30 KB: half of it white."""
    return png(WIDE, 1, 0, b"\xff" * (WIDE[0] // 16) + b"\0" * (WIDE[0] // 16))


def kept(folder: Path, data: bytes, name: str = "a.png") -> tuple[Path, int, int]:
    path = folder / name
    path.write_bytes(data)
    stat = path.stat()
    return path, stat.st_size, stat.st_mtime_ns


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many bytes of pixels were decoded, each time."""
    found: list[int] = []
    core = Image.core.new  # all that Pillow keeps in memory comes from there

    def new(mode: str, size: tuple[int, int]) -> object:
        found.append(size[0] * size[1])
        return core(mode, size)

    monkeypatch.setattr(Image.core, "new", new)
    yield found


def test_one_bit_a_pixel_is_not_too_large(tmp_path: Path, loads: list[int]) -> None:
    path, size, mtime = kept(tmp_path, huge_1bit())
    assert dimensions(path) == WIDE
    assert look(path) == (WIDE, [])
    with Image.open(io.BytesIO(Thumbs(tmp_path / "thumbs").get(path, size, mtime))) as thumb:
        assert thumb.size == (320, 297)
        assert [thumb.getpixel((x, 100))[0] > 128 for x in (20, 300)] == [True, False]
    # whatever was made beside the picture itself is small
    assert max(loads) == WIDE[0] * WIDE[1] and sorted(set(loads))[-2] < 2_000_000


def test_a_picture_that_needs_too_much_is_not_called_damaged(tmp_path: Path, loads: list[int]) -> None:
    data = png((13_000, 13_000), 8, 2, b"\0\0\xff" * 13_000)
    assert len(data) < 2_000_000  # and 676 MB in memory
    path, size, mtime = kept(tmp_path, data)
    with pytest.raises(NotFound, match=r"^a\.png is too large for a thumbnail: 13000x13000 pixels\.$"):
        Thumbs(tmp_path / "thumbs").get(path, size, mtime)
    assert look(path) == ((13_000, 13_000), [])  # of the right size, for all we know
    with pytest.raises(
        InvalidInput, match=r"too large \(13000x13000 pixels\): send a smaller one"
    ) as refused:
        Inputs(tmp_path / "inputs").save_base64(base64.b64encode(data).decode(), "mask")
    assert refused.value.field == "mask"
    assert loads == []


def test_a_jpeg_is_decoded_small(tmp_path: Path, loads: list[int]) -> None:
    path = tmp_path / "a.jpg"
    Image.new("RGB", (6_000, 4_000), (200, 30, 30)).save(path)
    loads.clear()
    stat = path.stat()
    data = Thumbs(tmp_path / "thumbs").get(path, stat.st_size, stat.st_mtime_ns)
    assert Image.open(io.BytesIO(data)).size == (320, 213)
    Inputs(tmp_path / "inputs").save_bytes(path.read_bytes())
    assert 0 < max(loads) <= 6_000 * 4_000 // 16
    with pytest.raises(InvalidInput, match="not a readable"):
        Inputs(tmp_path / "inputs").save_bytes(path.read_bytes()[: stat.st_size // 2])


@pytest.mark.parametrize(
    ("mode", "format", "each"),
    [
        ("1", "PNG", 1),
        ("P", "PNG", 1),
        ("RGB", "PNG", 4),
        ("RGBA", "PNG", 4),
        ("RGB", "WEBP", 8),
        ("L", "JPEG", 1),
    ],
)
def test_memory_of_a_picture(mode: str, format: str, each: float) -> None:
    out = io.BytesIO()
    Image.new(mode, (100, 50)).save(out, format)
    assert memory_of(opened(out)) == 5_000 * each


def test_a_progressive_jpeg_is_held_whole_however_small_it_is_decoded() -> None:
    out = io.BytesIO()
    Image.new("RGB", (800, 400)).save(out, "JPEG", progressive=True, subsampling=2)
    image = opened(out)
    assert memory_of(image) == 320_000 * (4 + 3)
    image.draft("RGB", (100, 50))
    assert image.size == (100, 50)
    assert memory_of(image) == 5_000 * 4 + 320_000 * 3


def test_pictures_wait_until_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pixels, "_SHARE", budgets.Share(10_000))
    monkeypatch.setattr(pixels, "PIXELS", 10_000)
    image = Image.new("L", (60, 100))
    began, order = threading.Event(), []

    def second() -> None:
        began.set()
        with decoding(image):
            order.append("second")

    with decoding(image), decoding(Image.new("L", (40, 100))):
        thread = threading.Thread(target=second)
        thread.start()
        began.wait()
        thread.join(0.3)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    with pytest.raises(TooLarge), decoding(Image.new("L", (101, 100))):
        raise AssertionError("it was let in")


def test_who_has_gone_waits_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    share = budgets.Share(10)
    request = budgets.Request()
    with request.worked_for(), share.of(10):
        request.gone = True
        with pytest.raises(budgets.ClientGone), share.of(1):
            raise AssertionError("it was let in")


def test_all_pictures_of_a_request_have_one_budget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "PIXELS_OF_REQUEST", 5_000)
    inputs = Inputs(tmp_path)
    out = io.BytesIO()
    Image.new("RGB", (50, 50)).save(out, "PNG")
    with budgets.Request().worked_for():
        for field in ("a", "b"):
            inputs.save_bytes(out.getvalue(), field)
        with pytest.raises(InvalidInput, match="The images of a request") as refused:
            inputs.save_bytes(out.getvalue(), "c")
        assert refused.value.field == "c"
    with budgets.Request().worked_for():
        inputs.save_bytes(out.getvalue(), "a")


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_made_smaller_in_strips_it_is_the_same(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    image = Image.linear_gradient("L").resize((2_000, 1_500))
    image = Image.new("I;16", image.size, 40_000) if mode == "I;16" else image.convert(mode)
    whole = smaller(image, EDGE)
    monkeypatch.setattr(pixels, "_STRIP", 30_000)
    assert len(list(strips(image, 6))) > 10
    assert smaller(image, EDGE).tobytes() == whole.tobytes()
    assert whole.size == (334, 250)
