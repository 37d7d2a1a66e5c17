"""Sizes that show the kind in each run, and in ``nox -s soak`` (INU_JOBS_LARGE) are as large as they get."""

from __future__ import annotations

import os

LARGE = "INU_JOBS_LARGE" in os.environ


def sized(usual: int, large: int) -> int:
    return large if LARGE else usual
