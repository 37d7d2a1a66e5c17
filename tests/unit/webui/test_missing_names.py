"""Real failures to import, and what is said about each."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from inu_jobs.webui.host.missing_names import problem

SOURCES = {
    "from modules import no_such_part": "modules.no_such_part",
    "from modules.part import no_such_name": "modules.part.no_such_name",
    "import modules.no_such_part": "modules.no_such_part",
}


@pytest.fixture
def webui(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "__init__.py").touch()
    (tmp_path / "modules" / "part.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.partition(".")[0] == "modules"]:
        monkeypatch.delitem(sys.modules, name)
    importlib.invalidate_caches()


@pytest.mark.usefixtures("webui")
@pytest.mark.parametrize("source", SOURCES)
def test_a_name_that_the_webui_lacks_is_no_missing_package(source: str) -> None:
    with pytest.raises(ImportError) as raised:
        exec(source, {})
    assert problem(raised.value) == (
        f"This WebUI is not supported: it has no {SOURCES[source]}."
        " Inu Jobs needs A1111 1.7 or later, reForge, Forge or Forge Neo."
    )


def test_a_package_that_is_missing_is_named() -> None:
    with pytest.raises(ImportError) as raised:
        importlib.import_module("no_such_package")
    assert problem(raised.value).startswith("The Python package no_such_package is missing")
    assert "first_thing is missing" in problem(ModuleNotFoundError(name="first_thing"))
