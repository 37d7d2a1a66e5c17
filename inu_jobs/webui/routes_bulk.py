"""Routes of the web API that act on many images at once: marks, the trash, and taking that back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from starlette.responses import Response

from .. import api
from ..service import Service
from . import bodies, schema
from .endpoint import Call


def named(service: Service, call: Call, act: Callable[[], api.Result]) -> Response:
    name = bodies.word(call.query, "step")
    return call.json(service.named(name, act) if name else act())


def set_verdict(service: Service, call: Call) -> Response:
    body = bodies.decode(call.body, api.SetVerdict)
    return named(service, call, lambda: service.marks.set_verdict(body))


def set_rating(service: Service, call: Call) -> Response:
    body = bodies.decode(call.body, api.SetRating)
    return named(service, call, lambda: service.marks.set_rating(body))


def trash(service: Service, call: Call) -> Response:
    selection = bodies.decode(call.body, api.Selected).selection
    return named(service, call, lambda: service.trash.trash(selection))


def restore(service: Service, call: Call) -> Response:
    selection = bodies.decode(call.body, api.Selected).selection
    return named(service, call, lambda: service.trash.restore(selection))


def purge(service: Service, call: Call) -> Response:
    return call.json(service.trash.purge(bodies.decode(call.body, api.Purge)))


def trashed(service: Service, call: Call) -> Response:
    return call.json(service.trash.trashed())


def bring_strays(service: Service, call: Call) -> Response:
    return call.json(service.trash.bring_strays())


def undo(service: Service, call: Call) -> Response:
    token = bodies.decode(call.body, api.Undo).undo
    return named(service, call, lambda: service.undo(token))


STEP: schema.Query = {
    "step": ({"type": "string", "pattern": "^[A-Za-z0-9_-]{0,40}$"}, "a name by which POST /undo knows it")
}
SELECTED: dict[str, Any] = {"body": api.Selected, "query": STEP}
#: as ``routes.TABLE``
TABLE: tuple[tuple[str, str, Any, str, type | Literal["file"] | None, dict[str, Any]], ...] = (
    (
        "POST",
        "/images/verdict",
        set_verdict,
        "Keep or reject",
        api.Result,
        {"body": api.SetVerdict, "query": STEP},
    ),
    (
        "POST",
        "/images/rating",
        set_rating,
        "Rate, 0 to 5",
        api.Result,
        {"body": api.SetRating, "query": STEP},
    ),
    ("POST", "/images/trash", trash, "Move to the trash", api.Result, SELECTED),
    ("POST", "/images/restore", restore, "Back from the trash", api.Result, SELECTED),
    ("POST", "/images/purge", purge, "Empty the trash, or delete from it", api.Result, {"body": api.Purge}),
    ("GET", "/trash", trashed, "What is in the trash", api.Trash, {}),
    ("POST", "/trash/strays", bring_strays, "Bring back files that no job knows", api.Result, {}),
    (
        "POST",
        "/undo",
        undo,
        "Take a bulk action back, or do it again",
        api.Result,
        {"body": api.Undo, "query": STEP},
    ),
)
