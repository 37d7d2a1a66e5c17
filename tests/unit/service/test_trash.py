"""Images to the trash, back, and gone; whole jobs; what a kill leaves; taking it all back."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inu_jobs import api
from inu_jobs import durable_files as durable
from inu_jobs.api import JobSpec, Purge, Selection
from inu_jobs.errors import InuJobsError, NotFound, Refused, StoreReadOnly, StoreWriteFailed
from inu_jobs.library.trash import folders as trash_module
from inu_jobs.library.trash.folders import TrashFolders
from inu_jobs.library.trash.manifest import Manifest
from inu_jobs.library.trash.places import FOLDER
from inu_jobs.model import Image, Job
from inu_jobs.ports import Made
from inu_jobs.service.images.search import Query
from inu_jobs.service.progress import BulkProgress
from inu_jobs.store.journal import Journal
from tests.unit.service.service_kit import PROMPT, House


def images(house: House) -> list[Image]:
    return [image for job in house.store.jobs() for image in house.store.images_of(job.id)]


def trash(house: House, *ids: str) -> api.Result:
    return house.service.trash.trash(Selection(images=list(ids)))


def restore(house: House, *ids: str) -> api.Result:
    return house.service.trash.restore(Selection(images=list(ids)))


def purge(house: House, *ids: str) -> api.Result:
    return house.service.trash.purge(Purge(Selection(images=list(ids)), for_good=True))


def purge_to_bin(house: House, *ids: str) -> api.Result:
    return house.service.trash.purge(Purge(Selection(images=list(ids))))


def pictures(house: House) -> list[Path]:
    return sorted(house.outputs.rglob("*.png"))


def origin(house: House, image: Image) -> Path:
    return house.folder / image.path


def place(house: House, image: Image) -> Path:
    return house.outputs / FOLDER / f"{image.id}.png"


def once(rename: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """As of a process that is dead after the first."""
    calls: list[None] = []

    def call(source: Any, target: Any) -> None:
        calls.append(None)
        if len(calls) > 1:
            raise KeyboardInterrupt
        rename(source, target)

    return call


def agree(house: House) -> None:
    """Each file is in exactly one place, and the store knows in which."""
    for image in images(house):
        assert place(house, image).exists() == image.trashed, image
        assert origin(house, image).exists() != image.trashed, image
    assert len(pictures(house)) == len(images(house))


def test_there_and_back(house: House) -> None:
    job = house.add_done(3)
    a, b, c = house.store.images_of(job)
    before = {image.id: origin(house, image).read_bytes() for image in (a, b, c)}
    result = trash(house, a.id, b.id)
    assert (result.done, result.failed) == (2, []) and result.undo
    agree(house)
    assert place(house, a).read_bytes() == before[a.id]
    assert house.store.verdict_counts(job)["unreviewed"] == 1
    shown = house.service.trash.trashed()
    assert [view.id for view in shown.images] == [b.id, a.id]
    assert (shown.sizes, shown.bytes) == ([b.size, a.size], a.size + b.size)
    assert house.service.images.file(a.id)[0] == place(house, a).resolve()
    assert house.service.images.thumb(a.id)[0]
    back = restore(house, a.id)
    assert back.done == 1
    agree(house)
    assert origin(house, a).read_bytes() == before[a.id]
    assert house.service.undos.run(result.undo).done == 1  # b; a is not in the trash any more
    agree(house)
    assert not (house.outputs / FOLDER).exists(), "nothing is left of an empty trash"


def texts(house: House) -> list[Path]:
    return sorted([*house.outputs.rglob("*.txt"), *house.bin.glob("*.txt")])


def test_a_text_file_goes_with_its_image(house: House) -> None:
    """The WebUI's setting "Create a text file next to every image"."""
    house.add_done(2)
    one, other = images(house)
    home = [origin(house, image).with_suffix(".txt") for image in (one, other)]
    for path in home:
        path.write_text("a cat\nSteps: 20, Sampler: Euler, Seed: 1\n", "utf-8")
    result = trash(house, one.id)
    away = place(house, one).with_suffix(".txt")
    assert texts(house) == sorted([away, home[1]])
    assert result.undo is not None
    house.service.undos.run(result.undo)
    assert texts(house) == sorted(home)
    job = house.store.jobs()[0].id
    house.service.trash.delete_job(job)
    assert texts(house) == sorted([away, place(house, other).with_suffix(".txt")])
    restore(house, one.id)
    purge_to_bin(house, other.id)
    assert texts(house) == sorted([home[0], house.bin / home[1].name])
    trash(house, one.id)
    purge(house, one.id)
    assert texts(house) == [house.bin / home[1].name]
    assert not (house.outputs / FOLDER).exists(), "nothing is left there"


def test_undo_and_redo(house: House) -> None:
    house.add_done(2)
    token = trash(house, *(image.id for image in images(house))).undo
    for trashed in (False, True, False):
        assert token is not None
        result = house.service.undos.run(token)
        token = result.undo
        assert result.done == 2 and all(image.trashed == trashed for image in images(house))
        agree(house)


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


def killed(*args: Any) -> None:
    raise KeyboardInterrupt


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


def no_room(*args: Any) -> None:
    raise OSError(28, "No space left on device")


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
        with pytest.raises(StoreWriteFailed, match=r"still has them\. The disk is full: free some space"):
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


def test_only_what_is_in_the_trash_is_restored_or_purged(house: House) -> None:
    house.add_done()
    (image,) = images(house)
    for result in (restore(house, image.id), purge(house, image.id)):
        assert result.done == 0 and "not in the trash" in result.failed[0].message
    trash(house, image.id)
    assert "is in the trash" in trash(house, image.id).failed[0].message
    agree(house)


def test_what_a_waiting_task_needs_stays(house: House) -> None:
    house.add_done(2)
    a, b = images(house)
    payload = {"prompt": PROMPT, "init_images": [f"image:{a.id}"], "width": 64, "height": 64}
    job = house.service.jobs.create(JobSpec("img2img", payload, name="sweep", hold=True))
    result = trash(house, a.id, b.id)
    assert result.done == 1 and [failure.id for failure in result.failed] == [a.id]
    assert "Task 1" in result.failed[0].message and "sweep" in result.failed[0].message
    agree(house)
    house.service.jobs.cancel(job.id)
    assert trash(house, a.id).done == 1
    agree(house)


def derive(house: House, *ids: str) -> api.JobSummary:
    return house.service.jobs.derive(api.DeriveSpec(Selection(images=list(ids)), "img2img", hold=True))


def test_what_a_task_needs_by_the_time_that_it_has_moved_comes_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = house.add_done(3)
    a, b, c = images(house)
    aside = origin(house, b).rename(house.outputs / "aside.png")
    put_in = TrashFolders.put_in

    def meanwhile(*args: Any) -> Any:
        aside.rename(origin(house, b))
        derive(house, a.id, b.id)
        return put_in(*args)

    monkeypatch.setattr(TrashFolders, "put_in", meanwhile)
    result = trash(house, a.id, b.id, c.id)
    assert result.done == 1 and {failure.id for failure in result.failed} == {a.id, b.id}
    assert all("still needs it" in failure.message for failure in result.failed)
    assert [image.trashed for image in house.store.images_of(job)] == [False, False, True]
    assert origin(house, a).exists() and not place(house, a).exists() and place(house, c).exists()


@pytest.mark.parametrize("name", ["new.png", ""])
def test_an_image_that_is_made_again_while_its_file_is_moved_stays(
    house: House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """``name``: that of its new file, '': that of the one before, which is free by then."""
    job = house.add(payload={"prompt": PROMPT, "width": 64, "height": 64, "batch_size": 2})
    house.run_one(images=2)
    image, other = images(house)
    house.service.retry.images(Selection(images=[other.id]))  # its task makes both again
    house.queue.tick()
    house.scheduler.begin()
    house.queue.tick()
    put_in = TrashFolders.put_in

    def meanwhile(*args: Any) -> Any:
        outcome = put_in(*args)
        path = house.draw(name or origin(house, image).name)
        os.utime(path, ns=(0, image.mtime + 10**9))
        house.scheduler.end([Made(str(path), seed=0), Made(str(house.draw()), seed=1)])
        house.queue.tick()
        return outcome

    with monkeypatch.context() as patch:
        patch.setattr(TrashFolders, "put_in", meanwhile)
        result = trash(house, image.id)
    assert result.done == 0 and "made again" in result.failed[0].message
    house.service.trash.recover()
    now = house.store.images_of(job)[0]
    assert (now.id, now.trashed) == (image.id, False) and origin(house, now).exists()
    assert len(pictures(house)) == 4 and place(house, image).exists() == (name == "")
    if name:
        assert origin(house, image).exists() and trash(house, image.id).done == 1


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


def test_nothing_moves_if_the_store_cannot_take_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.add_done(2)
    ids = [image.id for image in images(house)]
    house.store.read_only = True
    with pytest.raises(StoreReadOnly):
        trash(house, *ids)
    house.store.read_only = False
    agree(house)

    def full(self: Journal, line: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", full)
        with pytest.raises(StoreWriteFailed):
            trash(house, *ids)
        agree(house)
    trash(house, *ids)
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", full)
        with pytest.raises(StoreWriteFailed):
            restore(house, *ids)
        agree(house)


def test_a_name_used_again_takes_nothing_from_the_trash(house: House) -> None:
    job = house.add_done()
    (image,) = images(house)
    trash(house, image.id)
    house.add()
    house.queue.tick()
    house.scheduler.begin()
    path = house.draw(origin(house, image).name)
    house.scheduler.end([Made(str(path))])
    house.queue.tick()
    assert house.store.images_of(job)[0].trashed and len(images(house)) == 2
    result = restore(house, image.id)
    assert result.done == 0 and "Another file" in result.failed[0].message
    assert path.exists() and place(house, image).exists()


# ------------------------------------------------------------------ whole jobs


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


def found(house: House) -> int:
    return house.service.search.find(Query(), 10, 0).total


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


def listed(house: House, job: str) -> bool:
    record = house.store.job(job)
    return record is not None and not record.archived


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
    with pytest.raises(Refused, match=r"is not deleted, for its images stay where they are: .+ move it away"):
        house.service.trash.delete_job(job)
    assert images(house) == before and listed(house, job)
    assert [task.purged for task in house.store.tasks_of(job)] == [0, 0, 0]


def test_a_job_stays_with_what_the_store_could_not_take(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = house.add_done(3)
    before = images(house)
    monkeypatch.setattr("inu_jobs.service.trash.chunks.CHUNK", 1)
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
            (a.id, c.id), "It was restored meanwhile."
        )
    else:
        with pytest.raises(Refused, match="restored meanwhile"):
            house.service.trash.delete_job(job)
    assert {i.id for i in images(house)} == {a.id, b.id, c.id} and listed(house, job)
    agree(house)


def test_the_status_tells_how_far_a_bulk_action_is(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.add_done(3)
    ids = [image.id for image in images(house)]
    monkeypatch.setattr("inu_jobs.service.trash.chunks.CHUNK", 2)
    seen: list[list[tuple[str, str, int, int]]] = []
    put_in = TrashFolders.put_in

    def looked(self: TrashFolders, *args: Any) -> Any:
        seen.append(
            [(work.id, work.what, work.done, work.total) for work in house.service.overview.status().work]
        )
        return put_in(self, *args)

    monkeypatch.setattr(TrashFolders, "put_in", looked)
    assert trash(house, *ids).done == 3
    assert seen == [[("trash", "Moving to the trash", 0, 3)], [("trash", "Moving to the trash", 2, 3)]]
    assert house.service.overview.status().work == []
    house.store.read_only = True
    with pytest.raises(StoreReadOnly):
        restore(house, *ids)
    assert house.service.overview.status().work == []


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


def test_what_was_thrown_away_last_shows_first(house: House) -> None:
    house.add_done(3)
    a, b, c = images(house)
    for image in (c, a, b):
        house.clock.now += 60
        trash(house, image.id)
    assert [view.id for view in house.service.trash.trashed().images] == [b.id, a.id, c.id]
    house.bin.write_bytes(b"in the way")
    house.clock.now += 60
    assert purge_to_bin(house, c.id).failed, "tried in vain: it lies there as long as before"
    assert [view.id for view in house.service.trash.trashed().images] == [b.id, a.id, c.id]
    restore(house, c.id)
    trash(house, c.id)
    house.service.trash.recover()
    assert [view.id for view in house.service.trash.trashed().images] == [c.id, b.id, a.id]


def test_a_job_that_others_need_is_not_deleted(house: House) -> None:
    job = house.add_done()
    payload = {"prompt": PROMPT, "init_images": [f"image:{images(house)[0].id}"], "width": 64, "height": 64}
    house.service.jobs.create(JobSpec("img2img", payload, hold=True))
    with pytest.raises(Refused):
        house.service.trash.delete_job(job)
    agree(house)


# ---------------------------------------------------------------- after a kill


def set_trashed(house: House, image: Image, trashed: bool) -> None:
    with house.store.transaction() as t:
        t.put(msgspec.structs.replace(image, trashed=trashed))


@pytest.mark.parametrize("said", [True, False])
@pytest.mark.parametrize("op", ["trash", "restore"])
def test_where_the_file_is_counts(house: House, op: Literal["trash", "restore"], said: bool) -> None:
    house.add_done(2)
    a, b = images(house)
    trash(house, a.id, b.id)
    if op == "restore":
        restore(house, a.id)
    image = house.store.image(a.id)
    assert image is not None
    set_trashed(house, image, said)
    house.service.trash.recover()
    agree(house)
    revision = house.store.revision
    house.service.trash.recover()
    assert house.store.revision == revision


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


def test_a_missing_disk_loses_no_records(house: House) -> None:
    house.add_done(2)
    a, b = images(house)
    trash(house, a.id)
    away = house.folder / "unplugged"
    house.outputs.rename(away)
    for mounted in (False, True):  # not there; an empty mount point
        if mounted:
            house.outputs.mkdir()
        house.service.trash.recover()
        result = house.service.trash.purge(Purge(for_good=True))
        assert result.done == 0 and "disk" in result.failed[0].message
        assert trash(house, b.id).done == 0 and restore(house, a.id).done == 0
        assert len(images(house)) == 2
    house.outputs.rmdir()
    away.rename(house.outputs)
    agree(house)


def test_a_file_deleted_by_hand_leaves_the_trash(house: House) -> None:
    house.add_done(2)
    a, b = images(house)
    trash(house, a.id, b.id)
    place(house, a).unlink()
    house.service.trash.recover()
    assert house.store.image(a.id) is not None, "recovering guesses nothing"
    assert "not in the trash any more" in restore(house, a.id).failed[0].message
    assert purge(house, a.id).done == 1
    agree(house)


def test_what_somebody_else_has_brought_back_is_restored(house: House, tmp_path: Path) -> None:
    """Another WebUI that saves into the same folder, and to which it belongs to no job."""
    house.add_done(2)
    a, b = images(house)
    trash(house, a.id, b.id)
    other = House(tmp_path / "other")
    other.host.output_folders = lambda: [house.outputs]  # type: ignore[method-assign]
    assert other.service.trash.bring_strays().done == 2
    other.close()
    origin(house, b).write_bytes(b"edited")
    result = restore(house, a.id, b.id)
    assert result.done == 1 and [failure.id for failure in result.failed] == [b.id]
    assert [image.trashed for image in images(house)] == [False, True] and origin(house, a).exists()
    assert result.undo is not None and house.service.undos.run(result.undo).done == 1
    assert place(house, a).exists()


def test_a_file_whose_time_has_shifted_is_restored_but_not_purged(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a disk with summer time of its own, or in a copy without times."""
    house.add_done(2)
    a, b = images(house)
    trash(house, a.id, b.id)
    for image in (a, b):
        os.utime(place(house, image), ns=(0, image.mtime + 3600 * 10**9))
    place(house, b).write_bytes(b"edited")
    result = house.service.trash.purge(Purge(for_good=True))
    assert result.done == 0
    assert {failure.id: failure.message.partition(":")[0] for failure in result.failed} == {
        a.id: "Its file has another time than recorded", b.id: "Its file was changed since it was recorded.",
    }  # fmt: skip
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "append", no_room)
        with pytest.raises(StoreWriteFailed):
            restore(house, a.id)
    agree(house)
    with monkeypatch.context() as patch:  # killed
        patch.setattr("inu_jobs.service.trash.records.TrashRecords.list_again", killed)
        with pytest.raises(KeyboardInterrupt):
            restore(house, a.id)
    house.service.trash.recover()
    agree(house)
    assert not images(house)[0].trashed and "changed" in restore(house, b.id).failed[0].message
    agree(house)
    assert "changed" in trash(house, a.id).failed[0].message, "at home somebody may have edited it"


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


def orphan(house: House, count: int = 2) -> list[tuple[Path, Path]]:
    """Images in the trash whose records are gone, as after a restored backup: (place, origin) of each."""
    house.add_done(count)
    found = [(place(house, image), origin(house, image)) for image in images(house)]
    ids = [image.id for image in images(house)]
    trash(house, *ids)
    with house.store.transaction() as t:
        for id in ids:
            t.delete_image(id)
    return found


def test_files_that_no_job_knows_are_counted_and_brought_back(house: House) -> None:
    (first, home), (second, taken) = orphan(house)
    before = first.read_bytes()
    house.service.trash.recover()
    assert first.exists() and house.service.trash.trashed().strays == 2
    house.draw(taken.name)  # another image has that name by now
    (house.outputs / FOLDER / "unheard-of.png").write_bytes(b"x")
    assert house.service.trash.trashed().strays == 3
    result = house.service.trash.bring_strays()
    assert result.done == 1 and home.read_bytes() == before and not first.exists() and second.exists()
    assert {failure.name: failure.message.partition(" ")[0] for failure in result.failed} == {
        taken.name: "Another", "unheard-of.png": "Where",
    }  # fmt: skip
    taken.unlink()
    assert house.service.trash.bring_strays().done == 1 and taken.exists()
    assert house.service.trash.trashed().strays == 1


def test_what_a_job_knows_is_no_stray(house: House) -> None:
    house.add_done(2)
    a, _ = images(house)
    trash(house, a.id)
    assert house.service.trash.trashed().strays == 0
    assert house.service.trash.bring_strays() == api.Result(0, []) and place(house, a).exists()


@pytest.mark.parametrize("target", ["../../escaped.png", "/tmp/escaped.png", "a.sh", "linked/x.png"])
def test_a_manifest_cannot_send_a_file_elsewhere(house: House, tmp_path: Path, target: str) -> None:
    ((lies, _),) = orphan(house, 1)
    outside = tmp_path / "outside"
    outside.mkdir()
    (house.outputs / "linked").symlink_to(outside, target_is_directory=True)
    entry = {"op": "trash", "image": lies.stem, "name": lies.name, "origin": target}
    (house.outputs / FOLDER / "manifest.jsonl").write_bytes(msgspec.json.encode(entry) + b"\n")
    result = house.service.trash.bring_strays()
    assert result.done == 0 and len(result.failed) == 1 and lies.exists()
    assert not list(outside.iterdir()) and not (house.folder.parent / "escaped.png").exists()


def test_who_still_needs_an_image_is_named(house: House) -> None:
    job = house.add_done(2, name="Source")
    first, second = images(house)
    derived = house.service.jobs.derive(
        api.DeriveSpec(Selection(images=[first.id, second.id]), "img2img", name="Painted over", hold=True)
    )
    name = first.path.rpartition("/")[2]
    with pytest.raises(Refused, match=f"“Painted over”, task 1, still needs {name} and another image of it"):
        house.service.trash.delete_job(job)
    house.service.jobs.cancel(derived.id)
    assert house.service.trash.delete_job(job).trashed == 2


@pytest.mark.parametrize("back", [False, True], ids=["to the trash", "back"])
def test_a_picture_is_there_at_every_moment_of_a_move(house: House, back: bool) -> None:
    """Its file moves before its record says so, and the page asks for it meanwhile."""
    house.add_done()
    (image,) = house.store.images_of(house.store.jobs()[0].id)
    here, there = origin(house, image), place(house, image)
    if back:
        trash(house, image.id)
        here, there = there, here
    there.parent.mkdir(exist_ok=True)
    data = here.read_bytes()
    here.rename(there)
    path, _ = house.service.images.file(image.id)
    assert path.read_bytes() == data
    assert house.service.images.thumb(image.id)[0]
    there.unlink()
    with pytest.raises(NotFound):
        house.service.images.file(image.id)


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
