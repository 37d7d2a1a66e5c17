"""img2img's Batch tab: from its files to the changes of each task."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from inu_jobs.errors import InvalidInput
from inu_jobs.library.inputs import Inputs
from inu_jobs.webui.capture import batch
from inu_jobs.webui.capture.batch import Batch, BatchTools, read_batch

TOLD = {
    "Prompt": "a red cat", "Negative prompt": "fog", "Seed": "7", "CFG scale": "6.5", "Sampler": "Euler",
    "Steps": "11", "Model hash": "abc",
}  # fmt: skip


def listed(folder: str) -> list[str]:
    return sorted(str(path) for path in Path(folder).iterdir()) if Path(folder).is_dir() else []


def read(
    tmp_path: Path, told: Any = None, hides: bool = False, rounded: Any = int, **arguments: Any
) -> Batch:
    tools = BatchTools(
        images=listed,
        files=listed,
        infotext=lambda path: (told or {}).get(Path(path).parent.name + "/" + Path(path).name, {}),
        find_checkpoint={"abc": "tiny.safetensors"}.get,
        keep=Inputs(tmp_path / "inputs").save_file,
        keep_image=Inputs(tmp_path / "inputs").save_file,
        hides_folders=hides,
        rounded=rounded,
    )
    return read_batch({"img2img_batch_input_dir": str(tmp_path / "in"), **arguments}, tools)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    for number, name in enumerate(("a.png", "b.jpg", "c.tif")):
        Image.new("RGB", (40 + number, 30), (number * 90, 10, 10)).save(tmp_path / "in" / name)
    (tmp_path / "in" / "notes.png").write_text("no image")
    return tmp_path


def test_each_file_is_a_task_with_its_own_image(folder: Path) -> None:
    found = read(folder)
    assert [value["name"] for value in found.values] == ["a.png", "b.jpg", "c.tif"]
    kept = [value["changes"]["init_images"][0] for value in found.values]
    inputs = Inputs(folder / "inputs")
    assert inputs.path(kept[0]).read_bytes() == (folder / "in" / "a.png").read_bytes()
    assert inputs.path(kept[1]).suffix == ".jpg"
    with Image.open(inputs.path(kept[2])) as image, Image.open(folder / "in" / "c.tif") as original:
        assert (image.format, image.tobytes()) == ("PNG", original.tobytes())
    assert found.notes == ["Skipped, because they cannot be read as images: notes.png."]
    assert all(set(value["changes"]) == {"init_images"} for value in found.values)


def test_resize_by_takes_the_size_of_each_file(folder: Path) -> None:
    sizes = [
        (value["changes"]["width"], value["changes"]["height"])
        for value in read(folder, selected_scale_tab=1, scale_by=1.5).values
    ]
    assert sizes == [(60, 45), (61, 45), (63, 45)]


def test_resize_by_rounds_as_the_host_does(folder: Path) -> None:
    found = read(folder, rounded=lambda side: round(side / 64) * 64, selected_scale_tab=1, scale_by=1.5)
    assert (found.values[0]["changes"]["width"], found.values[0]["changes"]["height"]) == (64, 64)


def test_a_files_name_can_be_part_of_its_prompt(folder: Path) -> None:
    (folder / "in" / "a.png").rename(folder / "in" / "a (1).png")
    props = ["Prompt", "Filename"]
    asked = {"img2img_batch_use_png_info": True, "img2img_batch_png_info_props": props}
    first, second, _ = read(folder, {"in/a (1).png": TOLD}, **asked).values
    assert first["changes"]["prompt"] == "a red cat a \\(1\\)"
    assert second["changes"]["prompt"] == "b"


def test_a_file_turned_by_its_exif_counts_as_it_is_shown(folder: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (40, 30)).save(folder / "in" / "a.png", exif=exif)
    (first, *_) = read(folder, selected_scale_tab=1, scale_by=1).values
    assert (first["changes"]["width"], first["changes"]["height"]) == (30, 40)


def test_the_infotext_sets_what_the_page_says(folder: Path) -> None:
    props = ["Prompt", "Seed", "CFG scale", "Sampler", "Steps", "Model hash"]
    asked = {"img2img_batch_use_png_info": True, "img2img_batch_png_info_props": props}
    first, second, _ = read(folder, {"in/a.png": TOLD, "in/b.jpg": {"Seed": "many"}}, **asked).values
    image = first["changes"].pop("init_images")
    assert first["changes"] == {
        "prompt": "a red cat", "seed": 7, "cfg_scale": 6.5, "sampler_name": "Euler", "steps": 11,
        "override_settings.sd_model_checkpoint": "tiny.safetensors",
    }  # fmt: skip
    assert set(second["changes"]) == {"init_images"}
    other = {"other/a.png": {"Negative prompt": "ink"}}
    props = ["Negative prompt"]
    elsewhere = {"img2img_batch_png_info_dir": str(folder / "other"), "img2img_batch_png_info_props": props}
    (first, *_) = read(folder, other, **{**asked, **elsewhere}).values
    assert first["changes"] == {"init_images": image, "negative_prompt": "ink"}


def test_a_mask_is_the_only_one_or_that_of_the_name(folder: Path) -> None:
    masks = folder / "masks"
    masks.mkdir()
    Image.new("L", (40, 30), 255).save(masks / "any.png")
    one = read(folder, img2img_batch_inpaint_mask_dir=str(masks)).values
    assert len({value["changes"]["mask"] for value in one}) == 1
    Image.new("L", (40, 30), 99).save(masks / "b.png")
    found = read(folder, img2img_batch_inpaint_mask_dir=str(masks))
    assert [value["name"] for value in found.values] == ["b.jpg"]
    assert "Skipped, because they have no mask of the same name: a.png, c.tif, notes.png." in found.notes


def test_uploaded_files_need_no_folder(folder: Path) -> None:
    files = [SimpleNamespace(name=str(folder / "in" / "b.jpg"))]
    upload = {"img2img_batch_source_type": "upload", "img2img_batch_upload": files}
    found = read(folder, hides=True, img2img_batch_output_dir="/elsewhere", **upload)
    assert [value["name"] for value in found.values] == ["b.jpg"]
    assert found.notes == []
    with pytest.raises(InvalidInput, match="hide-ui-dir-config"):
        read(folder, hides=True)


def test_the_output_directory_is_said_not_to_count(folder: Path) -> None:
    assert "output directory" in read(folder, img2img_batch_output_dir=" /elsewhere ").notes[-1]


def test_nothing_and_far_too_much_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="no image"):
        read(folder, img2img_batch_input_dir=str(folder / "nowhere"))
    monkeypatch.setattr(batch, "MOST_FILES", 3)
    with pytest.raises(InvalidInput, match="4 files"):
        read(folder)
    monkeypatch.setattr(batch, "MOST_FILES", 30)
    monkeypatch.setattr(batch, "MOST_BYTES", 10)
    with pytest.raises(InvalidInput, match="copied"):
        read(folder)
    assert not (folder / "inputs").exists()
