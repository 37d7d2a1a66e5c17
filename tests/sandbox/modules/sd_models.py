"""Checkpoints. Any file in ``models/Stable-diffusion`` is one; its content only gives it a hash."""

import hashlib
import os
import re
import threading

from modules import shared
from modules.paths_internal import models_path

model_path = os.path.join(models_path, "Stable-diffusion")
checkpoints_list = {}
checkpoint_aliases = {}
_hashes = {}


def sha256(filename):
    stat = os.stat(filename)
    key = (filename, stat.st_mtime_ns, stat.st_size)
    if key not in _hashes:
        with open(filename, "rb") as file:
            _hashes[key] = hashlib.sha256(file.read()).hexdigest()
    return _hashes[key]


def model_hash(filename):
    """The old, short hash of the WebUI: of a part of the file only."""
    try:
        with open(filename, "rb") as file:
            file.seek(0x100000)
            return hashlib.sha256(file.read(0x10000)).hexdigest()[0:8]
    except FileNotFoundError:
        return "NOFILE"


class CheckpointInfo:
    def __init__(self, filename):
        self.filename = filename
        path = os.path.abspath(filename)
        folders = [shared.cmd_opts.ckpt_dir and os.path.abspath(shared.cmd_opts.ckpt_dir), model_path]
        inside = next((x for x in folders if x and path.startswith(x + os.sep)), os.path.dirname(path))
        name = os.path.relpath(path, inside)
        self.is_safetensors = name.lower().endswith(".safetensors")
        self.metadata = {}
        self.name = name
        self.name_for_extra = os.path.splitext(os.path.basename(filename))[0]
        self.model_name = os.path.splitext(name.replace("/", "_").replace("\\", "_"))[0]
        self.hash = model_hash(filename)
        self.sha256 = sha256(filename)
        self.shorthash = self.sha256[0:10]
        self.title = f"{name} [{self.shorthash}]"
        self.short_title = f"{self.name_for_extra} [{self.shorthash}]"
        self.ids = [
            self.hash,
            self.model_name,
            self.title,
            name,
            self.name_for_extra,
            f"{name} [{self.hash}]",
            self.shorthash,
            self.sha256,
            self.short_title,
        ]

    def register(self):
        checkpoints_list[self.title] = self
        for name in self.ids:
            checkpoint_aliases[name] = self

    def calculate_shorthash(self):
        return self.shorthash


def checkpoint_tiles(use_short=False):
    return [x.short_title if use_short else x.title for x in checkpoints_list.values()]


def list_models():
    checkpoints_list.clear()
    checkpoint_aliases.clear()
    found = []
    for folder in filter(None, [model_path, shared.cmd_opts.ckpt_dir]):
        for root, _, files in os.walk(folder):
            found += [os.path.join(root, f) for f in files if f.endswith((".ckpt", ".safetensors"))]
    for filename in sorted(found, key=lambda x: x.lower()):
        if not filename.endswith((".vae.ckpt", ".vae.safetensors")):
            CheckpointInfo(filename).register()


def get_closet_checkpoint_match(search_string):
    if not search_string:
        return None
    known = checkpoint_aliases.get(search_string)
    if known is not None:
        return known
    for text in (search_string, re.sub(r"\s*\[[^]]+]\s*$", "", search_string)):
        found = sorted((x for x in checkpoints_list.values() if text in x.title), key=lambda x: len(x.title))
        if found:
            return found[0]
    return None


def select_checkpoint():
    info = checkpoint_aliases.get(shared.opts.sd_model_checkpoint)
    if info is not None:
        return info
    if not checkpoints_list:
        raise FileNotFoundError(f"No checkpoints found in {model_path}")
    return next(iter(checkpoints_list.values()))


class InnerModel:
    conditioning_key = "crossattn"


class Model:
    """The loaded checkpoint, without weights."""

    is_sdxl = False
    is_sd2 = False
    is_sd3 = False
    is_ssd = False
    is_sd1 = True
    cond_stage_key = "txt"
    latent_channels = 4

    def __init__(self, info):
        print(f"Loading weights [{info.shorthash}] from {info.filename}", flush=True)
        self.model = InnerModel()
        self.sd_checkpoint_info = info
        self.sd_model_checkpoint = info.filename
        self.sd_model_hash = info.shorthash


class SdModelData:
    def __init__(self):
        self.sd_model = None
        self.loaded_sd_models = []
        self.was_loaded_at_least_once = False
        self.lock = threading.Lock()

    def get_sd_model(self):
        with self.lock:
            if self.sd_model is None:
                self.sd_model = Model(select_checkpoint())
                self.was_loaded_at_least_once = True
                remember_in_settings(self.sd_model.sd_checkpoint_info)
        return self.sd_model

    def set_sd_model(self, v, already_loaded=False):
        self.sd_model = v


model_data = SdModelData()
_write_settings = True


class SkipWritingToConfig:
    """The hires checkpoint is loaded without becoming the setting."""

    def __enter__(self):
        global _write_settings
        self.previous, _write_settings = _write_settings, False
        return self

    def __exit__(self, *_):
        global _write_settings
        _write_settings = self.previous


def remember_in_settings(info):
    if _write_settings:
        shared.opts.data["sd_model_checkpoint"] = info.title
        shared.opts.data["sd_checkpoint_hash"] = info.sha256


def reload_model_weights(sd_model=None, info=None, forced_reload=False):
    wanted = info or select_checkpoint()
    current = sd_model or model_data.sd_model
    if current is not None and current.sd_model_checkpoint == wanted.filename and not forced_reload:
        return current
    model_data.set_sd_model(Model(wanted))
    remember_in_settings(wanted)
    return model_data.sd_model


def unload_model_weights(sd_model=None, info=None):
    model_data.set_sd_model(None)
    return sd_model
