"""Every sentence of the product, as templates: what a language file is held against.

python -m tests.templates     prints them, one a line, as JSON
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from inu_jobs.fields.table import TABLE
from inu_jobs.sentences import key_of

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "inu_jobs"
UI = ROOT / "ui"
SCRIPTS = sorted(path for path in UI.rglob("*.mjs") if path.name != "sentences.mjs")


class Found(NamedTuple):
    """A template, as a language file has it. ``one``: the form for a count of one, where there is one."""

    text: str
    one: str
    place: str


def in_python(path: Path) -> Iterator[Found]:
    for call in calls(ast.parse(path.read_text(encoding="utf-8"))):
        place = f"{path.relative_to(ROOT).as_posix()}:{call.lineno}"
        name = name_of(call)
        texts = [one.value for one in call.args if isinstance(one, ast.Constant)]
        if name in ("say", "template") and texts:
            yield Found(key_of(str(texts[0])), "", place)
        elif name == "say_count" and len(texts) >= 2:
            yield Found(key_of(str(texts[-1])), key_of(str(texts[-2])), place)


class Text(NamedTuple):
    """A text in a script. ``before``: the code in front of it, ``line``: where it begins. Of a template
    literal, ``text`` is what stands outside of its holes, with a blank for each."""

    text: str
    before: str
    line: int
    holes: bool


#: comments, texts, patterns where a value may begin, and the ends of template literals' holes
_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<pattern>(?<=[(,=:\[!&|?{};>])[ ]*/(?![*/])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*)
      | (?P<template>`)
      | (?P<open>\{) | (?P<close>\})
      | (?P<other>[A-Za-z0-9_ \n]+|.)""",
    re.VERBOSE | re.DOTALL,
)
_PIECE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*", re.DOTALL)


def texts_in(source: str) -> Iterator[Text]:
    """All texts of a script, comments and patterns left out."""
    place, code, stack = 0, "", list[tuple[list[str], str, int] | None]()
    line, counted = 1, 0
    while place < len(source):
        match = _TOKEN.match(source, place)
        assert match is not None
        kind, place = match.lastgroup, match.end()
        line, counted = line + source.count("\n", counted, match.start()), match.start()
        if kind == "text":
            yield Text(_unescaped(match[0]), code[-60:], line, False)
            code += '""'
        elif kind == "template":
            place = yield from _pieces(source, place, stack, ([], code[-60:], line))
        elif kind == "close" and stack and stack[-1] is not None:
            opened = stack.pop()
            assert opened is not None
            place = yield from _pieces(source, place, stack, opened)
            code += '""'
        elif kind == "close" and stack:
            stack.pop()
            code += "}"
        elif kind == "open":
            stack.append(None)
            code += "{"
        elif kind == "other":
            code = code[-120:] + match[0]


@cache
def texts_of(path: Path) -> list[Text]:
    return list(texts_in(path.read_text(encoding="utf-8")))


def _pieces(
    source: str, place: int, stack: list[Any], opened: tuple[list[str], str, int]
) -> Generator[Text, None, int]:
    """The next part of a template literal, up to a hole or its end. Returns where to go on."""
    piece = _PIECE.match(source, place)
    assert piece is not None
    opened[0].append(piece[0])
    if source.startswith("${", piece.end()):
        stack.append(opened)
        return piece.end() + 2
    parts, before, line = opened
    yield Text(" ".join(parts), before, line, len(parts) > 1)
    return piece.end() + 1


def _unescaped(literal: str) -> str:
    return str(json.loads(literal)) if literal.startswith('"') else literal[1:-1]


_T = re.compile(r"(?<![\w.])t\($")
_ONE, _OTHER = re.compile(r"\bone: $"), re.compile(r"\bother: $")
_PLURAL = re.compile(r"(?<![\w.])plural\((?:[^()]|\([^()]*\))*, $")


def in_script(path: Path) -> Iterator[Found]:
    one = ""
    texts = texts_of(path)
    for nth, (text, before, line, _) in enumerate(texts):
        place = f"{path.relative_to(ROOT).as_posix()}:{line}"
        if _T.search(before):
            yield Found(text, "", place)
        elif _ONE.search(before):
            one = text
        elif _OTHER.search(before):
            yield Found(text, one, place)
        elif _PLURAL.search(before) and not before.endswith('"", '):
            following = texts[nth + 1] if nth + 1 < len(texts) else None
            many = following.text if following and following.before.endswith('"", ') else text + "s"
            yield Found(f"{{n}} {many}", f"{{n}} {text}", place)


def in_table() -> Iterator[Found]:
    """What the fields are called, what their values are called, and what to type there."""
    for field in TABLE.values():
        for text in filter(None, (field.label, field.unit, field.example, field.whose)):
            yield Found(text, "", f"inu_jobs/fields, {field.path}")
        if field.unit:
            yield Found(f"{{n}} {field.unit}s", f"{{n}} {field.unit}", f"inu_jobs/fields, {field.path}")


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def name_of(call: ast.Call) -> str:
    """Of the function that is called: ``Failure.of`` with its class."""
    match call.func:
        case ast.Attribute(ast.Name(owner) | ast.Attribute(attr=owner), "of"):
            return f"{owner}.of"
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
    return ""


def all_templates() -> list[Found]:
    found = [one for path in sorted(PACKAGE.rglob("*.py")) for one in in_python(path)]
    found += in_table()
    found += (one for path in SCRIPTS for one in in_script(path))
    return list({one.text: one for one in reversed(found)}.values())[::-1]


if __name__ == "__main__":
    for one in all_templates():
        print(json.dumps(one._asdict(), ensure_ascii=False))
