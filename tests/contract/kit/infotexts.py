"""The WebUI's own reader of infotext, asked what it reads: ours is to find the same in what it writes.

Where ours differs on purpose: it keeps the spaces at the ends of a prompt's lines, which the WebUI's
takes away, so both are compared without them."""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path
from typing import Any
from unittest import SkipTest

from PIL import Image

from inu_jobs.library.infotext.parsing import parse
from inu_jobs.library.infotext.to_payload import Here, came_from_image, left_over, payload_of, settings_of

_RANDOM = 4000
_RECORDED = Path(__file__).resolve().parents[2] / "recorded" / "images"
_PIECES = (
    "a fox", "(masterpiece:1.2)", '"quoted"', "time: 12:30", "a, b,, c", "<lora:x:0.8:lbw=1,0>", "BREAK",
    "[day:night:0.5]", "Steps: 3", "Steps: 20, Sampler: Euler", "夜市 🍜", "\\(escaped\\)", "{red|blue}",
    "  two  spaces", "", "a: b, c: d, e: f", "Size: 5x5", "back\\slash", "ends with colon:", "'", "\t",
)  # fmt: skip
_NAMES = (
    "Seed", "CFG scale", "Size", "Model hash", "Model", "Lora hashes", "TI hashes", "Denoising strength",
    "ADetailer model", "ADetailer prompt", "ADetailer prompt 2nd", "ControlNet 0", "Script", "X Type",
    "X Values", "Fixed X Values", "Hires prompt", "Hires negative prompt", "Hires Module 1",
    "Wildcard prompt", "Template", "Extra-field/one", "Version",
)  # fmt: skip
_VALUES = (
    "7", "0.75", "512x768", "a: 12, b: 34", 'say "hi", twice', "line one\nline two", '{"a": 1, "b": [2]}',
    "Module: canny, Weight: 1.0, Resize Mode: Crop and Resize", "None", "v1.10.1", "x", "a:b",
    "back\\slash, too", '"two" words', "ends with, ", "=1, 2", "夜, 市", "tab\tinside, of it",
)  # fmt: skip

#: values of settings, as they are written
_OF = {
    "bool": ("True", "False"),
    "int": ("0", "3", "31337"),
    "float": ("0.25", "2", "1.0"),
    "str": ("x", "CPU"),
}
#: what an infotext leaves out, as 1.10.1 reads it
_LEFT_OUT = {
    "Clip skip": "1", "RNG": "GPU", "Schedule max sigma": "0", "Schedule min sigma": "0",
    "Schedule rho": "0", "VAE Encoder": "Full", "VAE Decoder": "Full", "Emphasis": "Original",
    "Refiner switch by sampling steps": "False",
}  # fmt: skip
_CASTS = {"bool": lambda text: text == "True", "int": int, "float": float, "str": str}
#: what the WebUI's reader of settings leaves out; the second is Forge's
_OURS = ("face_restoration_model", "forge_unet_storage_dtype")
#: what the readers of Forge and Forge Neo make something else of, or nothing
_TAKEN = re.compile(r"(Hires )?Module \d+|VAE|Model|Clip skip")
#: labels that the WebUI's own pattern finds (``re_param_code`` in infotext_utils.py): not reForge's with "++"
_READABLE = re.compile(r"\w[\w \-/]+")


def compare() -> None:
    from modules import infotext_utils, shared

    chance = random.Random(7)
    settings = shared.opts.data
    before = {name: settings.get(name) for name in ("infotext_styles", "auto_backcompat")}
    settings.update(infotext_styles="Ignore", auto_backcompat=False)  # they change what was read
    try:
        for _ in range(_RANDOM):
            fields = {name: chance.choice(_VALUES) for name in chance.sample(_NAMES, chance.randint(2, 8))}
            _agree(_written(chance, fields, infotext_utils.quote), fields)
        for path in sorted(_RECORDED.iterdir()):
            with Image.open(path) as image:
                _agree(image.info["parameters"])
    finally:
        settings.update({name: value for name, value in before.items() if value is not None})


def _written(chance: random.Random, fields: dict[str, str], quote: Any) -> str:
    """As ``create_infotext`` in modules/processing.py puts it together."""

    def some() -> str:
        lines = (
            " ".join(chance.choices(_PIECES, k=chance.randint(1, 3))) for _ in range(chance.randint(1, 3))
        )
        return "\n".join(lines)

    negative = f"\nNegative prompt: {some()}" if chance.random() < 0.8 else ""
    told = {"Steps": "20", **fields}
    written = ", ".join(name if name == value else f"{name}: {quote(value)}" for name, value in told.items())
    return f"{some()}{negative}\n{written}".strip()


def _agree(text: str, fields: dict[str, str] | None = None) -> None:
    from modules import infotext_utils

    theirs = infotext_utils.parse_generation_parameters(text, [])
    ours = parse(text)
    # Forge Neo keeps empty lines at the beginning
    empty = "\n" if _has_modules() else ""
    assert _trimmed(ours.prompt) == theirs["Prompt"].lstrip(empty), text
    assert _trimmed(ours.negative) == theirs["Negative prompt"].lstrip(empty), text
    for name in ours.fields if fields is None else fields:
        value = ours.fields[name]
        if name not in theirs and _has_modules() and _TAKEN.fullmatch(name):
            continue
        width, by, height = value.partition("x")
        if by and width.isdigit() and height.isdigit():
            assert (theirs[f"{name}-1"], theirs[f"{name}-2"]) == (width, height), (name, text)
        else:
            assert theirs[name] == value, (name, text)


def _has_modules() -> bool:
    return "modules_forge.main_entry" in sys.modules


def _is_neo() -> bool:
    from modules import infotext_utils

    return hasattr(infotext_utils, "INFOTEXT_TO_SETTING")


def _trimmed(prompt: str) -> str:
    return "\n".join(line.strip() for line in prompt.split("\n")).lstrip("\n")


def compare_old() -> None:
    """What the WebUI wrote before 2023: sizes of hires fix, a hypernetwork that was a setting."""
    from modules import infotext_utils

    if not hasattr(infotext_utils, "restore_old_hires_fix_params"):
        raise SkipTest("Forge Neo reads them no more")
    here = Here(lambda name: True, [])
    chance = random.Random(5)
    # Forge Neo rounds them otherwise than the A1111 that made the image
    to_be_calculated = () if _is_neo() else ("0x0", "512x0")
    for _ in range(500):
        size, first = (f"{chance.randint(1, 40) * 64}x{chance.randint(1, 40) * 64}" for _ in range(2))
        told = {"Size": size, "Denoising strength": "0.6"}
        told["First pass size"] = chance.choice((first, *to_be_calculated))
        if chance.random() < 0.5 and not _is_neo():  # which has none
            told["Hypernet"] = chance.choice(("x", "some net(1a2b)"))
        if chance.random() < 0.5:
            told["Hypernet strength"] = "0.6"
        if chance.random() < 0.1:
            del told["Size"]
        text = f"a fox\nSteps: 20, Sampler: Euler, Seed: 5, {', '.join(map(': '.join, told.items()))}"
        theirs = infotext_utils.parse_generation_parameters(text, [])
        read = parse(text)
        payload = payload_of(read, here)
        assert payload["prompt"] == theirs["Prompt"], text
        for field, label in (("width", "Size-1"), ("height", "Size-2")):
            assert payload[field] == int(theirs[label]), text
        for field, label in (("hr_resize_x", "Hires resize-1"), ("hr_resize_y", "Hires resize-2")):
            assert payload[field] == int(theirs[label]), text
        assert payload["enable_hr"] and not came_from_image(read)
        assert left_over(read, here) == [], text


def _take_out_what_only_ours_reads(
    ours: dict[str, Any], theirs: dict[str, Any], told: dict[str, str], here: Here, text: str
) -> None:
    for label, name, kind in here.labels:
        if label in told and not _READABLE.fullmatch(label):
            assert ours.pop(name) == _CASTS[kind](told[label]), (label, text)
    if not _is_neo():
        return
    if "RNG" not in told:  # A1111 writes it only if it is not the GPU's
        assert (ours.pop("randn_source"), theirs.pop("randn_source", "CPU")) == ("GPU", "CPU"), text
    # it drops some, and leaves to the page what an infotext leaves out
    for label, name, kind in here.labels:
        if name in ours.keys() - theirs.keys():
            assert ours.pop(name) == _CASTS[kind]((_LEFT_OUT | told)[label]), (label, text)


#: no WebUI wrote them: words are never settings
_WORDS = (
    "portrait of a woman, oil painting, soft light, highly detailed",
    "a cat\nNegative prompt: ugly, bad",
    "a cat\nby: a lake",
    '{"full_prompt": ["a: lighthouse, b"], "resolution": "(1152, 896)", "seed": "7", "steps": 30}',
)


def compare_words() -> None:
    from modules import infotext_utils

    for text in _WORDS:
        theirs = infotext_utils.parse_generation_parameters(text, [])
        ours = parse(text)
        assert (ours.prompt, ours.negative) == (theirs["Prompt"], theirs["Negative prompt"]), text
        assert ours.fields == {}, text


def compare_files(folder: Path) -> None:
    """What is written in a file, in each form that the WebUI saves, as its own PNG Info finds it."""
    from modules import images

    from inu_jobs.webui.host.folders import WebuiHost

    read = WebuiHost().infotext
    text = 'a fox, 夜市 "quoted"\nNegative prompt: dog\nSteps: 20, Sampler: Euler, Seed: 5, Size: 8x8'
    for suffix in (".png", ".jpg", ".webp"):
        path = folder / f"told{suffix}"
        picture = Image.new("RGB", (8, 8), "red")
        images.save_image_with_geninfo(picture, text, str(path), suffix)
        assert read(path) == images.read_info_from_image(images.read(str(path)))[0] == text, suffix
    Image.new("RGB", (8, 8)).save(folder / "told.gif", comment=text.encode())
    late = _RECORDED.parents[1] / "cases" / "after_idat.png"
    for path in (folder / "told.gif", late):
        found = images.read_info_from_image(images.read(str(path)))[0]
        assert read(path) == found and "Negative prompt: dog" in found, path.name


def compare_settings() -> None:
    from modules import infotext_utils

    from inu_jobs.webui.host.catalog import WebuiCatalog

    catalog = WebuiCatalog(Path())
    here = Here(lambda name: True, catalog.infotext_settings(), modules=catalog.modules())
    known = {one[0] for one in here.labels}
    assert len(known) > 8
    assert {"ENSD", "Pad conds", "NGMS", "Token merging ratio", "Clip skip"} <= known or _has_modules()
    chance = random.Random(11)
    for _ in range(200):
        told = {label: chance.choice(_OF[kind]) for label, _, kind in here.labels if chance.random() < 0.7}
        told.pop("Schedule type", None)  # a field of the request by now
        fields = ", ".join(f"{label}: {value}" for label, value in told.items())
        text = f"(a:1.2) fox\nSteps: 20, Sampler: Euler, Model: x, {fields}"
        params = infotext_utils.parse_generation_parameters(text, [])
        theirs = infotext_utils.create_override_settings_dict(f"{k}: {v}" for k, v in params.items())
        noise = theirs.pop("initial_noise_multiplier", None)
        for name in ("sd_model_checkpoint", "face_restoration", "tiling"):
            theirs.pop(name, None)  # the request has fields for them, and the model has a name
        read = parse(text)
        ours = settings_of(read, here)
        ours = {name: ours[name] for name in ours if name not in ("sd_model_checkpoint", *_OURS)}
        _take_out_what_only_ours_reads(ours, theirs, told, here, text)
        different = {
            name: (ours.get(name, ...), theirs.get(name, ...))
            for name in ours | theirs
            if (type(ours.get(name, ...)), ours.get(name)) != (type(theirs.get(name, ...)), theirs.get(name))
        }
        assert not different, (different, text)
        payload = payload_of(read, here)
        assert payload.get("initial_noise_multiplier") == noise, text
        assert payload["restore_faces"] == ("Face restoration" in told), text
        assert payload["tiling"] == (told.get("Tiling") == "True"), text
        assert left_over(read, here) == [], text
