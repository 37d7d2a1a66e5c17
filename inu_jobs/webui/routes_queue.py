"""Routes of the web API for the queue as a whole."""

from __future__ import annotations

from typing import Any, Literal

from starlette.responses import Response

from .. import api
from ..service import Service
from .endpoint import Call


def run_plan(service: Service, call: Call) -> Response:
    return call.json(service.run_plan())


def stop_all(service: Service, call: Call) -> Response:
    return call.json(service.stop_all())


def go_on(service: Service, call: Call) -> Response:
    return call.json(service.go_on())


#: as ``routes.TABLE``
TABLE: tuple[tuple[str, str, Any, str, type | Literal["file"] | None, dict[str, Any]], ...] = (
    ("GET", "/queue/plan", run_plan, "Which job runs when", api.RunPlan, {}),
    ("POST", "/queue/stop", stop_all, "Start no task of any job any more", api.Status, {}),
    ("POST", "/queue/go", go_on, "Let tasks start again", api.Status, {}),
)
