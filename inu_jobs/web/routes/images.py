"""Images: their files, search, review, and making them again."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
from starlette.responses import Response

from ... import api
from ...model import MAX_RATING, Verdict
from ...service import Service
from ...service.images.search import Query
from .. import bodies, openapi, replies
from ..endpoint import Call
from .route import Route, as_step

MAX_TEXT = 1000  # characters
VERDICTS: tuple[str, ...] = get_args(Verdict)
_WORDS = {"type": "string"}
FIND: openapi.Query = {
    "text": (_WORDS, "words that must all be in the prompt"),
    "model": (_WORDS, "part of the checkpoint's name"),
    "lora": (_WORDS, "part of a LoRA's name"),
    "seed": ({"type": "integer", "minimum": 0}, "this seed"),
    "rating": ({"type": "integer", "minimum": 0, "maximum": MAX_RATING}, "at least this rating"),
    "verdict": ({"type": "string", "enum": list(VERDICTS)}, "with this verdict"),
    "findings": ({"type": "boolean"}, "with or without audit findings"),
    "limit": ({"type": "integer", "minimum": 1, "maximum": 1000}, "200 by default"),
    "offset": ({"type": "integer", "minimum": 0}, "how many to skip"),
}
VERSION: openapi.Query = {"v": (_WORDS, "the image's `version`: the response may then be cached forever")}
STEP: openapi.Query = {
    "step": ({"type": "string", "pattern": "^[A-Za-z0-9_-]{0,40}$"}, ("a name to pass to POST /undo later"))
}
SELECTED: dict[str, Any] = {"body": api.Selected, "query": STEP}


def image_file(service: Service, call: Call) -> Response:
    path, version = service.images.file(call.ids["id"])
    return replies.file(path, replies.cache_headers(call.query.get("v"), version), call.headers)


def image_thumb(service: Service, call: Call) -> Response:
    data, media_type, version = service.images.thumb(call.ids["id"])
    headers = replies.cache_headers(call.query.get("v"), version)
    if replies.unchanged(call.headers, headers):
        return Response(status_code=304, headers=headers)
    return replies.picture(data, media_type, headers)


def image_info(service: Service, call: Call) -> Response:
    return call.json(service.images.info(call.ids["id"]))


def find_images(service: Service, call: Call) -> Response:
    query = call.query
    seed = bodies.whole(query, "seed", -1, 0, 2**63 - 1)
    verdict = bodies.choice(query, "verdict", VERDICTS)
    wanted = Query(
        text=(query.get("text") or "")[:MAX_TEXT],
        model=(query.get("model") or "")[:MAX_TEXT],
        lora=(query.get("lora") or "")[:MAX_TEXT],
        seed=None if seed < 0 else seed,
        rating=bodies.whole(query, "rating", 0, 0, MAX_RATING),
        verdict=msgspec.convert(verdict, Verdict) if verdict else None,
        findings={"true": True, "false": False}.get(bodies.choice(query, "findings", ("true", "false"))),
    )
    limit = bodies.whole(query, "limit", 200, 1, 1000)
    return call.json(service.search.find(wanted, limit, bodies.whole(query, "offset", 0, 0, 2**53)))


def set_verdict(service: Service, call: Call) -> Response:
    body = bodies.decode(call.body, api.SetVerdict)
    return as_step(service, call, lambda: service.marks.set_verdict(body))


def set_rating(service: Service, call: Call) -> Response:
    body = bodies.decode(call.body, api.SetRating)
    return as_step(service, call, lambda: service.marks.set_rating(body))


def audit(service: Service, call: Call) -> Response:
    return call.json(service.auditor.audit(bodies.decode(call.body, api.Selected).selection))


def retry_images(service: Service, call: Call) -> Response:
    selection = bodies.decode(call.body, api.Selected).selection
    return as_step(service, call, lambda: service.retry.images(selection))


def undo(service: Service, call: Call) -> Response:
    token = bodies.decode(call.body, api.Undo).undo
    return as_step(service, call, lambda: service.undos.run(token))


ROUTES = (
    Route("GET", "/images", find_images, "Search the images of all jobs", api.FoundImages, {"query": FIND}),
    Route("GET", "/images/{id}/file", image_file, "The image file", "file", {"query": VERSION}),
    Route("GET", "/images/{id}/thumb", image_thumb, "A thumbnail, 320 px", "file", {"query": VERSION}),
    Route(
        "GET",
        "/images/{id}/info",
        image_info,
        "An image's parameters, infotext and request",
        api.ImageInfo,
        {},
    ),
    Route(
        "POST",
        "/images/verdict",
        set_verdict,
        "Keep or reject",
        api.Result,
        {"body": api.SetVerdict, "query": STEP},
    ),
    Route(
        "POST",
        "/images/rating",
        set_rating,
        "Rate, 0 to 5",
        api.Result,
        {"body": api.SetRating, "query": STEP},
    ),
    Route("POST", "/images/audit", audit, "Check images for problems", api.Audited, {"body": api.Selected}),
    Route("POST", "/images/retry", retry_images, "Move to the trash, and make again", api.Result, SELECTED),
    Route(
        "POST",
        "/undo",
        undo,
        "Undo or redo a bulk action",
        api.Result,
        {"body": api.Undo, "query": STEP},
    ),
)
