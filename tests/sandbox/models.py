"""The model files that the sandbox starts with: tiny, named like real ones, and real safetensors."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from pathlib import Path

CHECKPOINTS = (
    "landscape_mix.safetensors",
    "nightcity_xl.safetensors",
    "tiny.safetensors",
    "tiny2.safetensors",
)
VAES = ("soft_light.safetensors", "fakevae.safetensors")
LORAS = ("inkwash", "goldenhour", "testlora", "testlora2")
EMBEDDINGS = ("easynegative",)
STYLES = """name,prompt,negative_prompt
Watercolour,"{prompt}, watercolour, soft edges",photo
Cinematic,"cinematic still, {prompt}",cartoon
"""


def safetensors(**metadata: str) -> bytes:
    """A valid file without tensors; another name gives another hash."""
    header = json.dumps({"__metadata__": metadata}).encode()
    return struct.pack("<Q", len(header)) + header


def install(data: Path, embeddings: str, more: Iterable[str] = ()) -> None:
    """Write what is missing of models and styles. ``embeddings``: their folder, and ``more``: files that only
    this host has; both from ``data`` on."""
    files = {f"models/Stable-diffusion/{name}": safetensors(name=name) for name in CHECKPOINTS}
    files |= {f"models/VAE/{name}": safetensors(name=name) for name in VAES}
    for name in LORAS:
        meta = safetensors(ss_output_name=name, ss_base_model_version="sd_v1", ss_sd_model_name="tiny")
        files[f"models/Lora/{name}.safetensors"] = meta
    files |= {f"{embeddings}/{name}.safetensors": safetensors(name=name) for name in EMBEDDINGS}
    files |= {name: safetensors(name=Path(name).name) for name in more}
    files["styles.csv"] = STYLES.encode()
    for name, content in files.items():
        path = data / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
