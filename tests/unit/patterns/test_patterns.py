"""No pattern of ours runs in more than linear time, whatever it is given.

Every pattern of the package and of the web UI is found by reading the code, so a new one is pumped too.
"""

from __future__ import annotations

import ast
import contextlib
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from inu_jobs.sentences import say
from tests.unit.patterns.js_patterns import patterns_in
from tests.unit.patterns.pump import slow_text

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted([*(ROOT / "inu_jobs").rglob("*.py"), *(ROOT / "scripts").rglob("*.py"), *ROOT.glob("*.py")])
SCRIPTS = sorted([*(ROOT / "ui").rglob("*.mjs"), *(ROOT / "javascript").rglob("*.mjs")])
#: of ``re`` itself; all but the first use the pattern at once
CALLS = ("compile", "match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer")
#: where it is not known what is done with a pattern
ALL = frozenset({"search", "findall", "match", "fullmatch"})


class Found(NamedTuple):
    place: str
    pattern: re.Pattern[str]
    methods: frozenset[str]


def is_re(node: ast.AST, names: tuple[str, ...] = CALLS) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in names
    )


class Module:
    """A file of ours, with what its names for patterns stand for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}
        self.compiled: dict[str, ast.Call] = {}
        for node in self.tree.body:
            value = getattr(node, "value", None)
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if value is not None and is_re(value, ("compile",)) and isinstance(targets[0], ast.Name):
                self.compiled[targets[0].id] = value

    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    def tables(self) -> dict[str, Any]:
        """What is written down at the top of the file, by name."""
        found: dict[str, Any] = {}
        for node in self.tree.body:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            if isinstance(target, ast.Name) and isinstance(value := getattr(node, "value", None), ast.expr):
                with contextlib.suppress(Exception):  # it is no constant
                    found[target.id] = evaluated(value, found)
        return found

    def uses(self) -> Iterator[tuple[str, str]]:
        """(name, method or '' where it is used as a whole) of each name that is read."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                above = self.parents[node]
                yield node.id, above.attr if isinstance(above, ast.Attribute) else ""


MODULES = [Module(path) for path in FILES]


def evaluated(node: ast.expr, names: dict[str, Any]) -> Any:
    return eval(compile(ast.Expression(node), "pattern", "eval"), {"re": re, "say": say, **names})


def python_patterns() -> list[Found]:
    """Of a pattern with a name: the methods that are called by that name, wherever in the package (names
    are told apart by the file that has them, or imports them)."""
    known: dict[str, re.Pattern[str]] = {}
    methods = methods_called()
    found = []
    for module in MODULES:
        for name, call, own in calls_of(module, methods):
            for arguments in filled_in(module, call):
                pattern = re.compile(*arguments_of(call, arguments, known))
                if name:
                    known[name] = pattern
                found.append(Found(f"{module.name()}:{call.lineno}", pattern, own))
    return found


#: (file, name in it)
Named = tuple[str, str]


def owners_of() -> dict[Named, str]:
    """The file that made the pattern which a name stands for."""
    owners = {(module.name(), name): module.name() for module in MODULES for name in module.compiled}
    for module in MODULES:
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                of = node.module.rpartition(".")[2]
                for alias in node.names:
                    for (file, name), owner in list(owners.items()):
                        if name == alias.name and Path(file).stem == of:
                            owners[module.name(), name] = owner
    return owners


def methods_called() -> dict[Named, set[str]]:
    owners = owners_of()
    methods: dict[Named, set[str]] = defaultdict(set)
    for module in MODULES:
        for name, method in module.uses():
            if (owner := owners.get((module.name(), name))) and method not in ("pattern", "flags"):
                methods[owner, name] |= {method} if method else ALL
    return methods


def calls_of(module: Module, methods: dict[Named, set[str]]) -> list[tuple[str, ast.Call, frozenset[str]]]:
    """(name or '', call, methods that are called on what it makes) of each call of ``re``, from above."""
    calls: list[tuple[str, ast.Call, frozenset[str]]] = []
    for node in ast.walk(module.tree):
        if is_re(node):
            assert isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            name = next((name for name, call in module.compiled.items() if call is node), "")
            used = methods[module.name(), name] if name else ALL
            own = used if node.func.attr == "compile" else {node.func.attr}
            calls.append((name, node, frozenset(own)))
    return sorted(calls, key=lambda one: one[1].lineno)


def filled_in(module: Module, call: ast.Call) -> list[dict[str, Any]]:
    """The names that the pattern of a call is made of: nothing, or those of a loop over a table around it."""
    names = {node.id for node in ast.walk(call.args[0]) if isinstance(node, ast.Name)} - {"re"}
    names -= {name for other in MODULES for name in other.compiled}
    if not names:
        return [{}]
    node: ast.AST = call
    while node in module.parents:
        node = module.parents[node]
        if isinstance(node, (ast.GeneratorExp, ast.ListComp)):
            loop = node.generators[0]
            assert isinstance(loop.target, ast.Tuple)
            targets = [element.id for element in loop.target.elts if isinstance(element, ast.Name)]
            every = module.tables()
            return [dict(zip(targets, row, strict=True)) for row in evaluated(loop.iter, every)]
    raise AssertionError(f"{module.name()}:{call.lineno}: give the pattern as it is, so that it is tested")


def arguments_of(call: ast.Call, names: dict[str, Any], known: dict[str, re.Pattern[str]]) -> list[Any]:
    """(pattern, flags)."""
    assert isinstance(call.func, ast.Attribute)
    places = {"compile": 1, "sub": 4, "subn": 4, "split": 3}
    at = places.get(call.func.attr, 2)
    flags = next((word.value for word in call.keywords if word.arg == "flags"), None)
    flags = flags or (call.args[at] if len(call.args) > at else ast.Constant(0))
    everything = {**known, **names}
    return [evaluated(part, everything) for part in (call.args[0], ast.fix_missing_locations(flags))]


PATTERNS = python_patterns()


@pytest.mark.parametrize("found", PATTERNS, ids=lambda found: found.place)
def test_no_pattern_takes_longer_than_its_text(found: Found) -> None:
    assert slow_text(found.pattern, found.methods) == ""


def test_all_patterns_are_found() -> None:
    """Counted by another way: whatever is called ``re.something(`` in the text of the code."""
    count = sum(
        len(re.findall(rf"(?<![\w.])re\.(?:{'|'.join(CALLS)})\(", path.read_text(encoding="utf-8")))
        for path in FILES
    )
    assert len({found.place for found in PATTERNS}) >= count - 3 > 40  # some share a line


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_pattern_of_the_web_ui_does_either(path: Path) -> None:
    """Written alike in both languages; a browser's engine goes back over a text in the same way."""
    for line, pattern, methods in patterns_in(path.read_text(encoding="utf-8")):
        assert slow_text(pattern, methods) == "", f"line {line}: {pattern.pattern}"


def test_patterns_of_the_web_ui_are_found() -> None:
    texts = [path.read_text(encoding="utf-8") for path in SCRIPTS]
    assert sum(len(list(patterns_in(text))) for text in texts) > 30
    told = list(patterns_in("const a = b / c / d // /no/\nif (/x[/]y/g.test('/no/')) return /z/i"))
    assert [(line, pattern.pattern, len(methods)) for line, pattern, methods in told] == [
        (2, "x[/]y", 2), (2, "z", 1),
    ]  # fmt: skip


#: what was broken in version 0.1, each with the call that it was used by
ONCE_BROKEN = [
    (
        r"\s*(?P<first>[+-]?\s*\d+(?:.\d*)?)\s*-\s*(?P<last>[+-]?\s*\d+(?:.\d*)?)(?:\s*(?:\((?P<step>[+-]\d+"
        r"(?:.\d*)?)\s*\)|\[(?P<count>\d+(?:.\d*)?)\s*\]))?\s*",
        "fullmatch",
    ),
    (r"<(\w+):([^>]+)>", "findall"),
    (r"(?<!\w)__([~@]?)([\w\-./*]+?)(?:\([^()]*\))?__(?!\w)", "findall"),
    (r"(?:iVBORw0KGgo|/9j/|UklGR)[A-Za-z0-9+/\s]{80,}={0,2}\s*", "fullmatch"),
    (r"\s*\[[0-9a-f]+\]$", "sub"),
    (r"(a+)+b", "match"),
]


@pytest.mark.parametrize(("pattern", "method"), ONCE_BROKEN, ids=[pattern[:24] for pattern, _ in ONCE_BROKEN])
def test_the_pump_finds_what_was_broken(pattern: str, method: str) -> None:
    assert slow_text(re.compile(pattern), [method]) != ""
