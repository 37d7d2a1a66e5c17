"""The rooms of the web UI: imports point one way, no folder and no module grows too large."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

import pytest

UI = Path(__file__).resolve().parents[2] / "ui"
#: files in a folder, lines in a module
MOST_FILES, MOST_LINES = 15, 400

#: what each folder may import, beside itself: core knows no page, dom and host know no feature
ALLOWED: dict[str, set[str]] = {
    "core": set(),
    "dom": {"core"},
    "host": {"core"},
    "notifications": {"core"},
    "setup": {"core", "dom", "host"},
    "frame": {"core", "dom", "setup"},
    "machines": {"core", "dom"},
    "runs": {"core", "dom", "machines"},
    "plan": {"core", "dom", "runs"},
    "derive": {"core", "dom", "runs", "plan"},
    "compose": {"core", "dom", "host", "runs", "plan", "derive"},
    "jobs": {"core", "dom", "host", "runs", "machines", "derive", "setup"},
    "grid": {"core", "dom"},
    "review": {"core", "dom"},
    "export": {"core", "dom"},
    "viewer": {"core", "dom", "host", "grid", "review"},
    "compare": {"core", "dom", "review", "viewer"},
    "workspace": {"core", "dom", "host", "jobs", "derive", "grid", "review", "export", "viewer", "compare"},
    "find": {"core", "dom"},
    "import": {"core", "dom"},
    "trash": {"core", "dom", "grid", "viewer"},
}
#: at the top: what the browser is given to begin with, and the types of the web API
ENTRY_POINTS = {"main.mjs", "standalone.mjs"}
MODULES = sorted(UI.rglob("*.mjs"))

_IMPORT = re.compile(
    r'^(?:import\b|export\b[^;"(]*\bfrom\b)[^;"(]*"(\.[^"]+)"|\bimport\(\s*"(\.[^"]+)"\s*\)(?!\.)',
    re.MULTILINE,
)
_COMMENT = re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.DOTALL | re.MULTILINE)


def folder_of(path: str) -> str:
    """The room of a file, named from ``ui/``; '' for those at the top."""
    return path.split("/")[0] if "/" in path else ""


def imported(path: Path, root: Path = UI) -> set[str]:
    """The modules that ``path`` imports, named from ``root``. What only a
    comment names, a type, is no import."""
    text = _COMMENT.sub("", path.read_text(encoding="utf-8"))
    here = path.relative_to(root).parent.as_posix()
    return {posixpath.normpath(posixpath.join(here, a or b)) for a, b in _IMPORT.findall(text)}


def astray(path: Path, root: Path = UI) -> set[str]:
    """What ``path`` imports although its folder may not."""
    own = folder_of(path.relative_to(root).as_posix())
    if not own:
        return set()
    return {name for name in imported(path, root) if folder_of(name) not in ALLOWED.get(own, set()) | {own}}


def crowded(root: Path = UI) -> set[str]:
    """Folders with too many files."""
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    return {
        folder.relative_to(root).as_posix()
        for folder in folders
        if sum(path.is_file() for path in folder.iterdir()) > MOST_FILES
    }


def homeless(root: Path = UI) -> set[str]:
    """Modules and styles that are in no folder of a feature."""
    files = [path.relative_to(root).as_posix() for end in ("mjs", "css") for path in root.rglob(f"*.{end}")]
    return {name for name in files if folder_of(name) not in ALLOWED and name not in ENTRY_POINTS}


def name_of(path: Path) -> str:
    return path.relative_to(UI).as_posix()


def test_every_room_is_known_and_lived_in() -> None:
    assert {path.name for path in UI.iterdir() if path.is_dir()} == set(ALLOWED)


def test_the_rooms_have_no_way_round() -> None:
    """Each imports only what comes before it in the list: so there is no circle."""
    before: set[str] = set()
    for room, others in ALLOWED.items():
        assert others <= before, room
        before.add(room)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    assert astray(path) == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_what_is_imported_is_there(path: Path) -> None:
    assert {name for name in imported(path) if not (UI / name).is_file()} == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_of_one_thing(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def test_no_folder_is_crowded() -> None:
    assert crowded() == set()


def test_every_file_has_a_room() -> None:
    assert homeless() == set()


def test_every_module_is_used() -> None:
    used = {name for path in MODULES for name in imported(path)}
    assert {name_of(path) for path in MODULES} - used - {"standalone.mjs"} == set()


def test_the_walls_would_notice(tmp_path: Path) -> None:
    planted = tmp_path / "core" / "x.mjs"
    planted.parent.mkdir()
    planted.write_text(
        '// import { a } from "../jobs/a.mjs";\n/** @type {import("../jobs/b.mjs").B} */\n'
        'import { c } from "../grid/c.mjs";\nimport "./own.mjs";\nimport {\n  d,\n} from "../dom/d.mjs";\n'
        'export { e } from "../jobs/e.mjs";\nconst f = () => import("../find/f.mjs");\n',
        encoding="utf-8",
    )
    assert astray(planted, tmp_path) == {"grid/c.mjs", "dom/d.mjs", "jobs/e.mjs", "find/f.mjs"}
    assert imported(planted, tmp_path) >= {"core/own.mjs"}
    (tmp_path / "stray.css").write_text("")
    (tmp_path / "attic").mkdir()
    (tmp_path / "attic" / "y.mjs").write_text("")
    assert homeless(tmp_path) == {"stray.css", "attic/y.mjs"}
    assert crowded(tmp_path) == set()
    for nth in range(MOST_FILES):
        (tmp_path / "core" / f"{nth}.css").write_text("")
    assert crowded(tmp_path) == {"core"}
