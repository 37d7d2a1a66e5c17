"""Other machines that run our tasks."""

from __future__ import annotations

from starlette.responses import Response

from ... import api
from ...service import Service
from .. import bodies
from ..endpoint import Call
from .route import Route


def machines(service: Service, call: Call) -> Response:
    return call.json(service.machines.all())


def add(service: Service, call: Call) -> Response:
    return call.json(service.machines.add(bodies.decode(call.body, api.MachineSpec)), 201)


def patch(service: Service, call: Call) -> Response:
    return call.json(service.machines.patch(call.ids["id"], bodies.decode(call.body, api.MachinePatch)))


def remove(service: Service, call: Call) -> Response:
    return call.json(service.machines.remove(call.ids["id"]))


def test(service: Service, call: Call) -> Response:
    return call.json(service.machines.test(bodies.decode(call.body, api.MachineSpec)))


def test_known(service: Service, call: Call) -> Response:
    return call.json(service.machines.test_known(call.ids["id"]))


ADDED = {"status": 201}

ROUTES = (
    Route("GET", "/machines", machines, "The machines that make images for this one", api.MachineList, {}),
    Route(
        "POST", "/machines", add, "Add a machine", api.MachineList, {"body": api.MachineSpec, **ADDED},
    ),
    Route(
        "POST", "/machines/test", test, "Whether a machine takes tasks, and what it lacks", api.MachineTest,
        {"body": api.MachineSpec},
    ),
    Route(
        "PATCH", "/machines/{id}", patch, "Rename a machine, or switch it on or off", api.MachineList,
        {"body": api.MachinePatch},
    ),
    Route("DELETE", "/machines/{id}", remove, "Remove a machine", api.MachineList, {}),
    Route("POST", "/machines/{id}/test", test_known, "Test a machine again", api.MachineTest, {}),
)  # fmt: skip
