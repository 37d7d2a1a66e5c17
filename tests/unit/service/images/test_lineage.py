"""Where an image came from and what came of it, over three generations and after deletions."""

from __future__ import annotations

import pytest

from inu_jobs.api import Selection
from tests.unit.service.service_kit import House


@pytest.fixture
def family(house: House) -> tuple[House, list[str]]:
    """Jobs A -> B -> C; each image of the next starts from the first of the one before."""
    jobs = [house.add_done(tasks=2)]
    for _ in range(2):
        source = house.service.overview.get_job(jobs[-1]).images[0].id
        payload = {"prompt": "more", "init_images": [f"image:{source}"], "width": 64, "height": 64}
        jobs.append(house.add_done(tasks=2, kind="img2img", payload=payload, name=f"after {len(jobs)}"))
    return house, jobs


def first(house: House, job: str) -> str:
    return house.service.overview.get_job(job).images[0].id


def test_all_steps_up_and_one_down(family: tuple[House, list[str]]) -> None:
    house, (a, b, c) = family
    bottom = house.service.images.info(first(house, c)).lineage
    assert [relative.image.id for relative in bottom.sources] == [first(house, b), first(house, a)]
    assert bottom.sources[0].job_name == "after 1"
    assert (bottom.made, bottom.made_total, bottom.lost) == ([], 0, False)
    top = house.service.images.info(first(house, a)).lineage
    assert top.sources == []
    assert {relative.image.job for relative in top.made} == {b} and top.made_total == 2


def test_a_job_names_its_parents_and_children(family: tuple[House, list[str]]) -> None:
    house, (a, b, c) = family
    middle = house.service.overview.get_job(b)
    assert [job.id for job in middle.parents] == [a]
    assert [job.id for job in middle.children] == [c]


def test_a_task_names_its_source(family: tuple[House, list[str]]) -> None:
    house, (a, b, _) = family
    seeds = [task.changes["seed"] for task in house.service.overview.get_job(a).tasks]
    assert [task.source_label for task in house.service.overview.get_job(a).tasks] == ["", ""]
    assert {task.source_label for task in house.service.overview.get_job(b).tasks} == {f"seed {seeds[0]}"}
    size = {"width": 64, "height": 64}
    source = first(house, house.add_done(payload={"prompt": "one", "seed": 5, **size}, name="One"))
    payload = {"prompt": "more", "init_images": [f"image:{source}"], **size}
    (task,) = house.service.overview.get_job(house.add_done(tasks=1, kind="img2img", payload=payload)).tasks
    assert task.source_label == "One 1"


def test_a_job_that_lies_in_the_trash_is_no_relative(family: tuple[House, list[str]]) -> None:
    house, (_, b, c) = family
    house.service.trash.delete_job(c)
    assert house.service.overview.get_job(b).children == []
    house.service.trash.restore(Selection(images=[first(house, c)]))
    assert [job.id for job in house.service.overview.get_job(b).children] == [c]


def test_what_a_deletion_leaves(family: tuple[House, list[str]]) -> None:
    house, (a, b, c) = family
    house.service.jobs.delete(a)
    lineage = house.service.images.info(first(house, c)).lineage
    assert [relative.image.job for relative in lineage.sources] == [b]
    assert lineage.lost
    house.service.jobs.delete(c)
    assert house.service.overview.get_job(b).children == []
    assert house.service.images.info(first(house, b)).lineage.made_total == 0


def test_it_is_the_same_after_a_restart(family: tuple[House, list[str]]) -> None:
    house, (_, b, _) = family
    before = house.service.images.info(first(house, b)).lineage
    house.close()
    again = House(house.folder)
    try:
        assert again.service.images.info(first(again, b)).lineage == before
    finally:
        again.close()
