"""Which WebUI settings a payload must include so that a later run makes the same image. Pure.

Source: WebUI 1.10.1, ``opts.*`` in modules/processing.py, sd_samplers*, sd_hijack*, images.py, the
upscalers and the built-in extensions; ``process_images`` for the order in which overrides act.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from ...sentences import UNSAID, Sentence, say

CHECKPOINT = "sd_model_checkpoint"
VAE = "sd_vae"

#: settings that affect an image although they are not in the infotext; after the first empty line those of
#: Forge (f2.0.1) and Forge Neo (2.26), then Forge Neo's, then reForge's (March 2026)
SHAPING = frozenset(
    """
    auto_vae_precision auto_vae_precision_bfloat16 batch_cond_uncond comma_padding_backtrack
    ddim_discretize enable_batch_seeds enable_prompt_comments enable_quantization sd_unet
    sd_vae_overrides_per_model_preferences sd3_enable_t5 sdxl_clip_l_skip sdxl_crop_left sdxl_crop_top
    sdxl_refiner_high_aesthetic_score sdxl_refiner_low_aesthetic_score upcast_attn
    img2img_background_color img2img_color_correction img2img_fix_steps overlay_inpaint
    token_merging_ratio_img2img upscaler_for_img2img
    extra_networks_default_multiplier lora_functional sd_hypernetwork sd_lora
    face_restoration_model code_former_weight
    ESRGAN_tile ESRGAN_tile_overlap DAT_tile DAT_tile_overlap SCUNET_tile SCUNET_tile_overlap
    SWIN_tile SWIN_tile_overlap ldsr_steps
    hires_fix_use_firstpass_conds no_dpmpp_sde_batch_determinism use_old_emphasis_implementation
    use_old_hires_fix_width_height use_old_karras_scheduler_sigmas

    forge_additional_modules forge_try_reproduce forge_unet_storage_dtype

    anima_do_reference composite_tiles_on_gpu img2img_inpaint_precise_mask invert_sigmas klein_no_reference
    neta_template_negative neta_template_positive qwen_vae_resize refiner_fast_sd refiner_lora_replacement
    refiner_use_steps sdxl_zero_neg stochastic_sampling token_merging_downsample token_merging_no_rand
    token_merging_stride use_beta_sigmas use_dynamic_shifting use_exponential_sigmas use_karras_sigmas

    COMPACT_tile COMPACT_tile_overlap GRL_tile GRL_tile_overlap HAT_tile HAT_tile_overlap OmniSR_tile
    OmniSR_tile_overlap PLKSR_tile PLKSR_tile_overlap RCAN_tile RCAN_tile_overlap SPAN_tile
    SPAN_tile_overlap SRFormer_tile SRFormer_tile_overlap custom_sampler_name dpm2_ancestral_s_noise
    dpm_adaptive_s_noise dpm_fast_s_noise dynamic_clip_skip_enabled dynamic_clip_skip_schedule_values
    dynamic_clip_skip_start dynamic_clip_skip_use_schedule epsilon_scaling_enabled epsilon_scaling_factor
    """.split()  # noqa: SIM905
)

#: these take effect through a callback that overrides do not trigger, so they cannot be captured
ACT_ON_CHANGE = {
    "fp8_storage": "FP8 weight",
    "cache_fp16_weight": "Cache FP16 weight for LoRA",
    "cross_attention_optimization": "Cross attention optimization",
    "sd_text_encoder": "SD Text Encoder",  # reForge
}


#: settings sections that are personal, whatever an extension adds to them
_OF_THE_USER = frozenset(
    {"saving-images", "saving-paths", "saving-to-dirs", "system", "profiler", "API", "training"}
)


class Setting(msgspec.Struct, frozen=True):
    """One setting of the host. ``changeable``: an override takes effect (the setting is not restricted,
    invisible, unsaved, or frozen by a command line flag). ``section``: its id."""

    value: Any
    default: Any = None
    infotext: bool = False
    changeable: bool = True
    section: str = ""
    label: str = ""


def shapes_images(name: str, setting: Setting) -> bool:
    """The allow list: whether a payload may override a setting, and so whether capture includes it."""
    if name in ACT_ON_CHANGE or not setting.changeable or setting.section in _OF_THE_USER:
        return False
    return setting.infotext or name in SHAPING


def refused(name: str, setting: Setting | None) -> Sentence:
    """Why no payload may override it, else ``UNSAID``. ``setting``: None if the host does not have it."""
    if setting is None:
        return say("This WebUI has no setting “{name}”.", name=name)
    if not shapes_images(name, setting):
        return say(
            "The setting “{name}” cannot be part of a job: only settings that affect the image can.",
            name=name,
        )
    return UNSAID


def freeze_settings(
    settings: Mapping[str, Setting],
    extra_options: Mapping[str, Any],
    chips: Mapping[str, Any],
    *,
    checkpoint: str,
    find_checkpoint: Callable[[str], str | None],
    is_img2img: bool,
) -> dict[str, Any]:
    """The ``override_settings`` of a payload. Later ones win: settings, "Extra options", chips.

    ``checkpoint``: title of the current one; ``find_checkpoint``: the title for any name, or None.
    """
    named = {**extra_options, **chips}
    frozen = {name: named.get(name, s.value) for name, s in settings.items() if shapes_images(name, s)}
    # In img2img, an overridden ratio beats the ratio for img2img: let the latter win, as it does for
    # Generate, unless the page itself sets a ratio.
    if is_img2img and frozen.get("token_merging_ratio_img2img") and "token_merging_ratio" not in named:
        frozen.pop("token_merging_ratio", None)
    # Overrides apply in order: what loading a model depends on comes first. They are undone in the same
    # order, and undoing the VAE reloads it, so it comes last.
    vae = frozen.pop(VAE, None)
    frozen.pop(CHECKPOINT, None)
    asked = named.get(CHECKPOINT)
    # The WebUI ignores a checkpoint that does not exist, and then uses the one from the settings.
    frozen[CHECKPOINT] = (find_checkpoint(asked) if isinstance(asked, str) else None) or checkpoint
    if vae is not None:
        frozen[VAE] = vae
    return frozen


def not_frozen(settings: Mapping[str, Setting], on_page: Mapping[str, Any]) -> list[Sentence]:
    """One sentence for each setting in use that cannot be captured and keeps following the user's settings.
    ``on_page``: values that the page itself sets."""
    found = [
        (label, settings[name].value)
        for name, label in ACT_ON_CHANGE.items()
        if name in settings and settings[name].value != settings[name].default
    ]
    found += [
        (settings[name].label or name, value)
        for name, value in on_page.items()
        if name in settings and name not in ACT_ON_CHANGE
        if value != settings[name].value and not shapes_images(name, settings[name])
    ]
    return [
        say(
            "The setting “{label}” ({value}) cannot be saved with a job: the job uses its value at run time.",
            label=label,
            value=str(value),
        )
        for label, value in found
    ]
