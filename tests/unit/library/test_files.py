from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.library import files
from inu_jobs.ports import Room
from tests.unit.library.library_kit import picture


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """outputs/ with an image, and one beside it that nobody may see."""
    for name in ("outputs/a.png", "outputs/sub/b.PNG", "secret.png", "outputs-2/c.png"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        picture().save(path)
    (tmp_path / "outputs" / "notes.txt").write_text("x", encoding="utf-8")
    return tmp_path


def test_facts(house: Path) -> None:
    path = house / "outputs" / "a.png"
    stat = path.stat()
    facts = files.facts(path, house)
    assert facts is not None
    assert (facts.path, facts.size, facts.mtime) == ("outputs/a.png", stat.st_size, stat.st_mtime_ns)
    assert (facts.width, facts.height) == picture().size
    outside = files.facts(path, house / "outputs-2")
    assert outside is not None and outside.path == path.as_posix()


def test_facts_of_what_is_gone_or_damaged(house: Path) -> None:
    assert files.facts(house / "gone.png", house) is None
    assert files.facts(Path("nul\0l.png"), house) is None
    damaged = house / "damaged.png"
    damaged.write_bytes(b"\x89PNG\r\n\x1a\n")
    facts = files.facts(damaged, house)
    assert facts is not None and (facts.width, facts.height, facts.size) == (0, 0, 8)


@pytest.mark.parametrize("seconds", [-1e300, -11_644_473_600.0, -1.0, 0.0, 1.5, 4e9, 1e12, 1e300])
@pytest.mark.parametrize("utc", [True, False])
def test_any_time_is_told_as_a_date(seconds: float, *, utc: bool) -> None:
    assert files.time_of(seconds, utc=utc).tm_year >= 1601


parts = st.lists(st.from_regex(r"[a-z0-9 é.]{0,6}[a-z]", fullmatch=True), min_size=1, max_size=4)


@given(parts, st.booleans())
def test_relative_and_back(names: list[str], inside: bool) -> None:
    data_folder = Path("/somewhere/webui").absolute()
    path = (data_folder if inside else data_folder.parent / "webui-else").joinpath(*names)
    stored = files.relative(path, data_folder)
    assert "\\" not in stored
    assert Path(stored).is_absolute() is not inside
    assert files.absolute(stored, data_folder) == path


@pytest.mark.parametrize(
    ("path", "is_allowed"),
    [
        ("outputs/a.png", True),
        ("outputs/sub/b.PNG", True),
        ("outputs/sub/../a.png", True),
        ("outputs/../secret.png", False),
        ("outputs-2/c.png", False),
        ("outputs/notes.txt", False),
        ("outputs/gone.png", False),
        ("outputs", False),
        ("outputs/nul\0l.png", False),
    ],
)
def test_only_images_inside(house: Path, path: str, is_allowed: bool) -> None:
    found = files.allowed(house / path, [house / "elsewhere", house / "outputs"])
    assert found == ((house / path).resolve() if is_allowed else None)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_links_lead_nowhere_but_a_linked_folder_is_the_users(house: Path) -> None:
    outputs = house / "outputs"
    (outputs / "out.png").symlink_to(house / "secret.png")
    (outputs / "text.png").symlink_to(outputs / "notes.txt")
    (outputs / "loop.png").symlink_to(outputs / "loop.png")
    (outputs / "folder").symlink_to(house / "outputs-2")
    (outputs / "in.png").symlink_to(outputs / "a.png")
    for name in ("out.png", "text.png", "loop.png", "folder/c.png"):
        assert files.allowed(outputs / name, [outputs]) is None
    assert files.allowed(outputs / "in.png", [outputs]) == (outputs / "a.png").resolve()
    (house / "linked").symlink_to(outputs)
    assert files.allowed(house / "linked" / "a.png", [house / "linked"]) == (outputs / "a.png").resolve()


@pytest.fixture
def disks(tmp_path: Path) -> dict[Path, int]:
    """Folders that are there, each on a disk of its own, with what is free there."""
    free = {tmp_path / "system": 50, tmp_path / "images": 900, tmp_path / "data": 200}
    for folder in free:
        folder.mkdir()
    return free


def test_the_fullest_disk_of_those_that_are_needed_counts(tmp_path: Path, disks: dict[Path, int]) -> None:
    def free(folder: Path) -> int:
        return disks[folder]

    images, data = tmp_path / "images", tmp_path / "data"
    assert files.tightest([images, data], free) == Room(data, 200)
    disks[images] = 100
    assert files.tightest([images, data], free) == Room(images, 100)
    # made with the first image: until then it counts where it will be
    later = tmp_path / "images" / "2025" / "txt2img-images"
    assert files.tightest([later, data], free) == Room(later, 100)
    assert not later.exists()


def test_a_disk_that_cannot_be_asked_is_left_out(tmp_path: Path, disks: dict[Path, int]) -> None:
    def free(folder: Path) -> int:
        if folder.name == "images":
            raise OSError("not mounted")
        return disks[folder]

    assert files.tightest([tmp_path / "images", tmp_path / "data"], free) == Room(tmp_path / "data", 200)
    assert files.tightest([tmp_path / "images"], free) is None
    assert files.tightest([]) is None


def test_the_disk_itself_is_asked(tmp_path: Path) -> None:
    room = files.tightest([tmp_path / "not there yet"])
    assert room is not None and room.free > 0
