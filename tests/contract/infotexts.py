"""The WebUI's own reader of infotext, asked what it reads: ours is to find the same in what it writes.

Where ours differs on purpose: it keeps the spaces at the ends of a prompt's lines, which the WebUI's
takes away, so both are compared without them."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from PIL import Image

from inu_jobs.library.infotext import parse
from inu_jobs.library.recipes import Here, left_over, payload_of, settings_of

_RANDOM = 4000
_RECORDED = Path(__file__).resolve().parents[1] / "recorded" / "images"
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
#: what the WebUI's reader of settings leaves out
_OURS = ("face_restoration_model",)


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
    assert _trimmed(ours.prompt) == theirs["Prompt"], text
    assert _trimmed(ours.negative) == theirs["Negative prompt"], text
    for name in ours.fields if fields is None else fields:
        value = ours.fields[name]
        width, by, height = value.partition("x")
        if by and width.isdigit() and height.isdigit():
            assert (theirs[f"{name}-1"], theirs[f"{name}-2"]) == (width, height), (name, text)
        else:
            assert theirs[name] == value, (name, text)


def _trimmed(prompt: str) -> str:
    return "\n".join(line.strip() for line in prompt.split("\n")).lstrip("\n")


def compare_settings() -> None:
    from modules import infotext_utils

    from inu_jobs.webui.catalog import WebuiCatalog

    here = Here(lambda name: True, WebuiCatalog(Path()).infotext_settings())
    assert {"ENSD", "Pad conds", "NGMS", "Token merging ratio", "Clip skip"} <= {
        one[0] for one in here.labels
    }
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
        assert {k: (type(v), v) for k, v in ours.items()} == {k: (type(v), v) for k, v in theirs.items()}, (
            text
        )
        payload = payload_of(read, here)
        assert payload.get("initial_noise_multiplier") == noise, text
        assert payload["restore_faces"] == ("Face restoration" in told), text
        assert payload["tiling"] == (told.get("Tiling") == "True"), text
        assert left_over(read, here) == [], text
