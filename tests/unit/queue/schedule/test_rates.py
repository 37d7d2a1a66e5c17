from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.model import Cost
from inu_jobs.queue.schedule.rates import NOTHING, Rates

EULER = ("diffusion", "sd15", "txt2img", "Euler", "512x512")
HEUN = ("diffusion", "sd15", "txt2img", "Heun", "512x512")


def learned(*done: tuple[Cost, str, float]) -> Rates:
    rates = Rates()
    for cost, job, seconds in done:
        rates.learn(cost, job, seconds)
    return rates


def likely(rates: Rates, cost: Cost, job: str = "") -> float:
    span = rates.seconds(cost, job)
    assert span is not None
    assert span.low <= span.likely <= span.high
    return span.likely


@given(st.lists(st.floats(1, 1e12), min_size=1, max_size=60), st.floats(1e-9, 1e-3))
def test_the_same_kind_takes_as_long_as_its_work(works: list[float], rate: float) -> None:
    rates = learned(*((Cost(done, EULER, "a"), "j", done * rate) for done in works))
    for done in works:
        assert likely(rates, Cost(done, EULER, "a")) == pytest.approx(done * rate, rel=1e-3)


def test_nothing_comparable_is_none() -> None:
    assert Rates().seconds(Cost(1, EULER, ""), "j") is None
    assert (
        learned((Cost(0, EULER, ""), "j", 5), (Cost(5, EULER, ""), "j", 0)).seconds(Cost(1, EULER, ""), "j")
        is None
    )
    assert learned((Cost(1, ("upscale", "4x"), ""), "j", 5)).seconds(Cost(1, EULER, ""), "j") is None


def test_the_most_alike_are_believed() -> None:
    rates = learned(
        *[(Cost(10, EULER, "a"), "old", 10.0)] * 5, *[(Cost(10, HEUN, "a"), "old", 20.0)] * 5,
        *[(Cost(10, EULER, "a"), "new", 15.0)] * 2,
    )  # fmt: skip
    assert likely(rates, Cost(10, EULER, "a"), "new") == 15  # its own job
    assert likely(rates, Cost(10, EULER, "a"), "third") == 10
    assert likely(rates, Cost(10, HEUN, "a"), "new") == 20
    unknown = (*EULER[:3], "DDIM", "512x512")
    assert 10 <= likely(rates, Cost(10, unknown, "a"), "new") <= 20


def test_one_slow_task_does_not_count() -> None:
    rates = learned(*((Cost(1, EULER, "a"), "j", seconds) for seconds in (1.0, 60.0, 1.0)))
    assert likely(rates, Cost(1, EULER, "a")) == 1


def test_it_is_surer_the_more_it_saw_and_the_more_alike_it_is() -> None:
    def width(times: int, like: tuple[str, ...] = EULER) -> float:
        span = learned(*[(Cost(1, EULER, "a"), "j", 1.0)] * times).seconds(Cost(1, like, "a"), "j")
        assert span is not None
        return span.high / span.low

    assert width(1) > width(3) > width(30) > 1
    assert width(30, HEUN) > width(30)


def test_what_a_model_took_to_load_is_not_taken_for_its_speed() -> None:
    a, b = Cost(1, EULER, "a"), Cost(1, ("diffusion", "sdxl"), "b")
    rates = learned((a, "j", 1), (b, "j", 9), (a, "j", 6), (a, "j", 1), (b, "j", 14))
    assert likely(rates, a, "j") == 1
    assert likely(rates, b, "j") == 9  # nothing else was known of it
    assert rates.load().likely == 5
    assert Rates().load() == NOTHING


@given(
    st.floats(0, 2), st.floats(0.001, 1), st.lists(st.integers(1, 50), min_size=8, max_size=40, unique=True)
)
def test_what_any_task_takes_is_told_from_what_its_work_takes(
    base: float, rate: float, steps: list[int]
) -> None:
    rates = learned(*((Cost(work, EULER, "a"), "j", base + work * rate) for work in steps))
    far = 200
    by_rate_alone = rate * far + base * far / sorted(steps)[len(steps) // 2]
    truth = base + far * rate
    assert abs(likely(rates, Cost(far, EULER, "a")) - truth) <= abs(by_rate_alone - truth) + 0.05 * truth
