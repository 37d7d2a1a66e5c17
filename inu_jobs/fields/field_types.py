"""The types of a payload's fields, so that a mistake gives one sentence now instead of a failed task at
night. All may be null. The WebUI silently ignores fields that it does not know.
"""

from __future__ import annotations

import math
from typing import Any

from ..budgets import NAME, PROMPT
from ..errors import InvalidInput
from ..model import Payload
from ..sentences import say, template
from ..spelling import nearest
from .field import Type
from .table import AXES_ONLY, SOME_HOSTS, TABLE

#: for txt2img and for img2img: each field's type, of all hosts
FIELDS: dict[str, dict[str, Type]] = {
    kind: {
        path: field.type
        for path, field in TABLE.items()
        if field.only in ("", kind) and "." not in path and path not in AXES_ONLY
    }
    for kind in ("txt2img", "img2img")
}
#: decided at hand-over, never by an axis
FIXED = frozenset(
    {
        "infotext",
        "force_task_id",
        "save_images",
        "send_images",
        "do_not_save_samples",
        "do_not_save_grid",
        "override_settings_restore_afterwards",
        "comments",
    }
)
_WRONG = {
    "text": template("{field} must be a string."),
    "texts": template("{field} must be a list of strings."),
    "integer": template("{field} must be a whole number."),
    "number": template("{field} must be a number."),
    "switch": template("{field} must be true or false."),
    "object": template("{field} must be an object."),
    "list": template("{field} must be a list."),
}
#: neither torch's generator nor a database's integer can be larger
LARGEST_SEED = 2**63
#: limit for all other numbers; keeps their sums and products within what JSON readers support
_LARGEST = 1_000_000
_LARGEST_BATCH = 1_000
#: strings that are not the user's, or are dropped
_OF_ANY_LENGTH = frozenset({"mask", "latent_mask", "firstpass_image", "infotext"})


def check_payload(payload: Payload, kind: str) -> None:
    """``InvalidInput`` with the field if a value has the wrong type. ``kind``: txt2img or img2img."""
    types = FIELDS[kind]
    for field, value in payload.items():
        if field in types:
            check_value(field, value, kind, field)
    scripts = payload.get("alwayson_scripts") or {}
    for title, entry in scripts.items():
        args = entry.get("args") if isinstance(entry, dict) else entry
        if not isinstance(entry, dict) or not isinstance(args, (list, type(None))):
            raise InvalidInput(
                say("The always-on script “{title}” must be an object with an “args” list.", title=title),
                f"alwayson_scripts.{title}",
            )


def check_value(field: str, value: Any, kind: str, where: str) -> None:
    """``field``: a top-level field that the WebUI knows; ``where``: its path in the request."""
    wanted = FIELDS[kind][field]
    if value is not None and not _fits(value, wanted):
        raise InvalidInput(say(_WRONG[wanted], field=field), where)
    if wanted == "text" and value and field not in _OF_ANY_LENGTH:
        most = PROMPT if field.endswith("prompt") else NAME
        if len(value) > most:
            raise InvalidInput(
                say("{field} can have at most {most:,} characters.", field=field, most=most), where
            )
    if wanted == "texts" and value and (len(value) > NAME or max(map(len, value)) > NAME):
        raise InvalidInput(
            say("{field} can have at most {most} strings of {most} characters each.", field=field, most=NAME),
            where,
        )
    if wanted in ("integer", "number") and value is not None and abs(value) > _limit(field):
        raise InvalidInput(say("{field} is far too large.", field=field), where)


def _limit(field: str) -> int:
    if field in ("seed", "subseed"):
        return LARGEST_SEED - 1
    return _LARGEST_BATCH if field == "batch_size" else _LARGEST


def _fits(value: Any, wanted: str) -> bool:
    if wanted == "text":
        return isinstance(value, str)
    if wanted == "texts":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if wanted == "switch":
        # on the WebUI's page one of them (inpaint area) is a selection whose value is 0 or 1
        return isinstance(value, bool) or (isinstance(value, int) and value in (0, 1))
    if wanted == "object":
        return isinstance(value, dict)
    if wanted == "list":
        return isinstance(value, list)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return False
    return wanted == "number" or value == int(value)


def no_field(head: str, kind: str, where: str, near: str = "") -> InvalidInput:
    """``near``: a field that may have been meant."""
    absent = say("{kind} has no field “{head}”", kind=kind, head=head)
    if near:
        return InvalidInput(say("{absent}; did you mean {near}?", absent=absent, near=near), where)
    return InvalidInput(say("{absent}.", absent=absent), where)


def check_field(path: str, kind: str, where: str) -> None:
    """``InvalidInput`` if an axis cannot vary ``path``."""
    head, *rest = path.split(".")
    if head not in FIELDS[kind]:
        raise no_field(head, kind, where, nearest(head, set(FIELDS[kind]) - SOME_HOSTS))
    if head in FIXED:
        raise InvalidInput(say("{head} cannot be varied.", head=head), where)
    if not all(rest) or (rest and FIELDS[kind][head] not in ("object", "list")):
        raise InvalidInput(say("“{path}” is not a field path.", path=path), where)
