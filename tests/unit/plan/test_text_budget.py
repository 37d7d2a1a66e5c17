"""Few bytes that would multiply into more than fits: refused before it is made, with the field."""

from __future__ import annotations

import time
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from inu_jobs import budgets
from inu_jobs.errors import InvalidInput
from inu_jobs.fields.field_types import check_payload
from inu_jobs.model import Axis, Template
from inu_jobs.plan import Source, Wildcards, expand, expand_derived, fill_in, label
from inu_jobs.plan.axes.task_order import order
from inu_jobs.plan.derive.changes import changed
from inu_jobs.plan.preflight import preflight
from inu_jobs.plan.tasks import PlannedTask
from inu_jobs.plan.text_budget import OfLists, Texts
from tests.unit.plan.plan_kit import RecordedCatalog


@pytest.fixture(autouse=True)
def soon() -> Iterator[None]:
    """Seconds of this thread: what is broken takes minutes, and all of the memory."""
    start = time.thread_time()
    yield
    assert time.thread_time() - start < 5.0


def planned(payload: dict[str, Any], *axes: Axis) -> Any:
    return expand({"steps": 20, "seed": 1, **payload}, "txt2img", axes, rng=Random(1))


def replace(text: str, *values: str) -> Axis:
    return Axis(f"replace:{text}", list(values))


def test_a_text_that_replaces_itself_again_and_again() -> None:
    """5 MB of that took 16 GB."""
    with pytest.raises(InvalidInput, match="at most 50,000 characters") as refused:
        planned({"prompt": "a" * 200}, replace("a", "a" * 300))
    assert refused.value.field == "axes.0.values.0"
    chain = [replace(letter, after * 40) for letter, after in zip("abcdefg", "bcdefgh", strict=True)]
    with pytest.raises(InvalidInput, match="at most 50,000 characters") as refused:
        planned({"prompt": "a"}, *chain)
    assert refused.value.field.startswith("axes.")


def test_a_long_text_in_a_short_one_s_place_in_each_of_many_tasks() -> None:
    """30 KB took 63 s."""
    with pytest.raises(InvalidInput, match="all tasks together would be too long") as refused:
        planned({"prompt": "x " * 4_000}, replace("x", *(str(n) for n in range(5_000))))
    assert refused.value.field == "axes"


@pytest.mark.parametrize(
    ("prompt", "field", "letters"), [("a cat", "replace:cat", 10), ("<lora:a:1>", "swap:a", 3)]
)
def test_as_much_as_there_is_room_for_and_no_more(
    prompt: str, field: str, letters: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budgets, "PROMPT", 12)
    (task,) = planned({"prompt": prompt}, Axis(field, ["b" * letters])).tasks
    assert len(task.changes["prompt"]) == 12
    with pytest.raises(InvalidInput, match="at most 12"):
        planned({"prompt": prompt}, Axis(field, ["b" * (letters + 1)]))


def test_the_texts_of_all_tasks_have_one_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "TEXT_OF_TASKS", 1_000)
    prompts, seeds = Axis("prompt", ["p" * 50, "q" * 50]), Axis("seed", list(range(10)))
    assert len(planned({}, prompts, seeds).tasks) == 20
    with pytest.raises(InvalidInput, match="all tasks together"):
        planned({}, prompts, Axis("seed", list(range(11))))
    with pytest.raises(InvalidInput, match="all tasks together"):  # each counts, also what is no text
        planned({}, Axis("override_settings.a", [[1] * 20]), seeds)


def test_different_texts_have_one_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "TEXT_OF_PLAN", 100)
    seeds = Axis("seed", list(range(50)))
    assert len(planned({"prompt": "cat" + "x" * 40}, replace("cat", "a", "b"), seeds).tasks) == 100
    with pytest.raises(InvalidInput, match="all tasks together"):
        planned({"prompt": "cat" + "x" * 40}, replace("cat", "a", "b", "c"), seeds)


def test_an_edit_is_done_once_and_shared() -> None:
    """Ten strengths on a thousand seeds are ten texts."""
    strengths = Axis("lora:a", [n / 10 for n in range(10)])
    tasks = planned({"prompt": "<lora:a:1> " + "x" * 900}, Axis("seed", list(range(1_000))), strengths).tasks
    texts = {id(task.changes["prompt"]) for task in tasks if "prompt" in task.changes}
    assert (len(tasks), len(texts)) == (10_000, 10)


def test_names_and_prompts_of_a_payload_are_bounded() -> None:
    check_payload({"prompt": "x" * 50_000, "mask": "A" * 10**6, "infotext": "x" * 10**6}, "img2img")
    for field, value in (
        ("prompt", "x" * 50_001),
        ("hr_negative_prompt", "x" * 50_001),
        ("sampler_name", "x" * 501),
        ("styles", ["x" * 501]),
        ("styles", ["x"] * 501),
    ):
        with pytest.raises(InvalidInput, match="can have at most") as refused:
            check_payload({field: value}, "txt2img")
        assert refused.value.field == field


@pytest.mark.parametrize(
    "operation",
    [
        {"prefix": "x" * 45_000},
        {"suffix": "x" * 45_000},
        {"replace": ["a", "x" * 10]},
        {"replace": ["aa", "x" * 20]},
    ],
)
def test_what_a_derive_does_to_a_prompt(operation: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="at most 50,000 characters") as refused:
        changed({"prompt": "a" * 5_001}, "prompt", operation, "img2img", "changes.prompt")
    assert refused.value.field == "changes.prompt"
    short = changed({"prompt": "a" * 10}, "prompt", operation, "img2img", "")
    assert len(short["prompt"]) == {"prefix": 45_010, "suffix": 45_010}.get(next(iter(operation)), 100)


def derived(count: int, changes: dict[str, Any]) -> Any:
    sources = [Source(f"i{n}", {"prompt": "a" * 100, "steps": 20}, "r", seed=n) for n in range(count)]
    return expand_derived(sources, "rerender", changes, [], {}, rng=Random(1))


def test_all_that_a_derive_makes_has_one_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "TEXT_OF_TASKS", 10_000)
    assert len(derived(50, {"prompt": {"suffix": "b" * 100}}).tasks) == 50
    with pytest.raises(InvalidInput, match="all tasks together") as refused:
        derived(51, {"prompt": {"suffix": "b" * 100}})
    assert refused.value.field == "changes"
    monkeypatch.setattr(budgets, "CHANGES", 100)
    assert len(derived(50, {"steps": 5, "cfg_scale": 7}).tasks) == 50
    with pytest.raises(InvalidInput, match="with this many changes each are too many"):
        derived(51, {"steps": 5, "cfg_scale": 7})


@pytest.mark.parametrize("text", ["{a|b|c|d|e|f|g|h}" * 1_000, "__a__" * 2_000, "{" * 10_000])
def test_a_template_of_many_parts_is_not_even_read(text: str) -> None:
    with pytest.raises(InvalidInput, match="at most 600 choices and wildcards") as refused:
        fill_in(Template(text, "random", 10), Wildcards(lambda: []))
    assert refused.value.field == "text"


def test_a_long_template_is_filled_in() -> None:
    text = "{red|blue} " + "a quiet harbour at dawn, " * 799
    filled = fill_in(Template(text, "random", 100), Wildcards(lambda: []))
    assert len(text) < 20_000 and len(filled.prompts) == 100


def test_combinations_of_many_parts_cost_more() -> None:
    three = "{" + "|".join(f"word{n}" for n in range(21)) + "} "
    assert len(fill_in(Template(three * 3, "combinatorial", 0), Wildcards(lambda: [])).prompts) == 21**3
    with pytest.raises(InvalidInput, match="too many combinations") as refused:
        fill_in(Template("{a|b|c}" * 190, "combinatorial", 10_000), Wildcards(lambda: []))
    assert refused.value.field == "text"


def test_drawing_ends_too_and_says_what_to_do() -> None:
    eight = Template("{a|b|c|d} " * 8, "random", 10_000)
    assert len(fill_in(eight, Wildcards(lambda: [])).prompts) == 10_000
    with pytest.raises(InvalidInput, match="draw fewer") as refused:
        fill_in(Template("{a|b|c|d} " * 40, "random", 10_000), Wildcards(lambda: []))
    assert refused.value.field == "text"


def test_a_template_ends_with_who_asked() -> None:
    request = budgets.Request()
    request.gone = True
    with request.worked_for(), pytest.raises(budgets.ClientGone):
        fill_in(Template("{a|b|c}" * 200, "random", 1_000), Wildcards(lambda: []))


def test_a_plan_ends_with_who_asked() -> None:
    request = budgets.Request()
    request.gone = True
    tasks = [PlannedTask({}, [], 1)]
    with request.worked_for():
        for work in (
            lambda: planned({"prompt": "a cat"}),
            lambda: derived(1, {}),
            lambda: preflight({"prompt": "a cat"}, tasks, RecordedCatalog(), "txt2img"),
        ):
            with pytest.raises(budgets.ClientGone):
                work()


def test_labels_of_many_prompts_look_at_the_others_once() -> None:
    """A job of 10,000 prompts took hours to be shown."""
    prompts = [f"{'a quiet harbour at dawn, ' * 10}{n}" for n in range(5_000)]
    axes = [Axis("prompt", prompts)]
    told = [label(axes, PlannedTask({"prompt": prompt}, [n], 1)) for n, prompt in enumerate(prompts)]
    assert told[:2] == ["…0", "…1"] and len(set(told)) == 5_000


def test_the_order_of_many_checkpoints_is_found_once() -> None:
    names = [f"model{n}" for n in range(20_000)] + ["model7"]
    axes = [Axis("override_settings.sd_model_checkpoint", names)]
    ranks = [order(axes, [n])[0] for n in range(len(names))]
    assert ranks[19_999] == (19_999,) and ranks[20_000] == (7,)


def test_many_unknown_names_are_told_and_few_proposed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inu_jobs.plan.preflight.installed.PROPOSALS", 3)
    catalog = RecordedCatalog()
    text = " ".join(f"<lora:inkwas{n}:1>" for n in range(8))
    found = preflight({"prompt": text}, [PlannedTask({}, [], 1)], catalog, "txt2img")
    unknown = [finding for finding in found if finding.code == "lora_unknown"]
    assert len(unknown) == 8
    assert sum(bool(finding.suggestion) for finding in unknown) <= 3


def test_what_is_kept_of_lists_is_of_that_very_list() -> None:
    asked: list[list[int]] = []
    lengths = OfLists(lambda values: asked.append(values) or len(values), kept=2)  # type: ignore[func-returns-value]
    one, other = [1], [1]
    assert [lengths.of(one), lengths.of(one), lengths.of(other)] == [1, 1, 1]
    assert len(asked) == 2
    lengths.of([1, 2])
    lengths.of(one)  # forgotten meanwhile
    assert len(asked) == 4


def test_texts_are_counted_by_what_they_are() -> None:
    texts = Texts()
    texts.count({"prompt": "x" * 50_000, "steps": 5, "styles": ["a"]})
    with pytest.raises(InvalidInput):
        for n in range(1_000):
            texts.count({"prompt": str(n) * 50_000})
