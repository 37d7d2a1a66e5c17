"""Images whose files are gone, or cannot be seen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inu_jobs import api
from inu_jobs.api import Purge, Selection
from inu_jobs.library.trash import folders as trash_module
from inu_jobs.library.trash.folders import TrashFolders
from inu_jobs.library.trash.manifest import Manifest
from inu_jobs.library.trash.places import FOLDER
from inu_jobs.ports import Made
from tests.unit.service.service_kit import PROMPT, House
from tests.unit.service.trash.trash_kit import (
    agree,
    images,
    listed,
    origin,
    pictures,
    place,
    restore,
    trash,
)


def test_an_image_whose_file_is_gone_leaves_the_list_and_can_be_taken_back(house: House) -> None:
    job = house.add_done(3)
    a, b, c = images(house)
    origin(house, a).unlink()
    result = trash(house, a.id, b.id)
    assert (result.done, result.gone, result.failed) == (2, 1, [])
    assert house.store.image(a.id) is None and place(house, b).exists()
    tasks = {task.id: task for task in house.store.tasks_of(job)}
    assert tasks[a.task].purged == 1 and house.service.overview.get_job(job).job.images.expected == 1
    for known in (True, False, True):
        assert result.undo is not None
        result = house.service.undos.run(result.undo)
        assert result.done == 2 and (house.store.image(a.id) == a) == known
        assert place(house, b).exists() != known
        assert next(t.purged for t in house.store.tasks_of(job) if t.id == a.task) == (not known)
    assert house.store.image(c.id) == c


def test_images_of_one_task_whose_files_are_gone_are_counted_when_they_are_taken_back(house: House) -> None:
    job = house.add(payload={"prompt": PROMPT, "width": 64, "height": 64, "batch_size": 3})
    house.run_one(images=3)
    for path in pictures(house):
        path.unlink()
    (house.outputs / "other.png").write_bytes(b"x")
    undo = trash(house, *(image.id for image in images(house))).undo
    for known, purged in ((3, 0), (0, 3), (3, 0)):
        assert undo is not None
        undo = house.service.undos.run(undo).undo
        assert len(images(house)) == known and house.store.tasks_of(job)[0].purged == purged
        assert house.service.overview.get_job(job).job.images.expected == known


def test_what_a_waiting_task_needs_stays_known_though_its_file_is_gone(house: House) -> None:
    house.add_done(1)
    (a,) = images(house)
    house.service.jobs.derive(api.DeriveSpec(Selection(images=[a.id]), "variations", hold=True))
    house.service.jobs.derive(api.DeriveSpec(Selection(images=[a.id]), "img2img", hold=True))
    origin(house, a).unlink()
    result = trash(house, a.id)
    assert result.done == 0 and "still needs it" in result.failed[0].message
    assert house.store.image(a.id) == a


def test_where_the_whole_output_folder_is_gone_its_images_stay_known(house: House) -> None:
    house.add_done(2)
    known = images(house)
    house.outputs.rename(house.folder / "unplugged")
    for there in (False, True):
        if there:
            house.outputs.mkdir()  # a disk's empty mount point
        result = trash(house, *(image.id for image in known))
        assert result.done == 0 and len(result.failed) == 2 and result.undo is None
        assert images(house) == known


def locked(patch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Nobody can see what is in ``folder``; where its files lie meanwhile."""
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.mkdir()
    lstat = os.lstat

    def refuse(path: Any) -> os.stat_result:
        if folder in Path(path).parents:
            raise PermissionError(13, "Permission denied")
        return lstat(path)

    patch.setattr(os, "lstat", refuse)
    return aside


def unlocked(aside: Path, folder: Path) -> None:
    for path in aside.iterdir():
        path.replace(folder / path.name)
    aside.rmdir()


def test_files_that_nobody_can_see_are_not_gone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.add_done(2)
    known = images(house)
    ids = [image.id for image in known]
    (house.outputs / "day").mkdir()
    with house.store.transaction() as t:
        for image in known:
            inside = house.outputs / "day" / origin(house, image).name
            origin(house, image).rename(inside)
            t.put(msgspec.structs.replace(image, path=inside.relative_to(house.folder).as_posix()))
    known = images(house)
    with monkeypatch.context() as patch:
        aside = locked(patch, house.outputs / "day")
        result = trash(house, *ids)
        assert (result.done, len(result.failed), result.undo) == (0, 2, None) and images(house) == known
    unlocked(aside, house.outputs / "day")
    assert trash(house, *ids).done == 2
    agree(house)


def test_files_in_a_trash_that_nobody_can_look_into_are_not_gone(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.add_done(2)
    a, b = images(house)
    trash(house, a.id, b.id)
    manifest = Manifest(house.outputs / FOLDER)
    manifest.intend([msgspec.structs.replace(manifest.read()[a.id], op="purge")])  # and then it was killed
    entries = manifest.read()
    with monkeypatch.context() as patch:
        aside = locked(patch, house.outputs / FOLDER)
        manifest.replace(entries.values())
        result = house.service.trash.purge(Purge(for_good=True))
        assert result.done == 0 and {failure.id for failure in result.failed} == {a.id, b.id}
        house.service.trash.recover()
        assert len(images(house)) == 2
    unlocked(aside, house.outputs / FOLDER)
    assert restore(house, a.id, b.id).done == 2
    agree(house)


def test_a_job_is_deleted_whose_files_are_gone(house: House) -> None:
    job = house.add_done(2)
    for image in images(house):
        origin(house, image).unlink()
    (house.outputs / "other.png").write_bytes(b"x")
    deleted = house.service.trash.delete_job(job)
    assert (deleted.jobs, deleted.trashed, deleted.failed) == ([job], 0, [])
    assert images(house) == [] and house.store.jobs() == []


def test_a_job_whose_files_are_gone_can_be_taken_back(house: House) -> None:
    """They may not be gone at all: their disk may be unplugged, and something saved in its empty place."""
    house.add_done()
    job = house.add_done(2)
    with house.store.transaction() as t:
        t.put(*(msgspec.structs.replace(image, verdict="kept") for image in house.store.images_of(job)))
    before = house.store.job(job), house.store.tasks_of(job), house.store.images_of(job)
    away = house.outputs.rename(house.folder / "unplugged")
    house.outputs.mkdir()
    (house.outputs / "new.png").write_bytes(b"x")
    undo = house.service.trash.delete_job(job).undo
    assert house.store.job(job) is None
    house.store.compact()
    (house.outputs / "new.png").unlink()
    house.outputs.rmdir()
    away.rename(house.outputs)
    assert undo is not None and house.service.undos.run(undo).done == 2
    assert (house.store.job(job), house.store.tasks_of(job), house.store.images_of(job)) == before
    assert house.service.overview.get_job(job).tasks
    agree(house)


def test_what_was_gone_or_came_too_late_comes_back_with_its_job(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = house.add(3)
    house.run_one()
    house.run_one()
    a, b = images(house)
    origin(house, b).unlink()
    house.queue.tick()
    house.scheduler.begin()
    house.queue.tick()
    put_in = TrashFolders.put_in

    def meanwhile(*args: Any) -> Any:
        house.scheduler.end([Made(str(house.draw()), seed=3)])
        house.queue.tick()
        return put_in(*args)

    with monkeypatch.context() as patch:
        patch.setattr(TrashFolders, "put_in", meanwhile)
        undo = house.service.trash.delete_job(job).undo
    assert [image.id for image in images(house)] == [a.id] and not listed(house, job)
    assert undo is not None and house.service.undos.run(undo).done == 3
    assert images(house)[:2] == [a, b] and len(images(house)) == 3 and listed(house, job)


def test_a_disk_that_goes_while_it_is_looked_at_lost_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder was full when the first file was missed, and is empty when the last one is."""
    house.add_done(3)
    three = images(house)
    origin(house, three[0]).unlink()
    look = trash_module.is_there

    def unplugged(path: Path) -> bool:
        found = look(path)
        if path == origin(house, three[1]):
            house.outputs.rename(house.folder / "unplugged")
            house.outputs.mkdir()
            return False
        return found

    monkeypatch.setattr(trash_module, "is_there", unplugged)
    assert house.service.images.trash.gone(three) == []
