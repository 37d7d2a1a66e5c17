"""Whether an image is what was requested, judging by its pixels and by what the WebUI wrote into it.

Only what is known is judged. Each finding has a code ``audit_...``; an error means that the image is not the
one that was requested.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any

import msgspec
from PIL import Image as Picture

from ..fields.table import ALL_ROUND, CHECKPOINT, PROMPTS, TABLE, infotext_label, label_of
from ..model import Finding
from ..ports import Catalog
from ..sentences import Sentence, say
from .infotext.parsing import Infotext
from .pixels import TooLarge, decoding, opened, strips

PREFIX = "audit_"
#: in one colour channel: the noise that a lossy format adds to a single colour
_NOISE = 8
#: 16 or 32 bits per pixel; no lossy format that Pillow reads has them
_DEEP = frozenset({"I", "F", "I;16", "I;16L", "I;16B", "I;16N"})
_NATIVE = "I;16" if sys.byteorder == "little" else "I;16B"
_WITH_OPACITY = frozenset({"LA", "La", "P", "PA", "RGBA", "RGBa"})
_HASH = re.compile(r"[0-9a-f]{10,64}")
_TITLE_HASH = re.compile(r"\[([0-9a-f]+)\]$")
_HEX = re.compile(r"[0-9a-f]+")
_LORA_NAME = str.maketrans("", "", ":,")  # as extensions-builtin/Lora/extra_networks_lora.py (1.10.1)
#: settings that WebUI 1.10.1, Forge f2.0.1 and Forge Neo 2.26 write and that do not change the size, by their
#: first words
_OF_THE_HOST = (
    *(field.infotext for path, field in TABLE.items() if field.infotext and path not in PROMPTS),
    "Schedule", "Face restoration", "FP8 weight", "Cache FP16 weight", "ENSD", "Conditional mask weight",
    "Token merging", "Init image hash", "RNG", "Version", "User", "Beta schedule",
    "Discard penultimate sigma", "Emphasis", "Extra noise", "Hires", "Hypertile", "Lora hashes",
    "Mask", "NGMS", "Noise", "Old prompt editing", "Pad conds", "SGM noise", "Sigma", "Skip Early CFG",
    "TI", "Downcast", label_of("eta"), "Hashes", "Template", "Negative Template", "ADetailer",
    "ControlNet", "Batch", "Hypernet", "Module", "Shift", "Diffusion in Low Bits",
    "MaHiRo", "Rescale CFG", "eps_scaling_factor",
)  # fmt: skip


class Asked(msgspec.Struct, frozen=True):
    """``sizes``: the correct (width, height), within ``slack`` pixels on each side; empty: not judged.
    ``step``: see ``ports.Catalog.size_step``.
    ``sure``: the size must be one of these, whichever other scripts the infotext names. ``loras``: names in
    the prompt that must have been applied. ``checkpoint``: as named in the request. ``sampling``: (sampler,
    schedule type) as named in the request, by their labels in the infotext. '' is not judged."""

    sizes: frozenset[tuple[int, int]] = frozenset()
    slack: int = 0
    step: int = 8
    sure: bool = False
    loras: tuple[str, ...] = ()
    checkpoint: str = ""
    sampling: dict[tuple[str, str], tuple[str, str]] = {}


def look(path: Path) -> tuple[tuple[int, int] | None, list[Finding]]:
    """(width, height), or None if unknown, and what the pixels alone show. ``OSError`` if the file is
    missing."""
    path.stat()
    size: tuple[int, int] | None = None
    try:
        with opened(path) as picture:
            size = picture.size
            with decoding(picture):
                picture.load()
                return size, _blank(picture)
    except TooLarge as error:  # not the file's fault
        return error.size, []
    except (MemoryError, PermissionError):  # neither is that
        return size, []
    except Exception:  # Pillow raises many kinds for a damaged file
        if path.suffix.lower() not in Picture.registered_extensions():
            return None, []  # this Pillow does not support the format
        path.stat()  # it may just have been deleted
        return None, [_error("unreadable", say("The file is damaged: it cannot be read as an image."))]


def _blank(picture: Picture.Image) -> list[Finding]:
    """An image of a single colour may have its shape in the transparency."""
    bands = _bands(picture)
    noise = 0 if picture.mode in _DEEP else _NOISE
    if not bands or not all(most - least <= noise for least, most in bands):  # also false for NaN
        return []
    if all(most <= noise for _, most in bands[:3]):
        message = say("The image is black: the model or the VAE probably produced NaNs.")
        return [_error("blank", message)]
    return [_error("blank", say("The image is a single colour."))]


def _bands(picture: Picture.Image) -> Sequence[tuple[float, float]]:
    """(min, max) of brightness, in one channel or three, then of opacity if the image has it. [] for pixel
    formats that this Pillow cannot analyse."""
    found = [_bands_of(strip) for _, strip in strips(picture)]
    if not all(found):
        return []
    return [(min(low for low, _ in band), max(high for _, high in band)) for band in zip(*found, strict=True)]


def _bands_of(picture: Picture.Image) -> Sequence[tuple[float, float]]:
    mode = picture.mode
    seen = (
        mode if mode in ("I", "F") else "I" if mode in _DEEP else "RGBA" if mode in _WITH_OPACITY else "RGB"
    )
    try:
        if mode == "I;16N":  # Pillow 9.5 clips it at 255
            picture = Picture.frombytes(_NATIVE, picture.size, picture.tobytes())
        elif mode in ("La", "RGBa"):
            picture = picture.convert(mode.upper())
        found: Any = (picture if mode == seen else picture.convert(seen)).getextrema()
    except ValueError:
        return []
    bands: Sequence[tuple[float, float]] = [found] if mode in _DEEP else found
    return bands


def compare(asked: Asked, size: tuple[int, int] | None, made: Infotext, catalog: Catalog) -> list[Finding]:
    """Compares ``made``, the infotext, and the size with what was requested. An image without infotext is
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
        return []  # another extension's script was used, and may have changed the size on purpose
    for width, height in asked.sizes:
        if _fits(size[0], width, asked) and _fits(size[1], height, asked):
            return []
    wanted = " or ".join(f"{width}x{height}" for width, height in sorted(asked.sizes))
    return [
        _error(
            "size",
            say(
                "The image is {width}x{height} instead of {wanted} pixels.",
                width=size[0],
                height=size[1],
                wanted=wanted,
            ),
        )
    ]


def _fits(side: int, wanted: int, asked: Asked) -> bool:
    off = abs(side - wanted)
    if off <= asked.slack:
        return True
    return asked.step > 8 and side % ALL_ROUND == 0 and off <= asked.step // 2 + asked.slack


def _loras(wanted: tuple[str, ...], hashes: str) -> list[Finding]:
    applied = {entry.rpartition(":")[0].strip() for entry in hashes.split(",")}
    missing = [name for name in dict.fromkeys(wanted) if name.translate(_LORA_NAME).strip() not in applied]
    return [
        _error(
            "lora", say("The LoRA “{name}” is in the prompt but was not applied.", name=name), "prompt", name
        )
        for name in missing
    ]


def _model(asked: str, fields: dict[str, str], catalog: Catalog) -> list[Finding]:
    hash, name = fields.get("Model hash", "").lower(), fields.get(infotext_label(CHECKPOINT), "")
    if not asked or not (hash or name) or _is_model(asked, hash, name, catalog):
        return []
    made = f"{name} [{hash}]" if hash and name else hash or name
    message = say("It was made with the checkpoint “{made}” instead of “{asked}”.", made=made, asked=asked)
    return [_error("model", message, "override_settings.sd_model_checkpoint")]


def _is_model(asked: str, hash: str, name: str, catalog: Catalog) -> bool:
    names = catalog.checkpoint_ids(asked) or _ids_in(asked)
    hashes = [id.lower() for id in names if _HASH.fullmatch(id.lower())]
    if _HASH.fullmatch(hash) and hashes:
        return any(known.startswith(hash) or hash.startswith(known) for known in hashes)
    if _HEX.fullmatch(asked):
        return True  # a hash of a kind that is not in the infotext, or of a file that no longer exists
    return not name or name in names


def _ids_in(asked: str) -> frozenset[str]:
    """What the request's text itself tells about a checkpoint that the WebUI does not have."""
    told = _TITLE_HASH.search(asked)
    name = asked[: told.start()].rstrip() if told else asked
    file = PurePath(name.replace("\\", "/"))
    stem = file.stem if file.suffix.lower() in (".safetensors", ".ckpt", ".pt", ".pth") else file.name
    return frozenset({stem, asked, *([told[1]] if told else ())})


def _sampling(asked: tuple[str, str], made: tuple[str, str], catalog: Catalog) -> list[Finding]:
    if not asked[0] or not made[0]:
        return []
    wanted, got = catalog.sampling(*asked), catalog.sampling(*made)
    if wanted is None or got is None:  # from an extension that is gone, or a name that never existed
        wanted, got = asked, made
    if not asked[1] or not made[1]:
        wanted, got = (wanted[0], ""), (got[0], "")
    if wanted == got or (wanted[0] == got[0] and asked[1] == "Automatic"):
        return []
    message = say("It was sampled with “{made}” instead of “{asked}”.", made=_told(made), asked=_told(asked))
    return [_error("sampler", message, "sampler_name" if wanted[0] != got[0] else "scheduler")]


def _told(sampling: tuple[str, str]) -> str:
    return " ".join(filter(None, sampling))


def _error(code: str, message: Sentence, field: str = "", name: str = "") -> Finding:
    return Finding("error", PREFIX + code, message, field, name=name)
