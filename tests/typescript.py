"""ui/types.d.ts: what goes to and comes from the web API, as TypeScript, made from the structs themselves.

python -m tests.typescript     writes it
"""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

from inu_jobs import api, model

FILE = Path(__file__).resolve().parents[1] / "ui" / "types.d.ts"
HEAD = """\
// The requests and answers of /inu-jobs/v1. Made from inu_jobs/api: do not edit, run
// "python -m tests.typescript".
// What the page itself makes of them is in page.d.ts.

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Payload = { [key: string]: Json };
"""
_PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null", Any: "Json"}
_WIDTH = 118


def typescript() -> str:
    """The text of the file."""
    parts = [HEAD]
    aliases = [f"export type {name} = {_literal(kind)};" for kind, name in ALIASES.items()]
    parts.append("\n".join(line for alias in aliases for line in _wrapped(alias)) + "\n")
    parts += (_interface(struct) for struct in _structs())
    return "\n".join(parts)


def _aliases() -> dict[Any, str]:
    """The named choices: ``Verdict``, ``TaskState``."""
    found: dict[Any, str] = {}
    for module in (model, api):
        for name in sorted(module.__all__):
            if get_origin(getattr(module, name)) is Literal:
                found.setdefault(getattr(module, name), name)
    return found


ALIASES = _aliases()


def _structs() -> list[type[msgspec.Struct]]:
    """All that the web API knows, and what these are made of."""
    waiting = [getattr(api, name) for name in sorted(api.__all__)]
    found: list[type[msgspec.Struct]] = []
    while waiting:
        kind = waiting.pop(0)
        if inspect.isclass(kind) and issubclass(kind, msgspec.Struct) and kind not in found:
            found.append(kind)
            waiting += [part for field in msgspec.structs.fields(kind) for part in _parts(field.type)]
    names = [struct.__name__ for struct in found]
    assert len({*names}) == len(names), f"two of one name: {sorted(names)}"
    return sorted(found, key=lambda struct: struct.__name__)


def _parts(kind: Any) -> Iterator[Any]:
    yield kind
    for part in get_args(kind):
        yield from _parts(part)


def _interface(struct: type[msgspec.Struct]) -> str:
    config = struct.__struct_config__
    # of what comes in, everything with a default may be left out
    shortens = config.omit_defaults or config.forbid_unknown_fields
    base = _base(struct)
    inherited = {field.name for field in msgspec.structs.fields(base)} if base else set()
    lines = []
    for field in msgspec.structs.fields(struct):
        if field.name in inherited:
            continue
        may_lack = (shortens and not field.required) or msgspec.UnsetType in get_args(field.type)
        lines.append(f"  {field.encode_name}{'?' if may_lack else ''}: {_type(field.type)};")
    extends = f" extends {base.__name__}" if base else ""
    head = f"{_comment(struct)}export interface {struct.__name__}{extends} {{"
    return "\n".join([head, *lines, "}", ""])


def _base(struct: type[msgspec.Struct]) -> type[msgspec.Struct] | None:
    """The struct that it adds fields to, where that is one of the web API's, too."""
    return next((base for base in struct.__bases__ if hasattr(api, base.__name__)), None)


def _comment(struct: type[msgspec.Struct]) -> str:
    text = " ".join(inspect.getdoc(struct).split()) if struct.__doc__ and "__doc__" in vars(struct) else ""
    if not text:
        return ""
    text = text.replace("``", "`").replace("*/", "* /")
    if len(text) <= _WIDTH - 7:
        return f"/** {text} */\n"
    return "/**\n" + textwrap.indent(textwrap.fill(text, _WIDTH - 3), " * ") + "\n */\n"


def _type(kind: Any) -> str:
    if kind in ALIASES:
        return ALIASES[kind]
    if kind in _PLAIN:
        return _PLAIN[kind]
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return _literal(kind)
    if origin in (Union, UnionType):
        return " | ".join(dict.fromkeys(_type(one) for one in arguments if one is not msgspec.UnsetType))
    if origin is list:
        item = _type(arguments[0])
        return f"({item})[]" if " " in item and not item.startswith("{") else f"{item}[]"
    if origin is tuple:
        return f"[{', '.join(map(_type, arguments))}]"
    if origin is dict:
        return "Payload" if arguments[1] is Any else f"{{ [key: string]: {_type(arguments[1])} }}"
    return str(kind.__name__)


def _literal(kind: Any) -> str:
    return " | ".join(msgspec.json.encode(value).decode() for value in get_args(kind))


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, _WIDTH, subsequent_indent="  ", break_long_words=False)


if __name__ == "__main__":
    FILE.write_text(typescript(), encoding="utf-8")
