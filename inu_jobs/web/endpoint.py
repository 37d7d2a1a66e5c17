"""What all routes have in common: access control, the body, a worker thread, errors as one sentence.

Uses only raw requests and responses, so both pydantic 1 and pydantic 2 are fine.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import anyio
import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from .. import api, budgets
from ..errors import InuJobsError
from ..log import log
from ..model import Finding
from ..sentences import say
from . import replies
from .guard import CHANGING, Denied, Guard
from .limits import Bodies, Limits, in_thread, read

_BODIES = Bodies()
_USUAL = Limits()


class Call(msgspec.Struct):
    """What a route sees of a request; ``body`` is empty unless the request has one."""

    ids: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytearray
    local: bool  # from this machine
    protected: bool = False  # whoever sends it has a password

    @property
    def encodings(self) -> str:
        """How the response may be compressed, '' if that would only cost time."""
        return "" if self.local else self.headers.get("accept-encoding", "")

    def json(self, answer: Any, status: int = 200) -> Response:
        """``answer`` as a JSON response."""
        return replies.json(answer, status, self.encodings)


class Endpoint:
    """``work`` is called on a worker thread: nothing of ours may block the event loop."""

    def __init__(
        self, guard: Guard, work: Callable[[Call], Response], login: str = "", limits: Limits = _USUAL
    ) -> None:
        """``login``: the page to which a browser is sent to log in, if it is not asked by a dialog of its
        own."""
        self._guard = guard
        self._work = work
        self._login = login
        self._limits = limits

    async def __call__(self, request: Request) -> Response:
        answer = await self._reply(request)
        for name, value in replies.UNFRAMED.items():
            answer.headers.setdefault(name, value)
        return answer

    async def _reply(self, request: Request) -> Response:
        try:
            self._guard.check(request.method, request.headers, request.cookies)
            with _BODIES.holding() as take:
                body = bytearray()
                if request.method in CHANGING:
                    body = await read(request.headers, request.stream(), self._limits.body, take)
                client = request.client.host if request.client else ""
                local = client in ("127.0.0.1", "::1")
                call = Call(
                    request.path_params,
                    request.query_params,
                    request.headers,
                    body,
                    local,
                    self._guard.protected,
                )
                return await self._answer(request, call)
        except budgets.ClientGone:
            return Response(status_code=400)  # nobody is there to read it
        except InuJobsError as error:
            if self._login and isinstance(error, Denied) and error.status == 401 and not error.headers:
                return RedirectResponse(self._login)
            return _problem(error)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to read it
        except Exception:
            # a bug of ours: the console gets the details, the page one sentence
            log.exception("an error in %s %s", request.method, request.url.path)
            text = say("Inu Jobs ran into an error: see the WebUI's console for details.")
            return replies.json(api.Problem(text, says=text.says), 500)

    async def _answer(self, request: Request, call: Call) -> Response:
        """Computed on a thread; a request that changes nothing ends when the client leaves."""
        spent = budgets.Request()

        def work() -> Response:
            with spent.worked_for():
                return self._work(call)

        if not self._limits.ends:
            return await in_thread(self._limits.cost, work)
        answer: Response | Exception = budgets.ClientGone(say("The request was cancelled."))
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                with contextlib.suppress(Exception):  # the server has its own ways to lose a client
                    while (await request.receive())["type"] != "http.disconnect":
                        await anyio.sleep(0.1)  # keeps the event loop running if a body never ends
                    spent.gone = True
                    group.cancel_scope.cancel()  # it may still be waiting for its turn

            group.start_soon(watch)
            try:
                answer = await in_thread(self._limits.cost, work)
            except Exception as error:  # a task group would wrap it
                answer = error
            group.cancel_scope.cancel()
        if isinstance(answer, Exception):
            raise answer
        return answer


def _problem(error: InuJobsError) -> Response:
    findings = getattr(error, "findings", [])
    said = error.sentence
    body = api.Problem(said, getattr(error, "field", ""), msgspec.convert(findings, list[Finding]), said.says)
    return replies.json(body, error.status, headers=error.headers if isinstance(error, Denied) else None)


def function(endpoint: Endpoint) -> Callable[[Request], Any]:
    """FastAPI distinguishes coroutine functions from blocking ones by inspecting the function itself."""

    async def run(request: Request) -> Any:
        return await endpoint(request)

    # resolved here, because FastAPI looks up annotations only among this module's names
    run.__annotations__ = {"request": Request}
    return run
