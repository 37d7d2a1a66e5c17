"""Copies that write over nothing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from inu_jobs.library.export import save, save_beside


def test_a_copy_is_whole_and_keeps_its_time(tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    source.write_bytes(b"picture with metadata")
    os.utime(source, (1_600_000_000, 1_600_000_000))
    copy = save(source, tmp_path / "not" / "there yet")
    assert copy.name == "a.png" and copy.read_bytes() == source.read_bytes()
    assert copy.stat().st_mtime == 1_600_000_000


def test_a_text_file_goes_beside_the_copy(tmp_path: Path) -> None:
    source = tmp_path / "a.txt"
    source.write_text("a cat", "utf-8")
    copy = tmp_path / "saved" / "a-2.png"
    copy.parent.mkdir()
    save_beside(source, copy)
    assert (tmp_path / "saved" / "a-2.txt").read_text("utf-8") == "a cat"
    source.write_text("a dog", "utf-8")
    save_beside(source, copy)
    assert (tmp_path / "saved" / "a-2.txt").read_text("utf-8") == "a cat", "nothing is written over"


def test_nothing_is_written_over_and_nothing_copied_twice(tmp_path: Path) -> None:
    folder = tmp_path / "saved"
    names = []
    for place, data in (("x", b"one"), ("y", b"two"), ("z", b"three"), ("w", b"two")):
        source = tmp_path / place / "a.png"
        source.parent.mkdir()
        source.write_bytes(data)
        names.append(save(source, folder).name)
    assert names == ["a.png", "a-2.png", "a-3.png", "a-2.png"]
    assert [(folder / name).read_bytes() for name in names] == [b"one", b"two", b"three", b"two"]


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "a.png"
    source.write_bytes(b"x")
    with pytest.raises(FileNotFoundError):
        save(tmp_path / "gone.png", tmp_path / "saved")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(OSError, match="No space"):
        save(source, tmp_path / "saved")
    assert list((tmp_path / "saved").iterdir()) == []
