"""Axes multiply into tasks: every combination once, seeds fixed, in an order worth waiting for."""

from __future__ import annotations

from collections import Counter
from itertools import groupby, product
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.errors import InvalidInput
from inu_jobs.fields.table import CHECKPOINT, VAE
from inu_jobs.model import Axis
from inu_jobs.plan import MAX_TASKS, PlannedTask, expand, label


class Spec(NamedTuple):
    kind: str
    payload: dict[str, Any]
    axes: list[Axis] = []


CHOICES: dict[str, list[Any]] = {
    "prompt": ["a cat", "a dog", "a bird", "a fish"],
    "steps": [10, 20, 30],
    "cfg_scale": [4.5, 7],
    "denoising_strength": [0.3, 0.5, 0.7],
    "seed": [-1, None, 5, 77],
    "subseed": [-1, 9],
    CHECKPOINT: ["one", "two", "three"],
    VAE: ["Automatic", "None"],
    "alwayson_scripts.ADetailer.args.3": [0.1, 0.2],
}


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    fields = draw(st.lists(st.sampled_from(sorted(CHOICES)), unique=True, max_size=4))
    axes = [
        Axis(field, draw(st.lists(st.sampled_from(CHOICES[field]), min_size=1, unique=True)))
        for field in fields
    ]
    payload: dict[str, Any] = {"prompt": "a house"}
    for field, values in {
        "seed": [-1, None, 1234],
        "subseed": [-1, None, 4321],
        "n_iter": [1, 2, 3],
        "batch_size": [1, 2, 4],
        "subseed_strength": [0, 0.5],
    }.items():
        if draw(st.booleans()):
            payload[field] = draw(st.sampled_from(values))
    return Spec(kind="txt2img", payload=payload, axes=axes)


def planned(spec: Spec) -> list[PlannedTask]:
    return expand(spec.payload, spec.kind, spec.axes, rng=Random(7)).tasks


def now(spec: Spec, task: PlannedTask) -> dict[str, Any]:
    return {**spec.payload, **task.changes}


@given(specs())
def test_every_combination_is_there_once_an_iteration(spec: Spec) -> None:
    tasks = planned(spec)
    iterations = spec.payload.get("n_iter", 1)
    combinations = list(product(*(range(len(axis.values)) for axis in spec.axes)))
    assert Counter(tuple(task.coords) for task in tasks) == dict.fromkeys(combinations, iterations)
    for task in tasks:
        assert now(spec, task).get("n_iter", 1) == 1
        assert task.images == spec.payload.get("batch_size", 1)
        for axis, place in zip(spec.axes, task.coords, strict=True):
            if axis.field not in ("seed", "subseed"):
                assert task.changes[axis.field] == axis.values[place]


@given(specs())
def test_no_seed_is_left_to_chance(spec: Spec) -> None:
    for task in planned(spec):
        for field in ("seed", "subseed"):
            seed = now(spec, task)[field]
            assert isinstance(seed, int) and 0 <= seed < 2**63


@given(specs())
def test_iterations_count_up_as_the_webui_does(spec: Spec) -> None:
    """all_seeds of process_images_inner: seed + n over all images, or subseed + n with variation."""
    batch = spec.payload.get("batch_size", 1)
    counted = "subseed" if spec.payload.get("subseed_strength") else "seed"
    still = "seed" if counted == "subseed" else "subseed"
    by_place: dict[tuple[int, ...], list[PlannedTask]] = {}
    for task in planned(spec):
        by_place.setdefault(tuple(task.coords), []).append(task)
    for tasks in by_place.values():
        first = now(spec, tasks[0])[counted]
        assert [now(spec, task)[counted] for task in tasks] == [first + n * batch for n in range(len(tasks))]
        assert len({now(spec, task)[still] for task in tasks}) == 1


@given(st.integers(1, 12), st.integers(1, 4))
def test_drawn_seeds_are_distinct_and_shared_over_the_other_axes(seeds: int, prompts: int) -> None:
    axes = [Axis("prompt", CHOICES["prompt"][:prompts]), Axis("seed", [-1] * seeds)]
    tasks = planned(Spec(kind="txt2img", payload={}, axes=axes))
    by_place = {tuple(task.coords): task.changes["seed"] for task in tasks}
    assert len(set(by_place.values())) == seeds
    assert all(by_place[p, s] == by_place[0, s] for p in range(prompts) for s in range(seeds))


@given(st.lists(st.sampled_from(CHOICES["steps"]), min_size=2, max_size=6))
def test_without_a_seed_axis_each_task_draws_its_own(steps: list[int]) -> None:
    tasks = planned(Spec(kind="txt2img", payload={"seed": -1}, axes=[Axis("steps", steps)]))
    assert len({task.changes["seed"] for task in tasks}) == len(steps)


class Stuck(Random):
    """Comes up with each seed three times."""

    calls = 0

    def randrange(self, *args: int) -> int:  # type: ignore[override]
        self.calls += 1
        return self.calls // 3


def test_a_seed_that_was_drawn_already_is_drawn_again() -> None:
    spec = Spec(kind="txt2img", payload={"subseed": 0}, axes=[Axis("seed", [-1] * 20)])
    assert (
        len({task.changes["seed"] for task in expand(spec.payload, spec.kind, spec.axes, rng=Stuck()).tasks})
        == 20
    )


def test_given_seeds_are_kept() -> None:
    spec = Spec(kind="txt2img", payload={"subseed": 3}, axes=[Axis("seed", [11, 0, 11])])
    tasks = planned(spec)
    assert [task.changes["seed"] for task in tasks] == [11, 0, 11]
    assert all("subseed" not in task.changes for task in tasks)


@given(specs())
def test_a_checkpoint_is_loaded_once_and_a_vae_once_for_each(spec: Spec) -> None:
    tasks = planned(spec)
    models = [(task.changes.get(CHECKPOINT), task.changes.get(VAE)) for task in tasks]
    assert [key for key, _ in groupby(models)] == list(dict.fromkeys(models))
    checkpoints = [model[0] for model in models]
    assert [key for key, _ in groupby(checkpoints)] == list(dict.fromkeys(checkpoints))


@given(specs())
def test_a_job_stopped_early_has_shown_every_value(spec: Spec) -> None:
    """With the first model and the first seed, as many tasks as the longest axis has values show all
    values of all axes."""
    shown = [n for n, axis in enumerate(spec.axes) if axis.field not in (CHECKPOINT, VAE, "seed", "subseed")]
    longest = max((len(spec.axes[n].values) for n in shown), default=0)
    first = planned(spec)[:longest]
    for n in shown:
        assert {task.coords[n] for task in first} == set(range(len(spec.axes[n].values)))


def test_all_prompts_come_with_the_first_seed_before_the_second() -> None:
    axes = [Axis("prompt", ["a", "b", "c"]), Axis("seed", [-1, -1])]
    tasks = planned(Spec(kind="txt2img", payload={}, axes=axes))
    assert [task.coords for task in tasks] == [[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1]]


@pytest.mark.parametrize(
    ("axes", "payload", "field"),
    [
        ([Axis("steps", [])], {}, "axes.0.values"),
        ([Axis("seed", [1]), Axis("stepz", [1])], {}, "axes.1.field"),
        ([Axis("steps", [1]), Axis("steps", [2])], {}, "axes.1.field"),
        ([Axis("override_settings", [{}]), Axis(VAE, ["None"])], {}, "axes.1.field"),
        ([Axis("steps", [20, "20"])], {}, "axes.0.values.1"),
        ([Axis("prompt.x", ["a"])], {}, "axes.0.field"),
        ([Axis("override_settings.", ["a"])], {}, "axes.0.field"),
        ([Axis("save_images", [True])], {}, "axes.0.field"),
        ([Axis("init_images", [[]])], {}, "axes.0.field"),
        ([Axis("seed", [1] * 200), Axis("steps", [1] * 101)], {}, "axes"),
        ([], {"n_iter": MAX_TASKS + 1}, "axes"),
        ([], {"n_iter": 0}, "n_iter"),
        ([Axis("n_iter", [1, -4])], {}, "n_iter"),
        ([], {"steps": "20"}, "steps"),
        ([], {"n_iter": 3, "seed": 2**63 - 3}, "seed"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(
    axes: list[Axis], payload: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        planned(Spec(kind="txt2img", payload=payload, axes=axes))
    assert refused.value.field == field
    assert str(refused.value).endswith((".", "?"))


def test_the_cap_itself_is_allowed_and_counted_with_the_iterations() -> None:
    axes = [Axis("seed", [5] * 100), Axis("n_iter", [1, 3])]
    tasks = planned(Spec(kind="txt2img", payload={}, axes=[*axes, Axis("steps", [1] * 25)]))
    assert len(tasks) == MAX_TASKS


def test_a_nearly_right_field_is_suggested() -> None:
    with pytest.raises(InvalidInput, match="did you mean steps"):
        planned(Spec(kind="txt2img", payload={}, axes=[Axis("stepz", [1])]))


def test_labels_say_what_sets_a_task_apart() -> None:
    long = "a very long beginning that all prompts of this job share, then a"
    axes = [Axis("prompt", [f"{long} cat", f"{long} dog"]), Axis("cfg_scale", [4.5, 7]), Axis(VAE, ["None"])]
    spec = Spec(kind="txt2img", payload={"seed": 5}, axes=axes)
    labels = {label(axes, task) for task in planned(spec)}
    expected = product(("…cat", "…dog"), ("CFG 4.5", "CFG 7"))
    assert labels == {f"{prompt} · {cfg} · VAE None" for prompt, cfg in expected}


@pytest.mark.parametrize(
    ("axis", "words"),
    [
        (Axis("lora:*", [{"scale": 0.6}]), "LoRA x0.6"),
        (Axis("lora:ink", [0.8]), "LoRA ink 0.8"),
        (Axis("steps", [{"scale": 2}]), "x2 steps"),
        (Axis("negative_prompt", [{"suffix": "blurry"}]), "negative prompt + blurry"),
        (Axis("prompt", [{"replace": ["cat", "dog"]}]), "cat → dog"),
    ],
)
def test_a_label_says_in_short_what_a_derive_does(axis: Axis, words: str) -> None:
    assert label([axis], PlannedTask(changes={}, coords=[0], images=1)) == words


def test_a_label_leaves_out_networks_and_what_stands_beside_it() -> None:
    values = ["a cat, <lora:ink:0.8>, snow", "<lora:ink:0.8> a dog, <lora:soft:1>"]
    spec = Spec(kind="txt2img", payload={}, axes=[Axis("prompt", values), Axis("seed", [5])])
    tasks = planned(spec)
    assert {label(spec.axes, task) for task in tasks} == {"a cat, snow · seed 5", "a dog · seed 5"}
    assert {label(spec.axes, task, without=("prompt",)) for task in tasks} == {"seed 5"}


def test_a_label_keeps_networks_where_only_they_differ() -> None:
    values = ["a cat <lora:ink:0.8>", "a cat <lora:ink:1>"]
    spec = Spec(kind="txt2img", payload={"seed": 5}, axes=[Axis("prompt", values)])
    assert {label(spec.axes, task) for task in planned(spec)} == {*values}


@given(specs())
def test_a_label_is_one_line_and_shows_a_drawn_seed(spec: Spec) -> None:
    for task in planned(spec):
        text = label(spec.axes, task)
        assert "\n" not in text
        if "seed" in task.changes:
            assert f"seed {task.changes['seed']}" in text
