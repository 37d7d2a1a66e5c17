"""Random requests made from our own OpenAPI document, then damaged: never a 5xx, and what is refused
has changed nothing.

``INU_JOBS_FUZZ=10000`` sets how many requests are sent, all routes together.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from inu_jobs.plan.fields import FIELDS
from inu_jobs.webui.routes import ROOT
from tests.unit.api.api_kit import PROOF, client_of, plain_app
from tests.unit.service.service_kit import House

EXAMPLES = int(os.environ.get("INU_JOBS_FUZZ", "300"))

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
    simple = {"integer": st.integers(-1001, 1001), "number": st.floats(), "boolean": st.booleans()}
    return simple[kind] if kind else ANYTHING


def damage(body: bytes, how: int, where: int, piece: bytes) -> bytes:
    at = where % (len(body) + 1)
    changed = {1: body[:at], 2: body[:at] + piece + body[at:], 3: body[:at] + piece + body[at + len(piece) :]}
    return changed.get(how, body)


class Served:
    def __init__(self, folder: Path) -> None:
        self.house = House(folder)
        self.app = plain_app(self.house)
        self.client: TestClient = client_of(self.app)
        self.document = self.app.openapi()
        job = self.house.add_done(tasks=2)
        self.house.add(hold=True)
        self.ids = [
            *(job.id for job in self.house.store.jobs()),
            *(image.id for image in self.house.store.images_of(job)),
            self.house.captures.put("txt2img", {"prompt": "x"}).id,
        ]
        self.operations = [
            (method.upper(), path, operation)
            for path, methods in self.document["paths"].items()
            for method, operation in methods.items()
            if path.startswith(ROOT)
        ]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("fuzz"))
    yield served
    served.house.close()


@settings(
    max_examples=EXAMPLES, deadline=None, derandomize="CI" in os.environ or "INU_JOBS_FUZZ" not in os.environ,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(data=st.data())
def test_no_request_breaks_anything(served: Served, data: st.DataObject) -> None:
    method, path, operation = data.draw(st.sampled_from(served.operations), "operation")
    id = data.draw(st.one_of(st.sampled_from(served.ids), TEXTS), "id")
    query: dict[str, str] = {}
    for parameter in operation["parameters"]:
        if parameter["in"] == "query" and data.draw(st.booleans()):
            fitting = strategy(parameter["schema"], served.document)
            query[parameter["name"]] = str(data.draw(st.one_of(fitting, ANYTHING), parameter["name"]))
    body = b""
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        fitting = strategy(schema, served.document)
        value = data.draw(st.one_of(fitting, fitting, fitting, ANYTHING), "body")
        # a job that asks for too much disk or time is a matter of the plan, not of this test
        body = json.dumps(value).encode()
        how = data.draw(st.sampled_from([0, 0, 0, 1, 2, 3]), "damage")
        body = damage(body, how, data.draw(st.integers(0, 10**6)), data.draw(st.binary(max_size=4)))
    check(served, method, path, id, query, body)


def check(served: Served, method: str, path: str, id: str, query: dict[str, str], body: bytes) -> None:
    store = served.house.store
    before = (store.revision, store.counts())
    clean = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
    place = path.replace("{id}", _quoted(id))
    answer = served.client.request(
        method,
        place,
        params=clean,
        content=body or None,
        headers={**PROOF, "Content-Type": "application/json"},
    )
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert (store.revision, store.counts()) == before
        problem = answer.json()
        assert isinstance(problem["detail"], str) and "Traceback" not in problem["detail"]


def _quoted(id: str) -> str:
    from urllib.parse import quote

    return quote(id.encode("utf-8", "surrogatepass"), safe="") or "%20"


def test_the_fuzz_reaches_what_it_should(served: Served) -> None:
    """Without this the test above could pass by sending nothing but nonsense."""
    assert {m for m, *_ in served.operations} == {"GET", "POST", "PATCH", "DELETE"}
    made = set()

    @settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(payload=RIGHT_PAYLOAD)
    def some_are_right(payload: dict[str, Any]) -> None:
        answer = served.client.post(
            f"{ROOT}/jobs", json={"kind": "txt2img", "payload": payload, "force": True}, headers=PROOF
        )
        made.add(answer.status_code)

    some_are_right()
    assert 201 in made
