"""Axes that edit the prompt, or are no field of the payload: real changes, and nothing else touched."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby, product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.errors import InvalidInput
from inu_jobs.fields.table import CHECKPOINT, VAE
from inu_jobs.model import Axis, AxisSpec, Finding
from inu_jobs.overlay import overlay
from inu_jobs.plan import MAX_TASKS, PlannedTask, expand, label, read, written_as
from inu_jobs.plan.axes.labels import value_label

PROMPT = "(a cat:1.2), <lora:ink:0.5:lbw=1,0,0.5> [day:night:0.5] BREAK, snow, <lora:soft:1>"
NEGATIVE = "a cat, fog"
BASE: dict[str, Any] = {"prompt": PROMPT, "negative_prompt": NEGATIVE, "seed": 5, "subseed": 6}


def planned(*axes: Axis, **payload: Any) -> list[PlannedTask]:
    return expand({**BASE, **payload}, "txt2img", axes, rng=Random(3)).tasks


def findings(*axes: Axis, **payload: Any) -> list[Finding]:
    return expand({**BASE, **payload}, "txt2img", axes, rng=Random(3)).findings


def prompts(*axes: Axis, **payload: Any) -> list[str]:
    tasks = sorted(planned(*axes, **payload), key=lambda task: task.coords)
    return [overlay({**BASE, **payload}, task.changes)["prompt"] for task in tasks]


FILE_ONE, FILE_TWO = (
    {"name": f"{letter}.png", "changes": {"init_images": ["input:" + letter * 64], **more}}
    for letter, more in (("a", {}), ("b", {"prompt": "of its own", "seed": 9, "width": 64}))
)


def test_each_file_starts_a_task_and_has_the_last_word() -> None:
    axes = [Axis("prompt", ["a cat", "a dog"]), Axis("files", [FILE_ONE, FILE_TWO])]
    tasks = expand({**BASE, "width": 96}, "img2img", axes, rng=Random(3)).tasks
    found = {tuple(task.coords): overlay({**BASE, "width": 96}, task.changes) for task in tasks}
    assert len(found) == 4
    assert found[0, 0]["init_images"] == FILE_ONE["changes"]["init_images"]
    assert (found[0, 0]["prompt"], found[0, 0]["seed"], found[0, 0]["width"]) == ("a cat", 5, 96)
    assert (found[1, 1]["prompt"], found[1, 1]["seed"], found[1, 1]["width"]) == ("a dog of its own", 9, 64)
    assert {label(axes, task) for task in tasks if task.coords[1] == 0} == {"a cat · a.png", "a dog · a.png"}


@pytest.mark.parametrize(
    ("kind", "value", "field"),
    [
        ("txt2img", FILE_ONE, "axes.0.field"),
        ("img2img", "a.png", "axes.0.values.0"),
        ("img2img", {"name": "a"}, "axes.0.values.0"),
        ("img2img", {"name": "a", "changes": {}}, "axes.0.values.0"),
        ("img2img", {"name": 1, "changes": FILE_ONE["changes"]}, "axes.0.values.0"),
        ("img2img", {"name": "a" * 999, "changes": FILE_ONE["changes"]}, "axes.0.values.0"),
        ("img2img", {"name": "a", "changes": {"init_images": ["x"], "nothing": 1}}, "axes.0.values.0"),
        ("img2img", {"name": "a", "changes": {"init_images": ["x"], "steps": "many"}}, "axes.0.values.0"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(kind: str, value: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        expand(BASE, kind, [Axis("files", [value])], rng=Random(3))
    assert caught.value.field == field


def test_a_size_is_width_and_height() -> None:
    axis = Axis("size", ["512x768", " 64 X 128 "])
    assert [task.changes for task in planned(axis)] == [
        {"width": 512, "height": 768},
        {"width": 64, "height": 128},
    ]


def test_the_strength_of_a_lora_and_a_run_without_it() -> None:
    first, without, all_off = prompts(Axis("lora:ink", [0.8, None])) + prompts(Axis("lora:*", [None]))
    assert first == PROMPT.replace("ink:0.5:", "ink:0.8:")
    assert without == PROMPT.replace("<lora:ink:0.5:lbw=1,0,0.5>", "")
    assert all_off == without.replace("<lora:soft:1>", "")


def test_the_control_without_the_lora_has_the_same_seeds() -> None:
    tasks = planned(Axis("lora:ink", [None, 0.4, 0.8]), Axis("seed", [-1, -1]), seed=-1)
    by_strength: dict[int, set[int]] = {}
    for task in tasks:
        by_strength.setdefault(task.coords[0], set()).add(task.changes["seed"])
    assert by_strength[0] == by_strength[1] == by_strength[2] and len(by_strength[0]) == 2


def test_a_lora_whose_strength_changes_by_step_cannot_be_varied_but_left_out() -> None:
    prompt = "a <lora:ink:0.5@0,1@0.5> cat"
    (finding,) = findings(Axis("lora:ink", [0.4, 0.8]), prompt=prompt)
    assert (finding.severity, finding.code) == ("error", "lora_absent")
    assert finding.message == (
        "The LoRA “ink” has a strength that changes from step to step: edit it in the prompt."
    )
    assert prompts(Axis("lora:ink", [None]), prompt=prompt) == ["a  cat"]
    assert prompts(Axis("lora:*", [0.4]), prompt=f"{prompt} <lora:soft:1>") == [f"{prompt} <lora:soft:0.4>"]


def test_another_lora_takes_its_place_with_its_strength() -> None:
    swapped = prompts(Axis("swap:ink", ["ink", "line art", None]))
    assert swapped == [
        PROMPT,
        PROMPT.replace("<lora:ink:", "<lora:line art:"),
        PROMPT.replace("<lora:ink:0.5:lbw=1,0,0.5>", ""),
    ]


def test_strength_and_swap_multiply_by_the_name_that_stands_there() -> None:
    found = prompts(Axis("swap:ink", ["line", None]), Axis("lora:ink", [0.2, 0.9]))
    strengths = [re.findall(r"<lora:(line|ink):([\d.]+)", prompt) for prompt in found]
    assert strengths == [[("line", "0.2")], [("line", "0.9")], [], []]


def test_the_lora_of_the_hires_prompt_goes_along() -> None:
    (task,) = planned(Axis("lora:ink", [0.7]), hr_prompt="<lora:ink:1> sharp")
    assert task.changes["hr_prompt"] == "<lora:ink:0.7> sharp"


def test_search_and_replace_is_that_of_the_webui() -> None:
    """The example of its wiki; and the negative prompt goes along, as in its script."""
    axis = Axis("replace:an apple", ["an apple", "a watermelon", "a gun"])
    tasks = planned(axis, prompt="a man holding an apple, 8k clean", negative_prompt="an apple")
    made = [
        overlay({"prompt": "a man holding an apple, 8k clean", "negative_prompt": "an apple"}, t.changes)
        for t in tasks
    ]
    assert [m["prompt"] for m in made] == [f"a man holding {what}, 8k clean" for what in axis.values]
    assert [m["negative_prompt"] for m in made] == axis.values


def test_texts_are_replaced_in_the_prompt_of_an_axis_and_before_the_loras() -> None:
    axes = (
        Axis("lora:ink", [1]),
        Axis("replace:WHAT", ["<lora:ink:0.1>", "dog"]),
        Axis("prompt", ["a WHAT", "b WHAT"]),
    )
    assert sorted(prompts(*axes)) == ["a <lora:ink:1>", "a dog", "b <lora:ink:1>", "b dog"]


# --------------------------------------------------------------- any axes together

CHOICES: dict[str, list[Any]] = {
    "lora:ink": [None, 0.3, 1],
    "lora:soft": [0.25, 0.75],
    "swap:ink": ["ink", "line", None],
    "replace:cat": ["dog", "cat, (red:1.3)", ""],
    "size": ["64x64", "64x128"],
    "steps": [10, 20],
    "seed": [-1, 7],
    CHECKPOINT: ["one", "two"],
    VAE: ["Automatic", "None"],
}


@st.composite
def some_axes(draw: st.DrawFn) -> list[Axis]:
    fields = draw(st.lists(st.sampled_from(sorted(CHOICES)), unique=True, max_size=4))
    return [Axis(f, draw(st.lists(st.sampled_from(CHOICES[f]), min_size=1, unique=True))) for f in fields]


@given(some_axes(), st.permutations([PROMPT, "<lora:ink:0.2> cat", "nothing of it"]))
def test_every_combination_once_and_no_other_text_touched(axes: list[Axis], texts: list[str]) -> None:
    tasks = planned(*axes, prompt=texts[0])
    places = product(*(range(len(axis.values)) for axis in axes))
    assert Counter(tuple(task.coords) for task in tasks) == Counter(places)
    models = [(task.changes.get(CHECKPOINT), task.changes.get(VAE)) for task in tasks]
    assert [key for key, _ in groupby(models)] == list(dict.fromkeys(models))
    for task in tasks:
        now = overlay({**BASE, "prompt": texts[0]}, task.changes)
        expected = texts[0]
        given_values = {axis.field: axis.values[place] for axis, place in zip(axes, task.coords, strict=True)}
        if "replace:cat" in given_values:
            expected = expected.replace("cat", given_values["replace:cat"])
        for name in ("ink", "soft"):
            tag = rf"<lora:{name}:([\d.]+)((?::[^>]*)?)>"
            if f"lora:{name}" in given_values:
                strength = given_values[f"lora:{name}"]
                written = "" if strength is None else rf"<lora:{name}:{strength}\2>"
                expected = re.sub(tag, written, expected)
        if "swap:ink" in given_values:
            other = given_values["swap:ink"]
            expected = re.sub(r"<lora:ink:([^>]*)>", "" if other is None else rf"<lora:{other}:\1>", expected)
        assert now["prompt"] == expected
        allowed = {axis.field for axis in axes} | {"prompt", "negative_prompt", "width", "height", "seed"}
        assert set(task.changes) <= allowed and not any(":" in path for path in task.changes)


# ------------------------------------------------------------------------- findings


def test_an_axis_that_finds_nothing_is_an_error_with_the_nearest_name() -> None:
    (finding,) = findings(Axis("steps", [1]), Axis("lora:imk", [0.5, 1]))
    assert (finding.severity, finding.code, finding.field) == ("error", "lora_absent", "axes.1.field")
    assert finding.message == "There is no LoRA “imk” in the prompt; did you mean “ink”?"
    assert finding.suggestion == "lora:ink"
    codes = {f.message: f.code for f in findings(Axis("replace:horse", ["x"]), Axis("swap:zzz", [None]))}
    assert codes == {
        "The text to replace, “horse”, is not in the prompt.": "text_absent",
        "There is no LoRA “zzz” in the prompt.": "lora_absent",
    }
    (none,) = findings(Axis("lora:*", [0.5]), prompt="a cat")
    assert none.message == "There is no LoRA in the prompt."


def test_an_axis_that_finds_something_only_here_and_there_warns() -> None:
    (finding,) = findings(Axis("lora:ink", [0.5, 1]), Axis("prompt", ["a <lora:ink:1>", "b"]))
    assert finding.severity == "warning"
    assert finding.message == "There is no LoRA “ink” in the prompt. (2 of 4 combinations)"
    assert findings(Axis("lora:ink", [0.5, None]), Axis("replace:cat", ["dog"])) == []


@pytest.mark.parametrize(
    ("axes", "field"),
    [
        ([Axis("size", ["512"])], "axes.0.values.0"),
        ([Axis("size", [512])], "axes.0.values.0"),
        ([Axis("lora:", [1])], "axes.0.field"),
        ([Axis("lora:ink", [0.5, "much"])], "axes.0.values.1"),
        ([Axis("lora:ink", [True])], "axes.0.values.0"),
        ([Axis("lora:ink", [1e9])], "axes.0.values.0"),
        ([Axis("swap:", ["a"])], "axes.0.field"),
        ([Axis("swap:ink", ["a:b"])], "axes.0.values.0"),
        ([Axis("swap:ink", [3])], "axes.0.values.0"),
        ([Axis("replace:", ["a"])], "axes.0.field"),
        ([Axis("replace:cat", [None])], "axes.0.values.0"),
        ([Axis("lora:ink", [])], "axes.0.values"),
        ([Axis("size", ["8x8"]), Axis("width", [64])], "axes.1.field"),
        ([Axis("lora:ink", [1]), Axis("lora:*", [1])], "axes.1.field"),
        ([Axis("swap:ink", ["a"]), Axis("swap:ink", ["b"])], "axes.1.field"),
        ([Axis("lora:ink", [1] * 200), Axis("replace:cat", ["x"] * 200)], "axes"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(axes: list[Axis], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        planned(*axes)
    assert refused.value.field == field and str(refused.value).endswith(".")


def test_loras_whose_names_begin_alike_are_two() -> None:
    assert len(planned(Axis("lora:ink", [0.1, 0.2]), Axis("lora:ink.v2", [1]))) == 2


@pytest.mark.parametrize(
    ("axis", "value", "words"),
    [
        (Axis("size", []), "512x768", "512x768"),
        (Axis("lora:ink", []), None, "without ink"),
        (Axis("lora:*", []), None, "without LoRA"),
        (Axis("swap:ink", []), "line", "LoRA line"),
        (Axis("swap:ink", []), None, "without ink"),
        (Axis("replace:cat", []), "dog", "dog"),
        (Axis("replace:cat", []), "", "no cat"),
    ],
)
def test_a_label_names_them_in_words(axis: Axis, value: Any, words: str) -> None:
    assert value_label(axis, value) == words


def test_a_task_that_has_no_place_any_more_is_named_by_what_it_is() -> None:
    axes = [Axis("steps", [30]), Axis("lora:ink", [1])]
    assert label(axes, PlannedTask({"steps": 10, "seed": 3}, [], 1)) == "10 steps · seed 3"


# ------------------------------------------------------------------- as it is written


@pytest.mark.parametrize(
    ("field", "text", "values"),
    [
        ("steps", "10-30 (+10)", [10, 20, 30]),
        ("cfg_scale", "4, 5.5", [4.0, 5.5]),
        ("denoising_strength", "0.1-0.5 (+0.1)", [0.1, 0.2, 0.30000000000000004, 0.4, 0.5]),
        ("sampler_name", "Euler a, DDIM", ["Euler a", "DDIM"]),
        ("prompt", '"a cat, sitting", a dog', ["a cat, sitting", "a dog"]),
        ("styles", 'Night, "Night,Film grain"', [["Night"], ["Night", "Film grain"]]),
        ("tiling", "true, no", [True, False]),
        ("size", "512x768, 768x512", ["512x768", "768x512"]),
        ("lora:ink", "none, 0.5-1 [2]", [None, 0.5, 1.0]),
        ("swap:ink", "ink, line art, None", ["ink", "line art", None]),
        ("replace:cat", 'cat, "a dog, or two"', ["cat", "a dog, or two"]),
        (VAE, "auto, NONE, my.vae.pt", ["Automatic", "None", "my.vae.pt"]),
        (CHECKPOINT, "2024, tiny", ["2024", "tiny"]),
        ("override_settings.CLIP_stop_at_last_layers", "1-3", [1, 2, 3]),
        ("override_settings.token_merging_ratio", "0-1 [3]", [0.0, 0.5, 1.0]),
        ("alwayson_scripts.ADetailer.args.0", "1-3", [1, 2, 3]),
        ("alwayson_scripts.ADetailer.args.1", "0.5, 1", [0.5, 1.0]),
        ("alwayson_scripts.ADetailer.args.2", "1, 2", ["1", "2"]),
        ("alwayson_scripts.ADetailer.args.3", "yes, no", [True, False]),
        ("alwayson_scripts.ADetailer.args.9", "face, hand", ["face", "hand"]),
    ],
)
def test_a_text_is_read_as_its_field_takes_it(field: str, text: str, values: list[Any]) -> None:
    payload = {"alwayson_scripts": {"ADetailer": {"args": [3, 0.25, "9", False]}}}
    axis = read(AxisSpec(field, text=text), "txt2img", payload, "axes.0")
    assert (axis.values, axis.text) == (values, text)
    assert list(map(type, axis.values)) == list(map(type, values))


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("steps", "1.5"),
        ("cfg_scale", "high"),
        ("tiling", "maybe"),
        ("alwayson_scripts", "a"),
        ("lora:ink", "much"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused_where_it_stands(field: str, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(AxisSpec(field, text=text), "txt2img", {}, "axes.2")
    assert refused.value.field == "axes.2.text"


def test_too_many_values_are_refused() -> None:
    for field, text in (
        ("prompt", "a," * (MAX_TASKS + 1)),
        ("lora:ink", "none," * (MAX_TASKS + 1)),
        ("steps", "1-99999"),
    ):
        with pytest.raises(InvalidInput, match=r"10,000"):
            read(AxisSpec(field, text=text), "txt2img", {}, "axes.0")


def test_an_axis_is_written_in_one_way() -> None:
    for spec in (AxisSpec("steps"), AxisSpec("steps", [1], "1")):
        with pytest.raises(InvalidInput, match="either values, text or a template"):
            written_as(spec, "axes.0")
