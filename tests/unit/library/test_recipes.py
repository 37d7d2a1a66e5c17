"""Payloads from infotext: what it says, no more."""

from __future__ import annotations

from typing import Any

import pytest

from inu_jobs.library.infotext import parse
from inu_jobs.library.recipes import came_from_image, payload_of, settings_of

FULL = """a red boat, "calm"
second line
Negative prompt: fog
Steps: 12, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 99, Size: 64x96, \
Model hash: 0123456789, Model: other, VAE: tiny.vae.pt, Variation seed: 5, Variation seed strength: 0.2, \
Denoising strength: 0.4, Clip skip: 2, Hires prompt: "a boat, at night", Hires upscale: 1.5, Hires steps: 7, \
Hires upscaler: Latent, Version: v1.10.1"""


def here(name: str) -> bool:
    return name == "other"


def test_all_that_is_written() -> None:
    assert payload_of(parse(FULL), here) == {
        "prompt": 'a red boat, "calm"\nsecond line', "negative_prompt": "fog", "steps": 12,
        "sampler_name": "DPM++ 2M", "scheduler": "Karras", "cfg_scale": 6.5, "seed": 99, "width": 64,
        "height": 96, "subseed": 5, "subseed_strength": 0.2, "denoising_strength": 0.4, "enable_hr": True,
        "hr_prompt": "a boat, at night", "hr_scale": 1.5, "hr_second_pass_steps": 7, "hr_upscaler": "Latent",
        "override_settings": {
            "sd_model_checkpoint": "other", "sd_vae": "tiny.vae.pt", "CLIP_stop_at_last_layers": 2,
        },
    }  # fmt: skip
    assert not came_from_image(parse(FULL))


@pytest.mark.parametrize(
    ("known", "expected"), [("other", "other"), ("0123456789", "0123456789"), ("neither", "other")]
)
def test_the_checkpoint_by_the_name_or_hash_that_is_here(known: str, expected: str) -> None:
    assert settings_of(parse(FULL), known.__eq__)["sd_model_checkpoint"] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {"prompt": "", "negative_prompt": ""}),
        ("words only", {"prompt": "words only", "negative_prompt": ""}),
        (
            "a\nSteps: 3, CFG scale: inf, Seed: many, Size: big",
            {
                "prompt": "a",
                "negative_prompt": "",
                "steps": 3,
                "override_settings": {"CLIP_stop_at_last_layers": 1},
            },
        ),
    ],
)
def test_what_cannot_be_read_is_left_out(text: str, expected: dict[str, Any]) -> None:
    assert payload_of(parse(text), here) == expected


def test_what_img2img_wrote_is_known_by_its_strength() -> None:
    assert came_from_image(parse("a\nSteps: 3, Sampler: Euler, Denoising strength: 0.4"))
    assert not came_from_image(parse("a\nSteps: 3, Sampler: Euler, Seed: 4"))
