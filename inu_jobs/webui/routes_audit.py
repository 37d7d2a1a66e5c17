"""Routes of the web API that look at images again, and have them made again."""

from __future__ import annotations

from typing import Any, Literal

from starlette.responses import Response

from .. import api
from ..service import Service
from . import bodies
from .endpoint import Call


def audit(service: Service, call: Call) -> Response:
    return call.json(service.auditor.audit(bodies.decode(call.body, api.Selected).selection))


def retry_images(service: Service, call: Call) -> Response:
    return call.json(service.retry_images(bodies.decode(call.body, api.Selected).selection))


#: as ``routes.TABLE``
TABLE: tuple[tuple[str, str, Any, str, type | Literal["file"] | None, dict[str, Any]], ...] = (
    ("POST", "/images/audit", audit, "Look for what went wrong", api.Audited, {"body": api.Selected}),
    (
        "POST", "/images/retry", retry_images,
        "To the trash, and made again", api.Result, {"body": api.Selected},
    ),
)  # fmt: skip
