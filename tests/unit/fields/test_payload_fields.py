"""The table of fields is the WebUI's own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.errors import InvalidInput
from inu_jobs.fields.field_types import FIELDS
from inu_jobs.fields.table import SOME_HOSTS
from inu_jobs.plan import check_payload
from inu_jobs.spelling import nearest
from tests.unit.plan.plan_kit import recorded

WORDS = {"string": "text", "integer": "integer", "number": "number", "boolean": "switch", "object": "object"}


@pytest.mark.parametrize("kind", ["txt2img", "img2img"])
def test_the_table_is_what_the_webui_describes(kind: str) -> None:
    schemas = recorded("openapi")["components"]["schemas"]
    described = schemas[f"StableDiffusionProcessing{kind.title()}"]["properties"]
    types = {
        field: WORDS.get(about["type"]) or ("texts" if about["items"] else "list")
        for field, about in described.items()
    }
    assert {field: type for field, type in FIELDS[kind].items() if field not in SOME_HOSTS} == types


@pytest.mark.parametrize("case", sorted(recorded("agent_scheduler_tasks")["tasks"]))
def test_what_was_really_sent_passes(case: str) -> None:
    row = recorded("agent_scheduler_tasks")["tasks"][case]
    params = row.get("params")
    if params and not params["is_ui"]:
        check_payload(params["args"], "img2img" if params["is_img2img"] else "txt2img")
    else:  # a row of the WebUI's own page has another form, a refused request has none
        assert case.startswith("ui_") or row["http_status"] == 500


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prompt", ["a"]),
        ("prompt", 5),
        ("styles", "Night"),
        ("styles", [1]),
        ("seed", "11"),
        ("seed", 1.5),
        ("seed", True),
        ("seed", 2**63),
        ("steps", 10**7),
        ("batch_size", 1001),
        ("cfg_scale", "7"),
        ("cfg_scale", float("inf")),
        ("cfg_scale", float("nan")),
        ("enable_hr", "yes"),
        ("enable_hr", 2),
        ("override_settings", []),
        ("script_args", {}),
    ],
)
def test_a_wrong_type_is_told_by_field(field: str, value: Any) -> None:
    with pytest.raises(InvalidInput, match=field) as refused:
        check_payload({field: value}, "txt2img")
    assert refused.value.field == field


@pytest.mark.parametrize("entry", [5, "x", [1], None, {"args": {}}, {"args": "x"}])
def test_always_on_scripts_have_lists(entry: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_payload({"alwayson_scripts": {"Seed": entry}}, "txt2img")
    assert refused.value.field == "alwayson_scripts.Seed"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted(FIELDS["img2img"])), json_values, max_size=6))
def test_any_json_passes_or_is_refused_in_one_sentence(payload: dict[str, Any]) -> None:
    try:
        check_payload(payload, "img2img")
    except InvalidInput as refused:
        assert refused.field.split(".")[0] in payload
        assert "\n" not in str(refused)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("tny", "sd15/tiny.safetensors [a00832751b]"),
        ("Tiny", "sd15/tiny.safetensors [a00832751b]"),
        ("tiny.ckpt", "sd15/tiny.safetensors [a00832751b]"),
        ("eulr a", "Euler a"),
        ("something else entirely", ""),
    ],
)
def test_nearest(name: str, near: str) -> None:
    assert nearest(name, ["Euler a", "DPM++ 2M", "sd15/tiny.safetensors [a00832751b]"]) == near
