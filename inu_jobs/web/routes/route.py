"""The type of a route."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from starlette.responses import Response

from ... import api
from ...service import Service
from .. import bodies
from ..endpoint import Call

MAX_NUMBER = 2**53  # the largest integer that a browser represents exactly


class Route(NamedTuple):
    """``run`` is called on a worker thread, for ``method`` at ``path`` below ``/inu-jobs/v1``. ``answer``:
    the type of its JSON, None for a dict; ``more``: further arguments of ``openapi.operation``."""

    method: str
    path: str
    run: Callable[[Service, Call], Response]
    summary: str
    answer: type | Literal["file"] | None
    more: Mapping[str, Any]


def as_step(service: Service, call: Call, act: Callable[[], api.Result]) -> Response:
    """Run ``act`` as a step that POST /undo knows by the request's name for it."""
    name = bodies.word(call.query, "step")
    return call.json(service.undos.named(name, act) if name else act())
