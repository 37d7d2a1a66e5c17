"""Which files go to the trash, where they lie there, and which are left alone."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inu_jobs import durable_files as durable
from inu_jobs.library.files import facts
from inu_jobs.library.trash.file_moves import recycle
from inu_jobs.library.trash.folders import TrashFolders
from inu_jobs.library.trash.manifest import NAME, Entry, Manifest
from inu_jobs.library.trash.places import FOLDER
from inu_jobs.library.trash.strays import bring_back, find_strays
from inu_jobs.model import Image


class Folders:
    """``ports.Host`` as far as the trash asks it."""

    def __init__(self, data: Path, *outputs: Path) -> None:
        self.data = data
        self.outputs = list(outputs)

    def data_folder(self) -> Path:
        return self.data

    def output_folders(self) -> list[Path]:
        return self.outputs

    def infotext(self, path: Path) -> str:
        return ""

    def fonts(self) -> list[str]:
        return []


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    (tmp_path / "outputs" / "day").mkdir(parents=True)
    return tmp_path / "outputs"


@pytest.fixture
def trash(tmp_path: Path, outputs: Path) -> TrashFolders:
    return TrashFolders(Folders(tmp_path, outputs))


def recorded(path: Path, data: Path, id: str = "i1", text: str = "picture") -> Image:
    path.write_text(text)
    found = facts(path, data)
    assert found is not None
    return Image(id, "j1", "t1", found.path, 1.0, found.size, found.mtime)


def test_the_innermost_output_folder_takes_it(tmp_path: Path, outputs: Path) -> None:
    trash = TrashFolders(Folders(tmp_path, outputs, outputs / "day"), clock=lambda: 5.0)
    image = recorded(outputs / "day" / "a.PNG", tmp_path)
    assert trash.put_in([image]).done == [image]
    place = outputs / "day" / FOLDER / "i1.PNG"
    assert trash.place(image) == place and place.read_text() == "picture"
    entry = msgspec.json.decode((place.parent / NAME).read_bytes())
    assert entry == {"op": "trash", "image": "i1", "name": "i1.PNG", "origin": "a.PNG", "at": 5.0}
    # the order of the settings does not matter
    wider = TrashFolders(Folders(tmp_path, outputs / "day", outputs))
    assert wider.take_out([image]).done == [image] and (outputs / "day" / "a.PNG").exists()


def test_an_output_folder_named_later_hides_nothing(tmp_path: Path, outputs: Path) -> None:
    image = recorded(outputs / "day" / "a.png", tmp_path)
    TrashFolders(Folders(tmp_path, outputs)).put_in([image])
    later = TrashFolders(Folders(tmp_path, outputs, outputs / "day"))
    assert later.place(image) == outputs / FOLDER / "i1.png"
    assert later.take_out([image]).done == [image]


def test_a_folder_that_is_gone_is_made_again(tmp_path: Path, outputs: Path, trash: TrashFolders) -> None:
    image = recorded(outputs / "day" / "a.png", tmp_path)
    trash.put_in([image])
    (outputs / "day").rmdir()
    assert trash.take_out([image]).done == [image]
    assert (outputs / "day" / "a.png").read_text() == "picture"


def left_alone(trash: TrashFolders, image: Image, *words: str) -> None:
    outcome = trash.put_in([image])
    assert not outcome.done and [failure.id for failure in outcome.failed] == [image.id]
    assert all(word in outcome.failed[0].message for word in words), outcome.failed[0].message


def test_only_the_file_that_was_recorded_is_touched(
    tmp_path: Path, outputs: Path, trash: TrashFolders
) -> None:
    path = outputs / "a.png"
    image = recorded(path, tmp_path)
    os.utime(path, ns=(1, image.mtime + 1))
    left_alone(trash, image, "changed")
    os.utime(path, ns=(1, image.mtime))
    path.write_text("another size")
    left_alone(trash, image, "changed")
    path.unlink()
    left_alone(trash, image, "no longer exists")
    path.mkdir()
    left_alone(trash, image, "not a regular file")
    assert path.is_dir()


@pytest.mark.parametrize("name", ["../outside.png", "../outputs/a.txt", "day/../../outside.png", "a\0.png"])
def test_nothing_outside_the_output_folders_is_touched(
    tmp_path: Path, outputs: Path, trash: TrashFolders, name: str
) -> None:
    (tmp_path / "outside.png").write_text("keep")
    (outputs / "a.txt").write_text("keep")
    left_alone(trash, Image("i1", "j1", "t1", f"outputs/{name}", 1.0, 4, 0), "output folder")
    left_alone(trash, Image("../i1", "j1", "t1", "outputs/a.png", 1.0, 4, 0), "output folder")
    assert (tmp_path / "outside.png").exists() and (outputs / "a.txt").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links_are_left_alone(tmp_path: Path, outputs: Path, trash: TrashFolders) -> None:
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    image = recorded(outside / "a.png", tmp_path)
    (outputs / "link").symlink_to(outside)
    left_alone(trash, msgspec.structs.replace(image, path="outputs/link/a.png"), "output folder")
    (outputs / "a.png").symlink_to(outside / "a.png")
    left_alone(trash, msgspec.structs.replace(image, path="outputs/a.png"), "link")
    assert (outside / "a.png").exists()
    good = recorded(outputs / "b.png", tmp_path, "i2")
    (outputs / FOLDER).symlink_to(outside)
    left_alone(trash, good, "is a link or not a folder")
    assert not (outside / "i2.png").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_an_output_folder_may_be_a_link(tmp_path: Path, outputs: Path) -> None:
    real = tmp_path / "real"
    outputs.rename(real)
    outputs.symlink_to(real)
    trash = TrashFolders(Folders(tmp_path, outputs))
    image = recorded(outputs / "day" / "a.png", tmp_path)
    assert trash.put_in([image]).done == [image]
    assert (real / FOLDER / "i1.png").exists() and trash.take_out([image]).done == [image]


def test_nothing_is_written_over(tmp_path: Path, outputs: Path, trash: TrashFolders) -> None:
    image = recorded(outputs / "a.png", tmp_path)
    trash.put_in([image])
    (outputs / "a.png").write_text("newer")
    outcome = trash.take_out([image])
    assert not outcome.done and "Another file" in outcome.failed[0].message
    again = recorded(outputs / "a.png", tmp_path, text="newer")
    left_alone(trash, again, "already")
    assert (outputs / "a.png").read_text() == "newer"
    assert (outputs / FOLDER / "i1.png").read_text() == "picture"


def test_intents_come_before_the_move(tmp_path: Path, outputs: Path, trash: TrashFolders) -> None:
    """If they cannot be written, nothing moves."""
    image = recorded(outputs / "a.png", tmp_path)
    (outputs / FOLDER).mkdir()
    (outputs / FOLDER / NAME).mkdir()
    outcome = trash.put_in([image])
    assert not outcome.done and "Could not write" in outcome.failed[0].message
    assert (outputs / "a.png").exists()


def test_a_torn_line_harms_no_other(tmp_path: Path) -> None:
    manifest = Manifest(tmp_path)
    assert manifest.read() == {}
    first, second = Entry("trash", "i1", "i1.png", "a.png"), Entry("purge", "i2", "i2.png", "b.png", "j1")
    manifest.intend([first])
    with (tmp_path / NAME).open("ab") as file:
        file.write(b'{"op":"restore","image":"i1","na')
    manifest.intend([second])
    assert manifest.read() == {"i1": first, "i2": second}
    manifest.replace([second])
    assert manifest.read() == {"i2": second}
    manifest.replace([])
    assert not tmp_path.exists()


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the freedesktop trash")
def test_recycling_uses_the_bin_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from send2trash import plat_other

    monkeypatch.setattr(plat_other, "HOMETRASH_B", os.fsencode(tmp_path / "bin"))
    monkeypatch.setattr(plat_other, "get_dev", lambda path: 1)
    path = tmp_path / "a.png"
    path.write_text("picture")
    recycle(path)
    assert not path.exists() and (tmp_path / "bin" / "files" / "a.png").read_text() == "picture"


linked = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")


def test_a_file_that_comes_in_between_is_not_replaced(
    tmp_path: Path, outputs: Path, trash: TrashFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the WebUI, which saves under the same name just when the image comes back."""
    image = recorded(outputs / "a.png", tmp_path)
    trash.put_in([image])
    move = durable.move

    def late(source: Path, target: Path) -> None:
        target.write_text("newer")
        move(source, target)

    monkeypatch.setattr(durable, "move", late)
    outcome = trash.take_out([image])
    assert not outcome.done and "Another file has taken its place (a.png)" in outcome.failed[0].message
    assert (outputs / "a.png").read_text() == "newer"
    assert (outputs / FOLDER / "i1.png").read_text() == "picture"


@linked
@pytest.mark.parametrize("op", ["trash", "restore", "purge"])
def test_a_move_that_was_cut_off_is_finished(
    tmp_path: Path, outputs: Path, trash: TrashFolders, op: Any
) -> None:
    image = recorded(outputs / "a.png", tmp_path)
    trash.put_in([image])
    home, place = outputs / "a.png", outputs / FOLDER / "i1.png"
    home.hardlink_to(place)
    trash.settle(image, op)
    assert (home.exists(), place.exists()) == ((False, True) if op == "trash" else (True, False))


@linked
def test_cut_off_and_tried_again_it_moves(tmp_path: Path, outputs: Path, trash: TrashFolders) -> None:
    image = recorded(outputs / "a.png", tmp_path)
    trash.put_in([image])
    home, place = outputs / "a.png", outputs / FOLDER / "i1.png"
    home.hardlink_to(place)
    assert trash.put_in([image]).done == [image] and not home.exists() and place.exists()
    home.hardlink_to(place)
    assert trash.take_out([image]).done == [image] and home.exists() and not place.exists()


@linked
def test_a_manifest_that_is_a_link_is_not_written_to(
    tmp_path: Path, outputs: Path, trash: TrashFolders
) -> None:
    foreign = tmp_path / "notes.jsonl"
    foreign.write_text('{"op":"trash","image":"i9","name":"i9.png","origin":"x.png"}\n')
    before = foreign.read_bytes()
    (outputs / FOLDER).mkdir()
    (outputs / FOLDER / NAME).symlink_to(foreign)
    image = recorded(outputs / "a.png", tmp_path)
    left_alone(trash, image, f"{NAME} is a link: move it away")
    assert (outputs / "a.png").exists() and trash.entries() == {}
    trash.tidy(lambda id: True)
    assert foreign.read_bytes() == before


@linked
def test_a_manifest_with_another_name_elsewhere_becomes_ones_own(
    tmp_path: Path, outputs: Path, trash: TrashFolders
) -> None:
    """A backup made of hard links, or somebody's trick."""
    first, second = (recorded(outputs / f"{id}.png", tmp_path, id) for id in ("i1", "i2"))
    trash.put_in([first])
    other = tmp_path / "backup"
    other.hardlink_to(outputs / FOLDER / NAME)
    before = other.read_bytes()
    assert trash.put_in([second]).done == [second]
    assert other.read_bytes() == before and set(trash.entries()) == {"i1", "i2"}


@linked
def test_a_trash_folder_that_is_a_link_is_not_looked_into(
    tmp_path: Path, outputs: Path, trash: TrashFolders
) -> None:
    foreign = tmp_path / "elsewhere"
    foreign.mkdir()
    image = recorded(outputs / "i1.png", tmp_path)
    (outputs / "i1.png").rename(foreign / "i1.png")
    line = '{"op":"trash","image":"i1","name":"i1.png","origin":"i1.png"}\n'
    (foreign / NAME).write_text(line)
    (outputs / FOLDER).symlink_to(foreign)
    assert trash.entries() == {} and trash.place(image) is None
    assert find_strays([outputs], lambda id: False) == []
    trash.tidy(lambda id: False)
    for act in (trash.take_out, trash.put_in, lambda images: trash.destroy(images, Path.unlink)):
        assert not act([image]).done
    assert (foreign / NAME).read_text() == line and (foreign / "i1.png").read_text() == "picture"


@linked
def test_strays_never_replace(tmp_path: Path, outputs: Path, trash: TrashFolders) -> None:
    image = recorded(outputs / "a.png", tmp_path)
    trash.put_in([image])
    (outputs / "a.png").write_text("newer")
    (failed,) = bring_back(find_strays([outputs], lambda id: False), lambda done: None)
    assert "Another file has taken its place (a.png)" in failed.message
    assert (outputs / "a.png").read_text() == "newer" and trash.place(image) is not None
