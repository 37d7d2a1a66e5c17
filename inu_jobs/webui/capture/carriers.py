"""Script arguments that JSON cannot represent (images, arrays, enums, objects with fields), on their way into
a payload and back.

In a payload, each is a description, ``{"inu_jobs": KIND, ...}``; its pixels are stored as an input and
referred to by token. Right before the task runs, our always-on script restores the value.

A description never names a class. An enum or object is built from the class of the script's own default
argument at the same position, with only the fields that default has: whoever wrote the payload can create
nothing that the script's page does not already contain, and cannot run code.
"""

from __future__ import annotations

import copy
import dataclasses
import enum
import math
from collections.abc import Callable
from typing import Any

import numpy
from PIL import Image

from ...errors import InuJobsError
from ...library.payload_images import DESCRIBED as MARK
from ...sentences import Sentence, say

Save = Callable[[Image.Image], str]
Open = Callable[[str], Image.Image]

#: the script's own default object, turned off
OFF = {MARK: "object", "enabled": False}
#: image modes that survive a round trip through PNG, and those for an array with that many channels
_MODES = frozenset({"1", "L", "LA", "RGB", "RGBA"})
_CHANNELS = {2: "LA", 3: "RGB", 4: "RGBA"}
_NUMBERS = "biuf"  # kinds of numpy dtypes: no objects, no strings
_WIDTH = 4096  # of the image that stores the bytes of an array that is not an image
_MOST_BYTES = 256 * 1024 * 1024
_DEEPEST = 16


class NoCarrier(InuJobsError):
    """``what`` cannot be described. ``where``: its position ("image.mask", '' for the argument itself)."""

    def __init__(self, what: Sentence, where: str) -> None:
        super().__init__(
            say("{where} contains {what}", where=where, what=what)
            if where
            else say("it contains {what}", what=what)
        )


class NotRestored(InuJobsError):
    """A description that does not match the script, or whose image is missing."""


def fits_json(value: Any) -> bool:
    """Whether ``value`` survives JSON unchanged (tuples become lists). Exact types only: a subclass would
    come back as something else."""
    if value is None or type(value) in (bool, int, str):
        return True
    if type(value) is float:
        return math.isfinite(value)
    if type(value) in (list, tuple):
        return all(fits_json(item) for item in value)
    if type(value) is dict:
        return all(type(key) is str and fits_json(item) for key, item in value.items())
    return False


# ------------------------------------------------------------------------------- in


def carry(value: Any, default: Any, save: Save, where: str = "") -> Any:
    """``value`` as JSON. ``default``: the script's own value at this position. ``NoCarrier`` if it cannot be
    described so that ``restore`` returns the same value."""
    if where.count(".") > _DEEPEST:
        raise NoCarrier(say("something nested too deeply"), where)
    if isinstance(value, enum.Enum):
        return carry_enum(value, default, where)
    if isinstance(value, Image.Image):
        return carry_picture(value, save, where)
    if isinstance(value, numpy.ndarray):
        return carry_array(value, save, where)
    if type(value) in (list, tuple):
        return [
            carry(item, item_of(default, place), save, inside(where, place))
            for place, item in enumerate(value)
        ]
    if type(value) is dict:
        return carry_table(value, default, save, where)
    if fits_json(value):
        return value
    return carry_object(value, default, save, where)


def carry_enum(value: enum.Enum, default: Any, where: str) -> Any:
    if not kin(value, default):
        raise no_carrier(value, where)
    return {MARK: "enum", "name": value.name}


def carry_picture(value: Image.Image, save: Save, where: str) -> Any:
    if value.mode not in _MODES:
        raise NoCarrier(say("an image in the mode {mode}", mode=value.mode), where)
    return {MARK: "picture", "image": save(value)}


def carry_table(value: dict[Any, Any], default: Any, save: Save, where: str) -> Any:
    if MARK in value or not all(type(key) is str for key in value):
        raise NoCarrier(say("an object with keys that are not strings"), where)
    given = default if isinstance(default, dict) else {}
    return {key: carry(item, given.get(key), save, inside(where, key)) for key, item in value.items()}


def carry_array(value: numpy.ndarray[Any, Any], save: Save, where: str) -> Any:
    if is_picture(value):
        return {MARK: "array", "image": save(picture_of(value))}
    if value.dtype.kind not in _NUMBERS or value.nbytes > _MOST_BYTES:
        raise NoCarrier(
            say("an array of {dtype} with {nbytes:,} bytes", dtype=value.dtype, nbytes=value.nbytes), where
        )
    value = value.astype(value.dtype.newbyteorder("="), copy=False)
    about = {MARK: "array", "dtype": value.dtype.name, "shape": list(value.shape)}
    data = numpy.frombuffer(numpy.ascontiguousarray(value).tobytes(), numpy.uint8)
    if not data.size:
        return about
    rows = -(-data.size // _WIDTH)
    sheet = numpy.zeros((rows, min(_WIDTH, data.size)), numpy.uint8)
    sheet.reshape(-1)[: data.size] = data
    return {**about, "image": save(Image.fromarray(sheet, "L"))}


def carry_object(value: Any, default: Any, save: Save, where: str) -> Any:
    """Only for the default's class, with the default's fields."""
    fields, known = fields_of(value), fields_of(default)
    if not fields or not known or not kin(value, default) or not fields.keys() <= known.keys():
        raise no_carrier(value, where)
    described = {name: carry(item, known[name], save, inside(where, name)) for name, item in fields.items()}
    return {MARK: "object", **described}


def no_carrier(value: Any, where: str) -> NoCarrier:
    kind = type(value)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return NoCarrier(say("a value of type “{name}”", name=name), where)


def inside(where: str, place: Any) -> str:
    return f"{where}.{place}" if where else str(place)


def item_of(default: Any, place: int) -> Any:
    """The default for an item of a list; in lists that grow on the page all items are of one kind."""
    if not isinstance(default, (list, tuple)) or not default:
        return None
    return default[place] if place < len(default) else default[0]


def kin(value: Any, default: Any) -> bool:
    """Same class, compared by name: "Reload UI" creates the class again."""
    mine, theirs = type(value), type(default)
    return (mine.__module__, mine.__qualname__) == (theirs.__module__, theirs.__qualname__)


def fields_of(value: Any) -> dict[str, Any]:
    """By name; {} for anything but a plain object with fields."""
    if isinstance(value, type) or callable(value):
        return {}
    if dataclasses.is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return dict(getattr(value, "__dict__", None) or {})


def is_picture(value: numpy.ndarray[Any, Any]) -> bool:
    shape = value.shape
    fits = len(shape) == 2 or (len(shape) == 3 and shape[2] in _CHANNELS)
    return bool(value.dtype == numpy.uint8 and fits and value.size)


def picture_of(value: numpy.ndarray[Any, Any]) -> Image.Image:
    mode = "L" if value.ndim == 2 else _CHANNELS[value.shape[2]]
    return Image.fromarray(numpy.ascontiguousarray(value), mode)


# ------------------------------------------------------------------------------ out


def is_described(value: Any) -> bool:
    """Whether ``value`` contains a description at any depth."""
    if isinstance(value, dict):
        return MARK in value or any(map(is_described, value.values()))
    return isinstance(value, (list, tuple)) and any(map(is_described, value))


def restore(value: Any, default: Any, open_image: Open) -> Any:
    """The value that ``carry`` described. ``open_image`` returns the image of a token. ``NotRestored`` if the
    description does not match."""
    if isinstance(value, list):
        items = [restore(item, item_of(default, place), open_image) for place, item in enumerate(value)]
        return tuple(items) if type(default) is tuple else items
    if not isinstance(value, dict):
        return value
    if MARK not in value:
        given = default if isinstance(default, dict) else {}
        return {key: restore(item, given.get(key), open_image) for key, item in value.items()}
    make = _MAKE.get(value[MARK]) if isinstance(value[MARK], str) else None
    if make is None:
        raise NotRestored(say("A script's argument is stored in an unknown format."))
    return make(value, default, open_image)


def _picture(value: dict[str, Any], default: Any, open_image: Open) -> Image.Image:
    return open_image(str(value.get("image")))


def _array(value: dict[str, Any], default: Any, open_image: Open) -> Any:
    pixels = numpy.asarray(open_image(str(value["image"]))) if "image" in value else None
    if "dtype" not in value and pixels is not None:
        return pixels.copy()  # writable
    try:
        kind = numpy.dtype(value["dtype"])
        shape = tuple(int(side) for side in value["shape"])
        count = math.prod(shape)
        if kind.kind not in _NUMBERS or min(shape, default=0) < 0 or count * kind.itemsize > _MOST_BYTES:
            raise ValueError
        data = b"" if pixels is None else pixels.astype(numpy.uint8).tobytes()
        return numpy.frombuffer(data, kind, count).reshape(shape).copy()
    except (KeyError, TypeError, ValueError) as error:
        raise NotRestored(say("An array in a script's arguments does not match its description.")) from error


def _enum(value: dict[str, Any], default: Any, open_image: Open) -> enum.Enum:
    members = type(default).__members__ if isinstance(default, enum.Enum) else {}
    if value.get("name") not in members:
        raise NotRestored(say("A script no longer offers the choice “{name}”.", name=str(value.get("name"))))
    return members[value["name"]]


def _object(value: dict[str, Any], default: Any, open_image: Open) -> Any:
    known = fields_of(default)
    fields = {name: item for name, item in value.items() if name != MARK}
    if not fields.keys() <= known.keys():
        raise NotRestored(say("A script's arguments have changed since the job was queued."))
    made = copy.copy(default)
    for name, item in fields.items():
        object.__setattr__(made, name, restore(item, known[name], open_image))
    return made


_MAKE: dict[str, Callable[[dict[str, Any], Any, Open], Any]] = {
    "picture": _picture, "array": _array, "enum": _enum, "object": _object,
}  # fmt: skip
