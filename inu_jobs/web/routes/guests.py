"""Tasks of other WebUIs: putting them here, following and fetching, and freeing what was fetched."""

from __future__ import annotations

from starlette.responses import Response

from ... import api
from ...service import Service
from .. import bodies, replies
from ..endpoint import Call
from .route import Route


def guests(service: Service, call: Call) -> Response:
    return call.json(service.guests.all())


def put(service: Service, call: Call) -> Response:
    service.guests.check(call.protected)
    return call.json(service.guests.put(call.ids["id"], bodies.decode(call.body, api.GuestSpec)))


def follow(service: Service, call: Call) -> Response:
    service.guests.check(call.protected)
    return call.json(service.guests.follow(call.ids["id"]))


def fetch(service: Service, call: Call) -> Response:
    service.guests.check(call.protected)
    path, version = service.guests.file(call.ids["id"], call.ids["image"])
    return replies.file(path, replies.cache_headers(None, version), call.headers)


def free(service: Service, call: Call) -> Response:
    service.guests.check(call.protected)
    body = bodies.decode(call.body, api.GuestTasks)
    return call.json(service.guests.free(call.ids["id"], body.tasks))


def remove(service: Service, call: Call) -> Response:
    service.guests.check(call.protected)
    service.guests.remove(call.ids["id"])
    return call.json({})


ROUTES = (
    Route("GET", "/guests", guests, "Which other WebUIs run tasks here", api.GuestList, {}),
    Route(
        "PUT", "/guests/{id}", put, "Queue tasks of another WebUI; repeatable", api.GuestView,
        {"body": api.GuestSpec},
    ),
    Route("GET", "/guests/{id}", follow, "A guest's tasks and images", api.GuestView, {}),
    Route("GET", "/guests/{id}/images/{image}", fetch, "The file of a guest's image", "file", {}),
    Route(
        "POST", "/guests/{id}/free", free, "Take tasks back, or delete them once fetched", api.GuestView,
        {"body": api.GuestTasks},
    ),
    Route("DELETE", "/guests/{id}", remove, "Delete a guest's tasks and images", None, {}),
)  # fmt: skip
