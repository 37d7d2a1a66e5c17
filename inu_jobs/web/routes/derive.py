"""New jobs from existing images."""

from __future__ import annotations

from starlette.responses import Response

from ... import api
from ...service import Service
from .. import bodies
from ..endpoint import Call
from .route import Route


def plan_derive(service: Service, call: Call) -> Response:
    return call.json(service.deriver.plan(bodies.decode(call.body, api.DeriveSpec)))


def derive(service: Service, call: Call) -> Response:
    return call.json(service.jobs.derive(bodies.decode(call.body, api.DeriveSpec)), 201)


ROUTES = (
    Route(
        "POST",
        "/derive/plan",
        plan_derive,
        "Preview new images from existing ones",
        api.Plan,
        {"body": api.DeriveSpec},
    ),
    Route(
        "POST",
        "/derive",
        derive,
        "Queue new images from existing ones",
        api.JobSummary,
        {"body": api.DeriveSpec, "status": 201},
    ),
)
