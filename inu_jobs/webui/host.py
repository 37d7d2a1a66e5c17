"""The WebUI's folders, and what it wrote into its images."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from modules import images, paths_internal, shared
from PIL import Image

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
#: each setting that counts for all tabs unless it is empty, and those that count then
SAVING_SETTINGS = {
    "outdir_samples": ("outdir_txt2img_samples", "outdir_img2img_samples"),
    "outdir_grids": ("outdir_txt2img_grids", "outdir_img2img_grids"),
}


class WebuiHost:
    """``ports.Host``."""

    def data_folder(self) -> Path:
        return Path(paths_internal.data_path).absolute()

    def output_folders(self) -> list[Path]:
        """Of the settings, and the default one: images stay where they were made when a setting
        changes. Relative ones are relative to the WebUI's working folder."""
        return _folders([paths_internal.default_output_dir, *_chosen(OUTPUT_SETTINGS)])

    def saving_folders(self) -> list[Path]:
        """As Generate and our script do (``script.py``)."""
        return _folders(
            folder for every, each in SAVING_SETTINGS.items() for folder in _chosen([every]) or _chosen(each)
        )

    def infotext(self, path: Path) -> str:
        try:
            with Image.open(path) as image:
                text, _ = images.read_info_from_image(image)
        except (OSError, ValueError, SyntaxError):
            return ""
        return str(text or "")  # beyond Latin-1 it is Pillow's iTXt, which cannot be sent as JSON

    def save_folder(self) -> Path | None:
        chosen = getattr(shared.opts, "outdir_save", "")
        return Path(chosen).absolute() if chosen else None

    def font(self) -> Path | None:
        font = getattr(paths_internal, "roboto_ttf_file", "")  # a fork may have moved it
        return Path(font) if font and Path(font).is_file() else None


def _chosen(settings: Iterable[str]) -> list[str]:
    return [folder for name in settings if (folder := getattr(shared.opts, name, ""))]


def _folders(named: Iterable[str]) -> list[Path]:
    return list(dict.fromkeys(Path(folder).absolute() for folder in named))
