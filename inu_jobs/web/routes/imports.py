"""Importing existing images as jobs."""

from __future__ import annotations

from starlette.responses import Response

from ... import api
from ...service import Service
from .. import bodies
from ..endpoint import Call
from .route import Route

SPEC = {"body": api.ImportSpec, "status": 202}


def folders(service: Service, call: Call) -> Response:
    return call.json(service.importer.folders())


def state(service: Service, call: Call) -> Response:
    return call.json(service.importer.state())


def start(service: Service, call: Call) -> Response:
    return call.json(service.importer.start(bodies.decode(call.body, api.ImportSpec)), 202)


def cancel(service: Service, call: Call) -> Response:
    return call.json(service.importer.cancel())


ROUTES = (
    Route("GET", "/import/folders", folders, "Output folders with images", api.ImportFolders, {}),
    Route("GET", "/import", state, "The import's progress", api.ImportState, {}),
    Route("POST", "/import", start, "Import existing images as jobs", api.ImportState, SPEC),
    Route("POST", "/import/cancel", cancel, "Cancel the import", api.ImportState, {}),
)
