"""Images that were saved are shown from where they are, not copied to gradio's temporary folder."""

import os
import tempfile
from pathlib import Path

from PIL import PngImagePlugin

from modules import shared


def register_tmp_file(gradio, filename):
    gradio.temp_file_sets[0] = gradio.temp_file_sets[0] | {os.path.abspath(filename)}


def check_tmp_file(gradio, filename):
    return any(filename in files for files in gradio.temp_file_sets)


def save_pil_to_file(self, pil_image, dir=None, format="png"):
    saved = getattr(pil_image, "already_saved_as", None)
    if saved and os.path.isfile(saved):
        register_tmp_file(shared.demo, saved)
        dated = f"{saved}?{os.path.getmtime(saved)}"
        register_tmp_file(shared.demo, dated)
        return dated
    folder = shared.opts.temp_dir or dir
    os.makedirs(folder, exist_ok=True)
    metadata = PngImagePlugin.PngInfo()
    for entry in pil_image.info.items():
        if all(isinstance(part, str) for part in entry):
            metadata.add_text(*entry)
    with tempfile.NamedTemporaryFile(delete=False, suffix=".png", dir=folder) as file:
        pil_image.save(file, pnginfo=metadata)
    return file.name


def install_ui_tempdir_override():
    import gradio.components

    gradio.components.IOComponent.pil_to_temp_file = save_pil_to_file


def is_gradio_temp_path(path):
    return Path(path).is_relative_to(Path(tempfile.gettempdir()) / "gradio")
