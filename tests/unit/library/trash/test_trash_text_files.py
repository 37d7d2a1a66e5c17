"""The text file that was saved with an image goes where its image goes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inu_jobs import durable_files as durable
from inu_jobs.library.trash.folders import TrashFolders
from inu_jobs.library.trash.manifest import Op
from inu_jobs.library.trash.places import FOLDER
from inu_jobs.library.trash.strays import bring_back, find_strays
from inu_jobs.model import Image
from tests.unit.library.trash.test_trash_folders import Folders, recorded

TEXT = "a cat\nSteps: 3, Sampler: Euler, Seed: 5\n"


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    (tmp_path / "outputs").mkdir()
    return tmp_path / "outputs"


@pytest.fixture
def trash(tmp_path: Path, outputs: Path) -> TrashFolders:
    return TrashFolders(Folders(tmp_path, outputs))


def saved(outputs: Path, name: str = "a.png", text: str = TEXT, id: str = "i1", *, later: float = 0) -> Image:
    """An image with its text file, which was written ``later`` (seconds)."""
    image = recorded(outputs / name, outputs.parent, id)
    file = (outputs / name).with_suffix(".txt")
    file.write_text(text)
    if later:
        os.utime(file, ns=(image.mtime, image.mtime + int(later * 1e9)))
    return image


def names(folder: Path) -> set[str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.jsonl")
    return {path.relative_to(folder).as_posix() for path in files}


IN_TRASH = {f"{FOLDER}/i1.png", f"{FOLDER}/i1.txt"}


def test_away_back_and_gone(outputs: Path, trash: TrashFolders) -> None:
    image = saved(outputs, later=3600)
    assert trash.put_in([image]).done == [image]
    assert names(outputs) == IN_TRASH
    assert trash.take_out([image]).done == [image]
    assert names(outputs) == {"a.png", "a.txt"} and (outputs / "a.txt").read_text() == TEXT
    trash.put_in([image])
    assert trash.destroy([image], Path.unlink).done == [image]
    assert names(outputs) == set()


def test_the_recycle_bin_gets_both_by_their_names(outputs: Path, trash: TrashFolders) -> None:
    image = saved(outputs)
    trash.put_in([image])
    recycled: list[Path] = []

    def remove(path: Path) -> None:
        recycled.append(path)
        path.unlink()

    trash.destroy([image], remove, from_home=True)
    assert recycled == [outputs / "a.txt", outputs / "a.png"] and names(outputs) == set()


@pytest.mark.parametrize("case", ["notes", "changed", "twin", "link", "folder"])
def test_what_is_not_the_images_own_stays(
    tmp_path: Path, outputs: Path, trash: TrashFolders, case: str
) -> None:
    image = saved(outputs, text="notes of my own" if case == "notes" else TEXT, later=3600)
    text = outputs / "a.txt"
    if case == "changed":
        text.write_text("changed")
        os.utime(text, (1, 1))
    elif case == "twin":
        (outputs / "a.webp").write_text("another picture")
    elif case == "link":
        text.rename(tmp_path / "elsewhere.txt")
        try:
            text.symlink_to(tmp_path / "elsewhere.txt")
        except OSError:
            pytest.skip("this system makes no links")
    elif case == "folder":
        text.unlink()
        text.mkdir()
    before = names(outputs) - {"a.png"}
    assert trash.put_in([image]).done == [image]
    assert names(outputs) == before | {f"{FOLDER}/i1.png"}
    assert text.is_symlink() == (case == "link") and text.exists()
    assert trash.take_out([image]).done == [image]
    assert names(outputs) == before | {"a.png"}


def test_nothing_is_replaced_on_restore(outputs: Path, trash: TrashFolders) -> None:
    image = saved(outputs)
    trash.put_in([image])
    (outputs / "a.txt").write_text("came in between")
    outcome = trash.take_out([image])
    assert [failure.message for failure in outcome.failed] == ["Another file is now where it was (a.txt)."]
    assert names(outputs) == IN_TRASH | {"a.txt"} and (outputs / "a.txt").read_text() == "came in between"
    (outputs / "a.txt").unlink()
    (outputs / "a.png").write_text("came in between")
    outcome = trash.take_out([image])
    assert [failure.message for failure in outcome.failed] == ["Another file is now where it was (a.png)."]
    assert names(outputs) == IN_TRASH | {"a.png"}, "the text file has gone back"


def test_a_text_file_that_was_changed_in_the_trash_is_not_destroyed(
    outputs: Path, trash: TrashFolders
) -> None:
    image = saved(outputs)
    trash.put_in([image])
    (outputs / FOLDER / "i1.txt").write_text("changed")
    os.utime(outputs / FOLDER / "i1.txt", (1, 1))
    (failure,) = trash.destroy([image], Path.unlink).failed
    assert failure.message == "Its text file was changed: restore it, then delete it by hand."
    assert names(outputs) == IN_TRASH
    assert trash.take_out([image]).done == [image] and (outputs / "a.txt").read_text() == "changed"


@pytest.mark.parametrize("op", ["put_in", "take_out", "destroy"])
def test_where_one_cannot_go_both_stay(
    outputs: Path, trash: TrashFolders, monkeypatch: pytest.MonkeyPatch, op: str
) -> None:
    image = saved(outputs)
    if op != "put_in":
        trash.put_in([image])
    before = names(outputs)
    move = durable.move

    def refuse(source: Path, target: Path) -> None:
        if source.suffix == ".png":
            raise PermissionError(13, "Permission denied")
        move(source, target)

    def remove(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(durable, "move", refuse)
    outcome = trash.destroy([image], remove) if op == "destroy" else getattr(trash, op)([image])
    assert outcome.failed[0].message == "Its file could not be moved (Permission denied)."
    assert names(outputs) == before


@pytest.mark.parametrize("op", ["trash", "restore", "purge"])
def test_killed_between_the_two_the_text_file_follows_the_image(
    outputs: Path, trash: TrashFolders, op: Op
) -> None:
    """It moves first: to the trash, back, or by its name into the recycle bin."""
    image = saved(outputs, later=3600)
    if op != "trash":
        trash.put_in([image])
    before = names(outputs)
    home, away = outputs / "a.txt", outputs / FOLDER / "i1.txt"
    away.parent.mkdir(exist_ok=True)
    durable.move(*((home, away) if op == "trash" else (away, home)))
    trash.settle(image, op)
    assert names(outputs) == before


def test_killed_while_the_text_file_had_two_names(outputs: Path, trash: TrashFolders) -> None:
    image = saved(outputs)
    trash.put_in([image])
    (outputs / "a.txt").hardlink_to(outputs / FOLDER / "i1.txt")
    trash.settle(image, "restore")
    assert names(outputs) == IN_TRASH


def test_the_text_file_of_an_image_made_again_stays_with_that(outputs: Path, trash: TrashFolders) -> None:
    image = saved(outputs)
    trash.put_in([image])
    saved(outputs, text="a dog\nSteps: 3, Sampler: Euler, Seed: 6\n", id="i2")
    trash.settle(image, "trash")
    assert names(outputs) == IN_TRASH | {"a.png", "a.txt"}


def test_strays_come_back_with_their_text_files(outputs: Path, trash: TrashFolders) -> None:
    image, other = saved(outputs), saved(outputs, "b.png", id="i2")
    trash.put_in([image, other])
    (outputs / "b.txt").write_text("came in between")
    strays = find_strays(trash.roots(), lambda _: False)
    failed = bring_back(strays, lambda _: None)
    assert [failure.message for failure in failed] == ["Another file is now where it was (b.txt)."]
    assert names(outputs) == {"a.png", "a.txt", "b.txt", f"{FOLDER}/i2.png", f"{FOLDER}/i2.txt"}
