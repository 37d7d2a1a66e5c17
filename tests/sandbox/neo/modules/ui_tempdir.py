"""Images that were saved are shown from where they are, not copied to gradio's temporary folder."""

import os
import tempfile
from pathlib import Path

from PIL import PngImagePlugin

from modules import shared


def register_tmp_file(gradio_app, filename):
    gradio_app.temp_file_sets[0] = gradio_app.temp_file_sets[0] | {os.path.abspath(filename)}


def check_tmp_file(gradio_app, filename):
    filename = os.path.abspath(filename)
    return any(filename in files for files in gradio_app.temp_file_sets)


def save_pil_to_file(pil_image, cache_dir=None, format="png"):
    saved = getattr(pil_image, "already_saved_as", None)
    if saved and os.path.isfile(saved):
        register_tmp_file(shared.demo, saved)
        dated = f"{saved}?{os.path.getmtime(saved)}"
        register_tmp_file(shared.demo, dated)
        return dated
    folder = shared.opts.temp_dir or cache_dir
    os.makedirs(folder, exist_ok=True)
    metadata = PngImagePlugin.PngInfo()
    for entry in pil_image.info.items():
        if all(isinstance(part, str) for part in entry):
            metadata.add_text(*entry)
    with tempfile.NamedTemporaryFile(delete=False, suffix=".png", dir=folder) as file:
        pil_image.save(file, pnginfo=metadata)
    return file.name


def move_to_cache(block, postprocess, check_in_upload_folder, keep_in_cache):
    """As gradio's own, but a file that was registered here stays where it is."""
    from gradio.data_classes import FileData
    from gradio.utils import get_upload_folder, is_in_or_equal, is_static_file
    from gradio_client import utils as client_utils

    is_url = client_utils.is_http_url_like

    async def cached(path):
        if check_tmp_file(shared.demo, path):
            return path
        outside = not is_url(path) and not is_in_or_equal(os.path.abspath(path), get_upload_folder())
        if check_in_upload_folder and outside:
            raise ValueError(f"File {path} is not in the upload folder and cannot be accessed.")
        moved = await block.async_move_resource_to_block_cache(path)
        if moved is None:
            raise ValueError("Did not determine a file path for the resource.")
        if keep_in_cache:
            block.keep_in_cache.add(moved)
        return moved

    async def move(data):
        payload = FileData(**data)
        payload.path = payload.path.rsplit("?", 1)[0]
        if payload.url and postprocess and is_url(payload.url):
            payload.path = payload.url
        elif not is_static_file(payload) and not payload.is_stream:
            payload.path = await cached(payload.path)
        prefix = "/stream/" if payload.is_stream else "/file="
        payload.url = payload.path if is_url(payload.path) else f"{prefix}{payload.path}"
        return payload.model_dump()

    return move


async def async_move_files_to_cache(
    data, block, postprocess=False, check_in_upload_folder=False, keep_in_cache=False
):
    from gradio.data_classes import GradioModel, GradioRootModel
    from gradio_client import utils as client_utils

    if isinstance(data, (GradioRootModel, GradioModel)):
        data = data.model_dump()
    move = move_to_cache(block, postprocess, check_in_upload_folder, keep_in_cache)
    return await client_utils.async_traverse(data, move, client_utils.is_file_obj)


def install_ui_tempdir_override():
    import gradio.processing_utils

    gradio.processing_utils.save_pil_to_cache = save_pil_to_file
    gradio.processing_utils.async_move_files_to_cache = async_move_files_to_cache


def is_gradio_temp_path(path):
    return Path(path).is_relative_to(Path(tempfile.gettempdir()) / "gradio")
