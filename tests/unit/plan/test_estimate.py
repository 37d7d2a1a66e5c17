from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.fields.upscale import SCRIPT
from inu_jobs.plan import cost, final_size, work


@pytest.mark.parametrize(
    ("payload", "size"),
    [
        ({}, (512, 512)),
        ({"width": 100, "height": 64}, (96, 64)),
        ({"width": 96, "height": 64, "enable_hr": True}, (192, 128)),
        ({"width": 96, "height": 64, "enable_hr": True, "hr_scale": 1.5}, (144, 96)),
        ({"width": 96, "height": 64, "enable_hr": True, "hr_resize_x": 192}, (192, 128)),
        ({"width": 96, "height": 64, "enable_hr": True, "hr_resize_y": 128}, (192, 128)),
        ({"width": 96, "height": 64, "enable_hr": True, "hr_resize_x": 256, "hr_resize_y": 256}, (256, 256)),
        ({"width": 96, "height": 64, "hr_scale": 4}, (96, 64)),
    ],
)
def test_final_size(payload: dict[str, Any], size: tuple[int, int]) -> None:
    assert final_size(payload, {}) == size
    assert final_size({}, payload) == size


def test_work_follows_what_is_computed() -> None:
    base = work({"width": 512, "height": 512, "steps": 20}, {})
    assert base == 512 * 512 * 20
    assert work({"width": 512, "height": 512, "steps": 20}, {"steps": 40}) == 2 * base
    assert work({"width": 512, "height": 512, "steps": 20, "batch_size": 3}, {}) == 3 * base
    half = {"width": 512, "height": 512, "steps": 20, "init_images": ["x"], "denoising_strength": 0.5}
    assert work(half, {}) == base / 2
    hires = {"width": 512, "height": 512, "steps": 20, "enable_hr": True, "denoising_strength": 0.5}
    assert work(hires, {}) == base + 4 * base / 2


def test_what_decides_how_long_it_takes() -> None:
    base = {"prompt": "a", "width": 512, "height": 512, "steps": 20, "sampler_name": "Euler"}
    same = cost(base, {})
    assert cost(base, {"prompt": "b", "seed": 7}) == same
    assert cost(base, {"steps": 40}).like == same.like  # the work tells
    model = {"override_settings.sd_model_checkpoint": "other"}
    assert (
        cost(base, model).model
        == cost({**base, "override_settings": {"sd_model_checkpoint": "other"}}, {}).model
    )
    for changes in (
        {"sampler_name": "Heun"},
        {"width": 768},
        {"enable_hr": True},
        {"init_images": ["x"]},
        model,
    ):
        assert cost(base, changes).like != same.like
    upscale = cost({"script_name": SCRIPT, "script_args": ["Lanczos"], "init_images": ["x"]}, {})
    assert upscale.like[0] != same.like[0]


anything = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just([1])


@given(
    st.dictionaries(
        st.sampled_from(["width", "height", "enable_hr", "hr_scale", "hr_resize_x", "hr_resize_y", "steps",
                         "batch_size", "denoising_strength", "init_images"]),
        anything,
    )
)  # fmt: skip
def test_an_adopted_tasks_payload_may_hold_anything(payload: dict[str, Any]) -> None:
    assert all(0 <= side <= 2**17 for side in final_size(payload, {}))
    assert work(payload, {}) >= 0
    hash(cost(payload, {}))
    hash(cost({}, payload))
