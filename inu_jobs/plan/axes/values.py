"""From an axis as written to its values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import UNSET

from ...errors import InvalidInput
from ...fields.field_types import FIELDS
from ...fields.table import LORA, PROMPTS, REPLACE, SIZE, SWAP, TABLE, VAE
from ...model import Axis, AxisSpec, Finding, Payload, Template, Writing
from ...overlay import look_up
from ...sentences import say
from ..prompts.templates import fill_in
from ..prompts.wildcards import Wildcards
from ..tasks import MAX_TASKS
from .notation import floats, integers, items

_DIGITS = 8  # decimals of a LoRA's strength, which no other code rounds
_YES, _NO = frozenset({"true", "yes", "y", "1", "on"}), frozenset({"false", "no", "n", "0", "off"})
#: what means "without it" in a list of names or strengths
_NOTHING = frozenset({"none", "without"})
_VAES = {"auto": "Automatic", "automatic": "Automatic", "none": "None"}


def written_as(spec: AxisSpec, where: str) -> str:
    """Which of ``values``, ``text`` and ``template`` is given. ``InvalidInput`` unless exactly one is."""
    given = [name for name in ("values", "text", "template") if getattr(spec, name) is not UNSET]
    if len(given) != 1:
        raise InvalidInput(
            say("An axis needs either values, text or a template."), where if given else f"{where}.values"
        )
    return given[0]


def read(spec: AxisSpec, kind: str, payload: Payload, where: str) -> Axis:
    """The axis with its values. ``spec`` has ``values`` or ``text``; ``payload``: the job's, which shows the
    type of a script's field. ``InvalidInput`` with the field if the text cannot be read."""
    if spec.values is not UNSET:
        return Axis(spec.field, list(spec.values))
    text = spec.text if spec.text is not UNSET else ""
    try:
        return Axis(spec.field, _values(spec.field, text, kind, payload), text)
    except InvalidInput as error:
        raise InvalidInput(error.sentence, f"{where}.text") from None


def read_template(
    field: str, template: Template, wildcards: Wildcards, where: str
) -> tuple[Axis, list[Finding]]:
    """The axis with the template's prompts, and a finding for each missing wildcard. ``InvalidInput`` with
    the field for a template that cannot be read, or that makes too many prompts."""
    if field not in PROMPTS:
        raise InvalidInput(
            say("A template makes prompts, but {field} takes values.", field=field[:60]), f"{where}.field"
        )
    where = f"{where}.template"
    try:
        filled = fill_in(template, wildcards)
    except InvalidInput as error:
        raise InvalidInput(error.sentence, f"{where}.{error.field}") from None
    if filled.more:
        message = say(
            "This template makes more than {max_tasks:,} prompts: draw some of them at random.",
            max_tasks=MAX_TASKS,
        )
        raise InvalidInput(message, f"{where}.text")
    writing = Writing(template.mode, template.count, template.seed)
    return Axis(field, list(filled.prompts), template.text, writing), filled.findings(where)


def template_of(axis: Axis) -> Template | None:
    """The template of its prompts, if they come from one."""
    how = axis.template
    if how is None or how.mode is UNSET or how.count is UNSET or how.seed is UNSET:
        return None
    return Template(axis.text, how.mode, how.count, how.seed)


def _values(field: str, text: str, kind: str, payload: Payload) -> list[Any]:
    if field == SIZE or field.startswith(REPLACE):
        found: list[Any] = list(items(text))
    elif field.startswith(SWAP):
        found = [None if name.lower() in _NOTHING else name for name in items(text)]
    elif field.startswith(LORA):
        found = _strengths(text)
    elif field == VAE:
        found = [_VAES.get(name.lower(), name) for name in items(text)]
    else:
        found = _of_type(_type(field, kind, payload), text)
    if len(found) > MAX_TASKS:
        raise InvalidInput(
            say("A job can have at most {max_tasks:,} tasks: use fewer values.", max_tasks=MAX_TASKS)
        )
    return found


def _type(field: str, kind: str, payload: Payload) -> str:
    """As in ``FIELDS``; '' if unknown."""
    head, _, rest = field.partition(".")
    if not rest:
        return FIELDS[kind].get(head, "")
    if field in TABLE:
        return TABLE[field].type
    try:
        now = look_up(payload, field)
    except LookupError:
        return ""
    if isinstance(now, bool):
        return "switch"
    return {int: "", float: "number", str: "text"}.get(type(now), "")


def _of_type(wanted: str, text: str) -> list[Any]:
    if wanted == "integer":
        return list(integers(text, MAX_TASKS))
    if wanted == "number":
        return list(floats(text, MAX_TASKS))
    if wanted == "switch":
        return [_switch(item) for item in items(text)]
    if wanted == "texts":
        return [[part.strip() for part in item.split(",") if part.strip()] for item in items(text)]
    if wanted in ("object", "list"):
        raise InvalidInput(say("The values of such a field cannot be written on one line."))
    return list(items(text)) if wanted == "text" else _guessed(text)


def _guessed(text: str) -> list[Any]:
    """Numbers if all of it can be read as numbers."""
    readers: tuple[Callable[[str, int], Sequence[Any]], ...] = (integers, floats)
    for read_numbers in readers:
        try:
            return list(read_numbers(text, MAX_TASKS))
        except InvalidInput:
            continue
    return list(items(text))


def _switch(item: str) -> bool:
    if item.lower() not in _YES | _NO:
        raise InvalidInput(say("“{item}” is neither true nor false.", item=item[:60]))
    return item.lower() in _YES


def _strengths(text: str) -> list[Any]:
    """Numbers, and "none" for a run without the LoRA."""
    found: list[Any] = []
    for item in items(text):
        found += (
            [None]
            if item.lower() in _NOTHING
            else [round(value, _DIGITS) for value in floats(item, MAX_TASKS)]
        )
        if len(found) > MAX_TASKS:
            break
    return found
