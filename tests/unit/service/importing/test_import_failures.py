"""What cannot be imported, and imports that do not come to their end."""

from __future__ import annotations

import io
import shutil
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image as Picture
from PIL.PngImagePlugin import PngInfo

from inu_jobs import api
from inu_jobs.errors import Refused
from inu_jobs.store import Store
from tests.soak import sized
from tests.unit.service.importing.import_kit import ended, put, run, written
from tests.unit.service.service_kit import House


def test_what_cannot_be_imported_is_counted_and_named(house: House, tmp_path: Path) -> None:
    folder = house.outputs / "mixed"
    put(folder / "good.png", written("a fox", 1))
    put(folder / "bare.png")
    put(folder / "note.png", "only a comment, no parameters")
    (folder / "broken.png").write_bytes(b"not a picture")
    (folder / "text.txt").write_text("a fox")
    put(folder / "grid-0001.png", written("a fox", 1))
    put(house.outputs / "txt2img-grids" / "2026" / "x.png", written("a fox", 1))
    put(house.outputs / ".inu-jobs-trash" / "i1.png", written("a fox", 2))
    outside = put(tmp_path / "private" / "secret.png", written("a secret", 3))
    try:
        (folder / "link.png").symlink_to(outside)
        (house.outputs / "linked").symlink_to(outside.parent, target_is_directory=True)
    except OSError:
        pass  # this system makes no links; then there are none to follow
    (found,) = house.service.importer.folders().folders
    assert (found.name, found.images) == ("mixed", 4)
    state = run(house)
    assert (state.images, state.bare, state.grids, state.failed_total) == (1, 2, 2, 1)
    assert [(failure.id, failure.message) for failure in state.failed] == [
        ("outputs/mixed/broken.png", "It cannot be read as an image.")
    ]
    assert state.message == (
        "1 image became 1 job; left out: 2 without parameters, 2 grids, 1 that cannot be read."
    )


@pytest.mark.parametrize("name", ["caf\udce9.png", "caf\udce9/a.png"])
def test_a_name_that_is_no_text_is_left_out_and_said_so(house: House, name: str) -> None:
    good = put(house.outputs / "good.png", written("a fox", 1))
    try:
        (house.outputs / name).parent.mkdir(exist_ok=True)
        shutil.copy(good, house.outputs / name)
    except (OSError, UnicodeError):
        pytest.skip("this system takes no such name")
    state = run(house)
    assert (state.state, state.images, state.total, state.failed_total) == ("done", 1, 2, 1), state.message
    (failure,) = state.failed
    assert failure.id == f"outputs/{name}".replace("\udce9", "?")
    assert "rename" in failure.message


def with_seed(template: bytes, seed: int) -> bytes:
    """``template`` with another seed: ten thousand files cost no more than writing them."""
    at = template.index(b"Seed: 1000000")
    start = template.rindex(b"tEXt", 0, at)
    length = int.from_bytes(template[start - 4 : start], "big")
    chunk = bytearray(template[start : start + 4 + length])
    chunk[at - start + 6 : at - start + 13] = str(1_000_000 + seed).encode()
    crc = zlib.crc32(chunk).to_bytes(4, "big")
    return template[:start] + bytes(chunk) + crc + template[start + 4 + length + 4 :]


def many(house: House, count: int) -> None:
    made = io.BytesIO()
    info = PngInfo()
    info.add_text("parameters", written("a fox", 1_000_000))
    Picture.new("RGB", (8, 6)).save(made, "PNG", pnginfo=info)
    folder = house.outputs / "many"
    folder.mkdir()
    for seed in range(count):
        (folder / f"{seed:05}.png").write_bytes(with_seed(made.getvalue(), seed))


def test_many_files_with_progress_and_cancelled_half_way(house: House) -> None:
    count = sized(2_000, 10_000)
    many(house, count)
    importer = house.service.importer
    revision = house.store.revision
    importer.start(api.ImportSpec())
    with pytest.raises(Refused, match="at work"):
        importer.start(api.ImportSpec())
    seen: list[int] = []
    while importer.state().read < count // 3 and importer.state().state in ("counting", "reading"):
        seen.append(importer.state().read)
        time.sleep(0.002)
    assert importer.state().total == count
    importer.cancel()
    state = ended(house)
    assert state.state == "cancelled" and state.message == "Cancelled: nothing was imported."
    assert seen == sorted(seen) and len(set(seen)) > 5, "progress shows"
    assert house.store.revision == revision and house.store.counts() == (0, 0, 0)
    assert run(house).images == count
    assert house.store.revision == revision + 1
    assert house.store.counts() == (1, count, count)


def test_files_that_vanish_meanwhile_are_named(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    many(house, 600)
    read = house.host.infotext
    seen: list[Path] = []

    def infotext(path: Path) -> str:
        seen.append(path)
        text = read(path)
        if len(seen) == 20:
            shutil.rmtree(house.outputs / "many")
        return text

    monkeypatch.setattr(house.host, "infotext", infotext)
    state = run(house)
    assert (state.state, state.images, state.failed_total, len(state.failed)) == ("done", 20, 580, 100)
    assert state.failed[0].message == "It is not there any more."


def test_a_store_that_cannot_be_written_imports_nothing(house: House) -> None:
    put(house.outputs / "a" / "1.png", written("a fox", 1))
    other = Store(house.folder / "data")
    assert other.read_only
    importer = type(house.service.importer)(other, house.host, house.catalog)
    with pytest.raises(Refused):
        importer.start(api.ImportSpec())
    other.close()
