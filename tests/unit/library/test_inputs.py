"""Input images: kept once by content, verified, swept when no job needs them."""

from __future__ import annotations

import base64
import os
import random
import struct
import sys
import threading
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from inu_jobs.errors import InvalidInput, NotFound
from inu_jobs.library import inputs as module
from inu_jobs.library.inputs import INPUT_TOKEN, Inputs, decode_base64
from tests.unit.library.library_kit import as_base64, encoded, picture


@pytest.fixture
def inputs(tmp_path: Path) -> Inputs:
    return Inputs(tmp_path / "inputs")


def files(inputs: Inputs) -> list[Path]:
    return sorted(path for path in inputs.folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(("format", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg"), ("WEBP", ".webp")])
def test_bytes_are_kept_as_they_are_and_once(inputs: Inputs, format: str, suffix: str) -> None:
    data = encoded(picture(), format)
    token = inputs.save_bytes(data)
    assert INPUT_TOKEN.fullmatch(token)
    assert inputs.save_bytes(data) == inputs.save_base64(base64.b64encode(data).decode()) == token
    assert inputs.path(token).read_bytes() == data
    assert inputs.path(token).suffix == suffix
    assert len(files(inputs)) == 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "P", "CMYK", "YCbCr"])
def test_the_same_picture_is_the_same_token(inputs: Inputs, mode: str) -> None:
    image = picture(mode=mode)
    other = image.copy()
    other.info.update(parameters="made by something else", icc_profile=b"of another screen", dpi=(300, 300))
    token = inputs.save_image(image)
    assert inputs.save_image(other) == token
    with Image.open(inputs.path(token)) as kept:
        assert kept.convert("RGBA").tobytes() == image.convert("RGBA").tobytes()
        assert kept.info == {}


def test_a_palette_with_a_transparent_colour_keeps_it(inputs: Inputs) -> None:
    image = picture(mode="P")
    image.info["transparency"] = 3
    with Image.open(inputs.path(inputs.save_image(image))) as kept:
        assert kept.mode == "RGBA"
        assert kept.tobytes() == image.convert("RGBA").tobytes()


def test_a_picture_that_is_stored_turned_is_turned(inputs: Inputs) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    token = inputs.save_bytes(encoded(picture(40, 24), "JPEG", exif=exif.tobytes()))
    with Image.open(inputs.path(token)) as kept:
        assert kept.size == (24, 40)
        assert kept.getexif().get(0x0112, 1) == 1


def bomb() -> bytes:
    """A PNG that says it has 60000 x 60000 pixels, in 100 bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", encoded(picture())[:-40], encoded(picture(), "GIF"), encoded(picture(), "TIFF"), bomb()],
    ids=["empty", "text", "cut", "gif", "tiff", "bomb"],
)
def test_what_is_no_such_image_is_refused(inputs: Inputs, data: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        inputs.save_bytes(data, "mask")
    assert refused.value.field == "mask"
    assert files(inputs) == []


def test_a_large_file_is_refused_before_it_is_looked_at(
    inputs: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded(picture())
    monkeypatch.setattr(module, "MAX_BYTES", len(data) - 1)
    with pytest.raises(InvalidInput, match="larger"):
        inputs.save_bytes(data)
    with pytest.raises(InvalidInput, match="larger"):
        decode_base64("A" * (len(data) * 2))


@given(st.binary(max_size=200), st.sampled_from(["", "data:image/png;base64,", "DATA:image/svg+xml;base64,"]))
def test_base64_is_read_with_line_breaks(data: bytes, prefix: str) -> None:
    assert decode_base64(prefix + base64.encodebytes(data).decode()) == data


@pytest.mark.parametrize("text", ["a", "ab*=", "héllo", "data:text/plain;base64,aGk=", "aGk=aGk", "\0"])
def test_what_is_not_base64(text: str) -> None:
    with pytest.raises(InvalidInput, match="base64 or a token"):
        decode_base64(text)


@pytest.mark.parametrize("token", ["input:abc", "input:" + "A" * 64, "image:i1", "input:../x", ""])
def test_a_token_of_another_kind_has_no_path(inputs: Inputs, token: str) -> None:
    with pytest.raises(InvalidInput):
        inputs.path(token)
    with pytest.raises(NotFound):
        inputs.path("input:" + "0" * 64)


def test_sweeping_spares_what_is_used_and_what_is_young(inputs: Inputs) -> None:
    used, old, young = (inputs.save_image(picture(8 + n, 8)) for n in range(3))
    left = inputs.folder / "00" / ".killed.tmp"
    left.parent.mkdir(exist_ok=True)
    left.write_bytes(b"half")
    long_ago = time.time() - 7200
    for path in (inputs.path(used), inputs.path(old), left):
        os.utime(path, (long_ago, long_ago))
    assert inputs.sweep({used, "image:whatever"}, 3600) == 2
    assert files(inputs) == sorted([inputs.path(used), inputs.path(young)])


def grow(inputs: Inputs, count: int, *, seconds_ago: float, start: int = 0) -> list[Path]:
    """Input images of some 12 kB each."""
    found = []
    for number in range(start, start + count):
        noise = random.Random(number).randbytes(64 * 64 * 3)
        found.append(inputs.path(inputs.save_image(Image.frombytes("RGB", (64, 64), noise))))
        at = time.time() - seconds_ago + number
        os.utime(found[-1], (at, at))
    return found


def test_what_no_job_uses_has_a_cap(inputs: Inputs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stores and never queues: the oldest go, what a job uses and what is young stays."""
    monkeypatch.setattr(module, "MAX_UNUSED", 100_000)
    old = grow(inputs, 8, seconds_ago=5000)
    used = {f"input:{old[0].stem}"}
    inputs.in_use = lambda: used
    young = grow(inputs, 2, seconds_ago=0, start=8)
    assert old[0].is_file() and all(path.is_file() for path in young)
    assert not old[1].exists() and old[7].is_file()
    assert sum(path.stat().st_size for path in files(inputs) if path != old[0]) <= 100_000


def test_beyond_the_cap_nothing_more_is_stored(inputs: Inputs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_UNUSED", 100_000)
    asked = []

    def in_use() -> set[str]:
        asked.append(1)
        return used

    used: set[str] = set()
    inputs.in_use = in_use
    with pytest.raises(InvalidInput, match="no job uses take up too much space"):
        grow(inputs, 20, seconds_ago=0)
    there = files(inputs)
    assert 6 <= len(there) <= 8
    for number in range(30, 40):
        with pytest.raises(InvalidInput):
            grow(inputs, 1, seconds_ago=0, start=number)
    assert len(asked) <= 3, "to look is work: not for each request"
    grow(inputs, 1, seconds_ago=0)  # one that is there already takes no room
    used.update(f"input:{path.stem}" for path in there)
    monkeypatch.setattr(inputs, "_full_until", 0.0)
    grow(inputs, 1, seconds_ago=0, start=50)  # they became jobs
    assert len(files(inputs)) == len(there) + 1


def test_nothing_is_deleted_while_it_is_not_known_what_jobs_use(
    inputs: Inputs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_UNUSED", 50_000)
    inputs.in_use = lambda: None
    with pytest.raises(InvalidInput):
        grow(inputs, 9, seconds_ago=5000)
    assert len(files(inputs)) == 4


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_link_is_no_input(inputs: Inputs, tmp_path: Path) -> None:
    digest = "0" * 64
    (tmp_path / "private.png").write_bytes(encoded(picture()))
    (inputs.folder / "00").mkdir(parents=True)
    (inputs.folder / "00" / f"{digest}.png").symlink_to(tmp_path / "private.png")
    with pytest.raises(NotFound):
        inputs.path(f"input:{digest}")


def test_what_is_captured_again_counts_as_young(inputs: Inputs) -> None:
    token = inputs.save_image(picture())
    long_ago = time.time() - 7200
    os.utime(inputs.path(token), (long_ago, long_ago))
    inputs.save_image(picture())
    assert inputs.sweep(set(), 3600) == 0


def test_many_threads_keep_one_whole_file(inputs: Inputs) -> None:
    data = encoded(picture(200, 200))
    start = threading.Barrier(6)
    tokens: list[str] = []

    def save() -> None:
        start.wait()
        tokens.append(inputs.save_bytes(data))

    threads = [threading.Thread(target=save) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tokens) == 6 and len(set(tokens)) == 1
    assert [path.read_bytes() for path in files(inputs)] == [data]


def test_a_folder_that_takes_nothing_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "inputs").write_text("in the way", encoding="utf-8")
    with pytest.raises(InvalidInput, match="could not be saved"):
        Inputs(tmp_path / "inputs").save_base64(as_base64(picture()))
