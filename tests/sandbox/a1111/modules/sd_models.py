"""Checkpoints, and which one is loaded."""

import threading

from tests.sandbox.common.checkpoints import (  # noqa: F401
    CheckpointInfo,
    checkpoint_aliases,
    checkpoints_list,
    get_closet_checkpoint_match,
    list_models,
    model_hash,
    model_path,
    sha256,
)

from modules import shared


def checkpoint_tiles(use_short=False):
    return [x.short_title if use_short else x.title for x in checkpoints_list.values()]


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
