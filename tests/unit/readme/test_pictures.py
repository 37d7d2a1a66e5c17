"""The pictures of README.md: small, and each one there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
PICTURES = sorted(path for path in DOCS.rglob("*") if path.suffix in (".webp", ".png", ".jpg", ".gif"))


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_picture_is_small(path: Path) -> None:
    assert path.suffix == ".webp" and path.stat().st_size <= 150_000
    with Image.open(path) as picture:
        assert picture.format == "WEBP"


def test_what_the_readme_shows_is_there() -> None:
    shown = re.findall(r"docs/[\w/-]+\.\w+", (ROOT / "README.md").read_text("utf-8"))
    assert len(PICTURES) > 20 and len(shown) > 8
    assert [name for name in shown if not (ROOT / name).is_file()] == []
