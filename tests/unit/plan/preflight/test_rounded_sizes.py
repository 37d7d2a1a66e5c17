"""Sizes that the WebUI may round are told."""

from __future__ import annotations

from random import Random

import pytest

from inu_jobs.plan import expand
from inu_jobs.plan.preflight import preflight
from tests.unit.plan.plan_kit import RecordedCatalog


class Rounding(RecordedCatalog):
    def size_step(self) -> int:
        return 64


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (512, ""),
        (600, "Width 600 is not a multiple of 64: this WebUI may make it 576."),
        (608, "Width 608 is not a multiple of 64: this WebUI may make it 640."),
        (602, "Width 602 is not a multiple of 8: the image will get 600."),
        (16, "Width 16 is not a multiple of 64: this WebUI may make it 64."),
    ],
)
def test_what_becomes_of_a_side(width: int, said: str) -> None:
    payload = {"prompt": "a cat", "steps": 20, "width": width, "height": 576, "sampler_name": "Euler a"}
    tasks = expand(payload, "txt2img", [], rng=Random(1)).tasks
    found = preflight(payload, tasks, Rounding(), "txt2img")
    assert [one.message for one in found if one.code == "size"] == ([said] if said else [])
    plain = preflight(payload, tasks, RecordedCatalog(), "txt2img")
    assert not any("may make it" in one.message for one in plain)
