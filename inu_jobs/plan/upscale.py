"""The request for an upscale without diffusion: our selectable script, and the places of its arguments."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..errors import InvalidInput
from ..model import Payload

#: the title of the script in ``inu_jobs.webui.upscale``
SCRIPT = "Inu Jobs upscale"


class Argument(NamedTuple):
    """``most`` is None for a name."""

    name: str
    label: str
    default: Any
    least: float = 0.0
    most: float | None = None


#: in the order of the script's arguments; limits are those of the sliders on the WebUI's Extras tab
ARGUMENTS = (
    Argument("upscaler", "Upscaler", "Lanczos"),
    Argument("scale", "Scale by", 2.0, 1.0, 8.0),
    Argument("upscaler_2", "Upscaler 2", "None"),
    Argument("upscaler_2_visibility", "Upscaler 2 visibility", 0.0, 0.0, 1.0),
    Argument("gfpgan", "GFPGAN visibility", 0.0, 0.0, 1.0),
    Argument("codeformer", "CodeFormer visibility", 0.0, 0.0, 1.0),
    Argument("codeformer_weight", "CodeFormer weight", 0.0, 0.0, 1.0),
)
_PLACES = {argument.name: place for place, argument in enumerate(ARGUMENTS)}


def is_upscale(payload: Payload) -> bool:
    return payload.get("script_name") == SCRIPT


def defaults() -> list[Any]:
    return [argument.default for argument in ARGUMENTS]


def path_of(name: str, where: str) -> str:
    """Where in a payload the argument ``name`` stands. ``InvalidInput`` if there is none."""
    if name not in _PLACES:
        raise InvalidInput(f"An upscale can change {', '.join(_PLACES)}, not “{name}”.", where)
    return f"script_args.{_PLACES[name]}"


def check(name: str, value: Any, where: str) -> None:
    """``InvalidInput`` if the argument ``name`` cannot have that value."""
    argument = ARGUMENTS[_PLACES[name]]
    if argument.most is None:
        if not isinstance(value, str):
            raise InvalidInput(f"{name} must be the name of an upscaler.", where)
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidInput(f"{name} must be a number.", where)
    elif not argument.least <= value <= argument.most:
        message = f"{name} must be from {argument.least:g} to {argument.most:g}, not {value:g}."
        raise InvalidInput(message, where)


def upscalers(payload: Payload) -> list[tuple[str, Any]]:
    """(path, name) of the upscalers that an upscale's payload asks for."""
    args = payload.get("script_args") or []
    names = [argument.name for argument in ARGUMENTS if argument.most is None]
    return [(path_of(name, ""), args[_PLACES[name]]) for name in names if _PLACES[name] < len(args)]


def size(payload: Payload, factor: float) -> dict[str, int]:
    """Width and height of ``payload`` times ``factor``: for the estimate, the script reads its scale."""
    sides = ((side, payload.get(side)) for side in ("width", "height"))
    return {side: round(value * factor / 8) * 8 for side, value in sides if isinstance(value, int)}


def scale(payload: Payload) -> float:
    args = payload.get("script_args") or []
    value = args[_PLACES["scale"]] if len(args) > _PLACES["scale"] else 1.0
    return float(value) if isinstance(value, (int, float)) else 1.0
