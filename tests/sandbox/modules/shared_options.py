"""The WebUI's own settings, from a table: name, default, section, infotext label, component."""

import json
import os
from pathlib import Path

import host_traits
from modules import options
from modules.paths_internal import data_path
from modules.shared_cmd_options import cmd_opts

restricted_opts = {
    "clean_temp_dir_at_start",
    "directories_filename_pattern",
    "outdir_extras_samples",
    "outdir_grids",
    "outdir_img2img_samples",
    "outdir_init_images",
    "outdir_samples",
    "outdir_save",
    "outdir_txt2img_samples",
    "samples_filename_pattern",
    "temp_dir",
}


def checkpoint_choices():
    from modules import shared_items

    return {"choices": shared_items.list_checkpoint_tiles()}


def vae_choices():
    from modules import shared_items

    return {"choices": shared_items.sd_vae_items()}


LABELS = {"sd_model_checkpoint": "Stable Diffusion checkpoint", "sd_vae": "SD VAE"}
CHOICES = {"sd_model_checkpoint": checkpoint_choices, "sd_vae": vae_choices}


def component(name):
    """A gradio class by name, resolved when the settings page is built: nothing else needs gradio."""

    def build(**kwargs):
        import gradio as gr

        from modules import ui_components

        cls = getattr(ui_components, name, None) or getattr(gr, name)
        return cls(**kwargs)

    return build


def option(key, row):
    if row.get("html"):
        info = options.OptionHTML("")
    else:
        default = row["default"]
        if key.startswith("outdir_") and default:
            default = os.path.join(data_path, *default.split("/"))
        info = options.OptionInfo(
            default,
            LABELS.get(key) or key.replace("_", " ").capitalize(),
            component(row["component"]) if "component" in row else None,
            CHOICES.get(key) or row.get("args"),
            infotext=row.get("infotext"),
            restrict_api=row.get("restrict_api", False),
        )
        if row.get("reload"):
            info.needs_reload_ui()
    info.section = tuple(row["section"])
    return info


options_templates = {
    key: option(key, row)
    for key, row in json.loads(
        Path(host_traits.__file__).with_name("options_table.json").read_text("utf-8")
    ).items()
}
if hasattr(cmd_opts, "enable_console_prompts"):
    options_templates["enable_console_prompts"].default = cmd_opts.enable_console_prompts
