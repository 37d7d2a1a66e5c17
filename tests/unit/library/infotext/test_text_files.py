"""The text file beside an image: whose it is, and what it says."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inu_jobs.library.infotext.text_files import beside, infotext_of, own_text

TEXT = "a cat, 夜市\nNegative prompt: dog\nSteps: 3, Sampler: Euler, Seed: 5"
LATER = 60.0


def put(folder: Path, text: str | bytes | None, *, later: float = 0.0) -> Path:
    """A picture, and its text file written ``later`` (seconds)."""
    picture = folder / "00001-5.png"
    picture.write_bytes(b"picture")
    os.utime(picture, (1_700_000_000, 1_700_000_000))
    if text is not None:
        file = folder / "00001-5.txt"
        file.write_bytes(text if isinstance(text, bytes) else f"{text}\n".encode())
        os.utime(file, (1_700_000_000 + later, 1_700_000_000 + later))
    return picture


@pytest.mark.parametrize(
    ("written", "text", "found"),
    [
        ("", TEXT, TEXT),
        ("in the image", TEXT, "in the image"),
        ("", TEXT.replace("\n", "\r\n"), TEXT),
        ("", "1girl, solo", ""),
        ("", b"\xff\xfe", ""),
        ("", TEXT + " " * (1 << 20), ""),
        ("", None, ""),
    ],
)
def test_an_infotext_in_the_text_file_alone_is_read(
    tmp_path: Path, written: str, text: str | bytes | None, found: str
) -> None:
    assert infotext_of(put(tmp_path, text), written) == found


@pytest.mark.parametrize(
    ("written", "text", "later", "expected"),
    [
        (TEXT, TEXT, LATER, True),  # copied to another disk, say
        (TEXT, TEXT.replace("\n", "\r\n"), LATER, True),
        ("", TEXT, LATER, True),
        (TEXT, "changed", LATER, False),
        ("", "notes", LATER, False),
        ("", "", LATER, False),
        (TEXT, "of Extras, which writes another text there", 1.0, True),
        (TEXT, "", 1.0, True),
        (TEXT, TEXT + " " * (1 << 20), 0.0, False),
        (TEXT, None, 0.0, False),
    ],
)
def test_what_was_saved_with_the_image_belongs_to_it(
    tmp_path: Path, written: str, text: str | None, later: float, expected: bool
) -> None:
    found = own_text(put(tmp_path, text, later=later), lambda _: written)
    assert found == (tmp_path / "00001-5.txt" if expected else None)


@pytest.mark.parametrize("other", [".webp", ".jpeg", ".gif"])
def test_what_is_two_images_belongs_to_neither(tmp_path: Path, other: str) -> None:
    picture = put(tmp_path, TEXT)
    picture.with_suffix(other).touch()
    assert own_text(picture, lambda _: TEXT) is None
    assert own_text(picture.with_suffix(other), lambda _: TEXT) is None


def test_the_copy_of_a_large_image_as_jpg_has_none(tmp_path: Path) -> None:
    picture = put(tmp_path, TEXT)
    copy = picture.with_suffix(".jpg")
    copy.touch()
    assert own_text(picture, lambda _: TEXT) == tmp_path / "00001-5.txt"
    assert own_text(copy, lambda _: TEXT) is None
    picture.unlink()
    assert own_text(copy, lambda _: TEXT) == tmp_path / "00001-5.txt", "it is no copy"


def test_a_picture_that_cannot_be_read_hides_no_text_file(tmp_path: Path) -> None:
    def damaged(_: Path) -> str:
        raise SyntaxError("broken PNG")

    assert own_text(put(tmp_path, TEXT), damaged), "it is as old"
    assert own_text(put(tmp_path, TEXT, later=LATER), damaged) is None


def test_no_link_is_followed(tmp_path: Path) -> None:
    picture = put(tmp_path, None)
    (tmp_path / "secret").write_text(TEXT, "utf-8")
    try:
        (tmp_path / "00001-5.txt").symlink_to(tmp_path / "secret")
    except OSError:
        pytest.skip("this system makes no links")
    assert beside(picture) is None
    assert infotext_of(picture, "") == "" and own_text(picture, lambda _: "") is None
    (tmp_path / "00001-5.txt").unlink()
    (tmp_path / "00001-5.txt").mkdir()
    assert infotext_of(picture, "") == "" and own_text(picture, lambda _: "") is None
