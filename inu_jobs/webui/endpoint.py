"""What all routes have in common: who may ask, the body, a worker thread, errors as one sentence.

Raw requests and responses only, so that pydantic 1 and pydantic 2 are both fine.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from .. import api
from ..errors import InuJobsError
from ..model import Finding
from . import bodies, replies
from .auth import CHANGING, Denied, Guard


class Call(msgspec.Struct):
    """What a route gets to see of a request; ``body`` is empty unless it is a change."""

    ids: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    local: bool  # from this machine

    @property
    def encodings(self) -> str:
        """How the answer may be compressed, '' where that would only cost time."""
        return "" if self.local else self.headers.get("accept-encoding", "")

    def json(self, answer: Any, status: int = 200) -> Response:
        return replies.json(answer, status, self.encodings)


class Endpoint:
    """``work`` is called on a worker thread: nothing of ours may block the event loop."""

    def __init__(self, guard: Guard, work: Callable[[Call], Response], login: str = "") -> None:
        """``login``: where a browser goes that has to log in on a page, not by a question of its own."""
        self._guard = guard
        self._work = work
        self._login = login

    async def __call__(self, request: Request) -> Response:
        try:
            self._guard.check(request.method, request.headers, request.cookies)
            body = b""
            if request.method in CHANGING:
                body = await bodies.read(request.headers, request.stream())
            client = request.client.host if request.client else ""
            local = client in ("127.0.0.1", "::1")
            call = Call(request.path_params, request.query_params, request.headers, body, local)
            return await run_in_threadpool(self._work, call)
        except InuJobsError as error:
            if self._login and isinstance(error, Denied) and error.status == 401 and not error.headers:
                return RedirectResponse(self._login)
            return _problem(error)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        except Exception:
            # a bug of ours: the console gets it all, the page one sentence
            print(f"Inu Jobs: an error in {request.method} {request.url.path}")
            traceback.print_exc()
            text = "Inu Jobs made a mistake: the WebUI's console has the details."
            return replies.json(api.Problem(text), 500)


def _problem(error: InuJobsError) -> Response:
    findings = getattr(error, "findings", [])
    body = api.Problem(str(error), getattr(error, "field", ""), msgspec.convert(findings, list[Finding]))
    return replies.json(body, error.status, headers=error.headers if isinstance(error, Denied) else None)


def function(endpoint: Endpoint) -> Callable[[Request], Any]:
    """FastAPI tells a coroutine function from a blocking one by looking at the function itself."""

    async def run(request: Request) -> Any:
        return await endpoint(request)

    # resolved here because FastAPI looks annotations up among the names of this module only
    run.__annotations__ = {"request": Request}
    return run
