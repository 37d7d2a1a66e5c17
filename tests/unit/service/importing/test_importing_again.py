"""What is known already is not imported once more."""

from __future__ import annotations

from pathlib import Path

import pytest

from inu_jobs.ports import Made
from tests.unit.service.importing.import_kit import put, run, written
from tests.unit.service.service_kit import House


def test_a_second_import_finds_nothing_new(house: House) -> None:
    for seed in range(4):
        put(house.outputs / "a" / f"{seed}.png", written("a fox", seed))
    assert run(house).images == 4
    (folder,) = house.service.importer.folders().folders
    assert (folder.images, folder.known) == (0, 4)
    again = run(house)
    assert (again.images, again.already, again.jobs) == (0, 4, [])
    assert again.message == "There was nothing to import; left out: 4 known already."


@pytest.mark.parametrize("link_first", [True, False])
def test_a_folder_told_by_another_name_is_not_imported_again(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, link_first: bool
) -> None:
    target, link = tmp_path / "big-disk" / "images", house.outputs / "linked"
    for number in range(3):
        put(target / "2026" / f"{number}.png", written("a fox", number))
    put(target / "top.png", written("a fox", 9))
    try:
        link.symlink_to(target, target_is_directory=True)
    except OSError:
        pytest.skip("this system makes no links")
    names = [link, target] if link_first else [target, link]
    monkeypatch.setattr(house.host, "output_folders", lambda: names[:1])
    assert run(house).images == 4
    monkeypatch.setattr(house.host, "output_folders", lambda: names[1:])
    found = house.service.importer.folders().folders
    assert sorted((folder.images, folder.known) for folder in found) == [(0, 1), (0, 3)]
    (target / "2026" / "0.png").rename(target / "0.png")
    put(target / "2026" / "new.png", written("a fox", 10))
    state = run(house)
    assert (state.already, state.images) == (3, 2), "new, and moved by hand"
    assert run(house).images == 0


def test_a_task_records_a_file_by_another_name_while_it_is_read(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.add(1)
    house.queue.tick()
    house.scheduler.begin()
    house.queue.tick()
    path = house.draw(infotext=written("a fox", 1))
    link = tmp_path / "link"
    try:
        link.symlink_to(house.outputs, target_is_directory=True)
    except OSError:
        pytest.skip("this system makes no links")
    read = house.host.infotext

    def infotext(path: Path) -> str:
        house.scheduler.end([Made(str(link / path.name), seed=1)])
        house.queue.tick()
        return read(path)

    monkeypatch.setattr(house.host, "infotext", infotext)
    assert run(house).images == 0
    assert house.store.image_by_path(path.relative_to(house.folder).as_posix()) is None
    assert house.store.counts() == (1, 1, 1)
