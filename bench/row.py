"""One line of the benchmark's table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """``value`` is what ``goal`` speaks of, mostly a ratio ("x") against a baseline of the same run."""

    name: str
    value: float
    unit: str
    goal: str
    ok: bool
    detail: str
