"""What the console is told: each message once, whether or not the WebUI has set up logging."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from inu_jobs.log import log

ROOT = Path(__file__).resolve().parents[2]
TELL = """
import logging
{before}
from inu_jobs.log import log
log.info("it is %s.", "so")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("it went wrong.")
"""


@pytest.mark.parametrize(
    "before",
    ["", "logging.basicConfig(level=logging.DEBUG)", "logging.basicConfig(level=logging.ERROR)"],
    ids=["nothing is set up", "all is shown", "errors are shown"],
)
def test_it_is_told_once_with_its_traceback(before: str) -> None:
    code = TELL.format(before=before)
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    lines = told.stderr.splitlines()
    assert lines[:3] == [
        "Inu Jobs: it is so.",
        "Inu Jobs: it went wrong.",
        "Traceback (most recent call last):",
    ]
    assert lines[-1].startswith("ZeroDivisionError")
    assert told.stderr.count("Traceback") == 1 and told.stdout == ""


def test_a_console_that_cannot_show_it_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    log.warning("nobody hears this")
    assert logging.getLogger("inu_jobs") is log
