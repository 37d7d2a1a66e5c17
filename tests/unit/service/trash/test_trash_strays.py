"""Files in the trash folders that no job knows."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from inu_jobs import api
from inu_jobs.library.trash.places import FOLDER
from tests.unit.service.service_kit import House
from tests.unit.service.trash.trash_kit import images, origin, place, trash


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
