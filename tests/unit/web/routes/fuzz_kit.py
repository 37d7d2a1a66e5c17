"""Random requests made from our own OpenAPI document, then damaged."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from hypothesis import strategies as st

from inu_jobs.fields.field_types import FIELDS
from inu_jobs.web.routes import ROOT

NUMBERS = st.one_of(
    st.integers(-5, 200),
    st.integers(),
    st.sampled_from([2**31, 2**53, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**30]),
    st.floats(),
)
TEXTS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [
            "a cat",
            "Euler a",
            "",
            "\0",
            "\ud800",
            "/etc/passwd",
            "../../a.png",
            "C:\\a.png",
            "http://127.0.0.1/",
            "file:///etc/passwd",
            "data:image/png;base64,AAAA",
            "iVBORw0KGgo=",
            "input:" + "0" * 64,
            "image:" + "a" * 18,
            "image:../../a",
            "<lora:dog:1>",
            "<lora:nope:1>",
            "((((",
            "x" * 3000,
        ]
    ),
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=8,
)
NAMES = sorted({*FIELDS["txt2img"], *FIELDS["img2img"]})
GOOD = {
    "text": st.sampled_from(["a cat", "Euler a", "Karras", "None"]), "texts": st.just(["sketch"]),
    "integer": st.integers(1, 3), "number": st.floats(0.1, 1), "switch": st.booleans(),
    "object": st.just({}), "list": st.just([]),
}  # fmt: skip
RIGHT_PAYLOAD = st.fixed_dictionaries(
    {"prompt": st.just("a cat"), "width": st.sampled_from([64, 512]), "height": st.just(64)},
    optional={n: GOOD[t] for n, t in FIELDS["txt2img"].items() if n not in ("prompt", "width", "height")},
)
#: where the schema says only "object", the WebUI's own fields
PAYLOADS = st.one_of(
    RIGHT_PAYLOAD,
    st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=6),
    st.dictionaries(st.one_of(st.sampled_from(NAMES), TEXTS), ANYTHING, max_size=6),
)
PATHS = st.one_of(
    st.sampled_from(
        [
            *NAMES,
            "override_settings.sd_model_checkpoint",
            "init_images.0",
            "override_settings.outdir_samples",
            "",
            ".",
            "a..b",
            "alwayson_scripts.blur.args.1",
            "script_args.99999",
            "prompt.0",
        ]
    ),
    TEXTS,
)


def strategy(schema: dict[str, Any], document: dict[str, Any], name: str = "") -> st.SearchStrategy[Any]:
    """Values that fit a JSON schema, as far as our own use it."""
    if "$ref" in schema:
        return strategy(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]], document, name)
    if "anyOf" in schema:
        options = [strategy(option, document, name) for option in schema["anyOf"]]
        return st.one_of(*options, *([st.none()] if schema.get("nullable") else []))
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "object" and "properties" in schema:
        fields = {key: strategy(value, document, key) for key, value in schema["properties"].items()}
        required = {key: fields.pop(key) for key in schema.get("required", ()) if key in fields}
        return st.fixed_dictionaries(required, optional=fields)
    if kind == "object":
        return PAYLOADS if name == "payload" else st.dictionaries(TEXTS, ANYTHING, max_size=4)
    if kind == "array":
        items = strategy(schema["items"], document, name) if "items" in schema else ANYTHING
        return st.lists(items, max_size=4)
    if kind == "string":
        return PATHS if name == "field" else TEXTS
    simple: dict[str, st.SearchStrategy[Any]] = {
        "integer": st.integers(-1001, 1001),
        "number": st.floats(),
        "boolean": st.booleans(),
        "null": st.none(),  # OpenAPI 3.1, FastAPI 0.99 and later
    }
    return simple[kind] if kind else ANYTHING


def damage(body: bytes, how: int, where: int, piece: bytes) -> bytes:
    at = where % (len(body) + 1)
    changed = {1: body[:at], 2: body[:at] + piece + body[at:], 3: body[:at] + piece + body[at + len(piece) :]}
    return changed.get(how, body)


class Request(NamedTuple):
    method: str
    path: str
    query: dict[str, str]
    body: bytes


def operations_of(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """(method, path, operation) of all our routes."""
    return [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path.startswith(ROOT)
    ]


def draw_request(data: st.DataObject, document: dict[str, Any], ids: Sequence[str]) -> Request:
    """``ids``: of records that there are, to be hit as often as ids that there are not."""
    method, path, operation = data.draw(st.sampled_from(operations_of(document)), "operation")
    id = data.draw(st.one_of(st.sampled_from(ids), TEXTS), "id")
    query: dict[str, str] = {}
    for parameter in operation["parameters"]:
        if parameter["in"] == "query" and data.draw(st.booleans()):
            fitting = strategy(parameter["schema"], document)
            value = str(data.draw(st.one_of(fitting, ANYTHING), parameter["name"]))
            query[parameter["name"]] = value.encode("utf-8", "replace").decode()
    body = b""
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        fitting = strategy(schema, document)
        # a job that asks for too much disk or time is a matter of the plan, not of this
        drawn = data.draw(st.one_of(fitting, fitting, fitting, ANYTHING), "body")
        if isinstance(drawn, dict) and "selection" in drawn and data.draw(st.booleans(), "known"):
            # else no selection would ever hit anything
            name = data.draw(st.sampled_from(["images", "jobs"]), "of")
            drawn["selection"] = {name: data.draw(st.lists(st.sampled_from(ids), max_size=4), "selected")}
        body = json.dumps(drawn).encode()
        how = data.draw(st.sampled_from([0, 0, 0, 1, 2, 3]), "damage")
        body = damage(body, how, data.draw(st.integers(0, 10**6)), data.draw(st.binary(max_size=4)))
    return Request(method, re.sub(r"{\w+}", lambda _: _quoted(id), path), query, body)


def _quoted(id: str) -> str:
    return quote(id.encode("utf-8", "surrogatepass"), safe="") or "%20"
