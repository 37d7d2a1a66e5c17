"""The WebUI's folders, and what it wrote into its images."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path

from modules import images, paths_internal, shared
from PIL import Image

from ...library.infotext.png import info_behind
from ...library.pixels import opened

OUTPUT_SETTINGS = (
    "outdir_samples",
    "outdir_txt2img_samples",
    "outdir_img2img_samples",
    "outdir_extras_samples",
    "outdir_grids",
    "outdir_txt2img_grids",
    "outdir_img2img_grids",
    "outdir_save",
)
GRID_SETTINGS = ("outdir_grids", "outdir_txt2img_grids", "outdir_img2img_grids")
#: maximum length of an infotext; as much as Pillow decompresses
MOST_TEXT = 1 << 20
#: each setting that applies to all tabs unless empty, and those that apply then
SAVING_SETTINGS = {
    "outdir_samples": ("outdir_txt2img_samples", "outdir_img2img_samples"),
    "outdir_grids": ("outdir_txt2img_grids", "outdir_img2img_grids"),
}


class WebuiHost:
    """``ports.Host``."""

    def data_folder(self) -> Path:
        return Path(paths_internal.data_path).absolute()

    def output_folders(self) -> list[Path]:
        """From the settings, and the default one: images stay where they were made when a setting changes.
        Relative paths are relative to the WebUI's working folder."""
        return _folders([default_output_folder(), *_chosen(OUTPUT_SETTINGS)])

    def grid_folders(self) -> list[Path]:
        others = [name for name in OUTPUT_SETTINGS if name not in GRID_SETTINGS]
        images = _folders([default_output_folder(), *_chosen(others)])
        return [folder for folder in _folders(_chosen(GRID_SETTINGS)) if folder not in images]

    def saving_folders(self) -> list[Path]:
        """As Generate and our script choose them (``script.py``)."""
        return _folders(
            folder for every, each in SAVING_SETTINGS.items() for folder in _chosen([every]) or _chosen(each)
        )

    def infotext(self, path: Path) -> str:
        try:
            with opened(path) as image:
                text = _infotext(image)
                if not text and image.format == "PNG":
                    image.info.update(info_behind(path))
                    text = _infotext(image)
        except (OSError, ValueError, SyntaxError):
            return ""
        return text if len(text) <= MOST_TEXT else ""

    def save_folder(self) -> Path | None:
        chosen = getattr(shared.opts, "outdir_save", "")
        return Path(chosen).absolute() if chosen else None

    def graphics_card(self) -> str:
        return _graphics_card()

    def fonts(self) -> list[str]:
        """The setting "Font for image grids that have text", then the font that comes with the WebUI, as in
        modules/images.py."""
        chosen = [getattr(shared.opts, "font", ""), getattr(paths_internal, "roboto_ttf_file", "")]
        return [str(font) for font in chosen if font]  # a fork may have moved them


@cache
def _graphics_card() -> str:
    torch = sys.modules.get("torch")  # the WebUI has imported it; a stand-in has not
    try:
        return str(torch.cuda.get_device_name()) if torch and torch.cuda.is_available() else ""
    except Exception:  # a driver that does not fit raises many kinds
        return ""


def default_output_folder() -> str:
    """Named by the WebUI since 1.8."""
    usual = Path(paths_internal.data_path) / "outputs"
    return str(getattr(paths_internal, "default_output_dir", usual))


def _infotext(image: Image.Image) -> str:
    """As the WebUI reads it, except that it would take EXIF without its header for a file name, and open that
    file (piexif 1.1.3)."""
    exif = image.info.pop("exif", b"")
    if exif[:2] in (b"II", b"MM"):
        exif = b"Exif\0\0" + exif
    if exif[:4] == b"Exif":
        image.info["exif"] = exif
    try:
        text, _ = images.read_info_from_image(image)
    except Exception:  # piexif raises many kinds for damaged EXIF
        if image.info.pop("exif", None) is None:
            raise
        text, _ = images.read_info_from_image(image)
    return str(text or "")  # beyond Latin-1 it is Pillow's iTXt, which JSON cannot encode


def _chosen(settings: Iterable[str]) -> list[str]:
    return [folder for name in settings if (folder := getattr(shared.opts, name, ""))]


def _folders(named: Iterable[str]) -> list[Path]:
    return list(_paths(tuple(named), os.getcwd()))  # noqa: PTH109 - no Path needed


@lru_cache(maxsize=32)
def _paths(named: tuple[str, ...], _here: str) -> tuple[Path, ...]:
    """Without duplicates. Cached, because this is called for each of thousands of images."""
    return tuple(dict.fromkeys(Path(folder).absolute() for folder in named))
