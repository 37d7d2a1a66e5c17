"""What is of no effect is said; tasks that make the same image are known as such, however they are told."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from inu_jobs.fields.table import LINES
from inu_jobs.model import Axis
from inu_jobs.plan import axis_title, expand
from inu_jobs.plan.preflight import preflight
from tests.unit.plan.plan_kit import RecordedCatalog

CATALOG = RecordedCatalog()
BASE: dict[str, Any] = {
    "prompt": "a house", "steps": 20, "cfg_scale": 7, "width": 512, "height": 512, "seed": 5,
    "sampler_name": "Euler a",
}  # fmt: skip
IMAGE = {"init_images": ["input:" + "a" * 64], "denoising_strength": 0.5}
HIRES = {"enable_hr": True, "hr_upscaler": "Latent", "denoising_strength": 0.5, "hr_scale": 2}


def check(payload: dict[str, Any], axes: list[Axis], kind: str = "txt2img") -> list[tuple[str, str, str]]:
    whole = {**BASE, **payload}
    tasks = expand(whole, kind, axes, rng=Random(1)).tasks
    found = preflight(whole, tasks, CATALOG, kind, axes)
    assert {finding.severity for finding in found} <= {"warning"}
    return [(finding.code, finding.field, finding.message) for finding in found]


def idle(field: str, reason: str) -> tuple[str, str, str]:
    return ("no_effect", field, f"{axis_title(Axis(field, []))} has no effect: {reason}.")


def same(count: str) -> tuple[str, str, str]:
    what = (
        "another and will make the same image"
        if count == "1 task is"
        else "others and will make the same images"
    )
    return ("duplicate_tasks", "", f"{count} identical to {what}.")


@pytest.mark.parametrize(
    ("payload", "kind", "field", "values", "reason"),
    [
        ({}, "txt2img", "denoising_strength", [0.3, 0.5], "hires fix is off"),
        ({"enable_hr": False}, "txt2img", "hr_scale", [1.5, 2], "hires fix is off"),
        ({}, "txt2img", "hr_prompt", ["a", "b"], "hires fix is off"),
        ({**HIRES, "hr_resize_x": 1024}, "txt2img", "hr_scale", [1.5, 2], "a size in pixels is set"),
        ({}, "txt2img", "subseed", [1, 2], "the variation strength is 0"),
        ({"refiner_checkpoint": "None"}, "txt2img", "refiner_switch_at", [0.5, 0.8], "there is no refiner"),
        (IMAGE, "img2img", "mask_blur", [4, 8], "there is no mask"),
    ],
)
def test_an_axis_without_effect(
    payload: dict[str, Any], kind: str, field: str, values: list[Any], reason: str
) -> None:
    assert check(payload, [Axis(field, values)], kind) == [idle(field, reason), same("1 task is")]


@pytest.mark.parametrize(
    ("payload", "kind", "field", "values"),
    [
        (HIRES, "txt2img", "denoising_strength", [0.3, 0.5]),
        (HIRES, "txt2img", "hr_scale", [1.5, 2]),
        (IMAGE, "img2img", "denoising_strength", [0.3, 0.5]),
        ({**IMAGE, "mask": "input:" + "b" * 64}, "img2img", "mask_blur", [4, 8]),
        ({"subseed_strength": 0.1}, "txt2img", "subseed", [1, 2]),
    ],
)
def test_an_axis_with_effect(payload: dict[str, Any], kind: str, field: str, values: list[Any]) -> None:
    assert check(payload, [Axis(field, values)], kind) == []


def test_hires_fix_in_some_tasks_only() -> None:
    axes = [Axis("enable_hr", [True, False]), Axis("denoising_strength", [0.3, 0.5])]
    code, field, message = check({"hr_upscaler": "Latent"}, axes)[0]
    assert (code, field) == ("no_effect", "denoising_strength")
    assert message == "Denoising strength has no effect: hires fix is off. (2 of 4 tasks)"


def test_numbers_are_the_same_however_they_are_written() -> None:
    assert check({}, [Axis("cfg_scale", [7, 7.0, 8])]) == [same("1 task is")]
    axes = [Axis("override_settings", [{"eta": 1}, {"eta": 1.0}])]
    assert check({}, axes) == [same("1 task is")]


def test_a_line_that_says_what_the_page_says_is_the_page() -> None:
    lines = [{"prompt": "a house"}, {"prompt": "a house", "steps": 20}, {"prompt": "a house", "steps": 21}]
    assert check({}, [Axis(LINES, lines)]) == [same("1 task is")]
    # a variation seed is drawn for each, and of no use
    assert check({"subseed": -1}, [Axis("seed", [1, 1, 2])]) == [same("1 task is")]
