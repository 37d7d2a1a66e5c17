"""Protects other routes of the WebUI: a gate comes before all of them, takes the requests to be refused, and
passes every other one on to its route, whenever that was added.

Source: starlette 0.26 to 0.38, routing.py (``Router``, ``get_route_path``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, NoMatchFound

from .. import api
from ..log import log
from ..sentences import say
from . import replies

#: the refusal, or None; called on the event loop, so it must not wait for anything
Refuse = Callable[[Request, str], Response | None]
_ANSWER = "inu_jobs.refusal"


class Gate(BaseRoute):
    """``refuse`` is called with paths that begin with one of ``prefixes``. If it fails, the request is
    refused, too."""

    # other extensions look for these in an app's routes
    path = ""
    name = "inu_jobs_gate"
    methods: frozenset[str] = frozenset()
    include_in_schema = False

    def __init__(self, prefixes: tuple[str, ...], refuse: Refuse) -> None:
        self._prefixes = prefixes
        self._refuse = refuse

    def matches(self, scope: Any) -> tuple[Match, Any]:
        if scope["type"] == "http":
            for path in _paths(scope):
                if path.startswith(self._prefixes) and (answer := self._answer(scope, path)) is not None:
                    return Match.FULL, {"endpoint": self._refuse, "path_params": {}, _ANSWER: answer}
        return Match.NONE, {}

    def _answer(self, scope: Any, path: str) -> Response | None:
        try:
            return self._refuse(Request(scope), path)
        except Exception:
            log.exception("an error while checking %s", path)
            text = say("Inu Jobs ran into an error: see the console for details.")
            return replies.json(api.Problem(text, says=text.says), 500)

    async def handle(self, scope: Any, receive: Any, send: Any) -> None:
        await scope[_ANSWER](scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        raise NoMatchFound(name, path_params)


def _paths(scope: Any) -> set[str]:
    """As the routes see it: newer starlettes omit a proxy's prefix (``--subpath``)."""
    path, root = scope["path"], scope.get("root_path", "").rstrip("/")
    return {path, path.removeprefix(root)} if root else {path}


def put_before_all(app: Any, gate: Gate) -> None:
    """Make ``gate`` the first route of ``app``."""
    app.router.routes.insert(0, gate)
