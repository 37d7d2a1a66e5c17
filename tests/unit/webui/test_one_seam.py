"""Which host we run in is asked by feature, in ``webui/host``, and nothing else branches on it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SEAM = ROOT / "inu_jobs" / "webui" / "host"
MODULES = sorted(path for path in (ROOT / "inu_jobs").rglob("*.py") if SEAM not in path.parents)
PAGES = sorted((ROOT / "ui").rglob("*.mjs"))
_HOST = re.compile(
    r"(?<![a-z])(?:re)?forge(?![a-z])|(?<![a-z])neo(?![a-z])|a1111|automatic1111", re.IGNORECASE
)
_JS_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_JS_BRANCH = re.compile(r"(?:\bif\b|\bswitch\b|\bcase\b|\?|===|!==|&&|\|\|)[^\n]*")
#: what these ask about is the WebUI that an image says it was made with
OF_IMAGES = {"inu_jobs/library/infotext/to_payload.py": ["neo"]}


def branches(tree: ast.AST) -> Iterator[ast.AST]:
    """All that decides which way the code goes."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.If, ast.IfExp, ast.While, ast.Assert)):
            yield node.test
        elif isinstance(node, ast.comprehension):
            yield from node.ifs
        elif isinstance(node, ast.match_case):
            yield node.pattern
        elif isinstance(node, (ast.Compare, ast.BoolOp)):
            yield node


def hosts_in(tree: ast.AST) -> list[str]:
    """Names of hosts among the names and texts of a branch."""
    texts = set()
    for branch in branches(tree):
        for node in ast.walk(branch):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
            elif isinstance(node, (ast.Name, ast.Attribute)):
                texts.add(node.id if isinstance(node, ast.Name) else node.attr)
    return sorted(text for text in texts if _HOST.search(text))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_branch_asks_which_host_it_is(path: Path) -> None:
    found = hosts_in(ast.parse(path.read_text(encoding="utf-8")))
    assert found == OF_IMAGES.get(path.relative_to(ROOT).as_posix(), [])


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_neither_does_the_page(path: Path) -> None:
    code = _JS_COMMENT.sub("", path.read_text(encoding="utf-8"))
    assert [branch for branch in _JS_BRANCH.findall(code) if _HOST.search(branch)] == []


@pytest.mark.parametrize(
    "source",
    [
        'if host == "forge": pass',
        "x = 1 if is_forge_neo else 2",
        'x = [y for y in z if y.startswith("neo")]',
        'x = "reForge" in version',
        'match host:\n    case "A1111": pass',
    ],
)
def test_the_search_would_notice(source: str) -> None:
    assert hosts_in(ast.parse(source)) != []


def test_names_of_settings_and_comments_are_no_branches() -> None:
    source = '"""For Forge."""\nX = "forge_additional_modules"  # Neo\nif forgery or "neon" in colours: pass'
    assert hosts_in(ast.parse(source)) == []
