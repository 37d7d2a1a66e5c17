"""Files that move and files that are written: no file that somebody else put there is touched."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inu_jobs import durable_files
from inu_jobs.library.recipe_files import RecipeShelf
from inu_jobs.model import Recipe
from inu_jobs.store import Store

links = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")


def no_links(error: int) -> Callable[..., None]:
    def link(*_: Any, **__: Any) -> None:
        raise OSError(error, os.strerror(error))

    return link


@pytest.fixture(params=["links", "no links", "another disk"])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """FAT says EPERM, network drives ENOTSUP, another disk EXDEV."""
    if request.param != "links":
        code = errno.EPERM if request.param == "no links" else errno.EXDEV
        monkeypatch.setattr(durable_files.os, "link", no_links(code))
    return str(request.param)


def pair(tmp_path: Path) -> tuple[Path, Path]:
    source, target = tmp_path / "a.png", tmp_path / "b.png"
    source.write_bytes(b"picture" * 1000)
    os.utime(source, ns=(1, 1_600_000_000_123_456_789))
    return source, target


def test_a_file_moves_with_its_time(tmp_path: Path, disk: str) -> None:
    source, target = pair(tmp_path)
    before = source.stat()
    durable_files.move(source, target)
    assert not source.exists() and target.read_bytes() == b"picture" * 1000
    assert (target.stat().st_size, target.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def test_nothing_is_replaced(tmp_path: Path, disk: str) -> None:
    source, target = pair(tmp_path)
    target.write_bytes(b"newer")
    with pytest.raises(FileExistsError):
        durable_files.move(source, target)
    assert target.read_bytes() == b"newer" and source.read_bytes() == b"picture" * 1000
    target.unlink()
    if sys.platform != "win32":
        target.symlink_to(tmp_path / "nowhere")  # a broken link is something, too
        with pytest.raises(FileExistsError):
            durable_files.move(source, target)
        assert target.is_symlink() and not (tmp_path / "nowhere").exists()


def test_not_even_what_comes_at_the_last_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program saves under that name while the file moves: as late as that can be."""
    source, target = pair(tmp_path)
    if sys.platform == "win32":
        pytest.skip("there the rename itself does not replace")

    def late(*_: Any, **__: Any) -> None:
        target.write_bytes(b"newer")
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(durable_files.os, "link", late)
    with pytest.raises(FileExistsError):
        durable_files.move(source, target)
    assert target.read_bytes() == b"newer" and source.exists()


@links
def test_killed_between_two_names_it_is_moved_again(tmp_path: Path) -> None:
    source, target = pair(tmp_path)
    target.hardlink_to(source)
    durable_files.move(source, target)
    assert not source.exists() and target.read_bytes() == b"picture" * 1000


@pytest.mark.parametrize("step", ["fsync", "copystat"])
def test_a_copy_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    source, target = pair(tmp_path)
    if sys.platform == "win32":
        pytest.skip("nothing is copied there")
    monkeypatch.setattr(durable_files.os, "link", no_links(errno.EPERM))
    monkeypatch.setattr(
        durable_files.os if step == "fsync" else durable_files.shutil, step, no_links(errno.ENOSPC)
    )
    with pytest.raises(OSError, match="No space"):
        durable_files.move(source, target)
    assert not target.exists() and source.read_bytes() == b"picture" * 1000


def test_a_name_that_stays_is_put_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, disk: str) -> None:
    source, target = pair(tmp_path)
    if sys.platform == "win32":
        pytest.skip("there it is one step")
    unlink = Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path == source:
            raise PermissionError(errno.EACCES, "not yours")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(PermissionError):
        durable_files.move(source, target)
    assert source.exists() and not target.exists()


@links
def test_what_lies_beside_is_not_written_through(tmp_path: Path) -> None:
    """The new version is written under a name that can be guessed."""
    foreign = tmp_path / "foreign"
    foreign.write_bytes(b"precious")
    path = tmp_path / "jobs.json"
    (tmp_path / "jobs.json.new").symlink_to(foreign)
    durable_files.write_durably(path, b"{}")
    assert path.read_bytes() == b"{}" and not path.is_symlink()
    assert foreign.read_bytes() == b"precious"
    shelf = RecipeShelf(tmp_path / "recipes")
    recipe = Recipe(id="r" + "0" * 17, name="a", created=1.0)
    (tmp_path / "recipes").mkdir()
    for name in (f"{recipe.id}.new", f"{recipe.id}.json.new", f"{recipe.id}.json"):
        (tmp_path / "recipes" / name).symlink_to(foreign)
    shelf.put(recipe)
    assert shelf.get(recipe.id) == recipe and foreign.read_bytes() == b"precious"


@links
@pytest.mark.parametrize("name", ["jobs.journal", "jobs.lock"])
def test_a_store_whose_files_are_links_writes_nothing_through_them(tmp_path: Path, name: str) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_bytes(b"precious")
    data = tmp_path / "data"
    data.mkdir()
    (data / name).symlink_to(foreign)
    store = Store(data)
    try:
        with store.transaction() as transaction:
            transaction.put_payload({"prompt": "a cat"})
    except Exception as error:
        assert f"{name} is a link" in str(error)
    finally:
        store.close()
    assert foreign.read_bytes() == b"precious"
