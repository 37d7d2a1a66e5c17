"""Exporting images."""

from __future__ import annotations

from starlette.responses import Response

from ... import api
from ...service import Service
from .. import bodies, replies
from ..endpoint import Call
from .route import Route


def export_job(service: Service, call: Call) -> Response:
    return call.json(service.exports.of_job(call.ids["id"], bodies.decode(call.body, api.JobExport)), 201)


def export_images(service: Service, call: Call) -> Response:
    return call.json(service.exports.of(bodies.decode(call.body, api.ImageExport)), 201)


def save_images(service: Service, call: Call) -> Response:
    return call.json(service.exports.save(bodies.decode(call.body, api.Selected).selection))


def download(service: Service, call: Call) -> Response:
    found = service.exports.fetch(call.ids["id"])
    return replies.download(found.name, found.media_type, found.make())


ROUTES = (
    Route(
        "POST",
        "/jobs/{id}/export",
        export_job,
        "Export a job as zip, contact sheet or table",
        api.Export,
        {"body": api.JobExport, "status": 201},
    ),
    Route(
        "POST",
        "/images/export",
        export_images,
        "Export images as zip, contact sheet or table",
        api.Export,
        {"body": api.ImageExport, "status": 201},
    ),
    Route(
        "POST",
        "/images/save",
        save_images,
        "Copy images to the WebUI's Save folder",
        api.Result,
        {"body": api.Selected},
    ),
    Route("GET", "/exports/{id}", download, "Download an export, for 10 minutes", "file", {}),
)
