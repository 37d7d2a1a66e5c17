"""Payloads from infotext: what it says, no more."""

from __future__ import annotations

from typing import Any

import pytest

from inu_jobs.library.infotext import parse
from inu_jobs.library.recipes import Here, came_from_image, left_over, payload_of, settings_of
from tests.unit.service.service_kit import LABELS

FULL = """a red boat, "calm"
second line
Negative prompt: fog
Steps: 12, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 99, Size: 64x96, \
Model hash: 0123456789, Model: other, VAE: tiny.vae.pt, Variation seed: 5, Variation seed strength: 0.2, \
Denoising strength: 0.4, Clip skip: 2, Hires prompt: "a boat, at night", Hires upscale: 1.5, Hires steps: 7, \
Hires upscaler: Latent, Version: v1.10.1"""


HERE = Here("other".__eq__, LABELS)
#: of what the WebUI writes only where it is not as usual
USUAL = {"CLIP_stop_at_last_layers": 1, "randn_source": "GPU", "emphasis": "Original"}


def test_all_that_is_written() -> None:
    assert payload_of(parse(FULL), HERE) == {
        "prompt": 'a red boat, "calm"\nsecond line', "negative_prompt": "fog", "steps": 12,
        "sampler_name": "DPM++ 2M", "scheduler": "Karras", "cfg_scale": 6.5, "seed": 99, "width": 64,
        "height": 96, "subseed": 5, "subseed_strength": 0.2, "denoising_strength": 0.4, "enable_hr": True,
        "hr_prompt": "a boat, at night", "hr_scale": 1.5, "hr_second_pass_steps": 7, "hr_upscaler": "Latent",
        "restore_faces": False, "tiling": False,
        "override_settings": USUAL | {
            "sd_model_checkpoint": "other", "sd_vae": "tiny.vae.pt", "CLIP_stop_at_last_layers": 2,
        },
    }  # fmt: skip
    # the WebUI takes them in this order: a model is loaded by the settings that it finds
    assert list(settings_of(parse(FULL), HERE))[-2:] == ["sd_model_checkpoint", "sd_vae"]
    assert left_over(parse(FULL), HERE) == []
    assert not came_from_image(parse(FULL))


@pytest.mark.parametrize(
    ("known", "expected"), [("other", "other"), ("0123456789", "0123456789"), ("neither", "other")]
)
def test_the_checkpoint_by_the_name_or_hash_that_is_here(known: str, expected: str) -> None:
    assert settings_of(parse(FULL), Here(known.__eq__, LABELS))["sd_model_checkpoint"] == expected


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
                "restore_faces": False,
                "tiling": False,
                "override_settings": USUAL,
            },
        ),
    ],
)
def test_what_cannot_be_read_is_left_out(text: str, expected: dict[str, Any]) -> None:
    assert payload_of(parse(text), HERE) == expected


def test_what_img2img_wrote_is_known_by_its_strength() -> None:
    assert came_from_image(parse("a\nSteps: 3, Sampler: Euler, Denoising strength: 0.4"))
    assert not came_from_image(parse("a\nSteps: 3, Sampler: Euler, Seed: 4"))


def told(fields: str) -> Any:
    return parse(f"a [b:c:2]\nSteps: 3, Sampler: DDIM, {fields}")


def test_settings_by_the_names_and_types_that_the_webui_has_for_them() -> None:
    read = told(
        "ENSD: 31337, Token merging ratio: 0.5, Pad conds: True, Emphasis: No norm, NGMS: 0.2, RNG: CPU,"
        " Beta schedule alpha: 0.4, Tiling: True, Face restoration: CodeFormer, Seed resize from: 512x640"
    )
    payload = payload_of(read, HERE)
    assert payload["tiling"] is payload["restore_faces"] is True
    assert (payload["seed_resize_from_w"], payload["seed_resize_from_h"]) == (512, 640)
    assert payload["override_settings"] == {
        "CLIP_stop_at_last_layers": 1, "randn_source": "CPU", "eta_noise_seed_delta": 31337,
        "pad_cond_uncond": True, "token_merging_ratio": 0.5, "emphasis": "No norm", "s_min_uncond": 0.2,
        "beta_dist_alpha": 0.4, "face_restoration_model": "CodeFormer",
    }  # fmt: skip
    assert left_over(read, HERE) == []


def test_what_nothing_here_can_carry_is_left_over() -> None:
    read = told(
        'ENSD: lots, ADetailer model: face_yolov8n.pt, ADetailer prompt: "a, b", FP8 weight: Enable,'
        ' Lora hashes: "x: 1", Model: other, VAE hash: 12, Version: v1.10.1, Nonsense'
    )
    assert left_over(read, HERE) == ["ENSD", "ADetailer model", "ADetailer prompt", "FP8 weight", "Nonsense"]
    assert "eta_noise_seed_delta" not in settings_of(read, HERE)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("v1.5.2", {"use_old_scheduling": True, "use_downcasted_alpha_bar": True}),
        ("1.6.0", {"use_downcasted_alpha_bar": True}),
        ("v1.7.0-224-gabc", {"use_downcasted_alpha_bar": True}),
        ("v1.7.0-225-gabc", {}),
        ("v1.10.1", {}),
        ("f2.0.1v1.10.1-previous-1", {}),
    ],
)
def test_what_older_versions_did(version: str, expected: dict[str, Any]) -> None:
    found = settings_of(told(f"Version: {version}"), HERE)
    names = ("use_old_scheduling", "use_downcasted_alpha_bar")
    assert {name: found[name] for name in names if name in found} == expected
