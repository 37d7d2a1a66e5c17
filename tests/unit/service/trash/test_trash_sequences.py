"""Any deeds in any order."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inu_jobs import api
from inu_jobs.api import Selection
from inu_jobs.errors import InuJobsError
from inu_jobs.model import Job
from tests.unit.service.service_kit import House
from tests.unit.service.trash.trash_kit import agree, images, origin, place, purge, restore, trash

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["trash", "restore", "purge", "undo", "recover", "job"]), st.sets(st.integers(0, 5))
    ),
    max_size=12,
)


@settings(suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_any_sequence_leaves_each_file_in_one_place(steps: list[tuple[str, set[int]]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        house = House(Path(name))
        job = house.add(2)
        house.run_one(3)
        house.run_one(3)
        ids = [image.id for image in house.store.images_of(job)]
        contents = {image.id: origin(house, image).read_bytes() for image in images(house)}
        undo: list[str] = []
        for step, chosen in steps:
            some = [ids[number] for number in chosen]
            if step == "undo":
                result = house.service.undos.run(undo.pop()) if undo else None
            elif step == "recover":
                result = house.service.trash.recover()
            elif step == "job":
                result = house.service.trash.delete_job(job) if house.store.job(job) else None
            else:
                result = {"trash": trash, "restore": restore, "purge": purge}[step](house, *some)
            if result is not None and result.undo is not None:
                undo.append(result.undo)
            agree(house)
        for image in images(house):
            path = place(house, image) if image.trashed else origin(house, image)
            assert path.read_bytes() == contents[image.id]
        house.close()


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["derive", "run", "cancel", "delete", "trash", "edit", "mark"]), st.integers(0, 5)
    ),
    max_size=8,
)


def do(house: House, deed: str, number: int) -> None:
    jobs = house.store.jobs()
    ids = [image.id for image in images(house) if not image.trashed]
    one = Selection(images=[ids[number % len(ids)]]) if ids else Selection(images=[])
    job = jobs[number % len(jobs)].id
    deeds: dict[str, Callable[[], object]] = {
        "derive": lambda: house.service.jobs.derive(api.DeriveSpec(one, "img2img", hold=number % 2 == 0)),
        "run": lambda: run_all(house, jobs),
        "cancel": lambda: house.service.jobs.cancel(job),
        "delete": lambda: house.service.jobs.delete(job),
        "trash": lambda: trash(house, *ids[:1]),
        "edit": lambda: house.service.jobs.edit(job, api.JobEdit(payload={"prompt": f"a {number}"})),
        "mark": lambda: house.service.marks.set_verdict(api.SetVerdict(one, "kept")),
    }
    deeds[deed]()


def run_all(house: House, jobs: Sequence[Job]) -> None:
    for held in jobs:
        house.service.jobs.resume(held.id)
    house.queue.tick()
    if house.scheduler.waiting:
        house.run_one()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_what_is_still_needed_is_known_after_whatever_happens(deeds: list[tuple[str, int]]) -> None:
    """It is looked up again only where it may have changed."""
    with tempfile.TemporaryDirectory() as name:
        house = House(Path(name))
        known = house.service.images
        house.add_done(2)
        for deed, number in [("derive", 0), *deeds]:
            if house.store.jobs():
                with suppress(InuJobsError):
                    do(house, deed, number)
            assert known.needed() == known._of(known._to_run())
        house.close()
