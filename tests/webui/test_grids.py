"""The grids of a job are Generate's, to the byte: on the stand-in and on a real WebUI."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from .conftest import put_back
from .page import Page, WebUI, finish, run_draft
from .test_infotext import PLAIN, SMALL, VARIED

GRIDS: dict[str, dict[str, Any]] = {
    "as it comes": {},
    "one row": {"n_rows": 1},
    "rows by the batch": {"n_rows": 0},
    "long names": {"grid_extended_filename": True, "grid_format": "jpg"},
    "no empty spots, folders by name": {
        "grid_prevent_empty_spots": True,
        "grid_save_to_dirs": True,
        "directories_filename_pattern": "[seed]-[seed_last]-[cfg]-[generation_number]-[prompt_words]",
    },
    "none": {"grid_save": False},
}
#: what they are unless config.json says otherwise
DEFAULTS: dict[str, Any] = {
    "n_rows": -1,
    "grid_save": True,
    "grid_format": "png",
    "grid_extended_filename": False,
    "grid_prevent_empty_spots": False,
    "grid_save_to_dirs": True,
    "directories_filename_pattern": "[date]",
    "outdir_txt2img_grids": "outputs/txt2img-grids",
    "outdir_img2img_grids": "outputs/img2img-grids",
}


@pytest.fixture
def options(host: WebUI) -> Iterator[WebUI]:
    with put_back(host, DEFAULTS):
        yield host


def files(folder: Path) -> dict[str, bytes]:
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): without_time(path.read_bytes()) for path in found}


def without_time(data: bytes) -> bytes:
    """Forge hides the infotext in the alpha of its PNGs, compressed together with the time: of these the
    pixels and the text."""
    with Image.open(io.BytesIO(data)) as image:
        if image.mode != "RGBA" or image.getchannel("A").getextrema()[0] < 254:  # type: ignore[operator]
            return data
        return image.convert("RGB").tobytes() + str(image.info.get("parameters")).encode()


def grids(host: WebUI, page: Page, folder: Path) -> tuple[dict[str, bytes], dict[str, bytes], list[Any]]:
    """What Generate and what the job saves as grids, and the images of the job."""
    setting = f"outdir_{page.tab}_grids"
    host.set_options(**{setting: str(folder / "generate")})
    page.generate()
    host.set_options(**{setting: str(folder / "job")})
    images = run_draft(host, page.draft())
    return files(folder / "generate"), files(folder / "job"), images


@pytest.mark.parametrize("name", GRIDS)
def test_a_batch_count_makes_the_grid_that_generate_makes(options: WebUI, tmp_path: Path, name: str) -> None:
    """To the byte: name, folder, pixels and infotext."""
    options.set_options(**GRIDS[name])
    page = Page(options, "txt2img", **SMALL, tab_batch_count=3, tab_batch_size=2)
    expected, made, images = grids(options, page, tmp_path)
    assert len(expected) == (0 if name == "none" else 1)
    assert made == expected
    assert len(images) == 6 and not any("grid" in image["path"] for image in images)
    assert sorted({(image["width"], image["height"]) for image in images}) == [(64, 64)]


def test_the_grid_of_variations(options: WebUI, tmp_path: Path) -> None:
    page = Page(options, "txt2img", **SMALL, **VARIED, tab_batch_count=2)
    expected, made, _ = grids(options, page, tmp_path)
    assert len(expected) == 1 and made == expected


def test_the_grid_of_one_batch(options: WebUI, tmp_path: Path) -> None:
    page = Page(options, "txt2img", **SMALL, tab_batch_size=2)
    expected, made, images = grids(options, page, tmp_path)
    assert len(expected) == 1 and made == expected and len(images) == 2


def test_the_grid_of_img2img(options: WebUI, tmp_path: Path) -> None:
    """The second of two runs, each: see ``test_capture.check``."""
    page = Page(options, "img2img", **SMALL, **PLAIN, tab_batch_count=2)
    expected, made, _ = grids(options, page, tmp_path)
    assert list(made) == list(expected) and len(made) == 1


def test_each_setting_has_a_grid_of_its_own(options: WebUI, tmp_path: Path) -> None:
    page = Page(options, "txt2img", **SMALL, tab_batch_count=2)
    options.set_options(outdir_txt2img_grids=str(tmp_path / "generate"))
    for steps in (1, 2):
        page.values[page.place("tab_steps")] = steps
        page.generate()
    options.set_options(outdir_txt2img_grids=str(tmp_path / "job"))
    run_draft(options, page.draft(), [{"field": "steps", "values": [1, 2]}])
    assert sorted(files(tmp_path / "job").values()) == sorted(files(tmp_path / "generate").values())
    assert len(files(tmp_path / "job")) == 2


def test_what_is_made_again_makes_no_second_grid(options: WebUI, tmp_path: Path) -> None:
    page = Page(options, "txt2img", **SMALL, tab_batch_count=2)
    options.set_options(outdir_txt2img_grids=str(tmp_path))
    first, last = run_draft(options, page.draft())
    assert len(files(tmp_path)) == 1
    for image in (first, last):
        options.ask("/inu-jobs/v1/images/retry", {"selection": {"images": [image["id"]]}})
        finish(options, image["job"])
    assert len(files(tmp_path)) == 1
