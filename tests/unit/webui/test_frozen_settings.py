"""What a payload carries of the settings, and in which order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.webui.capture.frozen_settings import (
    ACT_ON_CHANGE,
    CHECKPOINT,
    SHAPING,
    VAE,
    Setting,
    freeze_settings,
    not_frozen,
    shapes_images,
)
from tests.permits import SETTINGS

KNOWN = {"tiny": "tiny.safetensors [a0]", "other": "other.safetensors [b1]"}
NAMES = [CHECKPOINT, VAE, "CLIP_stop_at_last_layers", "sd_lora", "save_mask", "fp8_storage", "outdir_grids"]

names = st.sampled_from(NAMES)
values = st.one_of(st.booleans(), st.integers(), st.text(max_size=5), st.none())
overrides = st.dictionaries(names, values)
settings = st.fixed_dictionaries(
    {},
    optional={
        name: st.builds(
            Setting, value=values, default=values, infotext=st.booleans(), changeable=st.booleans()
        )
        for name in NAMES
    },
)


def freeze(
    facts: dict[str, Setting],
    extra: dict[str, Any] | None = None,
    chips: dict[str, Any] | None = None,
    is_img2img: bool = False,
) -> dict[str, Any]:
    return freeze_settings(
        facts,
        extra or {},
        chips or {},
        checkpoint="used.safetensors",
        find_checkpoint=KNOWN.get,
        is_img2img=is_img2img,
    )


@given(settings, overrides, overrides, st.booleans())
def test_chips_beat_extra_options_beat_settings(
    facts: dict[str, Setting], extra: dict[str, Any], chips: dict[str, Any], is_img2img: bool
) -> None:
    frozen = freeze(facts, extra, chips, is_img2img)
    for name in set(frozen) - {CHECKPOINT}:
        fact = facts[name]
        assert fact.changeable
        assert name not in ACT_ON_CHANGE
        assert frozen[name] == chips.get(name, extra.get(name, fact.value))


@given(settings, overrides, overrides)
def test_all_that_shapes_an_image_is_kept(
    facts: dict[str, Setting], extra: dict[str, Any], chips: dict[str, Any]
) -> None:
    frozen = freeze(facts, extra, chips)
    for name, fact in facts.items():
        if shapes_images(name, fact) and name != VAE:
            assert name in frozen


@given(settings, overrides, overrides)
def test_nothing_else_is_kept_whatever_the_page_sets(
    facts: dict[str, Setting], extra: dict[str, Any], chips: dict[str, Any]
) -> None:
    frozen = freeze(facts, extra, chips)
    assert all(shapes_images(name, facts[name]) for name in set(frozen) - {CHECKPOINT})


def test_the_allow_list_on_the_settings_of_the_webui() -> None:
    allowed = {name for name, setting in SETTINGS.items() if shapes_images(name, setting)}
    shaping = {"sd_model_checkpoint", "CLIP_stop_at_last_layers", "eta_ancestral", "sd_lora", "ESRGAN_tile"}
    assert shaping <= allowed
    for name in (
        "directories_filename_pattern", "samples_filename_pattern", "save_txt", "save_images_add_number",
        "save_images_replace_action", "samples_format", "grid_format", "save_mask",
        "temp_dir", "save_init_img",
        "outdir_samples", "outdir_save", "outdir_init_images", "save_to_dirs", "samples_log_stdout",
        "enable_console_prompts", "sd_checkpoint_cache", "sd_checkpoints_limit", "profiling_enable",
        "profiling_filename", "api_enable_requests", "api_forbid_local_requests", "enable_pnginfo",
        "disable_all_extensions", "restore_config_state_file", "live_previews_enable", "quicksettings_list",
        "hidden_tabs", "extra_options_txt2img", "save_training_settings_to_txt", "auto_launch_browser",
    ):  # fmt: skip
        assert name in SETTINGS and name not in allowed, name
    assert allowed | (SHAPING - SETTINGS.keys()) >= SHAPING


@pytest.mark.parametrize("section", ["saving-images", "saving-paths", "saving-to-dirs", "system", "API"])
def test_a_setting_of_the_users_own_stays_so_though_an_extension_labels_it(section: str) -> None:
    assert shapes_images("of an extension", Setting(1, infotext=True, section="its own"))
    assert not shapes_images("of an extension", Setting(1, infotext=True, section=section))


@given(settings, overrides, overrides, st.booleans())
def test_the_checkpoint_is_always_kept_and_comes_before_the_vae_only(
    facts: dict[str, Setting], extra: dict[str, Any], chips: dict[str, Any], is_img2img: bool
) -> None:
    order = list(freeze(facts, extra, chips, is_img2img))
    assert order[order.index(CHECKPOINT) + 1 :] in ([], [VAE])
    assert VAE not in order[:-1]


def test_a_checkpoint_chip_is_kept_by_its_title() -> None:
    assert freeze({}, chips={CHECKPOINT: "other"})[CHECKPOINT] == "other.safetensors [b1]"
    assert freeze({}, {CHECKPOINT: "tiny"}, {CHECKPOINT: "other"})[CHECKPOINT] == "other.safetensors [b1]"
    assert freeze({}, {CHECKPOINT: "tiny"})[CHECKPOINT] == "tiny.safetensors [a0]"


def test_a_checkpoint_that_does_not_exist_is_the_one_in_use_as_for_generate() -> None:
    assert freeze({}, chips={CHECKPOINT: "gone"})[CHECKPOINT] == "used.safetensors"
    assert freeze({CHECKPOINT: Setting("gone", infotext=True)})[CHECKPOINT] == "used.safetensors"


RATIOS = {
    "token_merging_ratio": Setting(0.3, 0.0, infotext=True),
    "token_merging_ratio_img2img": Setting(0.6, 0.0),
}


def test_the_token_merging_ratio_of_img2img_wins_unless_the_page_names_one() -> None:
    assert "token_merging_ratio" not in freeze(RATIOS, is_img2img=True)
    assert freeze(RATIOS)["token_merging_ratio"] == 0.3
    asked = freeze(RATIOS, chips={"token_merging_ratio": 0.2}, is_img2img=True)
    assert asked["token_merging_ratio"] == 0.2
    zero = RATIOS | {"token_merging_ratio_img2img": Setting(0.0, 0.0)}
    assert freeze(zero, is_img2img=True)["token_merging_ratio"] == 0.3


def test_what_cannot_be_kept_is_said_only_when_it_is_in_use() -> None:
    assert not_frozen({"fp8_storage": Setting("Disable", "Disable")}, {}) == []
    (sentence,) = not_frozen({"fp8_storage": Setting("Enable", "Disable")}, {})
    assert "FP8 weight" in sentence
    assert "Enable" in sentence


def test_what_the_page_sets_and_a_job_may_not_is_said() -> None:
    facts = {
        "samples_format": Setting("png", section="saving-images", label="File format for images"),
        "CLIP_stop_at_last_layers": Setting(1, infotext=True, label="Clip skip"),
        "save_mask": Setting(False, section="saving-images"),
    }
    on_page = {"samples_format": "jpg", "CLIP_stop_at_last_layers": 2, "save_mask": False, "unknown": 1}
    (sentence,) = not_frozen(facts, on_page)
    assert "File format for images" in sentence and "jpg" in sentence
