"""Rows of the page's Enqueue, as a real WebUI wrote them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.ports import Enqueued
from inu_jobs.webui.scheduler import enqueued

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


# ----------------------------------------------------------- seen while it is registered


class Runner:
    """As Agent Scheduler's, which works on what it is given in place."""

    def __init__(self) -> None:
        self.registered: list[Any] = []
        self.while_registering = lambda task: None

    def register_ui_task(self, task_id: str, is_img2img: bool, *values: Any, **options: Any) -> str:
        values[1].clear()
        self.registered.append((task_id, is_img2img, options))
        self.while_registering(task_id)
        return "registered"


def payload_seen(checkpoint: Any, freeze: Any) -> tuple[Runner, list[Enqueued]]:
    runner, told = Runner(), list[Enqueued]()
    watching = enqueued.Enqueuing(freeze)
    watching.watch(runner)
    little = Enqueued("task(a)", "name", {"prompt": "x"}, 1)
    runner.while_registering = lambda task: told.append(watching.whole(little))  # type: ignore[assignment,return-value,func-returns-value]
    answer = runner.register_ui_task("task(a)", True, "id", ["value"], checkpoint=checkpoint)
    assert answer == "registered" and runner.registered == [("task(a)", True, {"checkpoint": checkpoint})]
    assert watching.whole(little) == little, "forgotten afterwards"
    return runner, told


@pytest.mark.parametrize(
    ("checkpoint", "settings"), [("other [12]", {"sd_model_checkpoint": "other [12]"}), (None, {})]
)
def test_what_the_page_sends_is_read_before_it_is_worked_on(
    checkpoint: str | None, settings: dict[str, str]
) -> None:
    seen = []

    def freeze(kind: str, values: Any) -> dict[str, Any]:
        seen.append((kind, values[0], list(values[1])))
        return {"prompt": "whole", "override_settings": {"sd_model_checkpoint": "loaded [1]"}}

    _, (found,) = payload_seen(checkpoint, freeze)
    assert seen == [("img2img", "id", ["value"])]
    assert found.payload == {"prompt": "whole", "override_settings": settings}
    assert (found.task, found.name, found.images) == ("task(a)", "name", 1)


def test_what_cannot_be_read_is_enqueued_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    def fails(kind: str, values: Any) -> None:
        raise RuntimeError("no such page")

    for freeze in (fails, lambda kind, values: None):
        _, (found,) = payload_seen("c", freeze)
        assert found.payload == {"prompt": "x"}
    assert "no such page" in capsys.readouterr().err
    enqueued.Enqueuing(fails).watch(object())  # a fork without it  # type: ignore[arg-type]
