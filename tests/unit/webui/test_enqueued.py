"""Rows of the page's Enqueue, as a real WebUI wrote them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.webui import enqueued

RECORDED = Path(__file__).resolve().parents[2] / "recorded" / "agent_scheduler_tasks.json"
TASKS: dict[str, Any] = json.loads(RECORDED.read_text("utf-8"))["tasks"]


def params(case: str) -> str:
    found = TASKS[case]["params"]
    return found if isinstance(found, str) else json.dumps(found)


def test_txt2img() -> None:
    found = enqueued.read("task(x)", None, params("ui_txt2img"))
    assert found is not None and found.task == "task(x)" and found.images == 2
    assert found.name == "a tiny cat"
    assert found.payload["prompt"] == "a tiny cat <lora:testlora:0.8>"
    assert found.payload["override_settings"] == {"sd_model_checkpoint": "tiny.safetensors [a00832751b]"}
    assert (found.payload["width"], found.payload["height"]) == (96, 64)


def test_img2img_leaves_the_picture_in_the_row() -> None:
    found = enqueued.read("task(y)", "mine", params("ui_img2img"))
    assert found is not None and (found.name, found.images) == ("mine", 1)
    assert found.payload["denoising_strength"] == 0.75 and "init_img" not in found.payload
    assert len(json.dumps(found.payload)) < 1000


@pytest.mark.parametrize(("name", "title"), [("two\nlines", "two lines"), ("\u200b", "a tiny cat")])
def test_a_name_is_one_line_that_can_be_seen(name: str, title: str) -> None:
    found = enqueued.read("task(x)", name, params("ui_txt2img"))
    assert found is not None and found.name == title


@pytest.mark.parametrize("case", sorted(name for name in TASKS if not name.startswith("ui_")))
def test_a_task_of_another_programs_request_is_not_the_pages(case: str) -> None:
    if TASKS[case].get("params"):
        assert enqueued.read("t", None, params(case)) is None


@pytest.mark.parametrize("value", ["Infinity", "NaN", "1e308", "-1", "null", "true", '"9"', "[]"])
def test_odd_numbers(value: str) -> None:
    found = enqueued.read("t", None, f'{{"args": {{"n_iter": {value}, "cfg_scale": {value}}}}}')
    assert found is not None and found.images == 1
    json.dumps(found.payload, allow_nan=False)


@given(st.one_of(st.none(), st.text(), st.binary(), st.builds(json.dumps, st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(
        ["args", "is_ui", "prompt", "n_iter", "batch_size", "prompt_styles", "checkpoint", "vae"]), inner),
))))  # fmt: skip
def test_whatever_a_row_holds_nothing_is_raised(text: Any) -> None:
    found = enqueued.read("t", None, text)
    assert found is None or 1 <= found.images <= 10_000
