"""What a kill, a missing disk or somebody else leaves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from inu_jobs.api import Purge
from inu_jobs.errors import StoreWriteFailed
from inu_jobs.model import Image
from inu_jobs.store.journal import Journal
from tests.unit.service.service_kit import House
from tests.unit.service.trash.trash_kit import (
    agree,
    images,
    killed,
    no_room,
    origin,
    place,
    purge,
    restore,
    trash,
)


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
