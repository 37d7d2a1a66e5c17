"""Imports point one way. Ruff holds the wall against the host; this holds the order inside, too."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

from bench.__main__ import ALL

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "inu_jobs"
#: what only ``webui`` knows, and what only it and ``web`` know
HOST = {"gradio", "modules", "modules_forge", "agent_scheduler", "sqlalchemy", "launch"}
HTTP = {"fastapi", "starlette", "anyio"}

#: knows nothing of any room, and is known to all
BASE = {"errors", "sentences", "budgets", "spelling", "durable_files", "log", "model"}
_CORE = {"fields", "overlay", "ports"}
#: what each room may import from the package, beside itself and ``BASE``
ALLOWED = {
    "sentences": set(),
    "errors": {"sentences"},
    "budgets": {"errors", "sentences"},
    "spelling": {"sentences"},
    "durable_files": {"sentences"},
    "log": set(),
    "model": {"sentences"},
    "overlay": {"errors", "model"},
    "fields": set(),
    "ports": set(),
    "api": set(),
    "store": set(),
    "plan": _CORE,
    "queue": {*_CORE, "store"},
    "library": _CORE,
    "machines": {*_CORE, "api", "library"},
    "service": {*_CORE, "api", "store", "plan", "queue", "library", "machines"},
    "web": {"api", "ports", "library", "service"},
    "webui": {*_CORE, "store", "plan", "queue", "library", "machines", "service", "web"},
}
FILES = sorted(PACKAGE.rglob("*.py"))
FOLDERS = sorted({path.parent for path in FILES})
MOST_FILES = 15


def imported(path: Path, root: Path = ROOT) -> set[str]:
    """Absolute dotted names of all that ``path`` imports, wherever in the file."""
    package = path.relative_to(root).with_suffix("").parts
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = list(package[: -node.level]) if node.level else []
            module = ".".join(base + ([node.module] if node.module else []))
            names.add(module)
            names.update(f"{module}.{alias.name}" for alias in node.names)
    return names


def room(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else ""


def test_every_room_is_known() -> None:
    rooms = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in FILES}
    assert rooms - {"__init__"} == set(ALLOWED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_point_one_way(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    ours = {name for name in imported(path) if name == "inu_jobs" or name.startswith("inu_jobs.")}
    reached = {room(name) for name in ours} - {"", own, "__version__"}
    assert reached <= ALLOWED.get(own, set()) | (set() if own in BASE else BASE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_only_webui_knows_the_host_and_only_web_beside_it_speaks_http(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0]
    banned = {"webui": set(), "web": HOST}.get(own, HOST | HTTP)
    assert {name.split(".")[0] for name in imported(path)} & banned == set()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_room_is_crowded(folder: Path) -> None:
    assert len([path for path in folder.iterdir() if path.is_file()]) <= MOST_FILES


def test_the_wall_would_notice(tmp_path: Path) -> None:
    planted = tmp_path / "inu_jobs" / "plan" / "x.py"
    planted.parent.mkdir(parents=True)
    planted.write_text(
        "def f():\n    from ..queue import Queue\n    import modules.shared\n", encoding="utf-8"
    )
    names = imported(planted, tmp_path)
    assert room("inu_jobs.queue") not in ALLOWED["plan"]
    assert {"inu_jobs.queue", "modules.shared"} <= names


@pytest.mark.parametrize("name", ALL)
def test_every_bench_finds_what_it_imports(name: str) -> None:
    assert importlib.import_module(f"bench.{name}").run
