"""The trash."""

from __future__ import annotations

from starlette.responses import Response

from ... import api
from ...service import Service
from .. import bodies
from ..endpoint import Call
from .images import SELECTED
from .route import Route, as_step


def trash(service: Service, call: Call) -> Response:
    selection = bodies.decode(call.body, api.Selected).selection
    return as_step(service, call, lambda: service.trash.trash(selection))


def restore(service: Service, call: Call) -> Response:
    selection = bodies.decode(call.body, api.Selected).selection
    return as_step(service, call, lambda: service.trash.restore(selection))


def purge(service: Service, call: Call) -> Response:
    return call.json(service.trash.purge(bodies.decode(call.body, api.Purge)))


def trashed(service: Service, call: Call) -> Response:
    return call.json(service.trash.trashed())


def bring_strays(service: Service, call: Call) -> Response:
    return call.json(service.trash.bring_strays())


ROUTES = (
    Route("POST", "/images/trash", trash, "Move to the trash", api.Result, SELECTED),
    Route("POST", "/images/restore", restore, "Restore from the trash", api.Result, SELECTED),
    Route(
        "POST",
        "/images/purge",
        purge,
        "Delete permanently, or empty the trash",
        api.Result,
        {"body": api.Purge},
    ),
    Route("GET", "/trash", trashed, "What is in the trash", api.TrashList, {}),
    Route("POST", "/trash/strays", bring_strays, "Restore files that belong to no job", api.Result, {}),
)
