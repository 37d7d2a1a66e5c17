"""Inputs and thumbnails that nothing needs any more are swept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from inu_jobs.errors import NotFound
from inu_jobs.model import AxisSpec
from tests.clock import NOON
from tests.unit.service.service_kit import House
from tests.unit.service.spec_kit import BASE, base64_png, png


def test_delete_keeps_files_and_a_sweep_takes_inputs(house: House) -> None:
    id = house.add(payload={**BASE, "init_images": [base64_png()]}, kind="img2img")
    other = house.add(payload={**BASE, "init_images": [base64_png(2)]}, kind="img2img")
    kept = house.inputs.path(house.service.overview.get_job(other).payload["init_images"][0])
    swept = house.inputs.path(house.service.overview.get_job(id).payload["init_images"][0])
    drafted = house.inputs.path(house.inputs.save_bytes(png(3)))
    house.captures.put("img2img", {"init_images": [f"input:{drafted.stem}"]})
    young = house.inputs.path(house.inputs.save_bytes(png(4)))
    for path in (kept, swept, drafted):
        os.utime(path, (NOON, NOON))
    house.run_one()
    image = house.store.images_of(id)[0]
    file = house.service.images.file(image.id)[0]
    removed = house.service.jobs.delete(id)
    assert removed.jobs == [id] and removed.images == [image.id]
    assert file.is_file() and swept.exists(), "it may be undone"
    house.service.images.sweep()
    assert file.is_file() and not swept.exists()
    assert kept.is_file() and drafted.is_file() and young.is_file()
    with pytest.raises(NotFound):
        house.service.images.file(image.id)
    with pytest.raises(NotFound):
        house.service.jobs.delete(id)


def test_the_hourly_sweep_leaves_what_undo_would_bring_back(house: House) -> None:
    payload = {**BASE, "init_images": [base64_png()]}
    id = house.add(payload=payload, kind="img2img")
    (token,) = house.service.overview.get_job(id).payload["init_images"]
    stray = house.inputs.path(house.inputs.save_bytes(png(7)))
    for path in (house.inputs.path(token), stray):
        os.utime(path, (NOON, NOON))
    removed = house.service.jobs.delete(id)
    assert house.service.images.sweep_inputs() == 1 and not stray.exists()
    house.service.undos.run(removed.undo or "")
    assert house.service.overview.get_job(id).payload["init_images"] == [token]
    assert house.inputs.path(token).is_file()


def test_the_cap_on_inputs_knows_what_jobs_use(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from inu_jobs.library import inputs

    monkeypatch.setattr(inputs, "MAX_UNUSED", 1000)
    id = house.add(payload={**BASE, "init_images": [base64_png()]}, kind="img2img")
    (token,) = house.service.overview.get_job(id).payload["init_images"]
    strays = [house.inputs.path(house.inputs.save_bytes(png(5)))]
    for path in (house.inputs.path(token), strays[0]):
        os.utime(path, (NOON, NOON))
    for size in range(6, 16):
        strays.append(house.inputs.path(house.inputs.save_bytes(png(size))))
        os.utime(strays[-1], (NOON + size, NOON + size))
    assert house.inputs.path(token).is_file() and not strays[0].exists() and strays[-1].is_file()
    assert sum(path.stat().st_size for path in strays if path.exists()) <= 1000


def thumb_of(house: House, path: Path) -> Path:
    """The cached thumbnail of a file, made now and dated back."""
    stat = path.stat()
    house.thumbs.get(path, stat.st_size, stat.st_mtime_ns)
    (cached,) = house.thumbs.folder.glob(f"??/{house.thumbs.key(path, stat.st_size, stat.st_mtime_ns)}.*")
    os.utime(cached, (NOON, NOON))
    return cached


def test_nothing_is_swept_while_the_store_does_not_know_all_jobs(house: House) -> None:
    path = house.inputs.path(house.inputs.save_bytes(png(5)))
    os.utime(path, (NOON, NOON))
    thumb = thumb_of(house, house.draw())
    second = House(house.folder)  # as another WebUI on the same folder
    assert second.store.read_only
    assert second.service.images.sweep() == 0 and path.is_file() and thumb.is_file()
    second.close()
    assert house.service.images.sweep() == 2 and not path.exists() and not thumb.exists()


def test_inputs_that_only_a_damaged_file_tells_of_are_kept_until_it_is_deleted(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.add_done()
    house.store.compact()  # the backup has no job with an input
    job = house.add(payload={**BASE, "init_images": [base64_png()]}, kind="img2img")
    path = house.inputs.path(house.service.overview.get_job(job).payload["init_images"][0])
    os.utime(path, (NOON, NOON))
    house.store.compact()
    house.close()
    snapshot = tmp_path / "data" / "jobs.json"
    snapshot.write_bytes(snapshot.read_bytes()[:-40])
    for _ in range(3):
        house = House(tmp_path)
        assert house.service.images.sweep() == 0 and path.is_file()
        (kept,) = snapshot.parent.glob("jobs.json.unreadable-*")
        assert f"kept as {kept.name}" in house.service.overview.status().store.problem
        house.close()
    house = House(tmp_path)
    kept.unlink()
    assert house.service.overview.status().store.problem == ""
    assert house.service.images.sweep() == 1 and not path.exists()
    house.close()


def test_thumbnails_of_deleted_jobs_are_swept(house: House) -> None:
    kept, gone = house.add_done(), house.add_done()
    (theirs,), (ours,) = (
        [house.service.images.file(image.id)[0] for image in house.store.images_of(job)]
        for job in (gone, kept)
    )
    old, valid = thumb_of(house, theirs), thumb_of(house, ours)
    young = thumb_of(house, house.draw())  # its image was saved, and is not recorded yet
    os.utime(young)
    assert house.service.images.sweep() == 0
    house.service.jobs.delete(gone)
    assert house.service.images.sweep() == 1
    assert not old.exists() and valid.is_file() and young.is_file()
    assert theirs.is_file(), "only the thumbnail goes"


def test_a_token_in_an_axis_keeps_its_input(house: House) -> None:
    token = house.inputs.save_bytes(png(9))
    house.add(
        payload={**BASE, "init_images": [base64_png()]},
        kind="img2img",
        axes=[AxisSpec("init_images.0", [token])],
    )
    os.utime(house.inputs.path(token), (NOON, NOON))
    house.service.images.sweep()
    assert house.inputs.path(token).is_file()
