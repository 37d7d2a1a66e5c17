"""Prompts from a file: each line as the WebUI's own script takes it."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.errors import InvalidInput
from inu_jobs.fields.table import CHECKPOINT
from inu_jobs.model import Axis
from inu_jobs.plan import PlannedTask, expand, label
from inu_jobs.plan.prompts.prompts_from_file import _IGNORED, _READ, LONGEST, read_lines
from inu_jobs.plan.tasks import MAX_TASKS

#: "Prompts from file or textbox" in the WebUI's wiki (Features)
WIKI = """--prompt "photo of sunset"
--prompt "photo of sunset" --negative_prompt "orange, pink, red, sea, water, lake" --width 1024 --height 768 --sampler_name "DPM++ 2M Karras" --steps 10 --batch_size 2 --cfg_scale 3 --seed 9
--prompt "photo of winter mountains" --steps 7 --sampler_name "DDIM"
--prompt "photo of winter mountains" --width 1024
"""  # noqa: E501


def changes(text: str, **more: Any) -> list[dict[str, Any]]:
    return read_lines(text, "txt2img", **more)[0].values


def test_the_example_of_the_wiki() -> None:
    assert changes(WIKI) == [
        {"prompt": "photo of sunset"},
        {
            "prompt": "photo of sunset",
            "negative_prompt": "orange, pink, red, sea, water, lake",
            "width": 1024,
            "height": 768,
            "sampler_name": "DPM++ 2M Karras",
            "steps": 10,
            "batch_size": 2,
            "cfg_scale": 3.0,
            "seed": 9,
        },
        {"prompt": "photo of winter mountains", "steps": 7, "sampler_name": "DDIM"},
        {"prompt": "photo of winter mountains", "width": 1024},
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("a cat, it's <lora:ink:0.8>", {"prompt": "a cat, it's <lora:ink:0.8>"}),
        ("   a cat   ", {"prompt": "a cat"}),
        # no option at its beginning: all of it is a prompt
        ("a cat -- and a dog", {"prompt": "a cat -- and a dog"}),
        ("it's --steps 5", {"prompt": "it's --steps 5"}),
        ("--prompt a cat --steps 5", {"prompt": "a cat", "steps": 5}),
        ("--negative_prompt 'fog, rain' and mud", {"negative_prompt": "fog, rain and mud"}),
        ("--sd_model tiny", {CHECKPOINT: "tiny"}),
        ("--styles 'Night,Film grain'", {"styles": ["Night", "Film grain"]}),
        ("--tiling true --restore_faces yes", {"tiling": True, "restore_faces": False}),
        ("--seed -1 --subseed 7 --subseed_strength .5", {"seed": -1, "subseed": 7, "subseed_strength": 0.5}),
        (
            "--seed_resize_from_h 64 --seed_resize_from_w 32",
            {"seed_resize_from_h": 64, "seed_resize_from_w": 32},
        ),
        ("--sampler_name 'euler A'", {"sampler_name": "Euler a"}),
        ("--sampler_name none", {"sampler_name": "none"}),
    ],
)
def test_a_line(line: str, expected: dict[str, Any]) -> None:
    assert changes(line, samplers=["Euler", "Euler a"]) == [expected]


@pytest.mark.parametrize("option", sorted({*_READ, *_IGNORED}))
def test_every_option_of_the_webui_is_known(option: str) -> None:
    axis, findings = read_lines(f"--prompt a --{option} 1", "img2img")
    assert len(axis.values) == 1
    assert [finding.code for finding in findings] == (["line_option"] if option in _IGNORED else [])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a cat\n\n--promt x", "Line 3: there is no option “--promt”; did you mean --prompt?"),
        ("--zzzzzz 1", "Line 1: there is no option “--zzzzzz”."),
        ("--steps", "Line 1: --steps has no value."),
        ("--steps 5 6", "Line 1: “6” does not belong to an option: put text with spaces in quotes."),
        ("a\n--steps 5.5", "Line 2: --steps must be a whole number, not “5.5”."),
        ("--cfg_scale high", "Line 1: --cfg_scale must be a number, not “high”."),
        ("--cfg_scale nan", "Line 1: cfg_scale must be a number."),
        ("--prompt 'a", "Line 1: it cannot be read: no closing quotation."),
        ("--n_iter 0", "Line 1: --n_iter must be at least 1."),
        (" \n\n", "This list has no prompts."),
        ("a\n" * (MAX_TASKS + 1), "That is more than 10,000 lines, the most tasks that a job can have."),
        ("a" * (LONGEST + 1), "The list of prompts can have at most 2,000,000 characters."),
    ],
)
def test_what_cannot_be_read_is_one_sentence_with_the_line(text: str, sentence: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_lines(text, "txt2img")
    assert (str(refused.value), refused.value.field) == (sentence, "lines")


@given(st.text(st.sampled_from("ab-' \"\n\\=1"), max_size=30))
def test_any_text_gives_lines_or_a_sentence(text: str) -> None:
    try:
        found = changes(text)
    except InvalidInput as refused:
        assert str(refused).endswith((".", "?"))
    else:
        assert len(found) == sum(bool(line.strip()) for line in text.splitlines())


# ------------------------------------------------------------------------- with axes


def planned(text: str, axes: list[Axis], place: Any = "instead", **payload: Any) -> list[PlannedTask]:
    lines, _ = read_lines(text, "txt2img", place=place)
    return expand({"prompt": "base", **payload}, "txt2img", [*axes, lines], rng=Random(3)).tasks


def test_lines_multiply_with_axes_and_have_the_last_word() -> None:
    tasks = planned("one\n--prompt two --steps 9", [Axis("steps", [5, 7]), Axis("seed", [1, 2])])
    made = sorted((t.changes["prompt"], t.changes["steps"], t.changes["seed"]) for t in tasks)
    assert made == [
        ("one", 5, 1), ("one", 5, 2), ("one", 7, 1), ("one", 7, 2),
        ("two", 9, 1), ("two", 9, 1), ("two", 9, 2), ("two", 9, 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("place", "prompt", "negative"),
    [("instead", "line", "no"), ("start", "line base", "no fog"), ("end", "base line", "fog no")],
)
def test_a_lines_prompt_goes_where_it_is_told(place: str, prompt: str, negative: str) -> None:
    (task,) = planned("--prompt line --negative_prompt no", [], place, negative_prompt="fog")
    assert (task.changes["prompt"], task.changes["negative_prompt"]) == (prompt, negative)


def test_a_line_counts_its_own_images() -> None:
    tasks = planned("--prompt a --n_iter 3 --seed 10 --batch_size 2\nb", [], n_iter=2, seed=5)
    seeds = {name: [t.changes["seed"] for t in tasks if t.changes["prompt"] == name] for name in "ab"}
    assert seeds == {"a": [10, 12, 14], "b": [5, 6]}
    assert {t.images for t in tasks if t.changes["prompt"] == "a"} == {2}
    with pytest.raises(InvalidInput, match="20,000 tasks"):
        planned("a\nb", [], n_iter=MAX_TASKS)


def test_lines_of_one_model_run_together() -> None:
    text = "--prompt a --sd_model one\n--prompt b --sd_model two\n--prompt c --sd_model one"
    models = [task.changes[CHECKPOINT] for task in planned(text, [Axis("steps", [5, 6])])]
    assert models == ["one"] * 4 + ["two"] * 2


def test_what_edits_the_prompt_edits_that_of_a_line() -> None:
    (task,) = planned("a cat <lora:ink:0.3>", [Axis("lora:ink", [0.8]), Axis("replace:cat", ["dog"])])
    assert task.changes["prompt"] == "a dog <lora:ink:0.8>"


def test_a_label_has_the_line_in_short() -> None:
    lines, _ = read_lines("a cat <lora:ink:0.3>\n--steps 9", "txt2img")
    tasks = expand({"prompt": "base", "seed": 1}, "txt2img", [lines], rng=Random(3)).tasks
    assert [label([lines], task) for task in tasks] == ["a cat", "9 steps"]
