"""A line of values is cut where the composer cuts it: tests/ui/axis-row.test.mjs reads the same cases."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inu_jobs.plan.axes.notation import items

CASES = json.loads((Path(__file__).parents[3] / "ui" / "lines.json").read_text("utf-8"))


@pytest.mark.parametrize(("line", "found"), CASES)
def test_a_line(line: str, found: list[str]) -> None:
    assert items(line) == found
