"""The web API under ``/inu-jobs/v1``, the files of our web UI under ``/inu-jobs/ui``, and its page of its
own at ``/inu-jobs/``.

A route is a function ``(Service, Call) -> Response``, called on a worker thread; what all have in
common is in ``endpoint``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

from starlette.responses import Response

from .. import api
from ..service import STATES, Service
from . import (
    bodies,
    replies,
    routes_audit,
    routes_bulk,
    routes_import,
    routes_out,
    routes_plan,
    routes_queue,
    schema,
)
from .auth import Guard
from .endpoint import Call, Endpoint, function
from .web_ui import PAGE as OWN_PAGE
from .web_ui import ROOT as UI_ROOT
from .web_ui import WebUi

ROOT = "/inu-jobs/v1"
INT: dict[str, Any] = {"type": "integer", "minimum": 0}
STR: dict[str, Any] = {"type": "string"}
MAX_NUMBER = 2**53  # what a browser's numbers hold
IMAGES = ("keep", "trash")


Route = Any  # a function (Service, Call) -> Response, with a name


def status(service: Service, call: Call) -> Response:
    return call.json(service.status())


def list_jobs(service: Service, call: Call) -> Response:
    return call.json(
        service.list_jobs(
            state=bodies.choice(call.query, "state", STATES),
            text=(call.query.get("text") or "")[: bodies.MAX_NAME],
            limit=bodies.whole(call.query, "limit", 200, 1, 1000),
            offset=bodies.whole(call.query, "offset", 0, 0, MAX_NUMBER),
        )
    )


def get_job(service: Service, call: Call) -> Response:
    return call.json(service.get_job(call.ids["id"]))


def changes(service: Service, call: Call) -> Response:
    since = bodies.whole(call.query, "since", 0, 0, MAX_NUMBER)
    return call.json(service.changes(call.query.get("epoch") or "", since, call.query.get("job") or None))


def live(service: Service, call: Call) -> Response:
    return call.json(service.live())


def preview(service: Service, call: Call) -> Response:
    picture = service.preview()
    if picture is None:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    return replies.picture(picture[0], picture[1], {"Cache-Control": "no-store"})


def capture(service: Service, call: Call) -> Response:
    return call.json(service.capture(call.ids["id"]))


def catalog(service: Service, call: Call) -> Response:
    return call.json(service.catalog())


def plan(service: Service, call: Call) -> Response:
    return call.json(service.plan(bodies.decode(call.body, api.JobSpec)))


def create(service: Service, call: Call) -> Response:
    return call.json(service.create(bodies.decode(call.body, api.JobSpec)), 201)


def plan_derive(service: Service, call: Call) -> Response:
    return call.json(service.plan_derive(bodies.decode(call.body, api.DeriveSpec)))


def derive(service: Service, call: Call) -> Response:
    return call.json(service.derive(bodies.decode(call.body, api.DeriveSpec)), 201)


def patch(service: Service, call: Call) -> Response:
    return call.json(service.patch(call.ids["id"], bodies.decode(call.body, api.JobPatch)))


def delete(service: Service, call: Call) -> Response:
    images = bodies.choice(call.query, "images", IMAGES)
    act = service.trash.delete_job if images == "trash" else service.delete
    return call.json(act(call.ids["id"]))


def action(name: str) -> Route:
    """``pause``, ``resume`` or ``cancel``: no body needed, the id says it all."""

    def run(service: Service, call: Call) -> Response:
        act: Callable[[str], api.JobSummary] = getattr(service, name)
        return call.json(act(call.ids["id"]))

    run.__name__ = name
    return run


def retry(service: Service, call: Call) -> Response:
    return call.json(service.retry(call.ids["id"], call.query.get("task") or None))


def image_file(service: Service, call: Call) -> Response:
    path, version = service.image_file(call.ids["id"])
    return replies.file(path, replies.cache_headers(call.query.get("v"), version), call.headers)


def image_thumb(service: Service, call: Call) -> Response:
    data, media_type, version = service.thumb(call.ids["id"])
    headers = replies.cache_headers(call.query.get("v"), version)
    if replies.unchanged(call.headers, headers):
        return Response(status_code=304, headers=headers)
    return replies.picture(data, media_type, headers)


def image_info(service: Service, call: Call) -> Response:
    return call.json(service.image_info(call.ids["id"]))


PAGE: schema.Query = {
    "state": (
        {"type": "string", "enum": list(STATES)},
        "only jobs in this state; archived ones only if asked",
    ),
    "text": (STR, "all these words in name, note or prompt"),
    "limit": ({"type": "integer", "minimum": 1, "maximum": 1000}, "200 unless told"),
    "offset": (INT, "how many to leave out, newest first"),
}
SINCE: schema.Query = {
    "epoch": (STR, "as the last answer had it"),
    "since": (INT, "the revision of the last answer"),
    "job": (STR, "tasks and images of this job only"),
}
VERSION: schema.Query = {"v": (STR, "the image's `version`: the answer may then be cached for ever")}
KEEP: schema.Query = {
    "images": (
        {"type": "string", "enum": list(IMAGES)},
        "the files stay (unless told), or go to the trash: then the job is archived until they are purged",
    )
}
ANY: schema.Query = {"n": (STR, "anything: gets past caches")}
TASK: schema.Query = {"task": (STR, "only this task; else all that failed or was stopped")}
JOB, SUMMARY = api.JobSpec, api.JobSummary

#: method, path, route, summary, answer, and what else ``schema.operation`` is to know
TABLE: tuple[tuple[str, str, Route, str, type | Literal["file"] | None, dict[str, Any]], ...] = (
    ("GET", "/status", status, "What runs, what waits, what is wrong", api.Status, {}),
    ("GET", "/jobs", list_jobs, "Jobs, newest first", api.JobList, {"query": PAGE}),
    ("GET", "/jobs/{id}", get_job, "A job, its tasks and images", api.JobDetail, {}),
    ("GET", "/changes", changes, "What changed since", api.Changes, {"query": SINCE}),
    ("GET", "/live", live, "Progress of our task that runs", api.Live, {}),
    ("GET", "/live/preview", preview, "Its live preview; 204 if there is none", "file", {"query": ANY}),
    ("GET", "/captures/{id}", capture, "What 'Queue as job' froze", api.Capture, {}),
    ("GET", "/catalog", catalog, "Names of all that is installed", None, {}),
    ("POST", "/plan", plan, "What a job would be; nothing is queued", api.Plan, {"body": JOB}),
    ("POST", "/jobs", create, "Create and queue a job", SUMMARY, {"body": JOB, "status": 201}),
    ("POST", "/derive/plan", plan_derive, "What a derive would be", api.Plan, {"body": api.DeriveSpec}),
    (
        "POST",
        "/derive",
        derive,
        "New images from known ones",
        SUMMARY,
        {"body": api.DeriveSpec, "status": 201},
    ),
    ("PATCH", "/jobs/{id}", patch, "Rename, note, priority, archive", SUMMARY, {"body": api.JobPatch}),
    ("POST", "/jobs/{id}/pause", action("pause"), "Take back what waits", SUMMARY, {}),
    ("POST", "/jobs/{id}/resume", action("resume"), "Go on", SUMMARY, {}),
    ("POST", "/jobs/{id}/cancel", action("cancel"), "Stop for good; what was saved stays", SUMMARY, {}),
    ("POST", "/jobs/{id}/retry", retry, "Queue again what did not get done", SUMMARY, {"query": TASK}),
    ("DELETE", "/jobs/{id}", delete, "Delete a job", api.Deleted, {"query": KEEP}),
    ("GET", "/images/{id}/file", image_file, "The image file", "file", {"query": VERSION}),
    ("GET", "/images/{id}/thumb", image_thumb, "A thumbnail, 320 px", "file", {"query": VERSION}),
    ("GET", "/images/{id}/info", image_info, "Recipe, infotext, what was sent", api.ImageInfo, {}),
    *routes_audit.TABLE,
    *routes_bulk.TABLE,
    *routes_out.TABLE,
    *routes_import.TABLE,
    *routes_plan.TABLE,
    *routes_queue.TABLE,
)


def add_routes(app: Any, runtime: Any, web_ui: WebUi, cmd_opts: Any = None) -> None:
    """Put our routes on ``app``, the one that ``on_app_started`` handed over. ``cmd_opts``: the WebUI's
    command line (its own unless given), for ``--api-auth`` and ``--server-name``."""
    if cmd_opts is None:
        from modules import shared

        cmd_opts = shared.cmd_opts
    api_auth, server_name = getattr(cmd_opts, "api_auth", None), getattr(cmd_opts, "server_name", None)
    guard = Guard(app, runtime.settings, api_auth, server_name)
    for method, path, route, summary, answer, more in TABLE:
        endpoint = Endpoint(guard, partial(route, runtime.service))
        app.add_api_route(
            ROOT + path,
            function(endpoint),
            methods=[method],
            name=f"inu_jobs_{route.__name__}",
            tags=["Inu Jobs"],
            response_model=None,
            openapi_extra=schema.operation(method, path, summary, answer, **more),
        )
    files = Endpoint(guard, partial(ui_file, web_ui))
    app.add_api_route(
        UI_ROOT + "/{path:path}",
        function(files),
        methods=["GET"],
        name="inu_jobs_ui",
        include_in_schema=False,
    )
    if hasattr(app, "blocks"):  # gradio's, whose theme the page has
        page = Endpoint(guard, partial(own_page, web_ui), login="../")
        app.add_api_route(
            OWN_PAGE, function(page), methods=["GET"], name="inu_jobs_page", include_in_schema=False
        )
    schema.describe(app)
    _first(app.router.routes, f"{ROOT}/images/{{id}}/thumb")


def _first(routes: list[Any], path: str) -> None:
    """Thumbnails come by the hundred: their route is not to be found after a hundred others."""
    at = next(n for n, route in enumerate(routes) if getattr(route, "path", "") == path)
    routes.insert(0, routes.pop(at))


def own_page(web_ui: WebUi, call: Call) -> Response:
    return web_ui.page(call.query.get("__theme", ""))


def ui_file(web_ui: WebUi, call: Call) -> Response:
    return web_ui.answer(call.ids["path"], call.headers, call.encodings)
