"""Routes of the web API that make jobs of images that were there before."""

from __future__ import annotations

from typing import Any, Literal

from starlette.responses import Response

from .. import api
from ..service import Service
from . import bodies
from .endpoint import Call


def folders(service: Service, call: Call) -> Response:
    return call.json(service.importer.folders())


def state(service: Service, call: Call) -> Response:
    return call.json(service.importer.state())


def start(service: Service, call: Call) -> Response:
    return call.json(service.importer.start(bodies.decode(call.body, api.ImportSpec)), 202)


def cancel(service: Service, call: Call) -> Response:
    return call.json(service.importer.cancel())


SPEC = {"body": api.ImportSpec, "status": 202}
#: as ``routes.TABLE``
TABLE: tuple[tuple[str, str, Any, str, type | Literal["file"] | None, dict[str, Any]], ...] = (
    ("GET", "/import/folders", folders, "Output folders with images", api.ImportFolders, {}),
    ("GET", "/import", state, "How far the import is", api.ImportState, {}),
    ("POST", "/import", start, "Make jobs of images that are there", api.ImportState, SPEC),
    ("POST", "/import/cancel", cancel, "Import nothing after all", api.ImportState, {}),
)
