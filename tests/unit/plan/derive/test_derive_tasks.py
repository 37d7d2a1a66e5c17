"""Tasks from images: every combination on every image once, each from the image's own payload."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise, product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.errors import InvalidInput
from inu_jobs.model import Axis, DeriveAction, Payload
from inu_jobs.overlay import overlay
from inu_jobs.plan import MAX_TASKS, Derived, Source, expand_derived, kind_of
from inu_jobs.plan.derive.tasks import difference

SCRIPTS = {"adetailer": 3, "extra": 1}
TEXT: Payload = {
    "prompt": "a house <lora:dog:0.5>", "negative_prompt": "fog", "styles": ["Night"], "steps": 20,
    "seed": 100, "subseed": 5, "subseed_strength": 0, "width": 512, "height": 768, "batch_size": 2,
    "override_settings": {"sd_model_checkpoint": "one", "CLIP_stop_at_last_layers": 2},
    "alwayson_scripts": {
        "ADetailer": {"args": [True, 0.4]},
        "Dynamic Prompts v2": {"args": [True, 1]},
        "Only text": {"args": [1]},
    },
}  # fmt: skip
IMAGE: Payload = {
    "prompt": "a boat", "seed": 7, "subseed": 1, "init_images": ["input:" + "0" * 64], "steps": 30,
    "mask": "input:" + "1" * 64, "inpainting_fill": 1, "width": 640, "height": 640,
    "denoising_strength": 0.7,
}  # fmt: skip
CHOICES: dict[str, list[Any]] = {
    "denoising_strength": [0.3, 0.4, 0.5],
    "steps": [10, {"scale": 1.5}],
    "lora:dog": [0.6, 0.8, {"scale": 2}],
    "prompt": [{"prefix": "dark, "}, {"suffix": ", night"}, {"replace": ["house", "tower"]}],
    "override_settings.sd_model_checkpoint": ["one", "two"],
    "seed": [-1, 9],
}


def source(number: int, payload: Payload = TEXT, origin: str = "r", **fields: Any) -> Source:
    sizes: dict[str, Any] = {"width": 516, "height": 768, "seed": 100 + number} | fields
    return Source(id=f"i{number:017}", payload=payload, origin=origin, **sizes)


def derived(
    sources: list[Source], action: DeriveAction, changes: dict[str, Any] | None = None, *axes: Axis
) -> Derived:
    return expand_derived(sources, action, changes or {}, axes, SCRIPTS, rng=Random(1))


def payloads(found: Derived) -> list[Payload]:
    return [overlay(found.payloads[task.payload], task.changes) for task in found.tasks]


def only(*args: Any) -> Payload:
    (payload,) = payloads(derived(*args))
    return payload


@st.composite
def axes(draw: st.DrawFn) -> list[Axis]:
    fields = draw(st.lists(st.sampled_from(sorted(CHOICES)), unique=True, max_size=3))
    return [
        Axis(field, draw(st.lists(st.sampled_from(CHOICES[field]), min_size=1, unique_by=str)))
        for field in fields
    ]


@given(
    axes(),
    st.lists(
        st.sampled_from([("a", TEXT), ("b", TEXT | {"steps": 8}), ("c", IMAGE)]), min_size=1, max_size=5
    ),
    st.sampled_from(["img2img", "rerender"]),
)
def test_every_value_on_every_image_exactly_once(
    given_axes: list[Axis], kinds: list[tuple[str, Payload]], action: DeriveAction
) -> None:
    sources = [source(number, payload, origin) for number, (origin, payload) in enumerate(kinds)]
    found = derived(sources, action, {}, *given_axes)
    places = list(product(*(range(len(axis.values)) for axis in given_axes)))
    wanted = Counter((one.id, place) for one in sources for place in places)
    assert Counter((task.source, tuple(task.coords)) for task in found.tasks) == wanted
    for task, payload in zip(found.tasks, payloads(found), strict=True):
        own = next(one for one in sources if one.id == task.source)
        assert payload["batch_size"] == payload["n_iter"] == 1
        if action == "img2img":
            assert payload["init_images"] == [f"image:{task.source}"]
        for axis, place in zip(given_axes, task.coords, strict=True):
            value = axis.values[place]
            if axis.field in ("denoising_strength", "steps") and not isinstance(value, dict):
                assert payload[axis.field] == value
        if all(axis.field != "seed" for axis in given_axes):
            assert payload["seed"] == own.seed
        assert payload["seed"] >= 0 and payload["subseed"] >= 0
    models = [payload.get("override_settings", {}).get("sd_model_checkpoint") for payload in payloads(found)]
    changes = sum(a != b for a, b in pairwise(models))
    assert changes < len(set(models))  # each model is loaded once


def test_images_of_one_origin_share_a_payload() -> None:
    found = derived([source(n) for n in range(50)] + [source(50, IMAGE, "c")], "img2img")
    assert len(found.payloads) == 2
    assert all("override_settings" not in task.changes for task in found.tasks)


def test_a_job_stopped_early_has_shown_a_bit_of_everything() -> None:
    strengths = Axis("denoising_strength", [0.3, 0.5, 0.7])
    first = derived([source(n) for n in range(3)], "img2img", {}, strengths).tasks[:3]
    assert len({task.source for task in first}) == 3
    assert len({task.coords[0] for task in first}) == 3


def test_img2img_takes_what_belongs_to_the_image_and_leaves_the_rest() -> None:
    found = derived(
        [source(1, TEXT | {"enable_hr": True, "hr_scale": 2, "script_name": "x/y/z plot"})], "img2img"
    )
    (now,) = payloads(found)
    assert (now["width"], now["height"], now["denoising_strength"]) == (512, 768, 0.5)
    assert not {"enable_hr", "hr_scale", "script_name"} & set(now)
    assert set(now["alwayson_scripts"]) == {"ADetailer"}
    assert {finding.message for finding in found.findings} == {
        "The script “x/y/z plot” is left out.",
        "The script “Dynamic Prompts v2” is left out.",
        "The script “Only text” is left out.",
    }
    assert not {"mask", "inpainting_fill"} & set(only([source(1, IMAGE)], "img2img"))


def test_scripts_come_along_or_are_left_out_as_asked() -> None:
    unit = {"enabled": True, "model": "canny", "image": {"image": "input:" + "2" * 64, "mask": None}}
    scripts = {"ControlNet": {"args": [unit]}, "ADetailer": {"args": [True, 0.4]}}
    sources = [source(1, TEXT | {"alwayson_scripts": scripts}), source(2)]
    known = SCRIPTS | {"controlnet": 3}
    for action in ("img2img", "hires", "variations", "rerender"):
        kept = expand_derived(sources, action, {}, [], known, rng=Random(1))
        assert payloads(kept)[0]["alwayson_scripts"]["ControlNet"] == {"args": [unit]}
        left = expand_derived(sources, action, {}, [], known, rng=Random(1), leave_out=["controlnet"])
        first, second = sorted(payloads(left), key=lambda payload: payload["seed"])
        assert first["alwayson_scripts"] == {"ADetailer": {"args": [True, 0.4]}}
        assert "ADetailer" in second["alwayson_scripts"]
        assert not any("ControlNet" in finding.message for finding in left.findings)


def test_a_rewritten_prompt_is_taken_and_what_rewrote_it_is_not() -> None:
    now = only([source(1, prompt="a house, night", negative_prompt="fog, ink")], "rerender")
    assert (now["prompt"], now["negative_prompt"], now["styles"]) == ("a house, night", "fog, ink", [])
    assert now["alwayson_scripts"]["Dynamic Prompts v2"]["args"] == [False, 1]
    assert now["alwayson_scripts"]["ADetailer"] == {"args": [True, 0.4]}


def test_the_seed_is_that_of_the_very_image() -> None:
    unknown = {"seed": None, "index": 1, "siblings": 2}
    assert only([source(1, **unknown)], "rerender")["seed"] == 101
    varied = only([source(1, TEXT | {"subseed_strength": 0.2}, **unknown)], "rerender")
    assert (varied["seed"], varied["subseed"]) == (100, 6)


def test_a_script_that_made_many_images_is_left_out_where_it_would_make_them_again() -> None:
    scripted = TEXT | {"batch_size": 1, "script_name": "x/y/z plot", "script_args": [1]}
    assert "script_name" not in only([source(1, scripted, siblings=9)], "rerender")
    assert only([source(1, scripted)], "rerender")["script_name"] == "x/y/z plot"


def test_hires() -> None:
    now = only([source(1, TEXT | {"enable_hr": False, "hr_scale": 3, "denoising_strength": 0.9})], "hires")
    expected = {
        "enable_hr": True,
        "hr_scale": 2.0,
        "hr_upscaler": "Latent",
        "denoising_strength": 0.5,
        "seed": 101,
    }
    assert expected.items() <= now.items()
    sized = TEXT | {"enable_hr": True, "hr_resize_x": 1024, "hr_resize_y": 1536, "denoising_strength": 0.4}
    kept = only([source(1, sized)], "hires")
    assert (kept["hr_resize_x"], kept["denoising_strength"]) == (1024, 0.4)
    scaled = only([source(1, sized)], "hires", {"hr_scale": 1.5})
    assert (scaled["hr_resize_x"], scaled["hr_resize_y"], scaled["hr_scale"]) == (0, 0, 1.5)
    both = derived([source(1), source(2, IMAGE, name="b.png")], "hires")
    assert [task.source for task in both.tasks] == [source(1).id] and len(both.payloads) == 1
    assert [(one.code, one.message[:36]) for one in both.findings if one.code == "image_left_out"] == [
        ("image_left_out", "1 of 2 images left out (b.png): hire")
    ]
    with pytest.raises(InvalidInput, match="None of the 2 images can be used: hires fix is of txt2img only"):
        derived([source(1, IMAGE), source(2, IMAGE)], "hires")


def test_variations() -> None:
    two = derived([source(1), source(2)], "variations", {}, Axis("subseed", [-1, -1]))
    made = payloads(two)
    assert len({payload["subseed"] for payload in made}) == 4
    assert {payload["subseed_strength"] for payload in made} == {0.15}
    assert {task.drawn for task in two.tasks} == {("subseed",)}
    fresh = only([source(1)], "variations", {"seed": -1})
    assert fresh["seed"] != 101 and fresh["subseed_strength"] == 0


def test_a_drawn_seed_is_the_same_where_only_others_differ() -> None:
    found = derived([source(1)], "rerender", {}, Axis("seed", [-1, -1]), Axis("steps", [10, 20]))
    by_place: dict[int, set[int]] = {}
    for task in found.tasks:
        by_place.setdefault(task.coords[0], set()).add(task.changes["seed"])
    assert [len(seeds) for seeds in by_place.values()] == [1, 1]


def test_upscale() -> None:
    found = derived([source(1)], "upscale", {"upscaler": "Lanczos", "gfpgan": 0.5}, Axis("scale", [1.5, 4]))
    made = {payload["script_args"][1]: payload for payload in payloads(found)}
    assert made[1.5]["script_args"] == ["Lanczos", 1.5, "None", 0.0, 0.5, 0.0, 0.0]
    assert (made[4]["width"], made[4]["height"]) == (2048, 3072)
    assert all(kind_of(payload) == "upscale" and payload["seed"] == 101 for payload in made.values())
    upscaled = source(2, made[4], width=2048, height=3072)
    onward = only([upscaled], "img2img")
    assert (onward["width"], kind_of(onward)) == (2048, "img2img")
    assert only([upscaled], "rerender")["script_args"] == made[4]["script_args"]
    for action in ("variations", "hires"):
        with pytest.raises(InvalidInput, match="This image cannot be used: "):
            derived([upscaled], action)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"gfpgan": 2}, "changes.gfpgan"),
        ({"upscaler": 3}, "changes.upscaler"),
        ({"scale": True}, "changes.scale"),
        ({"steps": 10}, "changes.steps"),
    ],
)
def test_what_an_upscale_cannot_be_told(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        derived([source(1)], "upscale", changes)
    assert error.value.field == field


def test_changes() -> None:
    now = only(
        [source(1)],
        "rerender",
        {
            "width": {"scale": 1.3},
            "steps": {"scale": 0.52},
            "prompt": {"replace": ["house", "tower"], "prefix": "old, ", "suffix": " <lora:cat:1>"},
            "lora:cat": {"scale": 0.5},
            "override_settings.CLIP_stop_at_last_layers": 1,
            "alwayson_scripts.ADetailer.args.1": {"scale": 2},
        },
    )
    assert (now["width"], now["steps"]) == (664, 10)
    assert now["prompt"] == "old, a tower <lora:dog:0.5> <lora:cat:0.5>"
    assert now["override_settings"] == {"sd_model_checkpoint": "one", "CLIP_stop_at_last_layers": 1}
    assert now["alwayson_scripts"]["ADetailer"]["args"] == [True, 0.8]


def test_a_change_that_finds_nothing_is_told() -> None:
    found = derived(
        [source(1), source(2, IMAGE)], "rerender", {"lora:dgo": 1, "prompt": {"replace": ["boat", ""]}}
    )
    assert {finding.code for finding in found.findings} == {"nothing_to_change"}
    assert {finding.message for finding in found.findings} == {
        "There is no LoRA “dgo” in the prompt; did you mean “dog”? (1 of 2 images)",
        "There is no LoRA “dgo” in the prompt. (1 of 2 images)",
        "“boat”, which is to be replaced, is not in prompt. (1 of 2 images)",
    }


def test_what_came_from_an_image_that_is_not_known_can_only_be_sent_on() -> None:
    lost = source(2, input_lost=True, name="b.png")
    for action in ("hires", "variations", "rerender"):
        found = derived([source(1), lost], action)
        assert {task.source for task in found.tasks} == {source(1).id}
        assert any("(b.png)" in finding.message for finding in found.findings)
    assert len(derived([source(1), lost], "img2img").tasks) == 2


def test_an_image_without_the_number_that_is_multiplied_is_left_out_and_many_are_counted() -> None:
    some = [source(n, IMAGE, name=f"{n}.png") for n in range(6)]
    found = derived([source(9), *some], "rerender", {"subseed_strength": {"scale": 2}})
    assert [task.source for task in found.tasks] == [source(9).id]
    (said,) = [one.message for one in found.findings if one.code == "image_left_out"]
    assert said.startswith("6 of 7 images left out (0.png, 1.png, 2.png and 3 more): there is no number")


def test_too_many_and_said_twice() -> None:
    with pytest.raises(InvalidInput, match="a job takes at most"):
        derived(
            [source(n) for n in range(200)], "rerender", {}, Axis("steps", list(range(1, MAX_TASKS // 100)))
        )
    with pytest.raises(InvalidInput, match="changed twice"):
        derived([source(1)], "rerender", {"steps": 3}, Axis("steps", [4]))


@given(
    st.recursive(
        st.integers(0, 3) | st.booleans() | st.none(),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
        ),
        max_leaves=12,
    ).filter(lambda value: isinstance(value, dict)),
    st.dictionaries(
        st.sampled_from("abc"), st.integers() | st.dictionaries(st.sampled_from("abc"), st.integers())
    ),
)
def test_differences_laid_over_give_it_back(now: dict[str, Any], base: dict[str, Any]) -> None:
    base = {field: value for field, value in base.items() if field in now}
    assert overlay(base, difference(base, now)) == now
