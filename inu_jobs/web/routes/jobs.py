"""Jobs: making, changing, stopping and deleting them."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from ... import api
from ...service import Service
from ...service.views import STATES
from .. import bodies, openapi
from ..endpoint import Call
from .route import MAX_NUMBER, Route

MAX_TEXT = 200  # characters that are searched for
IMAGES = ("keep", "trash")
PAGE: openapi.Query = {
    "state": (
        {"type": "string", "enum": list(STATES)},
        "only jobs in this state; archived jobs only if requested",
    ),
    "text": ({"type": "string"}, "all these words in name, note or prompt"),
    "limit": ({"type": "integer", "minimum": 1, "maximum": 1000}, "200 by default"),
    "offset": ({"type": "integer", "minimum": 0}, "how many to skip, newest first"),
}
KEEP: openapi.Query = {
    "images": (
        {"type": "string", "enum": list(IMAGES)},
        (
            "keep the files (default), or move them to the trash: then the job stays archived until they"
            " are purged"
        ),
    )
}
TASK: openapi.Query = {
    "task": ({"type": "string"}, ("only this task; otherwise all that failed or were stopped"))
}
WAITING: openapi.Query = {
    "waiting": (
        {"type": "string", "enum": ["true", "false"]},
        "of tasks enqueued one by one, only those still waiting",
    )
}
NEW = {"body": api.JobSpec, "status": 201}
EDIT = {"body": api.JobEdit}


def list_jobs(service: Service, call: Call) -> Response:
    return call.json(
        service.overview.list_jobs(
            state=bodies.choice(call.query, "state", STATES),
            text=(call.query.get("text") or "")[:MAX_TEXT],
            limit=bodies.whole(call.query, "limit", 200, 1, 1000),
            offset=bodies.whole(call.query, "offset", 0, 0, MAX_NUMBER),
        )
    )


def get_job(service: Service, call: Call) -> Response:
    return call.json(service.overview.get_job(call.ids["id"]))


def plan(service: Service, call: Call) -> Response:
    return call.json(service.jobs.plan(bodies.decode(call.body, api.JobSpec)))


def create(service: Service, call: Call) -> Response:
    return call.json(service.jobs.create(bodies.decode(call.body, api.JobSpec)), 201)


def spec(service: Service, call: Call) -> Response:
    return call.json(service.editor.spec(call.ids["id"], call.query.get("waiting") == "true"))


def plan_edit(service: Service, call: Call) -> Response:
    return call.json(service.editor.plan(call.ids["id"], bodies.decode(call.body, api.JobEdit)))


def edit(service: Service, call: Call) -> Response:
    return call.json(service.jobs.edit(call.ids["id"], bodies.decode(call.body, api.JobEdit)))


def patch(service: Service, call: Call) -> Response:
    return call.json(service.jobs.patch(call.ids["id"], bodies.decode(call.body, api.JobPatch)))


def delete(service: Service, call: Call) -> Response:
    images = bodies.choice(call.query, "images", IMAGES)
    act = service.trash.delete_job if images == "trash" else service.jobs.delete
    return call.json(act(call.ids["id"]))


def action(name: str) -> Callable[[Service, Call], Response]:
    """``pause``, ``resume`` or ``cancel``: no body is needed besides the id."""

    def run(service: Service, call: Call) -> Response:
        act: Callable[[str], api.JobSummary] = getattr(service.jobs, name)
        return call.json(act(call.ids["id"]))

    run.__name__ = name
    return run


def retry(service: Service, call: Call) -> Response:
    return call.json(service.jobs.retry(call.ids["id"], call.query.get("task") or None))


ROUTES = (
    Route("GET", "/jobs", list_jobs, "Jobs, newest first", api.JobList, {"query": PAGE}),
    Route("GET", "/jobs/{id}", get_job, "A job, its tasks and images", api.JobDetail, {}),
    Route("POST", "/plan", plan, "Preview a job; nothing is queued", api.Plan, {"body": api.JobSpec}),
    Route("POST", "/jobs", create, "Create and queue a job", api.JobSummary, NEW),
    Route(
        "GET",
        "/jobs/{id}/spec",
        spec,
        "The request that would make this job again",
        api.JobSpec,
        {"query": WAITING},
    ),
    Route("POST", "/jobs/{id}/edit/plan", plan_edit, "Preview an edit", api.EditPlan, EDIT),
    Route("POST", "/jobs/{id}/edit", edit, "Edit a job's waiting tasks", api.JobSummary, EDIT),
    Route(
        "PATCH",
        "/jobs/{id}",
        patch,
        "Set name, note, priority, run windows or archived",
        api.JobSummary,
        {"body": api.JobPatch},
    ),
    Route(
        "POST", "/jobs/{id}/pause", action("pause"), "Pause: take back the waiting tasks", api.JobSummary, {}
    ),
    Route("POST", "/jobs/{id}/resume", action("resume"), "Resume", api.JobSummary, {}),
    Route(
        "POST",
        "/jobs/{id}/cancel",
        action("cancel"),
        "Cancel; saved images stay",
        api.JobSummary,
        {},
    ),
    Route(
        "POST",
        "/jobs/{id}/retry",
        retry,
        "Requeue unfinished tasks",
        api.JobSummary,
        {"query": TASK},
    ),
    Route("DELETE", "/jobs/{id}", delete, "Delete a job", api.Deleted, {"query": KEEP}),
)
