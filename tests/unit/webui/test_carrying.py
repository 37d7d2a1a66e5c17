"""Pictures, arrays, enums and objects on their way into a payload and back."""

from __future__ import annotations

import dataclasses
import enum
import io
import json
from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from inu_jobs.errors import InvalidInput
from inu_jobs.library.inputs import Inputs
from inu_jobs.library.payload_images import accept, materialise, tokens_in
from inu_jobs.webui.capture.carriers import MARK, NoCarrier, NotRestored, carry, fits_json, restore
from inu_jobs.webui.capture.scripts import same
from tests.permits import RecordedPermits


class Mode(enum.Enum):
    FIRST = "first"
    LAST = (2, "last")


class Other(enum.Enum):
    FIRST = "first"


@dataclasses.dataclass
class Inner:
    mode: Mode = Mode.FIRST
    sizes: tuple[int, ...] = ()


@dataclasses.dataclass(frozen=True)
class Frozen:
    inner: Inner = dataclasses.field(default_factory=Inner)
    mask: Any = None


class Plain:
    def __init__(self, **fields: Any) -> None:
        self.__dict__.update({"enabled": True, "inner": Inner(), "picture": None, **fields})


class Kept:
    """Pictures by token, as ``Inputs`` keeps them."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def save(self, image: Image.Image) -> str:
        out = io.BytesIO()
        image.save(out, "PNG")
        token = f"input:{len(self.files):064x}"
        self.files[token] = out.getvalue()
        return token

    def open(self, token: str) -> Image.Image:
        image = Image.open(io.BytesIO(self.files[token]))
        image.load()
        return image


def there_and_back(value: Any, default: Any) -> Any:
    kept = Kept()
    described = carry(value, default, kept.save)
    assert fits_json(described)
    return restore(json.loads(json.dumps(described)), default, kept.open)


def alike(left: Any, right: Any) -> bool:
    if isinstance(left, Image.Image):
        return left.mode == right.mode and left.size == right.size and left.tobytes() == right.tobytes()
    if dataclasses.is_dataclass(left):
        return type(left) is type(right) and all(
            alike(getattr(left, field.name), getattr(right, field.name)) for field in dataclasses.fields(left)
        )
    return same(left, right)


kinds = st.sampled_from(["uint8", "bool", "int16", "int64", "float32", "float64", ">i4"])
shapes = st.lists(st.integers(0, 5), max_size=4)


@given(kinds, shapes, st.integers(0, 2**31))
def test_an_array_of_numbers_comes_back_to_the_bit(kind: str, shape: list[int], seed: int) -> None:
    count = int(numpy.prod(shape)) * numpy.dtype(kind).itemsize
    data = numpy.random.default_rng(seed).bytes(count)
    array = numpy.frombuffer(data, kind).reshape(shape)
    if kind == "bool":
        array = numpy.asarray(array.astype("uint8") % 2 == 1)
    back = there_and_back(array, None)
    assert back.shape == array.shape
    assert back.dtype.newbyteorder("=") == array.dtype.newbyteorder("=")
    assert back.astype(array.dtype).tobytes() == array.tobytes()
    assert back.flags.writeable


@given(st.sampled_from(["1", "L", "LA", "RGB", "RGBA"]), st.integers(1, 9), st.integers(1, 9), st.binary())
def test_a_picture_comes_back_with_its_mode(mode: str, width: int, height: int, noise: bytes) -> None:
    picture = Image.new(mode, (width, height))
    data = (noise or b"\1") * len(picture.tobytes())
    picture = Image.frombytes(mode, picture.size, data[: len(picture.tobytes())])
    assert alike(there_and_back(picture, None), picture)


@given(st.sampled_from(Mode), st.lists(st.integers(0, 9)), st.booleans())
def test_objects_come_back_as_what_the_script_has(mode: Mode, sizes: list[int], on: bool) -> None:
    inner = Inner(mode, tuple(sizes))
    frozen = Frozen(inner, numpy.zeros((2, 3), numpy.uint8))
    back = there_and_back(frozen, Frozen())
    assert alike(back, frozen)
    plain = there_and_back(Plain(enabled=on, inner=inner, picture=Image.new("RGB", (2, 2))), Plain())
    assert type(plain) is Plain
    assert (plain.enabled, alike(plain.inner, inner), plain.picture.size) == (on, True, (2, 2))


def test_parts_of_lists_and_tables_are_carried_too() -> None:
    value = {"image": numpy.ones((2, 2, 3), numpy.uint8), "others": [Mode.LAST, None]}
    back = there_and_back([value], [{"others": [Mode.FIRST]}])
    assert alike(back, [value])


class Strange:
    pass


@pytest.mark.parametrize(
    ("value", "default", "reason"),
    [
        (Strange(), None, "Strange"),
        (Inner(), None, "Inner"),
        (Inner(), Plain(), "Inner"),
        (Mode.FIRST, None, "Mode"),
        (Mode.FIRST, Other.FIRST, "Mode"),
        ([b"x"], [], "0 contains a value of type “bytes”"),
        ({"a": {1, 2}}, None, "a contains a value of type “set”"),
        ({1: 2}, None, "keys"),
        ({MARK: "enum", "name": "FIRST"}, None, "keys"),
        (float("nan"), None, "float"),
        (numpy.array([object()]), None, "array of object"),
        (Image.new("CMYK", (2, 2)), None, "CMYK"),
        (Plain(more=1), Plain(), "Plain"),
        (open, None, "builtin_function_or_method"),
        (Strange, Strange, "type"),
    ],
)
def test_what_has_no_carrier_says_so(value: Any, default: Any, reason: str) -> None:
    with pytest.raises(NoCarrier, match=reason):
        carry(value, default, lambda image: "input:x")


def test_something_without_end_has_no_carrier() -> None:
    endless: list[Any] = [b""]
    endless[0] = endless
    with pytest.raises((NoCarrier, RecursionError)):
        carry(endless, None, lambda image: "")
    deep: Any = numpy.zeros(1)
    for _ in range(40):
        deep = [deep]
    with pytest.raises(NoCarrier, match="too deeply"):
        carry(deep, None, lambda image: "")


@pytest.mark.parametrize(
    "described",
    [
        {MARK: "object", "__class__": "os.system"},
        {MARK: "object", "mode": {MARK: "enum", "name": "mro"}},
        {MARK: "enum", "name": "FIRST"},
        {MARK: "eval", "text": "1"},
        {MARK: ["object"]},
        {MARK: "array", "dtype": "object", "shape": [1], "image": "input:x"},
        {MARK: "array", "dtype": "float64", "shape": [10**9]},
        {MARK: "array", "dtype": "float64", "shape": [-1]},
        {MARK: "array", "dtype": "uint8", "shape": "many"},
        {MARK: "array", "dtype": "uint8"},
    ],
)
def test_a_strangers_description_makes_nothing_of_its_own(described: dict[str, Any]) -> None:
    with pytest.raises(NotRestored):
        restore(described, Inner(), lambda token: Image.new("L", (4, 1)))


def test_a_class_that_the_description_does_not_name_is_that_of_the_script() -> None:
    made = restore({MARK: "object", "sizes": [1]}, Inner(Mode.LAST), lambda token: Image.new("L", (1, 1)))
    assert made == Inner(Mode.LAST, (1,))
    with pytest.raises(NotRestored):
        restore({MARK: "object", "sizes": []}, None, lambda token: Image.new("L", (1, 1)))


def test_a_description_goes_through_the_doors_as_it_is(tmp_path: Path) -> None:
    """In at a request, kept by token, out at hand-over without its pixels."""
    inputs = Inputs(tmp_path)
    array = numpy.arange(12, dtype=numpy.uint8).reshape(2, 2, 3)
    described = carry([array, {"mask": array}], None, inputs.save_image)
    token = described[0]["image"]
    payload = accept({"script_args": described, "mask": token}, "img2img", inputs, RecordedPermits())
    assert payload["script_args"] == described
    assert tokens_in(payload) == {token}
    ready = materialise(payload, inputs, lambda id: tmp_path / id)
    assert ready["script_args"] == described
    assert ready["mask"] != token
    inputs.path(token).unlink()
    with pytest.raises(Exception, match="missing"):
        materialise({"script_args": described}, inputs, lambda id: tmp_path / id)


def test_a_description_names_inputs_only(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="input"):
        accept(
            {"script_args": [{MARK: "picture", "image": "image:x"}]},
            "txt2img",
            Inputs(tmp_path),
            RecordedPermits(),
        )
