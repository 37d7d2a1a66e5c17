"""What /docs tells about our routes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from fastapi import FastAPI
from pydantic import BaseModel
from starlette.testclient import TestClient

from inu_jobs import api
from inu_jobs.web import openapi
from inu_jobs.web.routes import ROOT, ROUTES
from tests.unit.service.service_kit import House
from tests.unit.web.web_kit import client_of, plain_app


class Image(BaseModel):
    """Of another extension, by a name that we use too."""

    theirs: int


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from nodes(item)


def resolve(document: dict[str, Any], ref: str) -> Any:
    for part in ref.removeprefix("#/").split("/"):
        document = document[part]
    return document


def test_every_route_is_described_and_every_reference_leads_somewhere(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    for method, path, _, _, _, more in ROUTES:
        operation = document["paths"][ROOT + path][method.lower()]
        assert operation["summary"] and operation["tags"] == ["Inu Jobs"]
        assert str(more.get("status", 200)) in operation["responses"]
        assert ("requestBody" in operation) == ("body" in more)
        headers = [p["name"] for p in operation["parameters"] if p["in"] == "header"]
        assert headers == ([] if method == "GET" else ["X-Inu-Jobs"])
    refs = [node["$ref"] for node in nodes(document) if isinstance(node.get("$ref"), str)]
    assert len(refs) > 50 and all(resolve(document, ref) for ref in set(refs))
    ids = [node["operationId"] for node in nodes(document["paths"]) if "operationId" in node]
    assert len(ids) == len(set(ids))
    assert client.get("/docs").status_code == 200


def test_components_are_in_the_dialect_of_the_document(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    ours = {k: v for k, v in document["components"]["schemas"].items() if k.startswith(openapi.PREFIX)}
    assert ours == openapi.components(document["openapi"])
    for node in nodes(openapi.components("3.0.2")):
        assert node.get("type") != "null" and "const" not in node and "prefixItems" not in node
    eta = openapi.components("3.0.2")["InuJobs.JobSummary"]["properties"]["eta"]
    assert eta["nullable"] is True and eta["default"] is None
    assert {"type": "null"} in openapi.components("3.1.0")["InuJobs.JobSummary"]["properties"]["eta"]["anyOf"]


def test_the_described_fields_are_those_of_the_structs() -> None:
    found = openapi.components("3.1.0")
    for type_ in openapi.TYPES:
        fields = {field.encode_name for field in msgspec.structs.fields(type_)}
        assert set(found[openapi.PREFIX + type_.__name__]["properties"]) == fields


def test_the_hosts_own_schemas_stay(house: House) -> None:
    app: FastAPI = plain_app(house)
    assert app.openapi()["components"]["schemas"]

    def theirs(body: Image) -> Image:
        return body

    app.openapi_schema = None
    app.post("/theirs")(theirs)
    document = client_of(app).get("/openapi.json").json()
    assert "theirs" in document["components"]["schemas"]["Image"]["properties"]
    assert document["components"]["schemas"]["InuJobs.ImageView"]["properties"].keys() == {
        field.name for field in msgspec.structs.fields(api.ImageView)
    }


def test_what_was_described_before_we_came_is_built_anew(house: House) -> None:
    from types import SimpleNamespace

    from inu_jobs.web.routes import add_routes
    from inu_jobs.web.static import WebUi

    app = FastAPI()
    assert app.openapi()["paths"] == {}
    add_routes(app, house, WebUi(house.folder / "none"), SimpleNamespace(api_auth=None, server_name=None))
    assert f"{ROOT}/status" in app.openapi()["paths"]


class Watched(list[Any]):
    """Keeps what was in it after each change."""

    def __init__(self, items: Any) -> None:
        super().__init__(items)
        self.seen: list[set[str]] = []

    def _look(self) -> None:
        self.seen.append({getattr(route, "path", "") for route in self})

    def append(self, item: Any) -> None:
        super().append(item)
        self._look()

    def insert(self, at: Any, item: Any) -> None:
        super().insert(at, item)
        self._look()

    def extend(self, items: Any) -> None:
        super().extend(items)
        self._look()

    def __setitem__(self, at: Any, items: Any) -> None:
        super().__setitem__(at, items)
        self._look()


def test_who_finds_our_status_finds_all_our_routes(house: House) -> None:
    from types import SimpleNamespace

    from inu_jobs.web.routes import add_routes
    from inu_jobs.web.static import WebUi

    app = FastAPI()  # which serves already
    app.router.routes = watched = Watched(app.router.routes)
    add_routes(app, house, WebUi(house.folder / "none"), SimpleNamespace(api_auth=None, server_name=None))
    there = [paths for paths in watched.seen if f"{ROOT}/status" in paths]
    assert there and all(ROOT + route.path in paths for paths in there for route in ROUTES)
