"""What stands behind the pixels of a PNG: the same as Pillow finds, without decoding them."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image

from inu_jobs.library.infotext import png
from inu_jobs.library.infotext.png import info_behind
from tests.unit.library.library_kit import RECORDED, encoded, picture

CASE = RECORDED.parent / "cases" / "after_idat.png"


def chunk(type: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + type + data + struct.pack(">I", zlib.crc32(type + data))


def text(keyword: str, value: str) -> bytes:
    return chunk(b"tEXt", keyword.encode("latin-1") + b"\0" + value.encode("latin-1", "replace"))


def packed(keyword: str, value: bytes) -> bytes:
    return chunk(b"zTXt", keyword.encode("latin-1") + b"\0\0" + zlib.compress(value))


def international(keyword: str, value: str, *, pack: bool) -> bytes:
    data = value.encode()
    head = keyword.encode("latin-1") + bytes([0, pack, 0]) + b"\0\0"
    return chunk(b"iTXt", head + (zlib.compress(data) if pack else data))


def with_chunks(before: bytes, behind: bytes) -> bytes:
    """A picture with chunks before its pixels and behind them."""
    data = encoded(picture())
    start, end = data.index(b"IDAT") - 4, data.index(b"IEND") - 4
    return data[:start] + before + data[start:end] + behind + data[end:]


def loaded(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Pillow's info before and after the pixels were decoded."""
    with Image.open(io.BytesIO(data)) as image:
        before = dict(image.info)
        image.load()
        return before, dict(image.info)


def test_the_infotext_behind_the_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image.Image, "load", lambda _: pytest.fail("the pixels were decoded"))
    found = info_behind(CASE)
    assert found["parameters"].startswith(
        "a red cat, sitting\nNegative prompt: dog\nSteps: 20, Sampler: Euler a"
    )


keywords = st.sampled_from(["parameters", "Comment", "Software", "prompt"])
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
chunks = st.lists(
    st.one_of(
        st.builds(text, keywords, texts),
        st.builds(packed, keywords, texts.map(str.encode)),
        st.builds(international, keywords, texts, pack=st.booleans()),
        st.just(chunk(b"IDAT", b"")),
        st.just(chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\0")),
    ),
    max_size=5,
).map(b"".join)


@given(chunks, chunks)
@example(b"", text("parameters", "a") + text("parameters", "b"))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pillow_finds_the_same(tmp_path: Path, before: bytes, behind: bytes) -> None:
    before = before.replace(chunk(b"IDAT", b""), b"")
    path = tmp_path / "a.png"
    path.write_bytes(with_chunks(before, behind))
    early, late = loaded(path.read_bytes())
    assert {**early, **info_behind(path)} == late


def test_a_file_that_is_cut_off(tmp_path: Path) -> None:
    whole = with_chunks(b"", text("parameters", "first") + text("Comment", "second"))
    path = tmp_path / "a.png"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        found = info_behind(path)
        assert found.items() <= {"parameters": "first", "Comment": "second"}.items()
    path.write_bytes(whole.replace(b"parameters", b"parametres"))
    assert "parametres" in info_behind(path), "a wrong checksum is none of our business, nor of Pillow's"


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "GIF"])
def test_what_is_no_png(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encoded(picture(), form))
    assert info_behind(path) == {}
    with pytest.raises(OSError):
        info_behind(tmp_path / "missing.png")


def test_texts_that_are_too_large_are_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    bomb = zlib.compress(bytes(200 << 20))
    behind = chunk(b"zTXt", b"parameters\0\0" + bomb) + chunk(b"iTXt", b"Comment\0\1\0\0\0" + bomb)
    path.write_bytes(with_chunks(b"", behind + text("Software", "x")))
    assert info_behind(path) == {"Software": "x"}
    monkeypatch.setattr(png, "_MOST_BYTES", 30)
    path.write_bytes(with_chunks(b"", text("parameters", "a" * 40) + text("Software", "x")))
    assert info_behind(path) == {"Software": "x"}
    monkeypatch.setattr(png, "_MOST_CHUNKS", 50)
    path.write_bytes(with_chunks(b"", chunk(b"IDAT", b"") * 60 + text("Software", "x")))
    assert info_behind(path) == {}


@given(st.binary(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(with_chunks(b"", data))
    info_behind(path)
