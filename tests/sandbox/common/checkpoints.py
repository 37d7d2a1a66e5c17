"""Checkpoints, as all hosts list them: ``modules.sd_models`` without what loads them.

Any file in ``models/Stable-diffusion`` is one; its content only gives it a hash."""

import hashlib
import os
import re

from modules import shared
from modules.paths_internal import models_path

model_path = os.path.join(models_path, "Stable-diffusion")
checkpoints_list = {}
checkpoint_aliases = {}
_hashes = {}


def folders():
    """Where checkpoints are: the models' folder and those of the flag, of which a host takes one or many."""
    given = getattr(shared.cmd_opts, "ckpt_dirs", None) or [getattr(shared.cmd_opts, "ckpt_dir", None)]
    return [model_path, *(os.path.abspath(folder) for folder in given if folder)]


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
        inside = next((x for x in folders() if path.startswith(x + os.sep)), os.path.dirname(path))
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


def list_models(kind=CheckpointInfo):
    checkpoints_list.clear()
    checkpoint_aliases.clear()
    found = []
    for folder in folders():
        for root, _, files in os.walk(folder):
            found += [os.path.join(root, f) for f in files if f.endswith((".ckpt", ".safetensors"))]
    for filename in sorted(found, key=lambda x: x.lower()):
        if not filename.endswith((".vae.ckpt", ".vae.safetensors")):
            kind(filename).register()


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
