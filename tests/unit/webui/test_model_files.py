"""The family of a model, read from the header of its file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from inu_jobs.webui.host.model_files import family_of

KEY = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight"


def write(path: Path, header: object, length: int | None = None) -> Path:
    text = json.dumps(header).encode()
    path.write_bytes((len(text) if length is None else length).to_bytes(8, "little") + text)
    return path


def test_by_its_metadata_then_by_its_shapes(tmp_path: Path) -> None:
    told = {"__metadata__": {"ss_base_model_version": "sd_v1"}, KEY: {"dtype": "F16", "shape": [8, 2048]}}
    path = write(tmp_path / "a.safetensors", told)
    assert family_of(str(path)) == "SD 1"
    del told["__metadata__"]
    write(path, told)
    assert family_of(str(path)) == "SDXL"
    stat = path.stat()
    write(path, {"__metadata__": {"ss_v2": "True"}})
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert family_of(str(path)) == "SD 2"


@pytest.mark.parametrize("header", [{}, [], 5, {"__metadata__": 3, KEY: {"shape": "x"}, "b": 2}])
def test_a_header_that_tells_nothing(tmp_path: Path, header: object) -> None:
    assert family_of(str(write(tmp_path / "a.safetensors", header))) == ""


def test_files_that_are_none(tmp_path: Path) -> None:
    assert family_of(str(tmp_path / "gone.safetensors")) == ""
    assert family_of(str(write(tmp_path / "a.ckpt", {"__metadata__": {"ss_v2": "True"}}))) == ""
    assert family_of(str(write(tmp_path / "long.safetensors", {}, length=2**62))) == ""
    short = tmp_path / "short.safetensors"
    short.write_bytes(b"\x09\0\0\0\0\0\0\0{")
    assert family_of(str(short)) == ""
