"""Getting Agent Scheduler to run. None of these takes an address or a name: the host decides."""

from __future__ import annotations

from starlette.responses import Response

from ... import api
from ...service import Service
from ..endpoint import Call
from .route import Route


def install(service: Service, call: Call) -> Response:
    return call.json(service.setup.install(), 202)


def enable(service: Service, call: Call) -> Response:
    return call.json(service.setup.enable(), 202)


def restart(service: Service, call: Call) -> Response:
    return call.json(service.setup.restart(), 202)


BEGUN = {"status": 202}

ROUTES = (
    Route("POST", "/scheduler/install", install, "Install Agent Scheduler for this WebUI", api.Setup, BEGUN),
    Route("POST", "/scheduler/enable", enable, "Enable the installed Agent Scheduler", api.Setup, BEGUN),
    Route("POST", "/scheduler/restart", restart, "Restart the WebUI to load it", api.Setup, BEGUN),
)
