"""Images deleted for good, or to the recycle bin."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inu_jobs import durable_files as durable
from inu_jobs.api import Purge
from inu_jobs.errors import StoreWriteFailed
from inu_jobs.library.trash.manifest import Manifest
from inu_jobs.library.trash.places import FOLDER
from inu_jobs.store.journal import Journal
from tests.unit.service.service_kit import PROMPT, House
from tests.unit.service.trash.trash_kit import (
    agree,
    derive,
    images,
    killed,
    no_room,
    origin,
    pictures,
    place,
    purge,
    restore,
    trash,
)


def once(rename: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """As of a process that is dead after the first."""
    calls: list[None] = []

    def call(source: Any, target: Any) -> None:
        calls.append(None)
        if len(calls) > 1:
            raise KeyboardInterrupt
        rename(source, target)

    return call


def test_purged_images_are_gone(house: House) -> None:
    house.add_done(2)
    a, b = images(house)
    token = trash(house, a.id, b.id).undo
    assert [failure.id for failure in purge(house, a.id, "i-unknown").failed] == ["i-unknown"]
    agree(house)
    assert house.store.image(a.id) is None and house.store.image(b.id) is not None
    result = house.service.trash.purge(Purge(for_good=True))
    assert (result.done, result.undo) == (1, None) and not pictures(house)
    assert not (house.outputs / FOLDER).exists()
    assert token is not None
    back = house.service.undos.run(token)
    assert back.done == 0 and back.undo is None and {f.id for f in back.failed} == {a.id, b.id}


def test_a_task_whose_images_were_purged_did_not_fail_to_make_them(house: House) -> None:
    job = house.add_done(2, name="Two")
    house.add(name="Three")
    house.run_one(images=3)
    first, second = house.store.images_of(job)
    trash(house, first.id)
    counts = house.service.overview.get_job(job).job.images
    assert (counts.total, counts.expected) == (1, 1), "what lies in the trash is not waited for"
    purge(house, first.id)
    detail = house.service.overview.get_job(job)
    assert [task.purged for task in detail.tasks] == [1, 0]
    assert (detail.job.images.total, detail.job.images.expected) == (1, 1)
    trash(house, second.id)
    house.service.trash.purge(Purge(for_good=True))
    detail = house.service.overview.get_job(job)
    assert (detail.job.images.expected, detail.job.state) == (0, "done")


def test_a_task_that_lost_its_image_otherwise_still_shows(house: House) -> None:
    job = house.add_done(1)
    (image,) = images(house)
    with house.store.transaction() as t:
        t.delete_image(image.id)  # as when another task's file was written over its own
    detail = house.service.overview.get_job(job)
    assert detail.job.images.expected == 1 and detail.tasks[0].purged == 0


def test_what_is_made_again_is_waited_for(house: House) -> None:
    """An interrupted task may have images in the trash, and makes all of its own again."""
    payload = {"prompt": PROMPT, "steps": 20, "width": 64, "height": 64, "batch_size": 2}
    job = house.add(payload=payload)
    house.run_one(images=1)
    assert house.store.tasks_of(job)[0].state == "interrupted"
    (image,) = images(house)
    trash(house, image.id)
    purge(house, image.id)
    assert house.service.overview.get_job(job).job.images.expected == 2
    house.service.jobs.retry(job)
    house.run_one(images=2)
    counts = house.service.overview.get_job(job).job.images
    assert (counts.total, counts.expected) == (2, 2)


def test_a_purge_that_was_killed_is_counted_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    job = house.add_done(1)
    (image,) = images(house)
    trash(house, image.id)

    with monkeypatch.context() as patch:
        patch.setattr("inu_jobs.service.trash.records.TrashRecords.forget", killed)
        with pytest.raises(KeyboardInterrupt):
            purge(house, image.id)
    assert house.store.image(image.id) is not None and not pictures(house)
    house.service.trash.recover()
    house.service.trash.recover()
    assert (
        house.store.tasks_of(job)[0].purged == 1
        and house.service.overview.get_job(job).job.images.expected == 0
    )


def test_the_trash_of_a_full_disk_can_be_emptied(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only that makes room."""
    job = house.add_done(3)
    a, b, c = images(house)
    trash(house, a.id, b.id)
    monkeypatch.setattr(Manifest, "intend", no_room)
    assert trash(house, c.id).done == 0 and restore(house, a.id).done == 0
    agree(house)
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", no_room)  # the jobs are on another disk, as full
        with pytest.raises(StoreWriteFailed, match=r"still shows them\. The disk is full: free some space"):
            purge(house, a.id)
    assert not place(house, a).exists() and len(images(house)) == 3
    house.service.trash.recover()
    assert house.service.trash.purge(Purge(for_good=True)).done == 2
    assert [image.id for image in images(house)] == [c.id] and pictures(house) == [origin(house, c)]
    assert [task.purged for task in house.store.tasks_of(job)] == [1, 1, 0]


def test_purged_images_go_to_the_recycle_bin(house: House) -> None:
    house.add_done()
    (image,) = images(house)
    data = origin(house, image).read_bytes()
    trash(house, image.id)
    assert house.service.trash.purge(Purge()).done == 1 and not images(house)
    assert (house.bin / origin(house, image).name).read_bytes() == data, "under the name that it was made by"


def test_what_the_recycle_bin_does_not_take_stays_in_the_trash(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.add_done()
    (image,) = images(house)
    trash(house, image.id)
    taken: list[Path] = []

    def full(path: Path) -> None:
        taken.append(path)
        raise OSError(28, "the bin is full")

    with monkeypatch.context() as patch:
        patch.setattr(house.service.trash._purge, "_recycle", full)
        result = house.service.trash.purge(Purge())
    assert result.done == 0 and "the bin is full" in result.failed[0].message
    assert taken == [origin(house, image).resolve()]
    agree(house)
    occupied = house.draw(origin(house, image).name)  # by now another image has that name
    before = occupied.read_bytes()
    assert house.service.trash.purge(Purge()).done == 1
    assert occupied.read_bytes() == before and (house.bin / f"{image.id}.png").exists()


def test_killed_on_the_way_to_the_recycle_bin_it_is_at_home_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.add_done()
    (image,) = images(house)
    trash(house, image.id)

    def killed(*paths: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(house.service.trash._purge, "_recycle", killed)
        patch.setattr(durable, "move", once(durable.move))
        with pytest.raises(KeyboardInterrupt):
            house.service.trash.purge(Purge())
    assert origin(house, image).exists() and not place(house, image).exists()
    house.service.trash.recover()
    assert not images(house)[0].trashed
    agree(house)


def test_a_full_recycle_bin_keeps_the_image(house: House) -> None:
    house.add_done()
    (image,) = images(house)
    trash(house, image.id)
    house.bin.write_bytes(b"in the way")
    result = house.service.trash.purge(Purge())
    assert result.done == 0 and "could not be moved" in result.failed[0].message
    agree(house)
    assert restore(house, image.id).done == 1


def test_what_a_waiting_task_needs_is_not_purged(house: House) -> None:
    house.add_done(1)
    (image,) = images(house)
    later = derive(house, image.id)
    house.service.jobs.cancel(later.id)
    trash(house, image.id)
    house.service.jobs.retry(later.id)
    result = house.service.trash.purge(Purge(for_good=True))
    assert result.done == 0 and "still needs it" in result.failed[0].message
    agree(house)
    house.service.jobs.cancel(later.id)
    assert house.service.trash.purge(Purge(for_good=True)).done == 1


def test_a_purge_that_was_killed_is_finished(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    job = house.add_done(2)
    house.service.trash.delete_job(job)

    def killed(self: Journal, line: bytes) -> None:
        raise OSError(5, "killed")

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", killed)
        with pytest.raises(StoreWriteFailed):
            house.service.trash.purge(Purge(for_good=True))
    assert len(images(house)) == 2 and not pictures(house)
    house.service.trash.recover()
    assert not images(house) and house.store.job(job) is None
    assert not (house.outputs / FOLDER).exists()
