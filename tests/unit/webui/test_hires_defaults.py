"""What hires fix needs on hosts with more fields than A1111, if the payload does not say it."""

from __future__ import annotations

from typing import Any

import pytest

from inu_jobs.webui.host.payload_fields import complete

ALL = frozenset({"hr_cfg", "hr_distilled_cfg", "hr_additional_modules", "distilled_cfg_scale"})
OF_CFG = frozenset({"hr_cfg"})
HIRES = {"enable_hr": True, "cfg_scale": 6.5}


@pytest.mark.parametrize(
    ("payload", "known", "added"),
    [
        (HIRES, frozenset(), {}),
        (HIRES, OF_CFG, {"hr_cfg": 6.5}),
        (HIRES, ALL, {"hr_cfg": 6.5, "hr_additional_modules": ["Use same choices"]}),
        (
            HIRES | {"distilled_cfg_scale": 3},
            ALL,
            {"hr_cfg": 6.5, "hr_distilled_cfg": 3, "hr_additional_modules": ["Use same choices"]},
        ),
        ({"enable_hr": False, "cfg_scale": 6.5}, ALL, {}),
        ({"cfg_scale": 6.5}, ALL, {}),
        ({"enable_hr": True}, OF_CFG, {}),
    ],
)
def test_what_is_missing_is_set(payload: dict[str, Any], known: frozenset[str], added: Any) -> None:
    now = dict(payload)
    complete(now, known)
    assert now == {**payload, **added}


def test_what_is_said_stays() -> None:
    said = HIRES | {"hr_cfg": 1, "hr_distilled_cfg": 2, "hr_additional_modules": []}
    now = dict(said)
    complete(now, ALL)
    assert now == said


def test_an_upscaler_where_hires_fix_ends_with_an_error_without_one() -> None:
    for payload, used in ((HIRES, "None"), (HIRES | {"hr_upscaler": "x"}, "x")):
        now = dict(payload)
        complete(now, frozenset({"hr_upscaler"}), "None")
        assert now["hr_upscaler"] == used


def test_the_list_is_not_shared_between_tasks() -> None:
    first, second = dict(HIRES), dict(HIRES)
    complete(first, ALL)
    first["hr_additional_modules"].append("x")  # type: ignore[union-attr, attr-defined]
    complete(second, ALL)
    assert second["hr_additional_modules"] == ["Use same choices"]
