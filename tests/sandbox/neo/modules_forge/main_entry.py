"""The choice of checkpoint, VAE and text encoders above the page, and what is loaded because of it."""

import os

from modules import paths, sd_models, shared, shared_items

module_list = {}


def find_files_with_extensions(base_path, extensions):
    return {
        name: os.path.join(root, name)
        for root, _, files in os.walk(base_path)
        for name in files
        if name.endswith(tuple(f".{extension}" for extension in extensions))
    }


def refresh_models():
    """(checkpoints, modules), by name"""
    shared_items.refresh_checkpoints()
    found = shared_items.list_checkpoint_tiles(shared.opts.sd_checkpoint_dropdown_use_short)
    module_list.clear()
    folders = [os.path.abspath(os.path.join(paths.models_path, name)) for name in ("VAE", "text_encoder")]
    for folder in (*folders, *shared.cmd_opts.vae_dirs, *shared.cmd_opts.text_encoder_dirs):
        extensions = ["ckpt", "pt", "pth", "bin", "safetensors", "sft", "gguf"]
        module_list.update(find_files_with_extensions(folder, extensions))
    return sorted(found), sorted(module_list)


def refresh_model_loading_parameters(*, refresh=True):
    info = sd_models.select_checkpoint() if refresh else None
    if info is not None:
        sd_models.model_data.forge_loading_parameters = {
            "checkpoint_info": info,
            "additional_modules": shared.opts.forge_additional_modules,
            "unet_storage_dtype": None,
        }


def checkpoint_change(ckpt_name, preset, save=True, refresh=True):
    """Whether it is another one. ``ckpt_name``: any of its names."""
    new = sd_models.get_closet_checkpoint_match(ckpt_name)
    if new == sd_models.get_closet_checkpoint_match(shared.opts.sd_model_checkpoint):
        return False
    shared.opts.set("sd_model_checkpoint", ckpt_name)
    if save:
        shared.opts.save(shared.config_filename)
    refresh_model_loading_parameters(refresh=refresh)
    return True


def modules_change(module_values, preset, save=True, refresh=True):
    """Whether they are others. ``module_values``: names or paths; those that are not there are left out."""
    names = map(os.path.basename, module_values)
    modules = sorted(module_list[name] for name in names if name in module_list)
    if modules == shared.opts.forge_additional_modules:
        return False
    shared.opts.set("forge_additional_modules", modules)
    if save:
        shared.opts.save(shared.config_filename)
    refresh_model_loading_parameters(refresh=refresh)
    return True


def make_checkpoint_manager_ui():
    import gradio as gr

    if not shared.opts.sd_model_checkpoint and sd_models.checkpoints_list:
        shared.opts.set("sd_model_checkpoint", next(iter(sd_models.checkpoints_list.values())).name)
    checkpoint = gr.Dropdown(
        label="Checkpoint",
        choices=shared_items.list_checkpoint_tiles(),
        value=lambda: getattr(sd_models.select_checkpoint(), "name", None),
        elem_id="setting_sd_model_checkpoint",
    )
    modules = gr.Dropdown(
        label="VAE / Text Encoder",
        choices=sorted(module_list),
        value=lambda: [os.path.basename(path) for path in shared.opts.forge_additional_modules],
        multiselect=True,
        elem_id="setting_sd_modules",
    )
    checkpoint.input(lambda x: void(checkpoint_change, x), inputs=[checkpoint], queue=False)
    modules.input(lambda x: void(modules_change, x), inputs=[modules], queue=False)


def void(change, value):
    change(value, None)
