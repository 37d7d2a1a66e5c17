"""The request for an upscale without diffusion: our selectable script, and the order of its arguments."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..errors import InvalidInput
from ..model import Payload
from ..sentences import say
from .field import Bounds, Field

#: the title of the script in ``inu_jobs.webui.generation.upscale``
SCRIPT = "Inu Jobs upscale"


class Argument(NamedTuple):
    """A number with limits, or the name of an upscaler."""

    field: Field
    default: Any

    @property
    def name(self) -> str:
        return self.field.path


def _upscaler(path: str, label: str, default: str) -> Argument:
    return Argument(Field(path, "text", label, "upscaler", only="upscale", choices=("upscalers",)), default)


def _number(path: str, label: str, unit: str, default: float, least: float, most: float) -> Argument:
    bounds = Bounds(least, most, least, most)
    return Argument(Field(path, "number", label, unit, bounds=bounds, only="upscale"), default)


#: in the order of the script's arguments; labels and limits are those of the WebUI's Extras tab
ARGUMENTS = (
    _upscaler("upscaler", "Upscaler", "Lanczos"),
    _number("scale", "Scale by", "scale", 2.0, 1.0, 8.0),
    _upscaler("upscaler_2", "Upscaler 2", "None"),
    _number("upscaler_2_visibility", "Upscaler 2 visibility", "visibility", 0.0, 0.0, 1.0),
    _number("gfpgan", "GFPGAN visibility", "visibility", 0.0, 0.0, 1.0),
    _number("codeformer", "CodeFormer visibility", "visibility", 0.0, 0.0, 1.0),
    _number("codeformer_weight", "CodeFormer weight", "weight", 0.0, 0.0, 1.0),
)
_PLACES = {argument.name: place for place, argument in enumerate(ARGUMENTS)}


def is_upscale(payload: Payload) -> bool:
    """Whether it asks for our upscale script."""
    return payload.get("script_name") == SCRIPT


def defaults() -> list[Any]:
    """The defaults of the script's arguments, in order."""
    return [argument.default for argument in ARGUMENTS]


def path_of(name: str, where: str) -> str:
    """The path of the argument ``name`` in a payload. ``InvalidInput`` if there is no such argument."""
    if name not in _PLACES:
        raise InvalidInput(
            say("An upscale can change {names}, not “{name}”.", names=", ".join(_PLACES), name=name), where
        )
    return f"script_args.{_PLACES[name]}"


def name_of(path: str) -> str:
    """The name of the argument at ``path``, as from ``path_of``."""
    return ARGUMENTS[int(path.rpartition(".")[2])].name


def check(name: str, value: Any, where: str) -> None:
    """``InvalidInput`` if the argument ``name`` cannot have that value."""
    bounds = ARGUMENTS[_PLACES[name]].field.bounds
    if bounds is None:
        if not isinstance(value, str):
            raise InvalidInput(say("{name} must be the name of an upscaler.", name=name), where)
    elif isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidInput(say("{name} must be a number.", name=name), where)
    elif not bounds.least <= value <= bounds.most:
        message = say(
            "{name} must be from {least:g} to {most:g}, not {value:g}.",
            name=name,
            least=bounds.least,
            most=bounds.most,
            value=value,
        )
        raise InvalidInput(message, where)


def upscalers(payload: Payload) -> list[tuple[str, Any]]:
    """(path, name) of the upscalers in an upscale's payload."""
    args = payload.get("script_args") or []
    names = [argument.name for argument in ARGUMENTS if argument.field.bounds is None]
    return [(path_of(name, ""), args[_PLACES[name]]) for name in names if _PLACES[name] < len(args)]


def size(payload: Payload, factor: float) -> dict[str, int]:
    """Width and height of ``payload`` times ``factor``: for the estimate; the script reads its own scale."""
    sides = ((side, payload.get(side)) for side in ("width", "height"))
    return {side: round(value * factor / 8) * 8 for side, value in sides if isinstance(value, int)}


def scale(payload: Payload) -> float:
    """The factor that an upscale's payload asks for."""
    args = payload.get("script_args") or []
    value = args[_PLACES["scale"]] if len(args) > _PLACES["scale"] else 1.0
    return float(value) if isinstance(value, (int, float)) else 1.0
