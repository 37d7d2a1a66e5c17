"""Scripts' arguments as the API takes them."""

from __future__ import annotations

import json
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.errors import InvalidInput
from inu_jobs.webui.capture.carriers import fits_json
from inu_jobs.webui.capture.scripts import (
    ScriptOnPage,
    extra_options,
    fixed_seed,
    same,
    script_fields,
    seed_fields,
)

# -0.0 equals 0.0, but is written otherwise
zeros_alike = st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | zeros_alike | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
not_json = st.sampled_from([b"x", {1: "x"}, float("nan"), float("inf"), {1, 2}, 1j, [object()], {"a": b""}])


class Unit:
    """As ControlNet's: an object whose fields may hold something that is not comparable."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise ValueError("the truth value of an array is ambiguous")


@given(json_values)
def test_what_fits_json_comes_back_from_it_unchanged(value: Any) -> None:
    assert fits_json(value)
    assert json.loads(json.dumps(value, allow_nan=False)) == value
    assert same(json.loads(json.dumps(value)), value)


@given(not_json, json_values)
def test_what_does_not_fit_is_seen_anywhere_inside(bad: Any, good: Any) -> None:
    assert not fits_json(bad)
    assert not fits_json([good, {"x": [bad]}])


@given(json_values, json_values)
def test_same_is_equality_that_tells_1_from_true(left: Any, right: Any) -> None:
    assert same(left, right) == (json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True))


def test_same_looks_into_objects_that_cannot_be_compared() -> None:
    assert same(Unit(enabled=False, image=None), Unit(enabled=False, image=None))
    assert not same(Unit(enabled=False), Unit(enabled=True))
    assert not same(Unit(), Unit())  # nothing to see inside: not known to be equal
    assert not same(object(), object())


@given(st.lists(st.tuples(st.text(min_size=1), st.lists(json_values, max_size=4)), max_size=5))
def test_every_script_is_carried_under_its_title(scripts: list[tuple[str, list[Any]]]) -> None:
    first: dict[str, ScriptOnPage] = {}
    for title, args in scripts:
        if title.lower() not in first:
            first[title.lower()] = ScriptOnPage(title, args)
    fields = script_fields(list(first.values()), None)
    carried = fields.get("alwayson_scripts", {})
    assert carried == {s.title: {"args": s.args} for s in first.values() if s.args}


def test_arguments_that_json_cannot_hold_are_left_out_only_at_their_defaults() -> None:
    unit = Unit(enabled=False)
    at_rest = ScriptOnPage("ControlNet", [unit, 1], defaults=[Unit(enabled=False), 1])
    assert script_fields([at_rest], None) == {}
    carried = script_fields([ScriptOnPage("ControlNet", [unit, 2], defaults=[unit, 1])], None)
    assert carried["alwayson_scripts"]["ControlNet"]["args"] == [{"inu_jobs": "object", "enabled": False}, 2]
    with pytest.raises(InvalidInput, match=r"ControlNet.*argument 1.*object") as caught:
        script_fields([ScriptOnPage("ControlNet", [object(), 1], defaults=[unit, 1])], None)
    assert caught.value.field == "alwayson_scripts.ControlNet"


@pytest.mark.parametrize("units", [1, 3])
def test_units_that_are_off_are_left_out_whatever_they_hold(units: int) -> None:
    """ControlNet replaces its units when Generate is pressed, and keeps what they held."""
    mikubill = {"is_ui": True, "module": "canny", "model": "control [aa]", "weight": 0.4}
    forge = {"image": {"image": b"pixels", "mask": b"mask"}, "resize_mode": object(), "image_fg": None}
    for held in (mikubill, forge):
        touched = [Unit(enabled=False, **held) for _ in range(units)]
        defaults = [Unit(enabled=False) for _ in range(units)]
        script = ScriptOnPage("ControlNet", list(touched), defaults=list(defaults))
        assert script_fields([script], None) == {}
        again = ScriptOnPage("controlnet", list(touched), defaults=list(defaults))
        assert script_fields([script, again], None) == {}
        touched[-1] = Unit(enabled=True, **held)
        with pytest.raises(InvalidInput, match=rf"ControlNet.*argument {units}"):
            script_fields([ScriptOnPage("ControlNet", touched, defaults=list(defaults))], None)


def test_what_is_on_by_default_is_not_left_out_when_it_is_off() -> None:
    script = ScriptOnPage("Odd", [Unit(enabled=False)], defaults=[Unit(enabled=True)])
    assert script_fields([script], None)["alwayson_scripts"]["Odd"]["args"] == [
        {"inu_jobs": "object", "enabled": False}
    ]


def test_an_array_is_compared_by_its_numbers() -> None:
    assert same([numpy.ones((2, 2))], [numpy.ones((2, 2))])
    assert not same(numpy.ones(2), numpy.zeros(2))
    assert not same(numpy.ones(2), numpy.ones(2, numpy.float32))
    assert not same(numpy.array([None]), numpy.array([None]))


def test_the_second_of_two_scripts_with_one_title_cannot_be_set() -> None:
    first = ScriptOnPage("Twice", [1], defaults=[0])
    fields = script_fields([first, ScriptOnPage("twice", [0], defaults=[0])], None)
    assert fields == {"alwayson_scripts": {"Twice": {"args": [1]}}}
    with pytest.raises(InvalidInput, match="twice"):
        script_fields([first, ScriptOnPage("twice", [5], defaults=[0])], None)


def test_the_chosen_script_goes_by_name_and_others_are_not_sent() -> None:
    plot = ScriptOnPage("X/Y/Z plot", [1, "2,4"], alwayson=False)
    loop = ScriptOnPage("Loopback", [3], alwayson=False)
    assert script_fields([plot, loop], plot) == {"script_name": "X/Y/Z plot", "script_args": [1, "2,4"]}
    assert script_fields([plot, loop], None) == {}
    with pytest.raises(InvalidInput, match="X/Y/Z plot"):
        script_fields([], ScriptOnPage("X/Y/Z plot", [object()], alwayson=False))


def test_built_in_scripts_become_top_level_fields_and_are_not_sent_as_scripts() -> None:
    fields = script_fields(
        [
            ScriptOnPage("Seed", [7, True, 3, 0.4, 64, 0], role="seed"),
            ScriptOnPage("Sampler", [20, "Euler a", "Karras"], role="sampler"),
            ScriptOnPage("Refiner", [True, "xl.safetensors", 0.7], role="refiner"),
            ScriptOnPage("Extra options", [2], role="extra options", names=["CLIP_stop_at_last_layers"]),
        ],
        None,
    )
    assert fields == {
        "seed": 7,
        "subseed": 3,
        "subseed_strength": 0.4,
        "steps": 20,
        "sampler_name": "Euler a",
        "scheduler": "Karras",
        "refiner_checkpoint": "xl.safetensors",
        "refiner_switch_at": 0.7,
    }


@given(st.booleans(), st.integers(-1, 9), st.floats(0, 1), st.integers(0, 64), st.integers(0, 64))
def test_seed_extras_count_under_the_conditions_of_the_page(
    extras: bool, subseed: int, strength: float, width: int, height: int
) -> None:
    fields = seed_fields([5, extras, subseed, strength, width, height])
    assert ("subseed" in fields) == ("subseed_strength" in fields) == (extras and strength > 0)
    assert ("seed_resize_from_w" in fields) == (extras and width > 0 and height > 0)
    assert fields["seed"] == 5


@pytest.mark.parametrize("checkpoint", [None, "", "None"])
def test_a_refiner_without_a_checkpoint_is_off(checkpoint: str | None) -> None:
    assert script_fields([ScriptOnPage("Refiner", [True, checkpoint, 0.8], role="refiner")], None) == {}
    assert script_fields([ScriptOnPage("Refiner", [False, "xl", 0.8], role="refiner")], None) == {}


@pytest.mark.parametrize(
    ("value", "seed"), [("", -1), (None, -1), ("abc", -1), ("12", 12), (12.0, 12), (-1, -1)]
)
def test_seeds_are_read_as_the_webui_reads_them(value: Any, seed: int) -> None:
    assert fixed_seed(value) == seed


def test_extra_options_are_settings_by_name() -> None:
    script = ScriptOnPage("Extra options", [2, "None"], role="extra options", names=["clip", "sd_vae"])
    assert extra_options([ScriptOnPage("Other", [1]), script]) == {"clip": 2, "sd_vae": "None"}
