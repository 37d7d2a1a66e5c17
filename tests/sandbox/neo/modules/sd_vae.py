"""VAEs: files in ``models/VAE``. A generation uses those among the modules, not the setting ``sd_vae``."""

import os

from modules import sd_models, shared
from modules.paths_internal import models_path

vae_path = os.path.abspath(os.path.join(models_path, "VAE"))
vae_dict = {}
loaded_vae_file = None


def refresh_vae_list():
    vae_dict.clear()
    found = {
        name: os.path.join(root, name)
        for folder in (vae_path, *shared.cmd_opts.vae_dirs)
        for root, _, files in os.walk(folder)
        for name in files
        if name.endswith((".pt", ".ckpt", ".safetensors", ".gguf"))
    }
    vae_dict.update(sorted(found.items(), key=lambda item: shared.natural_sort_key(item[0])))


def get_loaded_vae_name():
    return None if loaded_vae_file is None else os.path.basename(loaded_vae_file)


def get_loaded_vae_hash():
    return None if loaded_vae_file is None else sd_models.sha256(loaded_vae_file)[0:10]


def reload_vae_weights(vae):
    """(M) takes it for a file: the name of a VAE, or "Automatic", ends the run with an error."""
    if vae in (None, "None"):
        return False
    with open(vae, "rb"):
        return True


def restore_vae_weights():
    """There was nothing to put aside."""
