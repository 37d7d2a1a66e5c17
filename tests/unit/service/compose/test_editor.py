"""A job is changed while its tasks wait: what is not wanted goes, what is new comes, the rest stays."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inu_jobs.api import DeriveSpec, JobEdit, JobPatch, JobSpec, Selection
from inu_jobs.errors import InvalidInput, NotFound, Refused, SchedulerError
from inu_jobs.model import AxisSpec, Image, Job, Task, TaskState, Template
from inu_jobs.overlay import overlay
from inu_jobs.ports import Made
from inu_jobs.store.payload_ids import canonical
from tests.unit.service.service_kit import House

BASE: dict[str, Any] = {
    "prompt": "a house <lora:dog:0.5>", "steps": 20, "width": 64, "height": 64, "subseed": 1,
    "sampler_name": "Euler",
}  # fmt: skip
STEPS = AxisSpec("steps", [10, 20])
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def make(house: House, *axes: AxisSpec, **fields: Any) -> str:
    payload = fields.pop("payload", {**BASE, "seed": 5})
    return house.service.jobs.create(JobSpec("txt2img", payload, axes=list(axes), **fields)).id


def whole(house: House, task: Task) -> dict[str, Any]:
    return overlay(house.store.payload(task.payload) or {}, task.changes)


def made(house: House, job: str) -> dict[str, dict[str, Any]]:
    return {task.id: whole(house, task) for task in house.store.tasks_of(job)}


def steps(house: House, job: str, *states: str) -> list[int]:
    return sorted(
        whole(house, task)["steps"]
        for task in house.store.tasks_of(job)
        if not states or task.state in states
    )


def test_values_come_and_go(house: House) -> None:
    job = make(house, STEPS)
    before = made(house, job)
    plan = house.service.editor.plan(job, JobEdit(axes=[AxisSpec("steps", [20, 30, 40])]))
    assert (plan.kept, plan.dropped, plan.added, plan.tasks) == (0, 1, 2, 3)
    assert made(house, job) == before
    summary = house.service.jobs.edit(job, JobEdit(axes=[AxisSpec("steps", [20, 30, 40])]))
    assert summary.tasks["total"] == 3
    assert steps(house, job) == [20, 30, 40]
    (kept,) = set(before) & set(made(house, job))
    assert before[kept]["steps"] == 20
    tasks = house.store.tasks_of(job)
    assert [task.coords for task in tasks] == [[0], [1], [2]] and [task.index for task in tasks] == [0, 1, 2]
    assert house.service.overview.get_job(job).axes[0].values == [20, 30, 40]


def test_what_ran_or_runs_stays_and_is_not_made_again(house: House) -> None:
    job = make(house, AxisSpec("steps", [10, 20, 30, 40]))
    house.run_one()
    house.queue.tick()
    house.scheduler.begin()
    house.queue.tick()
    before = {task.id: task for task in house.store.tasks_of(job) if task.state in ("done", "running")}
    house.service.jobs.edit(job, JobEdit(axes=[AxisSpec("steps", [20, 50, 10])]))
    after = {task.id: task for task in house.store.tasks_of(job)}
    for id, task in before.items():
        assert (after[id].state, after[id].changes, after[id].payload) == (
            task.state,
            task.changes,
            task.payload,
        )
    assert steps(house, job) == [10, 20, 50] and steps(house, job, "held", "queued") == [50]
    assert {whole(house, task)["steps"]: task.coords for task in after.values()} == {
        20: [0],
        50: [1],
        10: [2],
    }
    house.service.jobs.edit(job, JobEdit(axes=[AxisSpec("steps", [60])]))
    views = {view.label: view for view in house.service.overview.get_job(job).tasks}
    assert {label: view.coords for label, view in views.items()} == {
        "60 steps": [0],
        "10 steps": [],
        "20 steps": [],
    }
    house.scheduler.end([Made(str(house.draw()))])
    house.queue.tick()
    house.run_one()
    assert steps(house, job, "done") == [10, 20, 60]


def test_what_was_handed_over_is_taken_back_first(house: House) -> None:
    job = make(house, AxisSpec("steps", list(range(1, 21))))
    house.queue.tick()
    assert house.scheduler.waiting
    house.service.jobs.edit(job, JobEdit(axes=[AxisSpec("steps", [1, 2, 99])]))
    assert not house.scheduler.waiting
    house.queue.tick()
    sent = sorted(request.payload["steps"] for request in house.scheduler.waiting.values())
    assert sent == [1, 2, 99]


def test_without_the_scheduler_nothing_is_taken_back_and_nothing_changes(house: House) -> None:
    job = make(house, STEPS)
    house.queue.tick()
    before, revision = made(house, job), house.store.revision
    house.scheduler.away = True
    with pytest.raises(SchedulerError):
        house.service.jobs.edit(job, JobEdit(axes=[AxisSpec("steps", [99])]))
    assert (made(house, job), house.store.revision) == (before, revision)


def test_drawn_seeds_stay_with_their_tasks_and_places(house: House) -> None:
    job = make(house, STEPS, AxisSpec("seed", [-1, -1]), payload={**BASE, "seed": -1})
    before = made(house, job)
    seeds = {payload["seed"] for payload in before.values()}
    house.service.jobs.edit(job, JobEdit(axes=[AxisSpec("steps", [20, 30]), AxisSpec("seed", [-1, -1, -1])]))
    after = made(house, job)
    assert all(after[id] == before[id] for id in set(before) & set(after))
    assert len(set(before) & set(after)) == 2
    by_steps: dict[int, set[int]] = {}
    for payload in after.values():
        by_steps.setdefault(payload["steps"], set()).add(payload["seed"])
    assert by_steps[20] == by_steps[30] and seeds < by_steps[30] and len(by_steps[30]) == 3
    assert house.service.overview.get_job(job).axes[1].values == [-1, -1, -1]


def test_seeds_that_count_up_stay(house: House) -> None:
    job = make(house, payload={**BASE, "seed": -1, "n_iter": 2})
    before = made(house, job)
    house.service.jobs.edit(job, JobEdit(payload={**BASE, "seed": -1, "n_iter": 4}))
    after = made(house, job)
    assert len(after) == 4 and before.items() <= after.items()


def test_another_payload_replaces_what_waits(house: House) -> None:
    job = make(house, STEPS)
    house.run_one()
    house.service.jobs.edit(job, JobEdit(payload={**BASE, "seed": 5, "cfg_scale": 9}, name=" new\nname "))
    assert Counter(p.get("cfg_scale") for p in made(house, job).values()) == {9: 2, None: 1}
    assert house.service.overview.get_job(job).job.name == "new name"


def test_axes_that_are_not_given_stay_to_the_letter(house: House) -> None:
    folder = house.folder / "data" / "wildcards"
    folder.mkdir()
    (folder / "colours.txt").write_text("red\nblue", "utf-8")
    template = Template("a __colours__ hat", "random", 2, 7)
    job = make(house, AxisSpec("prompt", template=template), lines="", hold=True)
    before = made(house, job)
    (folder / "colours.txt").write_text("green\ngrey", "utf-8")
    house.service.jobs.edit(job, JobEdit(name="other"))
    assert made(house, job) == before
    house.service.jobs.edit(job, JobEdit(axes=house.service.editor.spec(job).axes))
    assert not set(made(house, job)) & set(before)


def test_lines_can_be_changed_and_taken_away(house: House) -> None:
    job = make(house, STEPS, lines="one\ntwo")
    assert len(made(house, job)) == 4
    house.service.jobs.edit(job, JobEdit(lines="two\nthree", lines_at="end"))
    assert {p["prompt"] for p in made(house, job).values()} == {
        f"{BASE['prompt']} {w}" for w in ("two", "three")
    }
    house.service.jobs.edit(job, JobEdit(lines=""))
    assert {p["prompt"] for p in made(house, job).values()} == {BASE["prompt"]}
    assert len(made(house, job)) == 2


def test_a_dropped_task_that_has_images_is_only_cancelled(house: House) -> None:
    job = make(house, AxisSpec("steps", [10]))
    house.run_one()
    (task,) = house.store.tasks_of(job)
    with house.store.transaction() as t:
        t.put(msgspec.structs.replace(task, state="held"))
    house.service.jobs.edit(job, JobEdit(axes=[AxisSpec("steps", [11])]))
    states = {whole(house, task)["steps"]: task.state for task in house.store.tasks_of(job)}
    assert states == {10: "cancelled", 11: "held"} and len(house.store.images_of(job)) == 1


@pytest.mark.parametrize("axes", [[], [AxisSpec("cfg_scale", [5, 7])]])
def test_what_failed_and_was_replaced_is_not_tried_again(house: House, axes: list[AxisSpec]) -> None:
    spec = JobSpec("txt2img", {"prompt": "a fox", "steps": 20, "seed": 1, "n_iter": 3}, axes=axes)
    job = house.service.jobs.create(spec).id
    count = len(house.store.tasks_of(job))
    house.run_one(error="CUDA out of memory")
    house.service.jobs.edit(job, JobEdit(payload={**spec.payload, "steps": 10}))
    house.service.jobs.resume(job)
    states = Counter((whole(house, task)["steps"], task.state) for task in house.store.tasks_of(job))
    assert states == {(20, "cancelled"): 1, (10, "held"): count}


def test_what_cannot_be_edited_says_so(house: House) -> None:
    with pytest.raises(NotFound):
        house.service.editor.spec("nope")
    job = make(house, STEPS, hold=True)
    with pytest.raises(InvalidInput) as wrong:
        house.service.jobs.edit(job, JobEdit(name=" "))
    assert wrong.value.field == "name"
    with pytest.raises(Refused) as refused:
        house.service.jobs.edit(job, JobEdit(axes=[AxisSpec("sampler_name", ["Eulr"])]))
    assert refused.value.findings
    assert steps(house, job) == [10, 20]
    house.service.jobs.edit(job, JobEdit(axes=[AxisSpec("sampler_name", ["Eulr"])], force=True))
    house.service.jobs.cancel(job)
    house.service.jobs.patch(job, JobPatch(archived=True))
    with pytest.raises(Refused, match="archived"):
        house.service.jobs.edit(job, JobEdit(name="x"))


def test_a_derived_job_is_made_again_from_its_images(house: House) -> None:
    job = house.add_done()
    (image,) = house.store.images_of(job)
    for action in ("img2img", "rerender", "upscale"):
        derived = house.service.jobs.derive(DeriveSpec(Selection(images=[image.id]), action, force=True)).id  # type: ignore[arg-type]
        with pytest.raises(Refused):
            house.service.editor.spec(derived)
        with pytest.raises(Refused):
            house.service.jobs.edit(derived, JobEdit(name="x"))
        assert not house.service.overview.get_job(derived).job.composed
    assert house.service.overview.get_job(job).job.composed


def test_out_of_memory_says_what_can_be_done_with_that_job(house: House) -> None:
    (image,) = house.store.images_of(house.add_done())
    composed = house.add(2)
    house.run_one(error="CUDA out of memory")
    spec = DeriveSpec(Selection(images=[image.id, image.id]), "rerender", axes=[AxisSpec("steps", [9, 8])])
    derived = house.service.jobs.derive(spec).id
    house.run_one(error="CUDA out of memory")
    holds = [house.service.overview.get_job(id).job.hold for id in (composed, derived)]
    told = [hold.message for hold in holds if hold is not None and hold.by == "memory"]
    assert told[0].endswith("Edit the job, then resume it.")
    assert told[1].endswith("or cancel it and queue it again with smaller images.") and "Edit" not in told[1]


def test_a_spec_makes_the_job_again(house: House) -> None:
    axes = [
        AxisSpec("cfg_scale", text="5-7 (+0.5)"),
        AxisSpec("prompt", template=Template("{a|b} cat <lora:dog:1>", "combinatorial")),
        AxisSpec("lora:dog", [None, 0.5]),
    ]
    job = make(house, *axes, lines="--seed 3\n--seed 4", name="mine")
    spec = house.service.editor.spec(job)
    assert (spec.axes, spec.lines, spec.name, spec.kind) == (axes, "--seed 3\n--seed 4", "mine", "txt2img")
    again = house.service.jobs.create(spec).id
    alike = [Counter(canonical(payload) for payload in made(house, id).values()) for id in (job, again)]
    assert alike[0] == alike[1]


# --------------------------------------------------------------------------- any edit

VALUES: dict[str, list[Any]] = {
    "steps": [5, 6, 7, 8],
    "cfg_scale": [4.5, 5, 6],
    "seed": [-1, -1, 11, 12],
    "lora:dog": [None, 0.3, 0.9],
    "size": ["64x64", "64x128"],
}


@st.composite
def descriptions(draw: st.DrawFn) -> dict[str, Any]:
    fields = draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True, max_size=3))
    axes = []
    for field in fields:
        places = draw(st.lists(st.integers(0, len(VALUES[field]) - 1), unique=True, min_size=1, max_size=3))
        axes.append(AxisSpec(field, [VALUES[field][place] for place in places]))
    payload = {**BASE, "seed": draw(st.sampled_from([-1, 5])), "n_iter": draw(st.integers(1, 2))}
    return {
        "payload": payload,
        "axes": axes,
        "lines": draw(st.sampled_from(["", "one <lora:dog:1>\ntwo"])),
    }


@pytest.fixture(scope="module")
def houses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Iterator[House]]:
    opened: list[House] = []

    def fresh() -> Iterator[House]:
        for number in itertools.count():
            folder: Path = tmp_path_factory.mktemp("edit") / str(number)
            opened.append(House(folder))
            yield opened[-1]

    yield fresh()
    for house in opened:
        house.close()


def edit_axes(edit: dict[str, Any]) -> int:
    return len(edit["axes"]) + bool(edit["lines"])


def without_drawn(payload: dict[str, Any], description: dict[str, Any]) -> bytes:
    """A seed that is drawn is another each time; where each task draws its own, any will do."""
    each = description["payload"]["seed"] == -1 and all(axis.field != "seed" for axis in description["axes"])
    told = {5, 6, 11, 12, 13}  # with those that count up
    return canonical(
        {**payload, "seed": payload["seed"] if payload["seed"] in told and not each else "drawn"}
    )


@settings(suppress_health_check=list(HealthCheck))
@given(
    st.lists(descriptions(), min_size=2, max_size=4),
    st.integers(0, 10**6),
    st.lists(st.integers(0, 4), min_size=3),
)
def test_after_any_edit_there_is_the_plan_and_what_has_ended(
    houses: Iterator[House], given_jobs: list[dict[str, Any]], seed: int, runs: list[int]
) -> None:
    house, chance = next(houses), random.Random(seed)
    first, *edits = given_jobs
    job = house.service.jobs.create(JobSpec("txt2img", force=True, **first)).id
    for edit, count in zip(edits, itertools.cycle(runs), strict=False):
        for _ in range(count):
            if any(task.state in ("held", "queued") for task in house.store.tasks_of(job)):
                house.run_one(error="boom" if chance.random() < 0.2 else "")
                if house.store.job(job).hold is not None:  # type: ignore[union-attr]
                    house.service.jobs.resume(job)
        before = {task.id: task for task in house.store.tasks_of(job)}
        payloads = made(house, job)
        plan = house.service.editor.plan(job, JobEdit(**edit, force=True))
        house.service.jobs.edit(job, JobEdit(**edit, force=True))
        after = {task.id: task for task in house.store.tasks_of(job)}
        ended = {id for id, task in before.items() if task.state not in ("held", "queued")}
        assert ended <= set(after)
        for id in set(before) & set(after):  # to the last seed
            assert made(house, job)[id] == payloads[id]
        fresh = house.service.jobs.create(JobSpec("txt2img", hold=True, force=True, **edit)).id
        wanted = Counter(without_drawn(p, edit) for p in made(house, fresh).values())
        house.service.jobs.delete(fresh)
        now = made(house, job)
        # an ended task that has no place on the axes is not of the plan any more
        planned = [id for id, task in after.items() if id not in ended or task.coords or not edit_axes(edit)]
        if edit_axes(edit):
            assert Counter(without_drawn(now[id], edit) for id in planned) == wanted
        assert wanted <= Counter(without_drawn(payload, edit) for payload in now.values())
        left = {canonical(now[id]) for id in ended if id not in planned}
        assert not left & {canonical(now[id]) for id in planned if id not in ended}
        waiting = [task for id, task in after.items() if id not in ended]
        assert (plan.tasks, plan.kept) == (len(waiting), len(ended))
        assert plan.added == len(set(after) - set(before)) and plan.dropped == len(set(before) - set(after))
        assert sorted(task.index for task in after.values()) == list(range(len(after)))


def test_making_again_is_undone_after_an_edit(house: House) -> None:
    job = house.add(axes=[AxisSpec("steps", [10, 20])])
    for _ in range(2):
        house.run_one()
    house.service.jobs.stop_all()  # so that it waits here
    image = house.store.images_of(job)[0]
    undo = house.service.retry.images(Selection(images=[image.id])).undo
    house.service.jobs.edit(job, JobEdit(axes=[AxisSpec("steps", [5, 10, 20])]))
    house.service.undos.run(undo or "")
    tasks = house.store.tasks_of(job)
    assert [(task.index, task.coords, task.state) for task in tasks] == [
        (0, [0], "held"), (1, [1], "done"), (2, [2], "done"),
    ]  # fmt: skip


# ------------------------------------------------------------- what was enqueued one by one


def enqueued(house: House, *seeds: int, state: TaskState = "held", **payload: Any) -> str:
    """An adopted job with a task for each of ``seeds``."""
    with house.store.transaction() as t:
        hash = t.put_payload({**BASE, "seed": seeds[0], **payload})
        t.put(Job("jadopted", "Enqueued", "adopted", 0.0, hash))
        for n, seed in enumerate(seeds):
            changes = {} if seed == seeds[0] else {"seed": seed}
            t.put(Task(f"task({n})", "jadopted", n, hash, changes, state=state, images=2))
    return "jadopted"


@pytest.mark.parametrize(
    ("seeds", "seed", "count", "values"),
    [
        ([-1], -1, 2, []),
        ([-1, -1, -1], -1, 6, []),
        ([7], 7, 2, []),
        ([7, 7], 7, 2, []),
        ([7, 9, 7], 7, 2, [7, 9]),
        ([7, -1, -1], 7, 2, [7, -1, -1]),
    ],
)
def test_what_was_enqueued_has_a_spec(
    house: House, seeds: list[int], seed: int, count: int, values: list[int]
) -> None:
    job = enqueued(house, *seeds, n_iter=2)
    spec = house.service.editor.spec(job)
    assert (spec.kind, spec.payload["seed"], spec.payload["n_iter"]) == ("txt2img", seed, count)
    assert [axis.values for axis in spec.axes] == ([values] if values else [])
    again = house.service.jobs.create(spec).id
    images = sum(task.images for task in house.store.tasks_of(again))
    assert images == 2 * len(seeds) - (2 if seeds.count(7) > 1 else 0)
    assert house.service.overview.get_job(job).job.composed


def test_an_edit_puts_tasks_of_ours_in_the_place_of_what_waits(house: House) -> None:
    job = enqueued(house, -1, -1, -1)
    with house.store.transaction() as t:
        done = house.store.tasks_of(job)[0]
        t.put(msgspec.structs.replace(done, state="done"))
        t.put(Image("i" * 18, job, done.id, "outputs/a.png", 0.0))
    spec = house.service.editor.spec(job, waiting=True)
    assert spec.payload["n_iter"] == 2 and house.service.editor.spec(job).payload["n_iter"] == 3
    edit = JobEdit(payload={**spec.payload, "steps": 30}, axes=[])
    plan = house.service.editor.plan(job, edit)
    assert (plan.kept, plan.dropped, plan.added, plan.tasks) == (1, 2, 2, 2)
    house.service.jobs.edit(job, edit)
    now = house.store.tasks_of(job)
    assert house.store.job(job).kind == "txt2img"  # type: ignore[union-attr]
    assert [task.state for task in now] == ["held", "held", "done"] and now[2].id == done.id
    seeds = [whole(house, task)["seed"] for task in now[:2]]
    assert all(seed >= 0 for seed in seeds) and len(set(seeds)) == 2
    house.queue.tick()
    sent = list(house.scheduler.waiting.values())
    assert [request.payload["steps"] for request in sent] == [30, 30]
    assert {request.task for request in sent} == {task.id for task in now[:2]}


def test_without_axes_in_the_edit_its_seeds_stay(house: House) -> None:
    job = enqueued(house, 7, 9)
    house.service.jobs.edit(job, JobEdit(name="mine"))
    assert sorted(whole(house, task)["seed"] for task in house.store.tasks_of(job)) == [7, 9]
    assert house.service.overview.get_job(job).job.name == "mine"


def test_img2img_stays_that(house: House) -> None:
    token = house.inputs.save_base64(PICTURE, "init_images")
    job = enqueued(house, 7, init_images=[token], denoising_strength=0.5)
    spec = house.service.editor.spec(job)
    assert spec.kind == "img2img" and spec.payload["init_images"] == [token]
    house.service.jobs.edit(job, JobEdit(axes=[AxisSpec("denoising_strength", [0.2, 0.4])]))
    assert house.store.job(job).kind == "img2img"  # type: ignore[union-attr]


def test_what_only_its_row_knows_says_why_it_cannot_be_edited(house: House) -> None:
    with house.store.transaction() as t:
        hash = t.put_payload({"prompt": "a house", "n_iter": "many"})
        t.put(Job("jadopted", "Enqueued", "adopted", 0.0, hash), Task("task(0)", "jadopted", 0, hash))
    view = house.service.overview.get_job("jadopted").job
    assert not view.composed and "Agent Scheduler's list" in view.not_composed
    for ask in (
        lambda: house.service.editor.spec("jadopted"),
        lambda: house.service.jobs.edit("jadopted", JobEdit()),
    ):
        with pytest.raises(Refused) as refused:
            ask()
        assert str(refused.value) == view.not_composed


@pytest.mark.parametrize("odd", [{"n_iter": "many"}, {"n_iter": None}, {"seed": "x"}, {"seed": None}])
def test_odd_values_are_an_answer_not_a_crash(house: House, odd: dict[str, Any]) -> None:
    job = enqueued(house, 7, 9, **odd)
    spec = house.service.editor.spec(job)
    try:
        house.service.jobs.create(spec)
    except InvalidInput as problem:
        assert problem.field
