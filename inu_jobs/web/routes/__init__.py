"""The web API under ``/inu-jobs/v1``, the files of our web UI under ``/inu-jobs/ui``, and its standalone page
at ``/inu-jobs/``.

A route is a function ``(Service, Call) -> Response``, called on a worker thread; ``endpoint`` has what all of
them have in common.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.responses import PlainTextResponse, Response

from .. import openapi
from ..endpoint import Call, Endpoint, function
from ..guard import Guard
from ..limits import limits_of
from ..static import PAGE as OWN_PAGE
from ..static import ROOT as UI_ROOT
from ..static import WebUi
from . import composer, derive, exports, guests, images, imports, jobs, machines, queue, setup, trash
from .route import Route

__all__ = ["PROBLEM", "ROOT", "ROUTES", "Route", "add_problem", "add_routes"]

ROOT = "/inu-jobs/v1"
PROBLEM = "/inu-jobs/problem"
_ROOMS = (queue, setup, jobs, composer, derive, images, trash, exports, imports, guests, machines)
ROUTES: tuple[Route, ...] = tuple(route for room in _ROOMS for route in room.ROUTES)


def add_routes(app: Any, runtime: Any, web_ui: WebUi, cmd_opts: Any) -> None:
    """Add our routes to ``app``, the one from ``on_app_started``. ``cmd_opts``: the WebUI's command line
    options, for ``--api-auth`` and ``--server-name``.

    All at once: the WebUI is already serving, and who is told our status asks for the rest."""
    guard = Guard.of(app, runtime.settings, cmd_opts)
    ours = type(app.router)()
    add_problem(ours, guard, "")
    for method, path, route, summary, answer, more in ROUTES:
        limits = limits_of(method, path, more.get("body"))
        endpoint = Endpoint(guard, partial(route, runtime.service), limits=limits)
        ours.add_api_route(
            ROOT + path,
            function(endpoint),
            methods=[method],
            name=f"inu_jobs_{route.__name__}",
            tags=["Inu Jobs"],
            response_model=None,
            openapi_extra=openapi.operation(method, path, summary, answer, **more),
        )
    files = Endpoint(guard, partial(ui_file, web_ui))
    ours.add_api_route(
        UI_ROOT + "/{path:path}",
        function(files),
        methods=["GET"],
        name="inu_jobs_ui",
        include_in_schema=False,
    )
    if hasattr(app, "blocks"):  # gradio's, whose theme the page uses
        page = Endpoint(guard, partial(own_page, web_ui), login="../")
        ours.add_api_route(
            OWN_PAGE, function(page), methods=["GET"], name="inu_jobs_page", include_in_schema=False
        )
    # thumbnails are requested by the hundred: their route must not come after a hundred others
    thumbs = [route for route in ours.routes if route.path == f"{ROOT}/images/{{id}}/thumb"]
    app.router.routes[:0] = thumbs
    app.router.routes.extend(route for route in ours.routes if route not in thumbs)
    openapi.describe(app)


def add_problem(router: Any, guard: Guard, text: str) -> None:
    """Why we could not start, for the tab to show; '' if we did. It asks when our files do not load.
    ``router``: the app, or a router of it."""
    endpoint = Endpoint(guard, lambda call: PlainTextResponse(text, headers={"Cache-Control": "no-store"}))
    router.add_api_route(
        PROBLEM, function(endpoint), methods=["GET"], name="inu_jobs_problem", include_in_schema=False
    )


def own_page(web_ui: WebUi, call: Call) -> Response:
    return web_ui.page(call.query.get("__theme", ""))


def ui_file(web_ui: WebUi, call: Call) -> Response:
    return web_ui.answer(call.ids["path"], call.headers, call.encodings)
