"""No module is longer than one can keep in one's head, and no folder of tests holds more than one can see."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: lines at most
MOST = {"inu_jobs": 400, "scripts": 400, "bench": 400, "docs": 400, "tests": 500}
MOST_FILES = 15
#: they stand in for the WebUI's own modules, each under its name
STAND_IN = [ROOT / "tests" / "sandbox" / folder / "modules" for folder in ("", "a1111", "neo")]
MODULES = sorted(
    path for folder in MOST for path in (ROOT / folder).rglob("*.py") if not set(STAND_IN) & set(path.parents)
)
FOLDERS = sorted({path.parent for path in MODULES if path.is_relative_to(ROOT / "tests")})


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_is_short(path: Path) -> None:
    most = MOST[path.relative_to(ROOT).parts[0]]
    assert len(path.read_text("utf-8").splitlines()) <= most


@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_folder_of_tests_is_crowded(path: Path) -> None:
    assert len([file for file in path.iterdir() if file.is_file()]) <= MOST_FILES
