"""Infotexts of Forge (f2.0.1), Forge Neo (2.26) and reForge: read in full where their fields exist."""

from __future__ import annotations

import pytest

from inu_jobs.library.infotext.parsing import parse
from inu_jobs.library.infotext.to_payload import Here, left_over, payload_of, settings_of
from tests.unit.service.service_kit import LABELS

FORGE = """a red boat
Steps: 12, Sampler: Euler, Schedule type: Simple, CFG scale: 1, Distilled CFG Scale: 3.5, Seed: 99, \
Size: 64x96, Model: other, Denoising strength: 0.4, Hires Module 1: Use same choices, \
Hires CFG Scale: 5, Hires Distilled CFG Scale: 2.5, Hires upscale: 2, Hires upscaler: Latent, \
Version: f2.0.1v1.10.1, Module 1: ae, Module 2: t5xxl_fp16"""
NEO = """a red boat
Steps: 12, Sampler: Euler, Schedule type: Simple, CFG scale: 1, Shift: 9, Seed: 99, Size: 64x96, \
Model: other, Module 1: ae, Hires Module 1: Built-in, Hires Shift: 4, Hires upscale: 2, \
Hires upscaler: None, Version: neo"""
FIELDS = frozenset({"distilled_cfg_scale", "hr_cfg", "hr_distilled_cfg", "hr_additional_modules"})
MODULES = ["ae.safetensors", "clip_l.safetensors", "sd15.vae.pt", "t5xxl_fp16.safetensors"]
THERE = Here("other".__eq__, [one for one in LABELS if one[1] != "sd_vae"], FIELDS, MODULES)
HERE = Here("other".__eq__, LABELS)


def test_the_hosts_own_fields() -> None:
    payload = payload_of(parse(FORGE), THERE)
    expected = {
        "cfg_scale": 1, "distilled_cfg_scale": 3.5, "hr_cfg": 5, "hr_distilled_cfg": 2.5,
        "hr_additional_modules": ["Use same choices"],
    }  # fmt: skip
    assert {field: payload[field] for field in expected} == expected
    modules = ["ae.safetensors", "t5xxl_fp16.safetensors"]
    assert payload["override_settings"]["forge_additional_modules"] == modules
    assert left_over(parse(FORGE), THERE) == []


def test_a_shift_is_where_others_have_the_distilled_cfg() -> None:
    payload = payload_of(parse(NEO), THERE)
    assert (payload["distilled_cfg_scale"], payload["hr_distilled_cfg"]) == (9, 4)
    assert payload["hr_additional_modules"] == [], "those in the checkpoint"
    assert left_over(parse(NEO), THERE) == []


def test_what_this_webui_lacks_is_left_over() -> None:
    payload = payload_of(parse(FORGE), HERE)
    assert not FIELDS & payload.keys()
    assert "forge_additional_modules" not in payload["override_settings"]
    assert left_over(parse(FORGE), HERE) == [
        "Distilled CFG Scale", "Hires Module 1", "Hires CFG Scale", "Hires Distilled CFG Scale", "Module 1",
        "Module 2",
    ]  # fmt: skip
    with_cfg = Here("other".__eq__, LABELS, frozenset({"hr_cfg"}))  # reForge
    assert payload_of(parse(FORGE), with_cfg)["hr_cfg"] == 5


@pytest.mark.parametrize(
    ("vae", "modules"),
    [
        ("sd15.vae.pt", ["sd15.vae.pt"]),
        ("gone.safetensors", ["gone.safetensors"]),
        ("Automatic", None),
        ("None", None),
    ],
)
def test_the_vae_of_another_webui_is_a_module(vae: str, modules: list[str] | None) -> None:
    read = parse(f"a boat\nSteps: 12, Sampler: Euler, Seed: 99, VAE: {vae}")
    assert settings_of(read, THERE).get("forge_additional_modules") == modules
    assert "sd_vae" not in settings_of(read, THERE)
    assert left_over(read, THERE) == []


def test_a_module_that_is_not_here_keeps_its_name() -> None:
    read = parse("a boat\nSteps: 12, Sampler: Euler, Seed: 99, Module 1: gone")
    assert settings_of(read, THERE)["forge_additional_modules"] == ["gone"]
