"""Routes of the web API that act on many images at once: marks, the trash, and taking that back."""

from __future__ import annotations

from typing import Any, Literal

from starlette.responses import Response

from .. import api
from ..service import Service
from . import bodies
from .endpoint import Call


def set_verdict(service: Service, call: Call) -> Response:
    return call.json(service.marks.set_verdict(bodies.decode(call.body, api.SetVerdict)))


def set_rating(service: Service, call: Call) -> Response:
    return call.json(service.marks.set_rating(bodies.decode(call.body, api.SetRating)))


def trash(service: Service, call: Call) -> Response:
    return call.json(service.trash.trash(bodies.decode(call.body, api.Selected).selection))


def restore(service: Service, call: Call) -> Response:
    return call.json(service.trash.restore(bodies.decode(call.body, api.Selected).selection))


def purge(service: Service, call: Call) -> Response:
    return call.json(service.trash.purge(bodies.decode(call.body, api.Purge)))


def trashed(service: Service, call: Call) -> Response:
    return call.json(service.trash.trashed())


def bring_strays(service: Service, call: Call) -> Response:
    return call.json(service.trash.bring_strays())


def undo(service: Service, call: Call) -> Response:
    return call.json(service.undo(bodies.decode(call.body, api.Undo).undo))


#: as ``routes.TABLE``
TABLE: tuple[tuple[str, str, Any, str, type | Literal["file"] | None, dict[str, Any]], ...] = (
    ("POST", "/images/verdict", set_verdict, "Keep or reject", api.Result, {"body": api.SetVerdict}),
    ("POST", "/images/rating", set_rating, "Rate, 0 to 5", api.Result, {"body": api.SetRating}),
    ("POST", "/images/trash", trash, "Move to the trash", api.Result, {"body": api.Selected}),
    ("POST", "/images/restore", restore, "Back from the trash", api.Result, {"body": api.Selected}),
    ("POST", "/images/purge", purge, "Empty the trash, or delete from it", api.Result, {"body": api.Purge}),
    ("GET", "/trash", trashed, "What is in the trash", api.Trash, {}),
    ("POST", "/trash/strays", bring_strays, "Bring back files that no job knows", api.Result, {}),
    ("POST", "/undo", undo, "Take a bulk action back, or do it again", api.Result, {"body": api.Undo}),
)
