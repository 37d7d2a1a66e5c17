"""Importing folders of images: each image with parameters in exactly one job, once; nothing touched."""

from __future__ import annotations

import errno
import io
import os
import shutil
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Picture
from PIL.PngImagePlugin import PngInfo

from inu_jobs import api
from inu_jobs.errors import InvalidInput, NotFound, Refused
from inu_jobs.library import import_folders
from inu_jobs.ports import Made
from inu_jobs.store import Store
from tests.soak import sized
from tests.unit.service.service_kit import House

NOON = 1_790_000_000.0
DAY = 86_400.0
FORMATS: tuple[api.ExportFormat, ...] = ("csv", "json", "zip", "sheet")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path / "webui")
    yield made
    made.close()


def written(prompt: str, seed: int, **more: Any) -> str:
    fields = {"Steps": 20, "Sampler": "Euler", "CFG scale": 7, "Seed": seed, "Size": "64x64", **more}
    return f"{prompt}\nNegative prompt: blurry\n" + ", ".join(f"{name}: {v}" for name, v in fields.items())


def put(path: Path, text: str = "", when: float = NOON, size: tuple[int, int] = (8, 6)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    info = PngInfo()
    if text:
        info.add_text("parameters", text)
    Picture.new("RGB", size).save(path, pnginfo=info)
    os.utime(path, (when, when))
    return path


def run(house: House, **spec: Any) -> api.ImportState:
    house.service.importer.start(api.ImportSpec(**spec))
    return ended(house)


def ended(house: House) -> api.ImportState:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        state = house.service.importer.state()
        if state.state not in ("counting", "reading", "saving"):
            return state
        time.sleep(0.005)
    raise AssertionError(f"still at work: {state}")


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_images_of_one_setup_become_one_job(house: House) -> None:
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


CASES = Path(__file__).parents[2] / "cases"


def test_what_only_numbers_or_dates_an_image_does_not_part_a_job(house: House) -> None:
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


def test_words_are_no_infotext(house: House) -> None:
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


def test_a_second_import_finds_nothing_new(house: House) -> None:
    for seed in range(4):
        put(house.outputs / "a" / f"{seed}.png", written("a fox", seed))
    assert run(house).images == 4
    (folder,) = house.service.importer.folders().folders
    assert (folder.images, folder.known) == (0, 4)
    again = run(house)
    assert (again.images, again.already, again.jobs) == (0, 4, [])
    assert again.message == "There was nothing to import; skipped: 4 already known."


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
    assert state.message == ("1 image became 1 job; skipped: 2 without parameters, 2 grids, 1 unreadable.")


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
    with pytest.raises(Refused, match="already running"):
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
    assert state.failed[0].message == "It no longer exists."


def test_a_store_that_cannot_be_written_imports_nothing(house: House) -> None:
    put(house.outputs / "a" / "1.png", written("a fox", 1))
    other = Store(house.folder / "data")
    assert other.read_only
    importer = type(house.service.importer)(other, house.host, house.catalog)
    with pytest.raises(Refused):
        importer.start(api.ImportSpec())
    other.close()


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


WILD = st.text(max_size=12).map(lambda text: text.replace("\0", "")) | st.sampled_from(
    [
        "\u202e(a:1.2), <lora:x:", 'say "hi', "a\r\n\u2028b", "=1+1", "👨\u200d👩\u200d👧 夜市 שלום",
        r'"\ud83d"', r'"a\nb: c, d"', '"\\', "-1", "9" * 30, "9" * 4000, "9" * 5000, "1e400", "nan", "8x8",
    ]
)  # fmt: skip
LABELLED = st.sampled_from(
    ["Steps", "Seed", "Variation seed", "Size", "CFG scale", "Clip skip", "Hires prompt", "Hires upscale",
     "Model", "Tiling", "Version", "Face restoration", "Eta", "Something else"]
)  # fmt: skip


@settings(suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(WILD, WILD, st.dictionaries(LABELLED, WILD, max_size=5)), min_size=1, max_size=4))
def test_whatever_is_written_in_a_file_is_imported_and_exported(
    tmp_path_factory: pytest.TempPathFactory, images: list[tuple[str, str, dict[str, str]]]
) -> None:
    house = House(tmp_path_factory.mktemp("wild"))
    try:
        for number, (prompt, negative, fields) in enumerate(images):
            told = ", ".join(f"{name}: {value}" for name, value in {"Steps": "20", **fields}.items())
            text = f"{prompt}\nNegative prompt: {negative}\nSteps: 20, Sampler: Euler, Seed: 1, {told}"
            put(house.outputs / "a" / f"{number}.png", text)
        state = run(house)
        assert (state.state, state.images) == ("done", len(images)), state.message
        selection = api.Selection(jobs=[job.id for job in state.jobs])
        for format in FORMATS:
            export = house.service.exports.of(api.ImageExport(selection, format))
            assert b"".join(house.service.exports.fetch(export.download).make())
        for job in state.jobs:
            for image in house.store.images_of(job.id):
                msgspec.json.encode(house.service.images.info(image.id).payload)
                assert abs(image.seed or 0) < 2**63
    finally:
        house.close()


PROMPTS = st.sampled_from(["a fox", "a cat, at sea", "x"])


@settings(suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(PROMPTS, st.integers(0, 9), st.integers(0, 2), st.integers(0, 3)), max_size=14))
def test_every_image_is_in_exactly_one_job_once(
    tmp_path_factory: pytest.TempPathFactory, images: list[tuple[str, int, int, int]]
) -> None:
    house = House(tmp_path_factory.mktemp("import"))
    try:
        wanted = {}
        for number, (prompt, seed, cfg, day) in enumerate(images):
            text = written(prompt, seed, **{"CFG scale": cfg})
            path = put(house.outputs / str(day) / f"{number}.png", text, NOON + day * DAY)
            wanted[path.relative_to(house.folder).as_posix()] = (prompt, seed, cfg)
        for _ in range(2):
            run(house)
        found = []
        for job in house.store.jobs():
            setups = set()
            for image in house.store.images_of(job.id):
                info = house.service.images.info(image.id)
                assert info.payload is not None
                setup = (info.payload["prompt"], info.payload["cfg_scale"])
                setups.add(setup)
                found.append(image.path)
                assert wanted[image.path] == (setup[0], image.seed, setup[1])
                assert len(house.store.images_of_task(image.task)) == 1
            assert len(setups) == 1 or job.name.startswith("Single images of")
        assert sorted(found) == sorted(wanted)
    finally:
        house.close()
