"""Jobs are renamed, archived, paused, cancelled and deleted."""

from __future__ import annotations

import pytest

from inu_jobs.api import JobPatch
from inu_jobs.errors import InvalidInput, NotFound, Refused
from tests.unit.service.service_kit import House


def test_patch_changes_what_is_given(house: House) -> None:
    id = house.add(note="old")
    assert house.service.jobs.patch(id, JobPatch(name=" new\tname ")).name == "new name"
    job = house.service.jobs.patch(id, JobPatch(note="n", priority=3))
    assert (job.name, job.note, job.priority) == ("new name", "n", 3)
    revision = house.store.revision
    house.service.jobs.patch(id, JobPatch(note="n"))
    assert house.store.revision == revision, "nothing new, nothing written"
    for bad in (JobPatch(name=" \n"), JobPatch(name="x" * 201), JobPatch(priority=5000)):
        with pytest.raises(InvalidInput):
            house.service.jobs.patch(id, bad)
    with pytest.raises(NotFound):
        house.service.jobs.patch("nope", JobPatch(name="x"))


def test_only_an_ended_job_is_archived(house: House) -> None:
    id = house.add()
    with pytest.raises(Refused):
        house.service.jobs.patch(id, JobPatch(archived=True))
    house.service.jobs.cancel(id)
    assert house.service.jobs.patch(id, JobPatch(archived=True)).archived
    assert house.service.overview.list_jobs().jobs == []
    assert [job.id for job in house.service.overview.list_jobs(state="archived").jobs] == [id]


def test_pause_and_cancel(house: House) -> None:
    id = house.add(tasks=2)
    house.queue.tick()
    assert house.service.jobs.pause(id).state == "held"
    assert not house.scheduler.waiting
    assert house.service.jobs.resume(id).hold is None
    assert house.service.jobs.cancel(id).tasks == {"cancelled": 2, "total": 2}
    for action in (
        house.service.jobs.pause,
        house.service.jobs.resume,
        house.service.jobs.cancel,
        house.service.jobs.retry,
    ):
        with pytest.raises(NotFound):
            action("nope")
