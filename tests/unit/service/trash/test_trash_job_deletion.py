"""Whole jobs deleted with their images, or without."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inu_jobs import api
from inu_jobs.api import JobSpec, Purge, Selection
from inu_jobs.errors import NotFound, Refused
from inu_jobs.library.trash.folders import TrashFolders
from inu_jobs.library.trash.places import FOLDER
from inu_jobs.ports import Made
from inu_jobs.service.progress import BulkProgress
from inu_jobs.store.journal import Journal
from tests.unit.service.service_kit import PROMPT, House
from tests.unit.service.trash.trash_kit import (
    agree,
    found,
    images,
    listed,
    origin,
    pictures,
    place,
    purge,
    restore,
    trash,
)


def test_a_job_deleted_with_its_images_goes_when_they_do(house: House) -> None:
    house.add_done(2)
    job = house.add(3)
    house.run_one()
    house.run_one()
    deleted = house.service.trash.delete_job(job)
    assert (deleted.jobs, deleted.trashed, deleted.failed) == ([], 2, [])
    record = house.store.job(job)
    assert record is not None and record.archived
    assert house.store.task_counts(job)["cancelled"] == 1
    agree(house)
    a, b = house.store.images_of(job)
    purge(house, a.id)
    assert house.store.job(job) is not None
    purge(house, b.id)
    assert house.store.job(job) is None and len(images(house)) == 2
    agree(house)


def test_a_job_deleted_with_its_images_comes_back_with_them(house: House) -> None:
    job = house.add_done(2)
    token = house.service.trash.delete_job(job).undo
    assert token is not None
    assert house.service.undos.run(token).done == 2
    record = house.store.job(job)
    assert record is not None and not record.archived
    trash(house, *(image.id for image in images(house)))
    house.service.trash.purge(Purge(for_good=True))
    assert house.store.job(job) is not None, "only its images were thrown away this time"


def running(house: House, *, trashed: bool) -> tuple[str, Made]:
    """A job whose second task runs, and the image that this has just saved. ``trashed``: the first one's
    image is in the trash."""
    id = house.add(2)
    house.run_one()
    if trashed:
        trash(house, *[image.id for image in images(house)])
    house.queue.tick()
    house.scheduler.begin()
    house.queue.tick()
    return id, Made(str(house.draw()), seed=2)


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("trashed", [True, False])
@pytest.mark.parametrize("when", ["before", "after"])
def test_an_image_that_comes_when_its_job_is_deleted_is_nowhere(
    house: House, keep: bool, trashed: bool, when: str
) -> None:
    """``when`` the scheduler tells of it; the queue hears it only afterwards."""
    job, made = running(house, trashed=trashed)
    if when == "before":
        house.scheduler.end([made])
    house.service.trash.delete_job(job, keep=keep)
    if when == "after":
        house.scheduler.end([made])
    house.queue.tick()
    assert found(house) == 0
    assert all(image.trashed for image in images(house))
    assert Path(made.path).exists()
    house.service.trash.purge(Purge())
    assert house.store.jobs() == [] and images(house) == []


@pytest.mark.parametrize("keep", [True, False])
def test_a_job_whose_last_task_ends_while_it_is_deleted_goes_with_its_image(
    house: House, monkeypatch: pytest.MonkeyPatch, keep: bool
) -> None:
    job, made = running(house, trashed=False)
    cancel = house.queue.cancel

    def just_then(id: str) -> None:
        house.scheduler.end([made])
        house.queue.tick()
        cancel(id)  # there is nothing to cancel any more

    monkeypatch.setattr(house.queue, "cancel", just_then)
    deleted = house.service.trash.delete_job(job, keep=keep)
    assert found(house) == 0 and deleted.trashed == (0 if keep else 2)
    assert house.service.undos.run(deleted.undo or "").done == 2
    assert found(house) == 2 and listed(house, job)


def test_an_image_that_comes_while_others_of_a_deleted_job_are_moved_is_nowhere(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    job, made = running(house, trashed=False)
    put_in = TrashFolders.put_in

    def meanwhile(*args: Any, **kwargs: Any) -> Any:
        house.scheduler.end([made])
        house.queue.tick()
        assert found(house) == 2  # what was saved of a cancelled task is recorded
        return put_in(*args, **kwargs)

    monkeypatch.setattr(TrashFolders, "put_in", meanwhile)
    deleted = house.service.trash.delete_job(job)
    assert found(house) == 0 and deleted.trashed == 1
    assert [image.trashed for image in images(house)] == [True]


def test_a_deleted_job_that_is_brought_back_can_make_images_again(house: House) -> None:
    job, made = running(house, trashed=False)
    undo = house.service.trash.delete_job(job).undo
    house.scheduler.end([made])
    house.queue.tick()
    assert undo is not None
    house.service.undos.run(undo)
    assert found(house) == 1
    house.queue.retry(job)
    house.run_one()
    assert found(house) == 2 and house.service.overview.get_job(job).job.state == "review"


def test_a_job_that_is_not_there_or_empty_is_deleted_at_once(house: House) -> None:
    with pytest.raises(NotFound):
        house.service.trash.delete_job("j-unknown")
    empty = house.add(hold=True)
    deleted = house.service.trash.delete_job(empty)
    assert deleted.jobs == [empty] and house.store.job(empty) is None
    house.service.undos.run(deleted.undo or "")
    assert [task.state for task in house.store.tasks_of(empty)] == ["held"]


def test_a_job_stays_with_images_that_cannot_be_moved(house: House) -> None:
    job = house.add_done(3)
    a, b, c = images(house)
    origin(house, a).write_bytes(b"edited")
    origin(house, c).unlink()
    deleted = house.service.trash.delete_job(job)
    assert (deleted.jobs, deleted.images, deleted.trashed) == ([], [c.id], 1)
    assert [(failure.id, failure.name) for failure in deleted.failed] == [(a.id, origin(house, a).name)]
    assert origin(house, a).read_bytes() == b"edited" and place(house, b).exists() and listed(house, job)
    assert deleted.undo is not None and house.service.undos.run(deleted.undo).done == 2
    assert images(house) == [a, b, c] and origin(house, b).exists()


def test_a_job_that_was_not_deleted_after_all_stays_when_its_trash_is_emptied(house: House) -> None:
    job = house.add_done(2)
    a, b = images(house)
    aside = origin(house, a).rename(house.outputs / "aside.png")
    origin(house, a).mkdir()
    assert house.service.trash.delete_job(job).trashed == 1
    origin(house, a).rmdir()
    aside.rename(origin(house, a))
    house.service.jobs.patch(job, api.JobPatch(archived=True))
    trash(house, a.id)
    assert purge(house, a.id, b.id).done == 2
    assert house.store.job(job) is not None, "only archived"


def test_a_job_of_which_nothing_can_be_moved_is_not_deleted(house: House) -> None:
    job = house.add_done(3)
    origin(house, images(house)[0]).unlink()
    before = images(house)
    (house.outputs / FOLDER).write_bytes(b"in the way")
    with pytest.raises(Refused, match=r"was not deleted, because its images could not be moved: .+ move it"):
        house.service.trash.delete_job(job)
    assert images(house) == before and listed(house, job)
    assert [task.purged for task in house.store.tasks_of(job)] == [0, 0, 0]


def test_a_job_stays_with_what_the_store_could_not_take(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = house.add_done(3)
    before = images(house)
    monkeypatch.setattr("inu_jobs.service.trash.bulk.CHUNK", 1)
    append, calls = Journal.append, iter(range(9))

    def full(self: Journal, line: bytes) -> None:
        if next(calls) == 1:
            raise OSError(28, "No space left on device")
        append(self, line)

    monkeypatch.setattr(Journal, "append", full)
    deleted = house.service.trash.delete_job(job)
    assert (deleted.trashed, len(deleted.failed)) == (1, 2) and "full" in deleted.failed[0].message
    assert listed(house, job) and len(images(house)) == 3
    agree(house)
    assert deleted.undo is not None and house.service.undos.run(deleted.undo).done == 1
    assert images(house) == before


@pytest.mark.parametrize("some", [True, False])
def test_what_is_restored_while_its_job_is_deleted_stays_with_it(
    house: House, monkeypatch: pytest.MonkeyPatch, some: bool
) -> None:
    job = house.add_done(3)
    a, b, c = images(house)
    trash(house, c.id)
    doing = BulkProgress.doing

    @contextmanager
    def meanwhile(self: BulkProgress, id: str, what: str, total: int) -> Iterator[Callable[[int], None]]:
        with doing(self, id, what, total) as progress:
            yield progress
        if id == "trash":
            restore(house, a.id, c.id, *([] if some else [b.id]))

    monkeypatch.setattr(BulkProgress, "doing", meanwhile)
    if some:
        deleted = house.service.trash.delete_job(job)
        assert (deleted.jobs, deleted.trashed) == ([], 1)
        assert {failure.id: failure.message for failure in deleted.failed} == dict.fromkeys(
            (a.id, c.id), "It has been restored in the meantime."
        )
    else:
        with pytest.raises(Refused, match="restored in the meantime"):
            house.service.trash.delete_job(job)
    assert {i.id for i in images(house)} == {a.id, b.id, c.id} and listed(house, job)
    agree(house)


@pytest.mark.parametrize("keep", [True, False])
def test_what_was_in_the_trash_before_its_job_was_deleted_stays_there(house: House, keep: bool) -> None:
    job = house.add_done(3)
    a, b, c = images(house)
    trash(house, a.id, b.id)
    deleted = house.service.trash.delete_job(job, keep=keep)
    assert deleted.jobs == [] and deleted.images == ([c.id] if keep else [])
    assert origin(house, c).exists() == keep
    record = house.store.job(job)
    assert record is not None and record.archived
    assert {a.id, b.id} <= {view.id for view in house.service.trash.trashed().images}
    if not keep:
        purge(house, c.id)  # what was thrown away earlier still holds the job
    assert restore(house, a.id).done == 1
    record = house.store.job(job)
    assert record is not None and not record.archived, "listed again, with the image that came back"
    trash(house, a.id)
    house.service.trash.delete_job(job, keep=keep)
    house.service.trash.purge(Purge(for_good=True))
    assert house.store.job(job) is None and pictures(house) == ([origin(house, c)] if keep else [])


def test_a_job_deleted_without_its_images_comes_back_as_it_was(house: House) -> None:
    house.service.jobs.stop_all()
    job = house.add(3)
    house.service.jobs.go_on()
    house.run_one()
    house.service.jobs.stop_all()
    (image,) = images(house)
    house.service.marks.set_verdict(api.SetVerdict(Selection(images=[image.id]), "kept"))
    before = house.store.job(job), house.store.tasks_of(job), images(house)
    deleted = house.service.jobs.delete(job)
    assert deleted.jobs == [job] and house.store.jobs() == [] and origin(house, image).exists()
    house.service.undos.run(deleted.undo or "")
    record, tasks, there = house.store.job(job), house.store.tasks_of(job), images(house)
    assert (record, there) == (before[0], before[2])
    assert [(task.id, task.state) for task in tasks] == [(task.id, task.state) for task in before[1]]
    house.service.jobs.go_on()
    for _ in range(2):
        house.run_one()
    assert [task.state for task in house.store.tasks_of(job)] == ["done"] * 3


def test_a_job_with_images_in_the_trash_is_listed_again_with_the_others(house: House) -> None:
    job = house.add_done(2)
    a, b = images(house)
    trash(house, a.id)
    deleted = house.service.jobs.delete(job)
    assert images(house) == [msgspec.structs.replace(a, trashed=True)]
    house.service.undos.run(deleted.undo or "")
    record = house.store.job(job)
    assert record is not None and not record.archived
    assert images(house) == [msgspec.structs.replace(a, trashed=True), b]


def test_a_job_that_others_need_is_not_deleted(house: House) -> None:
    job = house.add_done()
    payload = {"prompt": PROMPT, "init_images": [f"image:{images(house)[0].id}"], "width": 64, "height": 64}
    house.service.jobs.create(JobSpec("img2img", payload, hold=True))
    with pytest.raises(Refused):
        house.service.trash.delete_job(job)
    agree(house)


def test_who_still_needs_an_image_is_named(house: House) -> None:
    job = house.add_done(2, name="Source")
    first, second = images(house)
    derived = house.service.jobs.derive(
        api.DeriveSpec(Selection(images=[first.id, second.id]), "img2img", name="Painted over", hold=True)
    )
    name = first.path.rpartition("/")[2]
    needed = re.escape(f"“Painted over” (task 1) still uses {name} and 1 more image of this job")
    with pytest.raises(Refused, match=needed):
        house.service.trash.delete_job(job)
    house.service.jobs.cancel(derived.id)
    assert house.service.trash.delete_job(job).trashed == 2
