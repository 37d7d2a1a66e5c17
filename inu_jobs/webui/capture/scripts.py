"""What the scripts on the page are set to, in the form that the WebUI's API takes. Pure.

Source: WebUI 1.10.1, modules/processing_scripts/*.py (``setup``, which the API does not call) and
``Api.init_script_args`` in modules/api/api.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
import numpy

from ...errors import InvalidInput
from ...model import Payload
from ...sentences import UNSAID, Sentence, say
from .carriers import OFF, NoCarrier, Save, carry, fits_json
from .controlnet import is_off, is_unit, unit_fields

Role = Literal["script", "seed", "sampler", "refiner", "extra options"]


#: scripts that no payload may ask for, by their titles in lower case, as the WebUI finds them
#: (scripts/custom_code.py, extensions-builtin/extra-options-section)
REFUSED = {
    "custom code": say("The script “Custom code” cannot be part of a job: it runs any code it is given."),
    "extra options": say(
        "“Extra options” cannot be part of a job: it changes settings. Use override_settings."
    ),
}


def refused(title: str) -> Sentence:
    """Why no payload may ask for this script, or ``UNSAID``."""
    return REFUSED.get(title.lower(), UNSAID)


class ScriptOnPage(msgspec.Struct, frozen=True):
    """``args``: this script's slice of the arguments. ``defaults``: what the API would use instead.
    ``names``: the settings that "Extra options" shows."""

    title: str
    args: list[Any]
    defaults: list[Any] = []
    alwayson: bool = True
    role: Role = "script"
    names: list[str] = []


def same(left: Any, right: Any) -> bool:
    """Equality by parts that never raises (arrays do), for objects such as ControlNet's units too."""
    if left is right:
        return True
    if type(left) is not type(right):
        return False
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, (bool, int, float, str, bytes)):
        return bool(left == right)
    if isinstance(left, numpy.ndarray):
        alike = left.dtype == right.dtype and left.shape == right.shape and left.dtype.kind in "biuf"
        return bool(alike and left.tobytes() == right.tobytes())
    fields, others = getattr(left, "__dict__", None), getattr(right, "__dict__", None)
    return bool(fields) and same(fields, others)


def at_rest(args: Sequence[Any], defaults: Sequence[Any]) -> bool:
    """Whether the script would do with ``args`` what it does with its ``defaults``."""
    return len(args) == len(defaults) and all(
        same(value, default) or (is_off(value) and is_off(default))
        for value, default in zip(args, defaults, strict=True)
    )


def fixed_seed(value: Any) -> int:
    """A seed as ``processing.get_fixed_seed`` reads it; -1 is a random one."""
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return -1


def seed_fields(args: Sequence[Any]) -> Payload:
    """Of ``ScriptSeed``: seed, extras shown, subseed, its strength, resize from width and height."""
    seed, extras, subseed, strength, width, height = args[:6]
    fields: Payload = {"seed": fixed_seed(seed)}
    if extras and strength and strength > 0:
        fields |= {"subseed": fixed_seed(subseed), "subseed_strength": strength}
    if extras and width and height and width > 0 and height > 0:
        fields |= {"seed_resize_from_w": width, "seed_resize_from_h": height}
    return fields


def sampler_fields(args: Sequence[Any]) -> Payload:
    steps, sampler, scheduler = args[:3]
    return {"steps": steps, "sampler_name": sampler, "scheduler": scheduler}


def refiner_fields(args: Sequence[Any]) -> Payload:
    enabled, checkpoint, switch_at = args[:3]
    if not enabled or checkpoint in (None, "", "None"):
        return {}
    return {"refiner_checkpoint": checkpoint, "refiner_switch_at": switch_at}


BUILT_IN = {"seed": seed_fields, "sampler": sampler_fields, "refiner": refiner_fields}


def script_fields(
    scripts: Sequence[ScriptOnPage], selected: ScriptOnPage | None, save: Save = lambda image: ""
) -> Payload:
    """The payload's fields that come of the scripts. ``save`` keeps a picture and gives its token.

    Raises InvalidInput with the script's name and the reason if its arguments cannot be carried."""
    fields: Payload = {}
    carried: dict[str, dict[str, list[Any]]] = {}
    taken = set()
    for script in scripts:
        if script.role in BUILT_IN:
            fields |= BUILT_IN[script.role](script.args)
        elif script.role == "script" and script.args and script.alwayson:
            first = script.title.lower() not in taken
            taken.add(script.title.lower())
            if not (first and fits_json(script.args)) and at_rest(script.args, script.defaults):
                continue
            # The API finds a script by its title: of two with one title only the first can be reached.
            if not first:
                raise cannot_carry(script, say("another script has the same title"))
            carried[script.title] = {"args": carried_args(script, save)}
    if carried:
        fields["alwayson_scripts"] = carried
    if selected is not None:
        fields |= selected_fields(selected, save)
    return fields


def selected_fields(script: ScriptOnPage, save: Save) -> Payload:
    if why := refused(script.title):
        raise InvalidInput(why, "script_name")
    return {"script_name": script.title, "script_args": carried_args(script, save)}


def carried_args(script: ScriptOnPage, save: Save) -> list[Any]:
    """The script's arguments as JSON, each by the carrier that fits it."""
    found = []
    for place, value in enumerate(script.args):
        default = script.defaults[place] if place < len(script.defaults) else None
        try:
            found.append(carried(value, default, save))
        except NoCarrier as error:
            reason = (
                say("unit {number}: {reason}", number=place + 1, reason=error.sentence)
                if is_unit(value)
                else say("argument {number}: {reason}", number=place + 1, reason=error.sentence)
            )
            raise cannot_carry(script, reason) from error
    return found


def carried(value: Any, default: Any, save: Save) -> Any:
    if is_unit(value):
        return unit_fields(value, save)
    if is_off(value) and is_off(default):
        return OFF
    return carry(value, default, save)


def cannot_carry(script: ScriptOnPage, reason: Sentence) -> InvalidInput:
    return InvalidInput(
        say(
            "The settings of “{title}” cannot be kept with a job ({reason}): change that, turn it"
            " off, or use Generate.",
            title=script.title,
            reason=reason,
        ),
        field=f"alwayson_scripts.{script.title}" if script.alwayson else "script_args",
    )


def extra_options(scripts: Sequence[ScriptOnPage]) -> Payload:
    """Settings shown on the page by "Extra options", by name."""
    return {
        name: value
        for script in scripts
        if script.role == "extra options"
        for name, value in zip(script.names, script.args, strict=False)
    }
