"""Payloads from infotext: what it says, no more."""

from __future__ import annotations

from typing import Any

import pytest

from inu_jobs.library.infotext.parsing import parse
from inu_jobs.library.infotext.to_payload import (
    Here,
    came_from_image,
    left_over,
    of_one_image,
    payload_of,
    settings_of,
)
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


@pytest.mark.parametrize(
    ("size", "first", "made"),
    [
        ("1024x1536", "512x768", (512, 768, 1024, 1536)),
        ("864x1152", "0x0", (448, 640, 864, 1152)),
        ("864x1152", "512x0", (448, 640, 864, 1152)),
        ("96x64", "0x0", (640, 448, 96, 64)),
        ("", "256x256", (256, 256, 512, 512)),
    ],
)
def test_hires_fix_before_2023(size: str, first: str, made: tuple[int, ...]) -> None:
    told_size = f", Size: {size}" if size else ""
    read = parse(
        f"a\nSteps: 20, Sampler: Euler, Seed: 7{told_size}, Denoising strength: 0.6, First pass size: {first}"
    )
    payload = payload_of(read, HERE)
    assert tuple(payload[name] for name in ("width", "height", "hr_resize_x", "hr_resize_y")) == made
    assert payload["enable_hr"] is True and payload["denoising_strength"] == 0.6
    assert not came_from_image(read) and left_over(read, HERE) == []


@pytest.mark.parametrize("first", ["", "big", "0x0"])
def test_a_first_pass_of_no_size_is_none(first: str) -> None:
    payload = payload_of(parse(f"a\nSteps: 20, Size: 0x0, Seed: 7, First pass size: {first}"), HERE)
    assert "hr_resize_x" not in payload and "enable_hr" not in payload


@pytest.mark.parametrize(
    ("fields", "prompt"),
    [
        ("Hypernet: x, Hypernet strength: 0.6", "a<hypernet:x:0.6>"),
        ("Hypernet: x(1a2b), Hypernet hash: 1a2b", "a<hypernet:x(1a2b):1.0>"),
        ("Hypernet strength: 0.6", "a"),
    ],
)
def test_a_hypernetwork_that_was_a_setting_is_called_in_the_prompt(fields: str, prompt: str) -> None:
    read = parse(f"a\nSteps: 20, Sampler: Euler, Seed: 7, {fields}")
    assert payload_of(read, HERE)["prompt"] == prompt
    assert left_over(read, HERE) == []


def test_templates_are_nothing_that_a_request_could_say() -> None:
    read = parse("a red cat\nSteps: 20, Sampler: Euler, Size: 96x64\nTemplate: a {red|blue} cat, Size: large")
    assert left_over(read, HERE) == []
    payload = payload_of(read, HERE)
    assert (payload["width"], payload["height"], payload["prompt"]) == (96, 64, "a red cat")


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Batch size", True), ("Batch pos", True), ("Created Date", True), ("Worker Label", True),
        ("Seed", True), ("Variation seed", True), ("Generation time", True), ("Time", True),
        ("Date", True), ("Image number", True), ("Index", True), ("Time taken", True),
        ("Seed resize from", False), ("Steps", False), ("Size", False), ("Sampler", False), ("Model", False),
        ("Variation seed strength", False), ("Tiled Diffusion", False), ("Positive", False),
        ("Update", False), ("Runtime model", False), ("ControlNet 0", False), ("Batched", False),
    ],
)  # fmt: skip
def test_labels_that_only_tell_one_image_from_the_next(label: str, expected: bool) -> None:
    assert of_one_image(label) is expected
    if expected and "eed" not in label:
        read = parse(f"a\nSteps: 20, Sampler: Euler, Size: 8x8, {label}: 1")
        assert left_over(read, HERE) == []
