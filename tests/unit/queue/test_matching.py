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
from tests.unit.queue.queue_house import House

SEEDS = st.none() | st.integers(0, 3)
PICTURES = st.lists(
    st.builds(Picture, st.sampled_from("abcdef"), st.integers(0, 5), SEEDS, SEEDS), max_size=8
)
VERDICTS: tuple[Verdict, ...] = ("kept", "rejected", "unreviewed")


def judge(house: House, image: Image, verdict: Verdict) -> None:
    with house.store.transaction() as transaction:
        transaction.put(replace(image, verdict=verdict))


def run(house: House, count: int, **how: object) -> None:
    """One run of the only task, to its end."""
    house.tick()
    house.start_next()
    house.scheduler.save(count, **how)  # type: ignore[arg-type]
    house.scheduler.end("done")
    house.tick()


def verdicts(house: House, job: Job) -> dict[int | None, Verdict]:
    """By seed, of the file that the record names now."""
    return {house.disk[image.path].seed: image.verdict for image in house.store.images_of(job.id)}


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
def test_a_verdict_stays_with_its_seed_where_others_were_lost(house: House, told: bool) -> None:
    """``told``: by the host; else the seed is that of the file's infotext."""
    job = house.job(tasks=1, images=4)
    run(house, 4, lost=(1, 2), told=told)
    assert house.states(job) == ["interrupted"]
    first, last = house.store.images_of(job.id)
    judge(house, last, "rejected")
    assert (first.seed, last.seed) == (0, 3)

    house.queue.retry(job.id)
    run(house, 4, told=told)
    assert house.states(job) == ["done"]
    assert verdicts(house, job) == {0: "unreviewed", 1: "unreviewed", 2: "unreviewed", 3: "rejected"}
    images = house.store.images_of(job.id)
    assert [image.seed for image in images] == [image.index for image in images] == [0, 1, 2, 3]
    assert (images[0].id, images[3].id) == (first.id, last.id)


def test_a_record_of_old_without_a_seed_is_asked_for_its_infotext(house: House) -> None:
    job = house.job(tasks=1, images=4)
    run(house, 4, lost=(0,))
    for image in house.store.images_of(job.id):
        with house.store.transaction() as transaction:
            verdict: Verdict = "kept" if image.seed == 2 else "unreviewed"
            transaction.put(replace(image, seed=None, index=image.index - 1, verdict=verdict))
    house.queue.retry(job.id)
    run(house, 4)
    assert verdicts(house, job) == {0: "unreviewed", 1: "unreviewed", 2: "kept", 3: "unreviewed"}


def test_where_nobody_can_tell_the_place_decides(house: House) -> None:
    job = house.job(tasks=1, images=2)
    for again in range(2):
        house.tick()
        id = house.start_next()
        for place in range(2 if again else 1):
            house.scheduler.emit(Produced(id, (house.disk.write(f"outputs/{again}{place}.png"),)))
        house.scheduler.end("done")
        house.tick()
        if not again:
            judge(house, house.store.images_of(job.id)[0], "kept")
            house.queue.retry(job.id)
    kept, other = house.store.images_of(job.id)
    assert (kept.path, kept.verdict, other.verdict) == ("outputs/10.png", "kept", "unreviewed")


def test_with_variation_the_subseed_tells_pictures_apart(house: House) -> None:
    job = house.job(tasks=1, images=3)

    def made(run: int, *subseeds: int) -> tuple[Made, ...]:
        return tuple(
            replace(house.disk.write(f"outputs/{run}{subseed}.png", 7), subseed=subseed, index=subseed)
            for subseed in subseeds
        )

    house.tick()
    id = house.start_next()
    house.scheduler.emit(Produced(id, made(1, 0, 2)))
    house.scheduler.end("done")
    house.tick()
    judge(house, house.store.images_of(job.id)[1], "rejected")
    house.queue.retry(job.id)
    house.tick()
    assert house.start_next() == id
    house.scheduler.emit(Produced(id, made(2, 0, 1, 2)))
    house.scheduler.end("done")
    house.tick()
    images = house.store.images_of(job.id)
    assert [(image.subseed, image.verdict) for image in images] == [
        (0, "unreviewed"), (1, "unreviewed"), (2, "rejected"),
    ]  # fmt: skip


def test_a_file_name_used_again_for_another_picture_takes_no_verdict_along(house: House) -> None:
    job = house.job(tasks=1, images=2)
    run(house, 2, lost=(0,))
    (kept,) = house.store.images_of(job.id)
    judge(house, kept, "kept")
    house.queue.retry(job.id)
    house.tick()
    id = house.start_next()
    written = house.disk.write(kept.path, 0), house.disk.write("outputs/new.png", 1)
    house.scheduler.emit(Produced(id, written))
    house.scheduler.end("done")
    house.tick()
    assert verdicts(house, job) == {0: "unreviewed", 1: "kept"}


@given(st.data())
def test_verdicts_stay_however_often_a_task_runs(data: st.DataObject) -> None:
    """Runs that lose images, are told or not, with restarts in between; each image judged at times."""
    count = data.draw(st.integers(1, 4), "batch size")
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder))
        job = house.job(tasks=1, images=count)
        given: dict[str, tuple[int | None, Verdict]] = {}  # by id: the picture's seed, and its verdict
        for _ in range(data.draw(st.integers(1, 4), "runs")):
            lost = data.draw(st.sets(st.integers(0, count - 1)), "lost")
            house.tick()
            house.start_next()
            house.scheduler.save(count, lost=sorted(lost), told=data.draw(st.booleans(), "told"))
            if data.draw(st.integers(0, 4), "killed") == 0:
                house.tick()
                house.restart()
            else:
                house.scheduler.end("done")
            house.tick()
            for image in house.store.images_of(job.id):
                seed = house.disk[image.path].seed
                assert given.get(image.id, (seed, image.verdict)) == (seed, image.verdict)
                assert image.seed == seed
                judge(house, image, data.draw(st.sampled_from(VERDICTS)))
                given[image.id] = seed, house.store.image(image.id).verdict  # type: ignore[union-attr]
            seeds = [image.seed for image in house.store.images_of(job.id)]
            assert len(set(seeds)) == len(seeds)
            if house.states(job)[0] in ("done", "held", "queued", "running"):
                if house.states(job) == ["done"]:
                    break
            else:
                house.queue.retry(job.id)
        house.store.close()


def test_the_grid_of_a_setting_is_noted_with_the_images_of_its_last_task(house: House) -> None:
    job = house.job(tasks=1)
    house.tick()
    id = house.start_next()
    house.scheduler.emit(Produced(id, (house.disk.write("outputs/a.png", 0),), grid=True))
    house.tick()
    house.restart()
    assert house.tasks(job)[0].grid
