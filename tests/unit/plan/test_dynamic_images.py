"""Prompts that the extension Dynamic Prompts fills in: how many images it makes is known before it runs."""

from __future__ import annotations

import math
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import pytest
from dynamicprompts.generators import CombinatorialPromptGenerator
from dynamicprompts.generators.batched_combinatorial import BatchedCombinatorialPromptGenerator
from dynamicprompts.wildcards import WildcardManager
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.fields.dynamic_prompts import DynamicPrompts, dynamic_prompts
from inu_jobs.plan import Wildcards, expand, fill_dynamic

#: images; more of them may take more steps than a plan has for counting, and then nothing is said
SURELY_COUNTED = 2_000
TITLE = "Dynamic Prompts v2.17.1"
#: as its page has them: enabled, combinatorial, batches, magic, lucky, attention, least, most, length,
#: creativity, fixed seed, unlinked, no negative, jinja, no image, max generations, model, blocklist
ARGS: list[Any] = [
    True, True, 1, False, False, False, 1.1, 1.5, 100, 0.7, False, False, True, False, False, 0, "", "",
]  # fmt: skip


def payload(prompt: str, negative: str = "", **args: Any) -> dict[str, Any]:
    places = {"enabled": 0, "combinatorial": 1, "batches": 2, "lucky": 4, "jinja": 13, "most": 15}
    told = list(ARGS)
    for name, value in args.items():
        told[places[name]] = value
    scripts = {"Refiner": {"args": []}, TITLE: {"args": told}}
    return {
        "prompt": prompt,
        "negative_prompt": negative,
        "seed": 7,
        "subseed": 8,
        "alwayson_scripts": scripts,
    }


def filled(described: dict[str, Any], folder: Path | None = None, **more: Any) -> tuple[list[int], Any]:
    tasks = expand({**described, **more}, "txt2img", [], rng=Random(1)).tasks
    wildcards = Wildcards(lambda: [folder] if folder else [])
    made, dynamic = fill_dynamic({**described, **more}, tasks, wildcards, {"both": "a {pen|ink}"}.get)  # type: ignore[arg-type]
    return [task.images for task in made], dynamic


def as_the_extension_makes(prompt: str, negative: str, batches: int, most: int) -> int:
    """``generate_prompts`` of its helpers.py."""
    plain = CombinatorialPromptGenerator(WildcardManager(root_map={"": []}))
    generator = BatchedCombinatorialPromptGenerator(plain, batches=batches)
    prompts = generator.generate(prompt, most or None) or [""]  # type: ignore[arg-type]
    negatives = generator.generate(negative, most or None) or [""]  # type: ignore[arg-type]
    return len(prompts) if most else len([*product(prompts, negatives)])


TEXTS = st.lists(
    st.sampled_from(["a", " ", "{x|y}", "{x|x|z}", "{1-2$$x|y|z}", "{a|{b|c}}", "(d:1.2)", "<lora:e:1>"]),
    max_size=4,
).map("".join)


@given(TEXTS, TEXTS, st.integers(1, 3), st.integers(0, 5))
def test_as_many_images_as_the_extension_makes(prompt: str, negative: str, batches: int, most: int) -> None:
    images, dynamic = filled(payload(prompt, negative, batches=batches, most=most), n_iter=3)
    expected = as_the_extension_makes(prompt, negative, batches, most)
    assert dynamic.combinatorial
    if expected > SURELY_COUNTED and dynamic.images is None:
        assert images == [1]
    else:
        assert images == [expected] and dynamic.images == expected


def test_all_combinations_are_made_once_whatever_the_batch_count_is() -> None:
    images, dynamic = filled(payload("a {red|green|blue} cat"), n_iter=3, batch_size=2)
    assert images == [3]
    assert (dynamic.title, dynamic.images, dynamic.template) == (TITLE, 3, True)
    images, dynamic = filled(payload("a {red|green|blue} cat", combinatorial=False), n_iter=3, batch_size=2)
    assert images == [2, 2, 2] and not dynamic.combinatorial and dynamic.images == 6


def test_wildcards_count(tmp_path: Path) -> None:
    (tmp_path / "animal.txt").write_text("cat\ndog\nfox\n", "utf-8")
    images, dynamic = filled(payload("a {big|small} __animal__", "{a|b}"), tmp_path)
    assert images == [12] and dynamic.images == 12
    assert not dynamic.template, "ours would not fill in the negative prompt"


@pytest.mark.parametrize(
    "described",
    [
        payload("a {x|y}", enabled=False),
        payload("a cat", combinatorial=False),
        {"prompt": "a {x|y}", "seed": 1, "subseed": 1},
    ],
)
def test_there_is_nothing_to_say_where_nothing_is_filled_in(described: dict[str, Any]) -> None:
    assert filled(described) == ([1], None)


@pytest.mark.parametrize(
    ("described", "template"),
    [
        (payload("{% for x in [1, 2] %}{% prompt %}a{% endprompt %}{% endfor %}", jinja=True), False),
        (payload("a {cat|dog}", lucky=True), False),
        (payload("{" * 30), True),
        (payload("".join("{a|b|c|d|e|f|g|h|i|j}" for _ in range(9))), True),
        ({**payload("a {x|y}"), "styles": ["both"]}, True),
    ],
)
def test_what_cannot_be_counted_is_said_to_be_unknown(described: dict[str, Any], template: bool) -> None:
    images, dynamic = filled(described)
    assert images == [1] and dynamic.images is None and dynamic.template is template


@given(
    st.lists(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3)), max_size=20
    )
)
def test_any_arguments_are_read(args: list[Any]) -> None:
    found = dynamic_prompts({"alwayson_scripts": {TITLE: {"args": args}}})
    assert found is None or (found.batches >= 1 and found.most >= 0 and math.isfinite(found.batches))


@pytest.mark.parametrize("scripts", [None, [], {TITLE: None}, {TITLE: {"args": "x"}}, {TITLE: []}, {"x": {}}])
def test_what_is_no_entry_of_it(scripts: Any) -> None:
    assert dynamic_prompts({"alwayson_scripts": scripts}) is None


def test_arguments_that_are_not_given_are_its_own() -> None:
    found = dynamic_prompts({"alwayson_scripts": {TITLE: {"args": [True, True]}}})
    assert found == DynamicPrompts(TITLE, True, 1, 0, True)
