"""The queue as a whole: its state, changes, and what is running."""

from __future__ import annotations

from starlette.responses import Response

from ... import api
from ...service import Service
from .. import bodies, openapi, replies
from ..endpoint import Call
from .route import MAX_NUMBER, Route

SINCE: openapi.Query = {
    "epoch": ({"type": "string"}, "from the last response"),
    "since": ({"type": "integer", "minimum": 0}, "the revision from the last response"),
    "job": ({"type": "string"}, "only this job's tasks and images"),
}
ANY: openapi.Query = {"n": ({"type": "string"}, "anything, to bypass caches")}


def status(service: Service, call: Call) -> Response:
    return call.json(service.overview.status())


def changes(service: Service, call: Call) -> Response:
    since = bodies.whole(call.query, "since", 0, 0, MAX_NUMBER)
    return call.json(
        service.overview.changes(call.query.get("epoch") or "", since, call.query.get("job") or None)
    )


def live(service: Service, call: Call) -> Response:
    return call.json(service.overview.live())


def preview(service: Service, call: Call) -> Response:
    picture = service.overview.preview()
    if picture is None:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    return replies.picture(picture[0], picture[1], {"Cache-Control": "no-store"})


def run_plan(service: Service, call: Call) -> Response:
    return call.json(service.runs.plan())


def stop_all(service: Service, call: Call) -> Response:
    return call.json(service.jobs.stop_all())


def go_on(service: Service, call: Call) -> Response:
    return call.json(service.jobs.go_on())


ROUTES = (
    Route("GET", "/status", status, "What is running, waiting or wrong", api.Status, {}),
    Route("GET", "/changes", changes, "What has changed since", api.Changes, {"query": SINCE}),
    Route("GET", "/live", live, "Progress of the running task", api.Live, {}),
    Route("GET", "/live/preview", preview, "Its live preview; 204 if there is none", "file", {"query": ANY}),
    Route("GET", "/queue/plan", run_plan, "Which job runs when", api.RunPlan, {}),
    Route("POST", "/queue/stop", stop_all, "Stop everything: start no more tasks", api.Status, {}),
    Route("POST", "/queue/go", go_on, "Resume the queue", api.Status, {}),
)
