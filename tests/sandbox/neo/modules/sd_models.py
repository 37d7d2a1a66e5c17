"""Checkpoints, and what is loaded: a checkpoint with its modules, at the first generation."""

import sys

from tests.sandbox.common import checkpoints
from tests.sandbox.common.checkpoints import (  # noqa: F401
    checkpoint_aliases,
    checkpoints_list,
    get_closet_checkpoint_match,
    model_hash,
    model_path,
    sha256,
)

from modules import shared


class CheckpointInfo(checkpoints.CheckpointInfo):
    """Its hash is computed when it is loaded, and then kept; until then its title is its name."""

    _known = {}

    def __init__(self, filename):
        super().__init__(filename)
        if filename not in self._known:
            self.ids = [x for x in self.ids if x not in (self.sha256, self.shorthash, self.short_title)]
            self.sha256 = self.shorthash = None
            self.title, self.short_title = self.name, self.name_for_extra
            self.ids[self.ids.index(f"{self.name} [{sha256(filename)[0:10]}]")] = self.title

    def calculate_shorthash(self):
        if self.shorthash is not None:
            return self.shorthash
        self._known[self.filename] = True
        old = self.title
        CheckpointInfo.__init__(self, self.filename)
        entries = [(self.title if x == old else x, y) for x, y in checkpoints_list.items()]
        checkpoints_list.clear()
        checkpoints_list.update(entries)
        self.register()
        return self.shorthash


def list_models():
    checkpoints.list_models(CheckpointInfo)


def checkpoint_tiles(use_short=False):
    return [x.short_title if use_short else x.name for x in checkpoints_list.values()]


def select_checkpoint():
    wanted = shared.opts.sd_model_checkpoint
    info = checkpoint_aliases.get(wanted)
    if info is not None or not checkpoints_list:
        return info
    info = next(iter(checkpoints_list.values()))
    if wanted is not None:
        print(f"Checkpoint {wanted} not found; loading fallback {info.title}", file=sys.stderr)
    return info


class FakeInitialModel:
    """Before anything was loaded."""

    first_stage_model = cond_stage_model = None

    def get_prompt_lengths_on_ui(self, prompt):
        count = len(prompt.replace(",", " , ").split())
        return count, 75 * max(1, -(-count // 75))


class Model:
    """A loaded checkpoint with its modules, without weights. Flux is told by its name."""

    is_sdxl = is_sd2 = is_sd3 = is_wan = False
    use_shift = False
    cond_stage_key = "txt"

    def __init__(self, info, modules):
        print(f"Loading Model: {info.filename} {modules}", flush=True)
        self.use_distilled_cfg_scale = "flux" in info.name.lower()
        self.is_sd1 = not self.use_distilled_cfg_scale
        self.modules = list(modules)
        self.extra_generation_params, self.comments = {}, []
        self.sd_checkpoint_info, self.filename = info, info.filename
        self.sd_model_hash = info.calculate_shorthash()


class SdModelData:
    def __init__(self):
        self.sd_model = FakeInitialModel()
        self.forge_loading_parameters = {}
        self.forge_hash = ""

    def get_sd_model(self):
        return self.sd_model

    def set_sd_model(self, v):
        self.sd_model = v


model_data = SdModelData()


def unload_model_weights(*args, **kwargs):
    model_data.sd_model = FakeInitialModel()
    model_data.forge_hash = ""


def forge_model_reload():
    """(the model, whether it was loaded just now)"""
    wanted = model_data.forge_loading_parameters
    current = str(wanted)
    if model_data.forge_hash == current:
        return model_data.sd_model, False
    if wanted.get("checkpoint_info") is None:
        raise ValueError("Failed to find available model...")
    model_data.set_sd_model(Model(wanted["checkpoint_info"], wanted["additional_modules"]))
    shared.opts.data["sd_checkpoint_hash"] = wanted["checkpoint_info"].sha256
    model_data.forge_hash = current
    return model_data.sd_model, True
