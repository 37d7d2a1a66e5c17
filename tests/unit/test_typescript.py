"""What the page takes the web API's answers for is what they are."""

from __future__ import annotations

from tests.typescript import FILE, typescript


def test_the_types_of_the_page_are_those_of_the_api() -> None:
    fresh = FILE.read_text(encoding="utf-8") == typescript()
    assert fresh, "ui/types.d.ts is stale: run python -m tests.typescript"
