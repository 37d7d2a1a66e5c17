"""Which of the WebUI's settings a payload must carry so that a later run makes the same image. Pure.

Source: WebUI 1.10.1, ``opts.*`` in modules/processing.py, sd_samplers*, sd_hijack*, images.py, the
upscalers and the built-in extensions; ``process_images`` for the order in which overrides act.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

CHECKPOINT = "sd_model_checkpoint"
VAE = "sd_vae"

#: settings that shape an image although they have no field in the infotext
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
    """.split()  # noqa: SIM905
)

#: these act through a callback that an override does not run, so they cannot be frozen
ACT_ON_CHANGE = {
    "fp8_storage": "FP8 weight",
    "cache_fp16_weight": "Cache FP16 weight for LoRA",
    "cross_attention_optimization": "Cross attention optimization",
}


class Setting(msgspec.Struct, frozen=True):
    """One setting as the host has it. ``changeable``: an override of it takes effect (it is not
    restricted, invisible, unsaved, or frozen by a command line flag)."""

    value: Any
    default: Any = None
    infotext: bool = False
    changeable: bool = True


def freeze_settings(
    settings: Mapping[str, Setting],
    extra_options: Mapping[str, Any],
    chips: Mapping[str, Any],
    *,
    checkpoint: str,
    find_checkpoint: Callable[[str], str | None],
    is_img2img: bool,
) -> dict[str, Any]:
    """The ``override_settings`` of a payload: settings < "Extra options" < chips.

    ``checkpoint`` is the title of the one in use; ``find_checkpoint`` gives the title for any name.
    """
    named = {**extra_options, **chips}
    frozen = {name: s.value for name, s in settings.items() if s.infotext or name in SHAPING}
    frozen.update(named)
    for name in list(frozen):
        if name in ACT_ON_CHANGE or name not in settings or not settings[name].changeable:
            del frozen[name]
    # In img2img a ratio among the overrides beats the one for img2img: let that one win, as it does
    # for Generate, unless the page itself asks for a ratio.
    if is_img2img and frozen.get("token_merging_ratio_img2img") and "token_merging_ratio" not in named:
        frozen.pop("token_merging_ratio", None)
    # Overrides are applied in order: what loading a model looks at comes first. They are undone in
    # the same order, and undoing the VAE reloads it, so it comes last.
    vae = frozen.pop(VAE, None)
    frozen.pop(CHECKPOINT, None)
    asked = named.get(CHECKPOINT)
    # A checkpoint that does not exist is ignored by the WebUI, which then uses the one of the settings.
    frozen[CHECKPOINT] = (find_checkpoint(asked) if isinstance(asked, str) else None) or checkpoint
    if vae is not None:
        frozen[VAE] = vae
    return frozen


def not_frozen(settings: Mapping[str, Setting]) -> list[str]:
    """One sentence for each setting in use that will follow the settings of the moment instead."""
    return [
        f"The setting “{label}” ({settings[name].value}) cannot be kept with a job:"
        " it is used as it is set when the job runs."
        for name, label in ACT_ON_CHANGE.items()
        if name in settings and settings[name].value != settings[name].default
    ]
