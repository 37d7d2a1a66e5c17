"""What the setup of Agent Scheduler calls of the WebUI has the same names and arguments in the stand-in and,
with ``--webui PATH``, in a real one. Read from the sources: nothing is installed there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.sandbox import HERE

FUNCTIONS = {
    "ui_extensions": {
        "check_access": [],
        "get_extension_dirname_from_url": ["url"],
        "install_extension_from_url": ["dirname", "url", "branch_name"],
        "normalize_git_url": ["url"],
    },
    "restart": {"is_restartable": [], "restart_program": [], "stop_program": []},
    "extensions": {"active": [], "list_extensions": [], "Extension.read_info_from_repo": ["self"]},
    "shared_state": {"State.request_restart": ["self"]},
    "errors": {"record_exception": []},
}
#: of an extension, as it is made
FIELDS = {"name", "path", "enabled", "remote", "commit_hash", "commit_date"}
NAMES = {
    "extensions": {"extensions", "extensions_dir"},
    "errors": {"exception_records"},
}


@pytest.fixture(params=["stand-in", "webui"])
def modules(request: pytest.FixtureRequest) -> Path:
    if request.param == "stand-in":
        return HERE / "modules"
    path = request.config.getoption("--webui", None)
    if not path:
        pytest.skip("needs --webui PATH")
    return Path(path) / "modules"


def tree_of(modules: Path, name: str) -> ast.Module:
    return ast.parse((modules / f"{name}.py").read_text("utf-8"))


def functions_of(body: list[ast.stmt], prefix: str = "") -> dict[str, list[str]]:
    found = {}
    for node in body:
        if isinstance(node, ast.FunctionDef):
            found[prefix + node.name] = [argument.arg for argument in node.args.args]
        elif isinstance(node, ast.ClassDef):
            found |= functions_of(node.body, f"{node.name}.")
    return found


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_have_these_arguments(modules: Path, name: str) -> None:
    found = functions_of(tree_of(modules, name).body)
    assert {function: found.get(function) for function in FUNCTIONS[name]} == FUNCTIONS[name]


@pytest.mark.parametrize("name", NAMES)
def test_names_are_there(modules: Path, name: str) -> None:
    stored = {node.id for node in ast.walk(tree_of(modules, name)) if isinstance(node, ast.Name)}
    assert NAMES[name] <= stored


def test_an_extension_knows_where_it_is_from(modules: Path) -> None:
    (extension,) = [
        node
        for node in tree_of(modules, "extensions").body
        if isinstance(node, ast.ClassDef) and node.name == "Extension"
    ]
    attributes = {node.attr for node in ast.walk(extension) if isinstance(node, ast.Attribute)}
    assert attributes >= FIELDS


def test_flags_and_settings_that_decide_who_may_install(modules: Path) -> None:
    flags = (modules / "cmd_args.py").read_text("utf-8")
    for flag in ("--disable-extra-extensions", "--disable-all-extensions", "--freeze-settings"):
        assert flag in flags
    assert "cmd_opts.disable_extension_access" in (modules / "shared_cmd_options.py").read_text("utf-8")


def test_an_error_is_kept_with_its_files(modules: Path) -> None:
    source = (modules / "errors.py").read_text("utf-8")
    assert '"exception"' in source and '"traceback"' in source and ".filename}, line" in source
