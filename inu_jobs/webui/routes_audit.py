"""Routes of the web API that look at images again, and have them made again."""

from __future__ import annotations

from typing import Any, Literal

from starlette.responses import Response

from .. import api
from ..service import Service
from . import bodies
from .endpoint import Call
from .routes_bulk import SELECTED, named


def audit(service: Service, call: Call) -> Response:
    return call.json(service.auditor.audit(bodies.decode(call.body, api.Selected).selection))


def retry_images(service: Service, call: Call) -> Response:
    selection = bodies.decode(call.body, api.Selected).selection
    return named(service, call, lambda: service.retry_images(selection))


#: as ``routes.TABLE``
TABLE: tuple[tuple[str, str, Any, str, type | Literal["file"] | None, dict[str, Any]], ...] = (
    ("POST", "/images/audit", audit, "Look for what went wrong", api.Audited, {"body": api.Selected}),
    (
        "POST", "/images/retry", retry_images,
        "To the trash, and made again", api.Result, SELECTED,
    ),
)  # fmt: skip
