"""What ``parse_generation_parameters`` of Forge (f2.0.1) and Forge Neo (2.26) keeps of their infotexts, an
import keeps, too: field by field.

``tests/recorded/infotexts_of_hosts.json`` has texts with all labels that their ``create_infotext`` writes,
what their readers made of them, and their settings with an infotext label (modules/shared_options.py)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from inu_jobs.library.infotext.parsing import parse
from inu_jobs.library.infotext.to_payload import Here, left_over, payload_of
from inu_jobs.overlay import look_up
from inu_jobs.ports import ScriptLabel

RECORDED = json.loads(
    (Path(__file__).parents[3] / "recorded" / "infotexts_of_hosts.json").read_text(encoding="utf-8")
)
CASES = [(host, number) for host in RECORDED for number in range(len(RECORDED[host]["texts"]))]
MODULES = ["ae.safetensors", "clip_l.safetensors", "t5xxl_fp16.safetensors"]
FIELDS = frozenset({"distilled_cfg_scale", "hr_cfg", "hr_distilled_cfg", "hr_additional_modules"})
LOW_BITS = ("Diffusion in Low Bits", "forge_unet_storage_dtype", "str")
SCRIPTS = [ScriptLabel("MaHiRo", "MaHiRo", 0, [False]), ScriptLabel("Rescale CFG", "RescaleCFG", 0, [0.0])]
#: where the page puts what its reader found: label -> (path in our payload, type)
PAGE: dict[str, tuple[str, Any]] = {
    "Prompt": ("prompt", str), "Negative prompt": ("negative_prompt", str), "Steps": ("steps", int),
    "Sampler": ("sampler_name", str), "Schedule type": ("scheduler", str), "CFG scale": ("cfg_scale", float),
    "Distilled CFG Scale": ("distilled_cfg_scale", float), "Seed": ("seed", int),
    "Size-1": ("width", int), "Size-2": ("height", int), "Variation seed": ("subseed", int),
    "Variation seed strength": ("subseed_strength", float),
    "Seed resize from-1": ("seed_resize_from_w", int), "Seed resize from-2": ("seed_resize_from_h", int),
    "Denoising strength": ("denoising_strength", float), "Refiner": ("refiner_checkpoint", str),
    "Refiner switch at": ("refiner_switch_at", float), "Hires upscale": ("hr_scale", float),
    "Hires upscaler": ("hr_upscaler", str), "Hires steps": ("hr_second_pass_steps", int),
    "Hires resize-1": ("hr_resize_x", int), "Hires resize-2": ("hr_resize_y", int),
    "Hires checkpoint": ("hr_checkpoint_name", str), "Hires sampler": ("hr_sampler_name", str),
    "Hires schedule type": ("hr_scheduler", str), "Hires prompt": ("hr_prompt", str),
    "Hires negative prompt": ("hr_negative_prompt", str), "Hires CFG Scale": ("hr_cfg", float),
    "Hires Distilled CFG Scale": ("hr_distilled_cfg", float),
    "Hires VAE/TE": ("hr_additional_modules", list),
    "VAE/TE": ("override_settings.forge_additional_modules", list),
    "MaHiRo": ("alwayson_scripts.MaHiRo.args.0", bool),
    "Rescale CFG": ("alwayson_scripts.RescaleCFG.args.0", float),
    "Tiling": ("tiling", bool),
}  # fmt: skip
#: describe the image, or are only kept by the reader for its page's other tab
ELSEWHERE = frozenset(
    {
        "Model hash", "Lora hashes", "TI hashes", "TI", "User", "Version", "Mask mode", "Masked content",
        "Inpaint area", "Masked area padding", "Hires Module 1", "Module 1", "Module 2", "FP8 weight",
    }
)  # fmt: skip
#: what a payload says by saying nothing; for hires fix, handing over adds what the host needs
NOTHING = (
    "", "0", "False", "0.0", "Use same sampler", "Use same scheduler", "Use same checkpoint",
    "['Use same choices']",
)  # fmt: skip


def here(host: str) -> Here:
    settings = [tuple(one) for one in RECORDED[host]["settings"] if one[1] != "sd_vae"]
    return Here("other".__eq__, [*settings, LOW_BITS], FIELDS, MODULES, SCRIPTS)  # type: ignore[list-item]


def expected(label: str, value: Any, host: str) -> tuple[str, Any]:
    if label in PAGE:
        path, kind = PAGE[label]
        if kind is list:
            return path, value
        return path, str(value) not in ("", "False") if kind is bool else kind(value)
    names = {name: (setting, kind) for name, setting, kind in [*RECORDED[host]["settings"], LOW_BITS]}
    # written as the first, read by the host as the second: it loses these
    label = {"Beta schedule alpha": "Beta scheduler alpha", "Beta schedule beta": "Beta scheduler beta"}.get(
        label, label
    )
    if label not in names:
        return "", None
    setting, kind = names[label]
    casts = {"bool": lambda text: str(text) not in ("", "False"), "int": int, "float": float, "str": str}
    return f"override_settings.{setting}", casts[kind](value)


def found(payload: dict[str, Any], path: str) -> Any:
    try:
        return look_up(payload, path)
    except LookupError:
        return None


@pytest.mark.parametrize(("host", "number"), CASES)
def test_nothing_is_lost_that_it_keeps(host: str, number: int) -> None:
    case = RECORDED[host]["texts"][number]
    payload = payload_of(parse(case["text"]), here(host))
    lost = {}
    for label, value in case["read"].items():
        path, wanted = expected(label, value, host)
        if not path or label in ELSEWHERE:
            continue
        has = found(payload, path)
        if has != wanted and not (has is None and str(value) in NOTHING):
            lost[label] = (wanted, has)
    assert lost == {}
    assert payload["enable_hr"] is True


@pytest.mark.parametrize(("host", "number"), CASES)
def test_no_label_of_it_is_reported_as_lost(host: str, number: int) -> None:
    text = RECORDED[host]["texts"][number]["text"]
    unknown = {"NGMS"} if host == "neo" else set()  # Neo writes it and reads it nowhere
    assert set(left_over(parse(text), here(host))) == (unknown if "NGMS:" in text else set())


def test_scripts_that_are_not_here_are_reported() -> None:
    read = parse(RECORDED["neo"]["texts"][0]["text"])
    without = here("neo")._replace(scripts=[])
    assert set(left_over(read, without)) == {"NGMS", "MaHiRo", "Rescale CFG"}
    assert "alwayson_scripts" not in payload_of(read, without)
    odd = here("neo")._replace(scripts=[ScriptLabel("Sampler", "Other", 0, [0.5])])
    assert "alwayson_scripts" not in payload_of(read, odd), "“Euler” is no number"
