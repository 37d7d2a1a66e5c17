from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.plan import estimate, final_size, work


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


@given(st.lists(st.floats(1, 1e12), min_size=1, max_size=20), st.floats(1e-9, 1e-3))
def test_an_estimate_is_what_the_same_work_took(works: list[float], rate: float) -> None:
    history = [(done, done * rate) for done in works]
    assert estimate(works, history) == pytest.approx(sum(works) * rate)


def test_one_slow_task_does_not_count_and_nothing_known_is_none() -> None:
    assert estimate([100.0], [(10.0, 1.0), (10.0, 60.0), (10.0, 1.0)]) == pytest.approx(10.0)
    assert estimate([100.0], []) is None
    assert estimate([100.0], [(0.0, 5.0), (5.0, 0.0)]) is None


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
