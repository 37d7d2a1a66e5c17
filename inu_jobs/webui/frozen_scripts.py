"""What the scripts on the page are set to, in the form that the WebUI's API takes. Pure.

Source: WebUI 1.10.1, modules/processing_scripts/*.py (``setup``, which the API does not call) and
``Api.init_script_args`` in modules/api/api.py.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from ..errors import InvalidInput
from ..model import Payload

Role = Literal["script", "seed", "sampler", "refiner", "extra options"]


class ScriptOnPage(msgspec.Struct, frozen=True):
    """``args``: this script's slice of the arguments. ``defaults``: what the API would use instead.
    ``names``: the settings that "Extra options" shows."""

    title: str
    args: list[Any]
    defaults: list[Any] = []
    alwayson: bool = True
    role: Role = "script"
    names: list[str] = []


def fits_json(value: Any) -> bool:
    """Whether ``value`` comes back from JSON as it is (tuples as lists). Exact types only: a subclass
    would come back as something else."""
    if value is None or type(value) in (bool, int, str):
        return True
    if type(value) is float:
        return math.isfinite(value)
    if type(value) in (list, tuple):
        return all(fits_json(item) for item in value)
    if type(value) is dict:
        return all(type(key) is str and fits_json(item) for key, item in value.items())
    return False


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
    fields, others = getattr(left, "__dict__", None), getattr(right, "__dict__", None)
    return bool(fields) and same(fields, others)


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


def script_fields(scripts: Sequence[ScriptOnPage], selected: ScriptOnPage | None) -> Payload:
    """The payload's fields that come of the scripts.

    Raises InvalidInput with the script's name if its arguments cannot be carried."""
    fields: Payload = {}
    carried: dict[str, dict[str, list[Any]]] = {}
    taken = set()
    for script in scripts:
        if script.role in BUILT_IN:
            fields |= BUILT_IN[script.role](script.args)
        # The API finds a script by its title: of two with one title only the first can be reached.
        elif script.role == "script" and script.args and script.alwayson:
            if script.title.lower() not in taken and fits_json(script.args):
                carried[script.title] = {"args": list(script.args)}
            elif not same(list(script.args), list(script.defaults)):
                raise cannot_carry(script)
            taken.add(script.title.lower())
    if carried:
        fields["alwayson_scripts"] = carried
    if selected is not None:
        if not fits_json(selected.args):
            raise cannot_carry(selected)
        fields |= {"script_name": selected.title, "script_args": list(selected.args)}
    return fields


def cannot_carry(script: ScriptOnPage) -> InvalidInput:
    return InvalidInput(
        f"The settings of “{script.title}” cannot be kept with a job yet: turn it off, or use Generate.",
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
