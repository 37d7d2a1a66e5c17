"""How the WebUI loads us: once at start, again at "Reload UI", and away when it unloads scripts.

Each test is a process: the WebUI's way of loading leaves nothing as it was. The stand-in's loader is held
against the real one by ``--webui`` (tests/contract)."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENTRY = ROOT / "scripts" / "inu_jobs_entry.py"

HEAD = """
import sys
from pathlib import Path
root, folder = Path(sys.argv.pop(1)), Path(sys.argv.pop(1))
sys.path.insert(0, str(root))
from tests.sandbox import headless
# from here on as in the WebUI: our folder is on the path only while our own scripts run
sys.path[:] = [p for p in sys.path if p and Path(p).resolve() != root]
headless.prepare(folder, ["--inu-jobs-data", str(folder / "jobs")], [root])
from fastapi import FastAPI
from modules import script_callbacks, script_loading, scripts, shared

def begin():
    return headless.begin(FastAPI())

def ours():
    found = [(c, x) for c, xs in script_callbacks.enumerate_callbacks() for x in xs]
    return sorted(category for category, x in found if str(root) in x.script)

def classes():
    return [x.script_class for x in scripts.scripts_data if "inu_jobs" in x.script_class.__module__]
"""


def run(folder: Path, code: str) -> str:
    """What ``code`` printed, in a process where the stand-in has loaded the extension."""
    done = subprocess.run(
        [sys.executable, "-c", HEAD + code, str(ROOT), str(folder)],
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "PYTHONPATH": "", "PYTHONIOENCODING": "utf-8"},
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "*** Error" not in done.stderr, done.stderr
    said = [line for line in done.stdout.splitlines() if not line.startswith("Loading weights")]
    return "\n".join(said).strip()


def test_the_entry_has_no_logic() -> None:
    tree = ast.parse(ENTRY.read_text("utf-8"))
    kinds = [type(node).__name__ for node in tree.body]
    assert kinds == ["Expr", "ImportFrom", "Expr"], "docstring, one import, one call"
    called = tree.body[-1].value  # type: ignore[attr-defined]
    assert isinstance(called, ast.Call) and not called.args and not called.keywords
    assert called.func.id == "register"  # type: ignore[attr-defined]
    assert not (ENTRY.parent / "__init__.py").exists(), "scripts must not become a package"


def test_importing_registers_nothing(tmp_path: Path) -> None:
    code = """
script_callbacks.clear_callbacks()
for name in [name for name in sys.modules if name.startswith("inu_jobs")]:
    del sys.modules[name]
sys.path.insert(0, str(root))
import inu_jobs.webui.extension
print([c for c, xs in script_callbacks.enumerate_callbacks() if xs])
"""
    assert run(tmp_path, code) == "[]"


def test_loading_registers_our_scripts_and_callbacks(tmp_path: Path) -> None:
    code = """
from inu_jobs.webui.extension import InuJobsScript, InuJobsUpscale, register
assert [c for c in classes()] == [InuJobsScript, InuJobsUpscale], classes()
assert issubclass(InuJobsScript, scripts.Script) and issubclass(InuJobsUpscale, scripts.Script)
assert callable(register)
entry = [p for p in script_loading.loaded_scripts if p.endswith("inu_jobs_entry.py")]
assert len(entry) == 1
assert script_loading.loaded_scripts[entry[0]] not in sys.modules.values()
assert str(root) not in sys.path
print(ours())
"""
    registered = run(tmp_path, code)
    for category in ("ui_tabs", "ui_settings", "after_component", "image_saved", "app_started"):
        assert f"'{category}'" in registered


def test_the_always_on_script_takes_no_arguments_in_both_tabs(tmp_path: Path) -> None:
    code = """
begin()
for runner in (scripts.scripts_txt2img, scripts.scripts_img2img):
    mine = [s for s in runner.alwayson_scripts if type(s).__name__ == "InuJobsScript"]
    assert len(mine) == 1, runner.alwayson_scripts
    assert not mine[0].ui(mine[0].is_img2img)
print("ok")
"""
    assert run(tmp_path, code) == "ok"


def test_reload_drops_callbacks_and_keeps_packages(tmp_path: Path) -> None:
    code = """
from modules import initialize
from inu_jobs.webui import extension, runtime
begin()
first, running, module = ours(), runtime.current(), sys.modules["inu_jobs.webui.extension"]
assert running is not None
for _ in range(3):
    script_callbacks.app_reload_callback()
    script_callbacks.script_unloaded_callback()
    initialize.initialize_rest(reload_script_modules=True)
    begin()
    assert ours() == first, (ours(), first)
    assert runtime.current() is running
    assert sys.modules["inu_jobs.webui.extension"] is module
    assert len(classes()) == 2
print(first.count("app_started"))
"""
    assert run(tmp_path, code) == "1"


def test_unloading_stops_our_thread(tmp_path: Path) -> None:
    code = """
import threading, time
def feeders():
    return [t for t in threading.enumerate() if t.name.startswith("inu-jobs-feeder") and t.is_alive()]
begin()
assert len(feeders()) == 1, threading.enumerate()
script_callbacks.script_unloaded_callback()
for t in feeders():
    t.join(10)
assert feeders() == [], feeders()
print("ok")
"""
    assert run(tmp_path, code) == "ok"


def test_the_scheduler_database_stays_in_its_own_folder(tmp_path: Path) -> None:
    """Importing Agent Scheduler while our scripts run would put its database into our folder."""
    code = """
begin()
from agent_scheduler.db import db_file
print(Path(db_file).parent.name)
"""
    assert run(tmp_path, code) == "sd-webui-agent-scheduler"
    assert not list(ROOT.glob("task_scheduler.sqlite3*"))


@pytest.mark.parametrize("missing", ["msgspec", "filelock", "dynamicprompts"])
def test_a_missing_dependency_does_not_keep_the_webui_from_starting(tmp_path: Path, missing: str) -> None:
    code = f"""
sys.stderr = sys.stdout
for name in [n for n in sys.modules if n.split(".")[0] in ("inu_jobs", "{missing}")]:
    del sys.modules[name]
sys.modules["{missing}"] = None
from modules import initialize
initialize.initialize_rest(reload_script_modules=True)
assert "ui_tabs" in ours(), ours()
begin()
"""
    said = run(tmp_path, code)
    assert said.count(f"Inu Jobs: The Python package {missing} is missing") == 1
