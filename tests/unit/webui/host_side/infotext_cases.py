"""Infotexts that the host reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin

from tests.unit.webui.host_side.registry import case

CASES_FOLDER = Path(__file__).parents[3] / "cases"


@case
def infotext_is_read_from_images_only(folder: Path) -> None:
    from inu_jobs.webui.host.folders import WebuiHost

    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", "a cat\nSteps: 3")
    Image.new("RGB", (8, 8)).save(folder / "with.png", pnginfo=info)
    Image.new("RGB", (8, 8)).save(folder / "without.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    beyond = "夜市, кошка, a “curly” cat 🍜\nSteps: 3"
    info = PngImagePlugin.PngInfo()
    info.add_itxt("parameters", beyond)
    Image.new("RGB", (8, 8)).save(folder / "beyond.png", pnginfo=info)
    folders = WebuiHost()
    assert folders.infotext(folder / "with.png") == "a cat\nSteps: 3"
    assert folders.infotext(folder / "beyond.png") == beyond
    assert type(folders.infotext(folder / "beyond.png")) is str, "nothing else becomes JSON"
    for name in ("without.png", "broken.png", "missing.png"):
        assert folders.infotext(folder / name) == "", name


@case
def infotext_is_read_wherever_the_webui_finds_it(folder: Path) -> None:
    from inu_jobs.webui.host import folders

    text = "a cat, 夜市\nNegative prompt: dog\nSteps: 3, Sampler: Euler, Seed: 5"
    read = folders.WebuiHost().infotext
    assert read(CASES_FOLDER / "after_idat.png").startswith("a red cat, sitting\nNegative prompt: dog\n")
    exif = Image.Exif()
    exif[0x8769] = {0x9286: b"UNICODE\0" + text.encode("utf-16-be")}
    for form in ("jpg", "webp", "png"):
        Image.new("RGB", (8, 8)).save(folder / f"told.{form}", exif=exif.tobytes())
        assert read(folder / f"told.{form}") == text, form
    Image.new("RGB", (8, 8)).save(folder / "told.gif", comment=text.encode())
    assert read(folder / "told.gif") == text
    whole = (folder / "told.jpg").read_bytes()
    for length in range(0, len(whole), 7):  # cut off anywhere
        (folder / "cut.jpg").write_bytes(whole[:length])
        assert read(folder / "cut.jpg") in ("", text)
    large = PngImagePlugin.PngInfo()
    large.add_text("parameters", text + " " * folders.MOST_TEXT)
    Image.new("RGB", (8, 8)).save(folder / "large.png", pnginfo=large)
    assert read(folder / "large.png") == ""


@case
def exif_never_names_a_file_to_open(folder: Path) -> None:
    """The WebUI's piexif opens the file of that name."""
    from modules import images

    from inu_jobs.webui.host.folders import WebuiHost

    seen: list[Any] = []

    def read_info_from_image(image: Image.Image) -> tuple[str, dict[str, Any]]:
        seen.append(image.info.get("exif"))
        if seen[-1]:
            raise KeyError("damaged")
        return image.info["parameters"], {}

    before, images.read_info_from_image = images.read_info_from_image, read_info_from_image
    try:
        for number, exif in enumerate(
            (rb"\\evil.example\share\a", b"/etc/hostname", b"MM\0*", b"Exif\0\0II*\0")
        ):
            info = PngImagePlugin.PngInfo()
            info.add_text("parameters", "a cat")
            info.add(b"tEXt", b"exif\0" + exif)
            Image.new("RGB", (8, 8)).save(folder / f"exif{number}.png", pnginfo=info)
            assert WebuiHost().infotext(folder / f"exif{number}.png") == "a cat", "damaged EXIF hides no text"
    finally:
        images.read_info_from_image = before
    assert seen == [None, None, b"Exif\0\0MM\0*", None, b"Exif\0\0II*\0", None]
