"""VAEs: files in ``models/VAE``."""

import os

from modules import sd_models, shared
from modules.paths_internal import models_path

vae_path = os.path.abspath(os.path.join(models_path, "VAE"))
vae_dict = {}
loaded_vae_file = None


def refresh_vae_list():
    vae_dict.clear()
    for root, _, files in os.walk(vae_path):
        for name in files:
            if name.endswith((".pt", ".ckpt", ".safetensors")):
                vae_dict[name] = os.path.join(root, name)
    ordered = sorted(vae_dict.items(), key=lambda item: shared.natural_sort_key(item[0]))
    vae_dict.clear()
    vae_dict.update(ordered)


def get_loaded_vae_name():
    return None if loaded_vae_file is None else os.path.basename(loaded_vae_file)


def get_loaded_vae_hash():
    return None if loaded_vae_file is None else sd_models.sha256(loaded_vae_file)[0:10]


def reload_vae_weights(sd_model=None, vae_file="unspecified"):
    """(M) an unknown name is a line in the log, and the built-in VAE is used."""
    global loaded_vae_file

    name = shared.opts.sd_vae
    loaded_vae_file = None
    if name in ("Automatic", "None"):
        return
    loaded_vae_file = vae_dict.get(name)
    if loaded_vae_file is None:
        print(f"Couldn't find VAE named {name}; using None instead")
