"""Whether an image is what was asked for: its pixels, and what the WebUI wrote into it.

Only what is known is judged. Each finding is of one code, ``audit_...``; an error means that the image
is not the one that was asked for.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePath

import msgspec
from PIL import Image as Picture

from ..model import Finding
from ..ports import Catalog
from .infotext import Infotext

PREFIX = "audit_"
#: of one colour channel: what a lossy format makes of a single colour
_NOISE = 8
_HASH = re.compile(r"[0-9a-f]{10,64}")
_TITLE_HASH = re.compile(r"\s*\[([0-9a-f]+)\]$")
_LORA_NAME = str.maketrans("", "", ":,")  # as extensions-builtin/Lora/extra_networks_lora.py (1.10.1)
#: settings that the WebUI 1.10.1 writes and that do not change the size, by their first words
_OF_THE_HOST = (
    "Steps", "Sampler", "Schedule", "CFG scale", "Image CFG scale", "Seed", "Face restoration", "Size",
    "Model", "FP8 weight", "Cache FP16 weight", "VAE", "Variation seed", "Denoising strength",
    "Clip skip", "ENSD", "Conditional mask weight", "Token merging", "Init image hash", "RNG", "Tiling",
    "Version", "User", "Beta schedule", "Discard penultimate sigma", "Emphasis", "Extra noise", "Hires",
    "Hypertile", "Inpaint area", "Lora hashes", "Mask", "NGMS", "Noise", "Old prompt editing",
    "Pad conds", "Refiner", "SGM noise", "Sigma", "Skip Early CFG", "TI hashes", "Downcast", "Eta",
    "Hashes", "Template", "Negative Template", "ADetailer", "ControlNet",
)  # fmt: skip


class Asked(msgspec.Struct, frozen=True):
    """``sizes``: (width, height) that are right, give or take ``slack`` pixels a side; none: not judged.
    ``sure``: whichever scripts of other extensions the infotext names, the size is to be one of these.
    ``loras``: names in the prompt that must have been applied. ``checkpoint``: as the request named it.
    ``sampling``: (sampler, schedule type) as the request named them, by their labels in the infotext.
    '' is not judged."""

    sizes: frozenset[tuple[int, int]] = frozenset()
    slack: int = 0
    sure: bool = False
    loras: tuple[str, ...] = ()
    checkpoint: str = ""
    sampling: dict[tuple[str, str], tuple[str, str]] = {}


def look(path: Path) -> tuple[tuple[int, int] | None, list[Finding]]:
    """(width, height), None if that cannot be told, and what the pixels alone show. ``OSError`` if the
    file is not there."""
    path.stat()
    try:
        with Picture.open(path) as picture:
            size = picture.size
            picture.load()
            extrema = picture.convert("RGB").getextrema()
    except Exception:  # Pillow raises many kinds for a damaged file
        if path.suffix.lower() not in Picture.registered_extensions():
            return None, []  # this Pillow cannot read such files at all
        path.stat()  # it may have gone just now
        return None, [_error("unreadable", "The file is damaged: it cannot be read as an image.")]
    bands = [(band[0], band[1]) for band in extrema if isinstance(band, tuple)]
    if any(most - least > _NOISE for least, most in bands):
        return size, []
    if all(most <= _NOISE for _, most in bands):
        message = "The image is black, as it is when the model or the VAE made no numbers (NaN) of it."
        return size, [_error("blank", message)]
    return size, [_error("blank", "The image is of one colour.")]


def compare(asked: Asked, size: tuple[int, int] | None, made: Infotext, catalog: Catalog) -> list[Finding]:
    """What ``made``, the infotext, and the size say against what was asked. An image without infotext is
    judged by its size only."""
    found = _size(asked, size, made)
    if not made.fields:
        return found
    found += _loras(asked.loras, made.fields.get("Lora hashes", ""))
    found += _model(asked.checkpoint, made.fields, catalog)
    for labels, names in asked.sampling.items():
        found += _sampling(names, (made.fields.get(labels[0], ""), made.fields.get(labels[1], "")), catalog)
    return found


def _size(asked: Asked, size: tuple[int, int] | None, made: Infotext) -> list[Finding]:
    if size is None or not asked.sizes:
        return []
    if not asked.sure and not all(name.startswith(_OF_THE_HOST) for name in made.fields):
        return []  # another extension's script was at work, and may have meant to change the size
    for width, height in asked.sizes:
        if abs(size[0] - width) <= asked.slack and abs(size[1] - height) <= asked.slack:
            return []
    wanted = " or ".join(f"{width}x{height}" for width, height in sorted(asked.sizes))
    return [_error("size", f"The image has {size[0]}x{size[1]} pixels; {wanted} was asked for.")]


def _loras(wanted: tuple[str, ...], hashes: str) -> list[Finding]:
    applied = {entry.rpartition(":")[0].strip() for entry in hashes.split(",")}
    missing = [name for name in dict.fromkeys(wanted) if name.translate(_LORA_NAME).strip() not in applied]
    return [
        _error("lora", f"The LoRA “{name}” is in the prompt, but was not applied.", "prompt")
        for name in missing
    ]


def _model(asked: str, fields: dict[str, str], catalog: Catalog) -> list[Finding]:
    hash, name = fields.get("Model hash", "").lower(), fields.get("Model", "")
    if not asked or not (hash or name) or _is_model(asked, hash, name, catalog):
        return []
    made = f"{name} [{hash}]" if hash and name else hash or name
    message = f"It was made with the checkpoint “{made}”; “{asked}” was asked for."
    return [_error("model", message, "override_settings.sd_model_checkpoint")]


def _is_model(asked: str, hash: str, name: str, catalog: Catalog) -> bool:
    names = catalog.checkpoint_ids(asked) or _ids_in(asked)
    hashes = [id.lower() for id in names if _HASH.fullmatch(id.lower())]
    if _HASH.fullmatch(hash) and hashes:
        return any(known.startswith(hash) or hash.startswith(known) for known in hashes)
    if re.fullmatch(r"[0-9a-f]+", asked):
        return True  # a hash of a kind that is not in the infotext, of a file that is not there any more
    return not name or name in names


def _ids_in(asked: str) -> frozenset[str]:
    """What the text itself says of a checkpoint that the WebUI does not have (any more)."""
    told = _TITLE_HASH.search(asked)
    file = PurePath(_TITLE_HASH.sub("", asked).replace("\\", "/"))
    stem = file.stem if file.suffix.lower() in (".safetensors", ".ckpt", ".pt", ".pth") else file.name
    return frozenset({stem, asked, *([told[1]] if told else ())})


def _sampling(asked: tuple[str, str], made: tuple[str, str], catalog: Catalog) -> list[Finding]:
    if not asked[0] or not made[0]:
        return []
    wanted, got = catalog.sampling(*asked), catalog.sampling(*made)
    if wanted is None or got is None:  # of an extension that is gone, or a name that never was
        wanted, got = asked, made
    if not asked[1] or not made[1]:
        wanted, got = (wanted[0], ""), (got[0], "")
    if wanted == got or (wanted[0] == got[0] and asked[1] == "Automatic"):
        return []
    message = f"It was sampled with “{_told(made)}”; “{_told(asked)}” was asked for."
    return [_error("sampler", message, "sampler_name" if wanted[0] != got[0] else "scheduler")]


def _told(sampling: tuple[str, str]) -> str:
    return " ".join(filter(None, sampling))


def _error(code: str, message: str, field: str = "") -> Finding:
    return Finding("error", PREFIX + code, message, field)
