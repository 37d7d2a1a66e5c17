"""What our code does to the host and reads from it, on the stand-in."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.webui.host_side.run import CASES

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("host").resolve()
    command = [sys.executable, "-m", "tests.unit.webui.host_side.run", str(folder)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    told = folder / "problems.json"
    assert told.exists(), ended.stdout[-2000:] + ended.stderr[-4000:]
    found: dict[str, str] = json.loads(told.read_text("utf-8"))
    return found


@pytest.mark.parametrize("name", CASES)
def test_case(problems: dict[str, str], name: str) -> None:
    assert problems[name] == "", problems[name]
