"""Which tasks the page would make in one go, by its batch count."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.model import Axis, Job, Payload, Task
from inu_jobs.plan import expand, repeats

STEPS, CFG = Axis("steps", [10, 20]), Axis("cfg_scale", [7, 8.5, 9])


def planned(axes: list[Axis], **payload: Any) -> tuple[Job, list[Task]]:
    base: Payload = {"prompt": "a fox", "seed": 5, **payload}
    job = Job("j", "n", "txt2img", 0.0, "p", axes)
    tasks = [
        Task(f"t{n}", "j", n, "p", planned.changes, planned.coords)
        for n, planned in enumerate(expand(base, "txt2img", axes, rng=Random(1)).tasks)
    ]
    return job, tasks


def groups(job: Job, tasks: list[Task]) -> set[tuple[str, ...]]:
    return {tuple(one.id for one in repeats(job, tasks, task)) for task in tasks}


@given(
    axes=st.lists(st.sampled_from([STEPS, CFG]), unique_by=lambda axis: axis.field),
    count=st.integers(1, 4),
    seeds=st.lists(st.integers(0, 99) | st.just(-1), min_size=1, max_size=3) | st.none(),
    written=st.booleans(),
    seed=st.sampled_from([-1, 5]),
    varied=st.booleans(),
)
def test_each_setting_has_its_own(
    axes: list[Axis], count: int, seeds: list[int] | None, written: bool, seed: int, varied: bool
) -> None:
    on_axis = [] if seeds is None else [Axis("seed", seeds, text="1, 2" if written else "")]
    strength = 0.5 if varied else 0
    job, tasks = planned([*axes, *on_axis], n_iter=count, seed=seed, subseed=3, subseed_strength=strength)
    found = groups(job, tasks)
    each = count * (1 if seeds is None or written else len(seeds))
    assert {len(group) for group in found} == {each}
    assert sum(map(len, found)) == len(tasks)
    for group in found:
        settings = [
            {k: v for k, v in task.changes.items() if k not in ("seed", "subseed")}
            for task in tasks
            if task.id in group
        ]
        assert all(setting == settings[0] for setting in settings)
        assert list(group) == sorted(group, key=lambda id: int(id[1:]))


def test_in_the_order_of_their_seeds() -> None:
    job, tasks = planned([CFG], n_iter=3, batch_size=2)
    for task in tasks:
        assert [one.changes["seed"] for one in repeats(job, tasks, task)] == [5, 7, 9]


def test_what_an_edit_left_behind_is_of_no_setting_that_is_planned() -> None:
    job, tasks = planned([], n_iter=2)
    left = Task("old", "j", 9, "p", {"prompt": "another", "seed": 8})
    elsewhere = Task("other", "j", 10, "q", tasks[0].changes)
    assert repeats(job, [*tasks, left, elsewhere], tasks[0]) == tasks
    job, tasks = planned([STEPS], n_iter=2)
    left = Task("old", "j", 9, "p", tasks[0].changes, [])
    assert left not in repeats(job, [*tasks, left], tasks[0])
