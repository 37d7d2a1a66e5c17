"""Folders of images become jobs: each image with parameters in exactly one, and nothing is touched."""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inu_jobs import api
from inu_jobs.errors import InvalidInput, NotFound
from inu_jobs.library import import_folders
from tests.unit.service.importing.import_kit import DAY, FORMATS, NOON, put, run, written
from tests.unit.service.service_kit import House


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_images_of_one_recipe_become_one_job(house: House) -> None:
    day = house.outputs / "txt2img-images" / "2026-09-21"
    for seed in (3, 1, 2):
        put(day / f"{seed:05}-{seed}.png", written("a fox, at night", seed), NOON + seed)
    put(day / "00009-9.png", written("a fox, at night", 9, **{"CFG scale": 5}), NOON + 9)
    put(day / "00010-9.png", written("a cat", 9), NOON + 10)
    before = listing(house.outputs)
    state = run(house)
    assert (state.state, state.total, state.read, state.images) == ("done", 5, 5, 5)
    assert [job.name for job in state.jobs] == [
        "a fox, at night",
        f"Single images of {import_folders.day_of(NOON)}",
    ]
    assert state.message == "5 images became 2 jobs."
    assert listing(house.outputs) == before
    detail = house.service.overview.get_job(state.jobs[0].id)
    assert detail.job.kind == "imported" and detail.job.state == "review"
    assert detail.job.created == NOON + 1
    assert [image.seed for image in detail.images] == [1, 2, 3]
    assert detail.images[0].path == "outputs/txt2img-images/2026-09-21/00001-1.png"
    assert (detail.images[0].width, detail.images[0].height) == (8, 6)
    assert detail.payload["prompt"] == "a fox, at night" and detail.payload["cfg_scale"] == 7
    assert [task.state for task in detail.tasks] == ["done"] * 3


CASES = Path(__file__).parents[3] / "cases"


def test_what_only_numbers_or_dates_an_image_does_not_part_a_recipe(house: House) -> None:
    shutil.copytree(CASES / "batchpos", house.outputs / "batches")
    for number in range(4):
        dated = {"Created Date": f"2024-11-03T14{number}", "Worker Label": f"pc{number}"}
        put(house.outputs / "b" / f"{number}.png", written("a fox", number, **dated), NOON + number)
    state = run(house)
    jobs = {job.name: len(house.store.images_of(job.id)) for job in state.jobs}
    assert jobs == {"a harbour at dawn": 8, "a fox": 4}


def test_parameters_in_the_text_file_alone_are_read(house: House) -> None:
    for seed in (1, 2):
        put(house.outputs / "a" / f"{seed}.png")
        (house.outputs / "a" / f"{seed}.txt").write_text(f"{written('a fox', seed)}\n", "utf-8")
    put(house.outputs / "a" / "3.png")
    (house.outputs / "a" / "3.txt").write_text("1girl, solo", "utf-8")
    state = run(house)
    assert (state.images, state.bare) == (2, 1)
    images = house.store.images_of(state.jobs[0].id)
    assert [image.seed for image in images] == [1, 2]
    info = house.service.images.info(images[0].id)
    assert info.infotext == written("a fox", 1) and dict(info.parameters)["Seed"] == "1"


def test_words_are_no_recipe(house: House) -> None:
    for name in ("prompt_only.png", "fooocus_json.png"):
        (house.outputs / name).write_bytes((CASES / name).read_bytes())
    state = run(house)
    assert (state.images, state.bare) == (0, 2)


@pytest.mark.parametrize(
    ("name", "size"), [("template.png", (96, 64, 0, 0)), ("firstpass.png", (640, 448, 96, 64))]
)
def test_what_an_older_or_extended_webui_wrote_is_imported(
    house: House, name: str, size: tuple[int, ...]
) -> None:
    house.outputs.mkdir(parents=True, exist_ok=True)
    (house.outputs / name).write_bytes((CASES / name).read_bytes())
    (job,) = run(house).jobs
    payload = house.service.overview.get_job(job.id).payload
    fields = ("width", "height", "hr_resize_x", "hr_resize_y")
    assert tuple(payload.get(field, 0) for field in fields) == size


GRIDS = (
    "grid-0001.png", "grid-0012-5-a fox.jpg", "xyz_grid-0000-5.jpg", "xy_grid-0003-5.png",
    "prompt_matrix-0001-5.png", "xyz_grid-12345-5-a fox, 1.5.webp",
)  # fmt: skip


IMAGES = (
    "grid-like city-77.png", "grid-12.png", "xyz_grid.png", "prompt_matrix art-0001.png",
    "00001-grid-0001.png", "my grid-0001.png",
)  # fmt: skip


def test_grids_are_left_out_and_counted(house: House) -> None:
    for number, name in enumerate((*GRIDS, *IMAGES)):
        put(house.outputs / "mixed" / name, written("a fox", number), NOON + number)
    put(house.outputs / "txt2img-grids" / "2026-09-21" / "a.png", written("a fox", 90), NOON + DAY)
    put(house.outputs / "city-grids" / "a.png", written("a fox", 91), NOON + DAY)
    names = [folder.name for folder in house.service.importer.folders().folders]
    assert sorted(names) == ["city-grids", "mixed"], "what holds only grids is no folder of images"
    day = import_folders.day_of(NOON)
    state = run(house, since=day, until=day)
    assert (state.images, state.grids) == (len(IMAGES), len(GRIDS))
    state = run(house)
    assert (state.images, state.already, state.grids) == (1, len(IMAGES), len(GRIDS) + 1)
    assert f"{len(GRIDS) + 1} grids" in state.message
    paths = {Path(image.path).name for job in house.store.jobs() for image in house.store.images_of(job.id)}
    assert paths == {*IMAGES, "a.png"}


def test_what_lies_in_a_folder_of_the_grid_settings_is_a_grid(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    grids, images = house.outputs / "sheets", house.outputs / "sheets" / "2026" / "singles"
    roots = [house.outputs, grids, images]
    monkeypatch.setattr(house.host, "output_folders", lambda: roots)
    monkeypatch.setattr(house.host, "grid_folders", lambda: [grids])
    put(grids / "2026" / "00001-5.png", written("a fox", 1))
    put(images / "00002-6.png", written("a fox", 2))
    put(house.outputs / "00003-7.png", written("a fox", 3))
    state = run(house)
    assert (state.images, state.grids) == (2, 1)


def test_the_folder_of_save_is_known(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    save = house.outputs / "saved"
    monkeypatch.setattr(house.host, "save_folder", lambda: save)
    monkeypatch.setattr(house.host, "output_folders", lambda: [house.outputs, save, save / "but-not-these"])
    for folder in ("txt2img", "saved", "saved/2026", "saved/but-not-these"):
        put(house.outputs / folder / "1.png", written("a fox", 1))
    found = {folder.name: folder.saved for folder in house.service.importer.folders().folders}
    assert found == {"txt2img": False, "saved": True, "saved/2026": True, "saved/but-not-these": False}
    monkeypatch.setattr(house.host, "save_folder", lambda: None)
    assert not any(folder.saved for folder in house.service.importer.folders().folders)


def test_folders_and_days_can_be_chosen(house: House) -> None:
    for number, name in enumerate(("old", "new")):
        for nth in range(3):
            when = NOON + number * 10 * DAY + nth * DAY
            put(house.outputs / name / f"{nth}.png", written(f"a {name} fox", nth), when)
    new, old = house.service.importer.folders().folders
    assert (new.name, old.name) == ("new", "old") and new.newest == NOON + 12 * DAY
    second = import_folders.day_of(NOON + DAY)
    assert run(house, folders=[old.id], since=second, until=second).images == 1
    assert run(house, folders=[old.id], since=second).images == 1
    assert run(house, until=import_folders.day_of(NOON + 10 * DAY)).images == 2
    assert run(house).images == 2


def test_a_file_of_a_time_that_the_system_cannot_tell(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows tells none before 1970, although its files may be of 1601."""

    def only_later(tell: Callable[..., time.struct_time]) -> Callable[..., time.struct_time]:
        def told(*seconds: float) -> time.struct_time:
            if seconds and seconds[0] < 0:
                raise OSError(errno.EINVAL, "Invalid argument")
            return tell(*seconds)

        return told

    put(house.outputs / "a" / "new.png", written("a cat", 1))
    for number in range(2):
        path = put(house.outputs / "a" / f"{number}.png", written(f"{number} foxes", number))
        try:
            os.utime(path, (-400 * DAY, -400 * DAY))
        except OSError:
            pytest.skip("this system takes no such time")
    for name in ("localtime", "gmtime"):
        monkeypatch.setattr(time, name, only_later(getattr(time, name)))
    state = run(house)
    assert (state.state, state.images, len(state.jobs)) == ("done", 3, 2), state.message
    selection = api.Selection(jobs=[job.id for job in state.jobs])
    for format in FORMATS:
        export = house.service.exports.of(api.ImageExport(selection, format))
        assert b"".join(house.service.exports.fetch(export.download).make())


@pytest.mark.parametrize(
    ("spec", "error", "words"),
    [
        ({"since": "24.11.2026"}, InvalidInput, "2026-11-24"),
        ({"until": "2026-02-30"}, InvalidInput, "2026-11-24"),
        ({"since": "20261124"}, InvalidInput, "2026-11-24"),
        ({"since": "2026-02-02", "until": "2026-02-01"}, InvalidInput, "after the last"),
        ({"folders": ["../../etc"]}, NotFound, "no longer exists"),
    ],
)
def test_what_makes_no_sense_is_said(
    house: House, spec: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        house.service.importer.start(api.ImportSpec(**spec))
    assert house.service.importer.state().state == "idle"


def test_imported_images_can_be_derived_from_and_found(house: House) -> None:
    for seed in (1, 2):
        put(house.outputs / "a" / f"{seed}.png", written("a fox <lora:dog:0.5>", seed), size=(64, 64))
    (job,) = run(house).jobs
    selection = api.Selection(jobs=[job.id])
    changes = {"denoising_strength": 0.4}
    made = house.service.jobs.derive(api.DeriveSpec(selection=selection, action="img2img", changes=changes))
    payload = house.store.payload(house.store.tasks_of(made.id)[0].payload)
    assert payload is not None and payload["prompt"] == "a fox <lora:dog:0.5>"
    assert made.parent == job.id
    assert house.service.trash.trash(selection).done == 0, "waiting tasks need them"
