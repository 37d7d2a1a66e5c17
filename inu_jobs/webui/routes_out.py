"""Routes of the web API by which images go out: exports and their downloads."""

from __future__ import annotations

from typing import Any, Literal

from starlette.responses import Response

from .. import api
from ..service import Service
from . import bodies, replies
from .endpoint import Call


def export_job(service: Service, call: Call) -> Response:
    return call.json(service.exports.of_job(call.ids["id"], bodies.decode(call.body, api.JobExport)), 201)


def export_images(service: Service, call: Call) -> Response:
    return call.json(service.exports.of(bodies.decode(call.body, api.ImageExport)), 201)


def download(service: Service, call: Call) -> Response:
    found = service.exports.fetch(call.ids["id"])
    return replies.download(found.name, found.media_type, found.make())


#: as ``routes.TABLE``
TABLE: tuple[tuple[str, str, Any, str, type | Literal["file"] | None, dict[str, Any]], ...] = (
    (
        "POST",
        "/jobs/{id}/export",
        export_job,
        "A job as zip, contact sheet or table",
        api.Export,
        {"body": api.JobExport, "status": 201},
    ),
    (
        "POST",
        "/images/export",
        export_images,
        "Images as zip, contact sheet or table",
        api.Export,
        {"body": api.ImageExport, "status": 201},
    ),
    ("GET", "/exports/{id}", download, "The file of an export; 10 minutes long", "file", {}),
)
