"""The WebUI's built-in Lora extension, whose module has this name: files in ``models/Lora``."""

import json
import os
import struct

from modules import extra_networks, sd_models, shared
from modules.paths_internal import models_path

available_networks = {}
available_network_aliases = {}
available_network_hash_lookup = {}
loaded_networks = []
forbidden_network_aliases = {"none": 1, "Addams": 1}


def read_metadata(filename):
    """The header of a safetensors file; {} if it has none."""
    with open(filename, "rb") as file:
        start = file.read(8)
        if len(start) < 8:
            return {}
        length = struct.unpack("<Q", start)[0]
        text = file.read(min(length, 1 << 20))
    try:
        return json.loads(text).get("__metadata__", {})
    except ValueError:
        return {}


class NetworkOnDisk:
    def __init__(self, name, filename):
        self.name = name
        self.filename = filename
        self.metadata = read_metadata(filename) if filename.endswith(".safetensors") else {}
        self.alias = self.metadata.get("ss_output_name", name)
        self.hash = sd_models.sha256(filename)
        self.shorthash = self.hash[0:12]
        self.sd_version = self.metadata.get("ss_base_model_version", "Unknown")

    def get_alias(self):
        if shared.opts.lora_preferred_name == "Filename" or self.alias.lower() in forbidden_network_aliases:
            return self.name
        return self.alias


class Network:
    def __init__(self, name, network_on_disk):
        self.name = name
        self.network_on_disk = network_on_disk
        self.te_multiplier = 1.0
        self.unet_multiplier = 1.0
        self.mentioned_name = None


def lora_folder():
    given = getattr(shared.cmd_opts, "lora_dirs", None) or [getattr(shared.cmd_opts, "lora_dir", None)]
    return given[0] or os.path.join(models_path, "Lora")


def list_available_networks():
    for known in (
        available_networks,
        available_network_aliases,
        available_network_hash_lookup,
        forbidden_network_aliases,
    ):
        known.clear()
    forbidden_network_aliases.update({"none": 1, "Addams": 1})
    folder = lora_folder()
    for root, _, files in os.walk(folder):
        for file in sorted(files):
            name, extension = os.path.splitext(file)
            if extension not in (".pt", ".ckpt", ".safetensors"):
                continue
            entry = NetworkOnDisk(name, os.path.join(root, file))
            available_networks[name] = entry
            available_network_hash_lookup[entry.shorthash] = entry
            if entry.alias in available_network_aliases:
                forbidden_network_aliases[entry.alias.lower()] = 1
            available_network_aliases[name] = entry
            available_network_aliases[entry.alias] = entry


def load_networks(names, te_multipliers=None, unet_multipliers=None, dyn_dims=None):
    """Unknown names are left out without an error."""
    loaded_networks.clear()
    for i, name in enumerate(names):
        known = available_networks if name.lower() in forbidden_network_aliases else available_network_aliases
        entry = known.get(name)
        if entry is None:
            continue
        network = Network(entry.name, entry)
        network.mentioned_name = name
        network.te_multiplier = te_multipliers[i] if te_multipliers else 1.0
        network.unet_multiplier = unet_multipliers[i] if unet_multipliers else 1.0
        loaded_networks.append(network)


class ExtraNetworkLora(extra_networks.ExtraNetwork):
    def __init__(self):
        super().__init__("lora")

    def activate(self, p, params_list):
        additional = shared.opts.sd_lora
        if (
            additional != "None"
            and additional in available_networks
            and not any(x.items[0] == additional for x in params_list)
        ):
            weight = shared.opts.extra_networks_default_multiplier
            p.all_prompts = [f"{x}<lora:{additional}:{weight}>" for x in p.all_prompts]
            params_list.append(extra_networks.ExtraNetworkParams(items=[additional, weight]))

        names, te_multipliers, unet_multipliers = [], [], []
        for params in params_list:
            te = float(params.named.get("te", params.positional[1] if len(params.positional) > 1 else 1.0))
            unet = float(params.named.get("unet", params.positional[2] if len(params.positional) > 2 else te))
            names.append(params.positional[0])
            te_multipliers.append(te)
            unet_multipliers.append(unet)
        load_networks(names, te_multipliers, unet_multipliers)
        if shared.opts.lora_add_hashes_to_infotext:
            hashes = {x.mentioned_name: x.network_on_disk.shorthash for x in loaded_networks}
            if hashes:
                p.extra_generation_params["Lora hashes"] = ", ".join(f"{k}: {v}" for k, v in hashes.items())

    def deactivate(self, p):
        pass
