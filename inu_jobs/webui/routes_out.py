"""Routes of the web API about images of any jobs: finding them, taking them along."""

from __future__ import annotations

from typing import Any, Literal, get_args

import msgspec
from starlette.responses import Response

from .. import api
from ..model import MAX_RATING, Verdict
from ..service import Service
from ..service.finding import Query
from . import bodies, replies, schema
from .endpoint import Call

MAX_TEXT = 1000  # characters


VERDICTS: tuple[str, ...] = get_args(Verdict)
_WORDS = {"type": "string"}
FIND: schema.Query = {
    "text": (_WORDS, "words that must all be in the prompt"),
    "model": (_WORDS, "a part of the checkpoint's name"),
    "lora": (_WORDS, "a part of a LoRA's name"),
    "seed": ({"type": "integer", "minimum": 0}, "this seed"),
    "rating": ({"type": "integer", "minimum": 0, "maximum": MAX_RATING}, "rated so at least"),
    "verdict": ({"type": "string", "enum": list(VERDICTS)}, "judged so"),
    "findings": ({"type": "boolean"}, "with findings of the audit, or without"),
    "limit": ({"type": "integer", "minimum": 1, "maximum": 1000}, "200 unless told"),
    "offset": ({"type": "integer", "minimum": 0}, "how many to leave out"),
}


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
    return call.json(service.find_images(wanted, limit, bodies.whole(query, "offset", 0, 0, 2**53)))


def export_job(service: Service, call: Call) -> Response:
    return call.json(service.exports.of_job(call.ids["id"], bodies.decode(call.body, api.JobExport)), 201)


def export_images(service: Service, call: Call) -> Response:
    return call.json(service.exports.of(bodies.decode(call.body, api.ImageExport)), 201)


def save_images(service: Service, call: Call) -> Response:
    return call.json(service.exports.save(bodies.decode(call.body, api.Selected).selection))


def download(service: Service, call: Call) -> Response:
    found = service.exports.fetch(call.ids["id"])
    return replies.download(found.name, found.media_type, found.make())


#: as ``routes.TABLE``
TABLE: tuple[tuple[str, str, Any, str, type | Literal["file"] | None, dict[str, Any]], ...] = (
    ("GET", "/images", find_images, "Find images of all jobs", api.Found, {"query": FIND}),
    (
        "POST",
        "/jobs/{id}/export",
        export_job,
        "A job as zip, contact sheet or table",
        api.Export,
        {"body": api.JobExport, "status": 201},
    ),
    (
        "POST",
        "/images/export",
        export_images,
        "Images as zip, contact sheet or table",
        api.Export,
        {"body": api.ImageExport, "status": 201},
    ),
    (
        "POST",
        "/images/save",
        save_images,
        "Copy to the WebUI's Save folder",
        api.Result,
        {"body": api.Selected},
    ),
    ("GET", "/exports/{id}", download, "The file of an export; 10 minutes long", "file", {}),
)
