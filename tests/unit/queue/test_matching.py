"""When a task runs again, each picture finds its own record, and a verdict stays with its picture."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from inu_jobs.model import Image, Job, Verdict
from inu_jobs.ports import Made, Produced
from inu_jobs.queue.matching import Picture, match
from tests.unit.queue.queue_rig import QueueRig

SEEDS = st.none() | st.integers(0, 3)
PICTURES = st.lists(
    st.builds(Picture, st.sampled_from("abcdef"), st.integers(0, 5), SEEDS, SEEDS), max_size=8
)
VERDICTS: tuple[Verdict, ...] = ("kept", "rejected", "unreviewed")


def judge(rig: QueueRig, image: Image, verdict: Verdict) -> None:
    with rig.store.transaction() as transaction:
        transaction.put(replace(image, verdict=verdict))


def run(rig: QueueRig, count: int, **how: object) -> None:
    """One run of the only task, to its end."""
    rig.tick()
    rig.start_next()
    rig.scheduler.save(count, **how)  # type: ignore[arg-type]
    rig.scheduler.end("done")
    rig.tick()


def verdicts(rig: QueueRig, job: Job) -> dict[int | None, Verdict]:
    """By seed, of the file that the record names now."""
    return {rig.disk[image.path].seed: image.verdict for image in rig.store.images_of(job.id)}


@given(PICTURES, PICTURES)
def test_no_picture_is_taken_for_another(made: list[Picture], known: list[Picture]) -> None:
    found = match(made, known)
    assert len(found) == len(made)
    taken = [number for number in found if number is not None]
    assert len(set(taken)) == len(taken)
    for picture, number in zip(made, found, strict=True):
        if number is not None:
            assert picture.may_be(known[number])


@given(st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(0, 9)), unique=True), st.data())
def test_pictures_of_known_seeds_find_themselves(seeds: list[tuple[int, int]], data: st.DataObject) -> None:
    """Whatever was lost the one time or the other, and in whatever order they come."""
    if len({seed for seed, _ in seeds}) < len(seeds):
        seeds = [(seed, subseed or 0) for seed, subseed in seeds]  # with variation all have one
        seeds = list(dict.fromkeys(seeds))
    whole = [Picture(f"1/{place}", place, *both) for place, both in enumerate(seeds)]
    known = data.draw(st.permutations(whole))[: data.draw(st.integers(0, len(whole)))]
    again = [replace(one, path=f"2/{one.index}") for one in data.draw(st.permutations(whole))]
    for picture, number in zip(again, match(again, known), strict=True):
        same = next((n for n, one in enumerate(known) if one.index == picture.index), None)
        assert number == same


@pytest.mark.parametrize("told", [True, False])
def test_a_verdict_stays_with_its_seed_where_others_were_lost(rig: QueueRig, told: bool) -> None:
    """``told``: by the host; else the seed is that of the file's infotext."""
    job = rig.job(tasks=1, images=4)
    run(rig, 4, lost=(1, 2), told=told)
    assert rig.states(job) == ["interrupted"]
    first, last = rig.store.images_of(job.id)
    judge(rig, last, "rejected")
    assert (first.seed, last.seed) == (0, 3)

    rig.queue.retry(job.id)
    run(rig, 4, told=told)
    assert rig.states(job) == ["done"]
    assert verdicts(rig, job) == {0: "unreviewed", 1: "unreviewed", 2: "unreviewed", 3: "rejected"}
    images = rig.store.images_of(job.id)
    assert [image.seed for image in images] == [image.index for image in images] == [0, 1, 2, 3]
    assert (images[0].id, images[3].id) == (first.id, last.id)


def test_a_record_of_old_without_a_seed_is_asked_for_its_infotext(rig: QueueRig) -> None:
    job = rig.job(tasks=1, images=4)
    run(rig, 4, lost=(0,))
    for image in rig.store.images_of(job.id):
        with rig.store.transaction() as transaction:
            verdict: Verdict = "kept" if image.seed == 2 else "unreviewed"
            transaction.put(replace(image, seed=None, index=image.index - 1, verdict=verdict))
    rig.queue.retry(job.id)
    run(rig, 4)
    assert verdicts(rig, job) == {0: "unreviewed", 1: "unreviewed", 2: "kept", 3: "unreviewed"}


def test_where_nobody_can_tell_the_place_decides(rig: QueueRig) -> None:
    job = rig.job(tasks=1, images=2)
    for again in range(2):
        rig.tick()
        id = rig.start_next()
        for place in range(2 if again else 1):
            rig.scheduler.emit(Produced(id, (rig.disk.write(f"outputs/{again}{place}.png"),)))
        rig.scheduler.end("done")
        rig.tick()
        if not again:
            judge(rig, rig.store.images_of(job.id)[0], "kept")
            rig.queue.retry(job.id)
    kept, other = rig.store.images_of(job.id)
    assert (kept.path, kept.verdict, other.verdict) == ("outputs/10.png", "kept", "unreviewed")


def test_with_variation_the_subseed_tells_pictures_apart(rig: QueueRig) -> None:
    job = rig.job(tasks=1, images=3)

    def made(run: int, *subseeds: int) -> tuple[Made, ...]:
        return tuple(
            replace(rig.disk.write(f"outputs/{run}{subseed}.png", 7), subseed=subseed, index=subseed)
            for subseed in subseeds
        )

    rig.tick()
    id = rig.start_next()
    rig.scheduler.emit(Produced(id, made(1, 0, 2)))
    rig.scheduler.end("done")
    rig.tick()
    judge(rig, rig.store.images_of(job.id)[1], "rejected")
    rig.queue.retry(job.id)
    rig.tick()
    assert rig.start_next() == id
    rig.scheduler.emit(Produced(id, made(2, 0, 1, 2)))
    rig.scheduler.end("done")
    rig.tick()
    images = rig.store.images_of(job.id)
    assert [(image.subseed, image.verdict) for image in images] == [
        (0, "unreviewed"), (1, "unreviewed"), (2, "rejected"),
    ]  # fmt: skip


def test_a_file_name_used_again_for_another_picture_takes_no_verdict_along(rig: QueueRig) -> None:
    job = rig.job(tasks=1, images=2)
    run(rig, 2, lost=(0,))
    (kept,) = rig.store.images_of(job.id)
    judge(rig, kept, "kept")
    rig.queue.retry(job.id)
    rig.tick()
    id = rig.start_next()
    written = rig.disk.write(kept.path, 0), rig.disk.write("outputs/new.png", 1)
    rig.scheduler.emit(Produced(id, written))
    rig.scheduler.end("done")
    rig.tick()
    assert verdicts(rig, job) == {0: "unreviewed", 1: "kept"}


@given(st.data())
def test_verdicts_stay_however_often_a_task_runs(data: st.DataObject) -> None:
    """Runs that lose images, are told or not, with restarts in between; each image judged at times."""
    count = data.draw(st.integers(1, 4), "batch size")
    with tempfile.TemporaryDirectory() as folder:
        rig = QueueRig(Path(folder))
        job = rig.job(tasks=1, images=count)
        given: dict[str, tuple[int | None, Verdict]] = {}  # by id: the picture's seed, and its verdict
        for _ in range(data.draw(st.integers(1, 4), "runs")):
            lost = data.draw(st.sets(st.integers(0, count - 1)), "lost")
            rig.tick()
            rig.start_next()
            rig.scheduler.save(count, lost=sorted(lost), told=data.draw(st.booleans(), "told"))
            if data.draw(st.integers(0, 4), "killed") == 0:
                rig.tick()
                rig.restart()
            else:
                rig.scheduler.end("done")
            rig.tick()
            for image in rig.store.images_of(job.id):
                seed = rig.disk[image.path].seed
                assert given.get(image.id, (seed, image.verdict)) == (seed, image.verdict)
                assert image.seed == seed
                judge(rig, image, data.draw(st.sampled_from(VERDICTS)))
                given[image.id] = seed, rig.store.image(image.id).verdict  # type: ignore[union-attr]
            seeds = [image.seed for image in rig.store.images_of(job.id)]
            assert len(set(seeds)) == len(seeds)
            if rig.states(job)[0] in ("done", "held", "queued", "running"):
                if rig.states(job) == ["done"]:
                    break
            else:
                rig.queue.retry(job.id)
        rig.store.close()


def test_the_grid_of_a_setting_is_noted_with_the_images_of_its_last_task(rig: QueueRig) -> None:
    job = rig.job(tasks=1)
    rig.tick()
    id = rig.start_next()
    rig.scheduler.emit(Produced(id, (rig.disk.write("outputs/a.png", 0),), grid=True))
    rig.tick()
    rig.restart()
    assert rig.tasks(job)[0].grid
