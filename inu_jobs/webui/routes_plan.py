"""Routes of the web API for what goes into a job before it is queued."""

from __future__ import annotations

from typing import Any, Literal

from starlette.responses import Response

from .. import api
from ..service import Service
from . import bodies
from .endpoint import Call


def expand_prompts(service: Service, call: Call) -> Response:
    return call.json(service.expand_prompts(bodies.decode(call.body, api.PromptsExpand)))


def prompts_file(service: Service, call: Call) -> Response:
    return call.json(service.prompts_file(bodies.decode(call.body, api.PromptsFile)))


#: as ``routes.TABLE``
TABLE: tuple[tuple[str, str, Any, str, type | Literal["file"] | None, dict[str, Any]], ...] = (
    (
        "POST",
        "/prompts/expand",
        expand_prompts,
        "What a template makes",
        api.Prompts,
        {"body": api.PromptsExpand},
    ),
    ("POST", "/prompts/file", prompts_file, "What a prompt file sets", api.Lines, {"body": api.PromptsFile}),
)
