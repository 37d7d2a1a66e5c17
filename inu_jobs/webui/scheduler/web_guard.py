"""Agent Scheduler's own web API behind our guard, while we run.

Of its routes, ``/import``, ``/export``, ``/samplers``, ``/sd-models`` and ``/task/{id}/unbookmark`` require
no password even with ``--api-auth``, and its runner unpickles what ``/import`` stored: whoever could send
that could run code. Its other routes require one only with ``--api-auth``, and none checks where a request
comes from, so any web page could send one to a WebUI on the same machine.

Its page calls all of them with plain ``fetch``, and the two lists of names as soon as the WebUI's page is
loaded.
Source: agent_scheduler/api.py and ui/src/extension/stores of the last version there is.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from ...log import log
from ...web import replies
from ...web.foreign_routes import Gate, put_before_all
from ...web.guard import Denied, Guard

if TYPE_CHECKING:
    from ..runtime import Runtime

PREFIX = "/agent-scheduler/"
#: names that are on the WebUI's page anyway
_SHOWN = frozenset({f"{PREFIX}v1/samplers", f"{PREFIX}v1/sd-models"})


def protect(app: Any, guard: Guard, runtime: Runtime) -> None:
    """``app``: the one being served. The setting is checked on each request."""
    settings = runtime.settings

    def refuse(request: Request, path: str) -> Response | None:
        return _refusal(guard, request, path) if settings.guard_scheduler else None

    put_before_all(app, Gate((PREFIX,), refuse))
    if settings.guard_scheduler and runtime.adapter.installed:
        _announce()


def _refusal(guard: Guard, request: Request, path: str) -> Response | None:
    shown = path in _SHOWN and request.method == "GET"
    try:
        guard.check_neighbour(request.method, request.headers, request.cookies, shown=shown)
    except Denied as denied:
        # scripts get FastAPI's format, and people what its own page would show
        answer = {"detail": str(denied), "success": False, "message": str(denied)}
        return replies.json(answer, denied.status, headers=denied.headers)
    return None


@cache
def _announce() -> None:
    """In the console, once."""
    log.info(
        "Agent Scheduler's web API (/agent-scheduler) now requires the WebUI's password, if one is set,"
        " and refuses requests from other websites. You can change that in Settings > Inu Jobs."
    )
