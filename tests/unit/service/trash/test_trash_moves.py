"""Images to the trash and back, one by one, with undo."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from inu_jobs import api
from inu_jobs.api import JobSpec, Purge, Selection
from inu_jobs.errors import NotFound, StoreReadOnly, StoreWriteFailed
from inu_jobs.library.trash.folders import TrashFolders
from inu_jobs.library.trash.places import FOLDER
from inu_jobs.ports import Made
from inu_jobs.store.journal import Journal
from tests.unit.service.service_kit import PROMPT, House
from tests.unit.service.trash.trash_kit import (
    agree,
    derive,
    images,
    origin,
    pictures,
    place,
    purge,
    restore,
    trash,
)


def purge_to_bin(house: House, *ids: str) -> api.Result:
    return house.service.trash.purge(Purge(Selection(images=list(ids))))


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


def test_the_status_tells_how_far_a_bulk_action_is(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.add_done(3)
    ids = [image.id for image in images(house)]
    monkeypatch.setattr("inu_jobs.service.trash.bulk.CHUNK", 2)
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
