"""Where the hosts differ: each fact that ``webui/host`` and the capture rely on, as this host has it.

A host with modules (Forge Neo 2.26) and one without (A1111 1.10.1, reForge). Forge, in between, is not asked.
"""

from __future__ import annotations

import importlib.util
import inspect
from typing import Any

from ..inside import Inside


def _is_neo() -> bool:
    from modules import infotext_utils

    return hasattr(infotext_utils, "INFOTEXT_TO_SETTING")


def _there(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def host__keeps_embeddings_where_we_look(host: Inside) -> None:
    from inu_jobs.webui.host import model_parts

    assert _there("modules.sd_hijack") != _is_neo()
    if _is_neo():
        from modules import ui_extra_networks_textual_inversion as page

        database: Any = page.embedding_db
    else:
        from modules import sd_hijack

        database = sd_hijack.model_hijack.embedding_db
    assert model_parts.embeddings() == [*database.word_embeddings, *database.skipped_embeddings]


def host__names_its_infotext_settings(host: Inside) -> None:
    from modules import infotext_utils, shared

    from inu_jobs.webui.host import model_parts

    labels = model_parts.infotext_labels()
    assert (("VAE/TE", "forge_additional_modules") in labels) == _is_neo()
    assert hasattr(infotext_utils, "infotext_to_setting_name_mapping") != _is_neo()
    of_checkpoint = "Model" if _is_neo() else "Model hash"
    assert shared.opts.data_labels["sd_model_checkpoint"].infotext == of_checkpoint
    assert shared.opts.data_labels["sd_vae"].infotext == (None if _is_neo() else "VAE")
    assert shared.opts.get_default("CLIP_stop_at_last_layers") == (2 if _is_neo() else 1)


def host__takes_these_fields(host: Inside) -> None:
    from modules.processing import StableDiffusionProcessingTxt2Img

    from inu_jobs.webui.host import payload_fields

    fields = {kind: payload_fields.payload_fields(kind == "img2img") for kind in ("txt2img", "img2img")}
    of_hires = {"hr_distilled_cfg", "hr_additional_modules"}
    # A1111 has none of them, reForge the first
    has_hires_cfg = "hr_cfg" in inspect.signature(StableDiffusionProcessingTxt2Img.__init__).parameters
    for kind in fields:
        assert ("distilled_cfg_scale" in fields[kind]) == _is_neo()
        assert "mask_blur" in fields["img2img"] and "force_task_id" in fields[kind]
    assert ("hr_cfg" in fields["txt2img"]) == has_hires_cfg
    assert of_hires <= fields["txt2img"] if _is_neo() else not of_hires & fields["txt2img"]
    assert ("mask_blur_x" in fields["img2img"]) != _is_neo()


def host__says_its_defaults_of_hires_fix(host: Inside) -> None:
    from modules.processing import StableDiffusionProcessingTxt2Img

    if _is_neo():
        given = inspect.signature(StableDiffusionProcessingTxt2Img.__init__).parameters
        defaults = {
            name: given[name].default for name in ("hr_cfg", "hr_distilled_cfg", "hr_additional_modules")
        }
        assert defaults == {"hr_cfg": 1.0, "hr_distilled_cfg": 3.5, "hr_additional_modules": None}


def host__calls_generate_with_these(host: Inside) -> None:
    from modules import img2img, txt2img

    of_txt2img = [*inspect.signature(txt2img.txt2img_create_processing).parameters]
    of_img2img = [*inspect.signature(img2img.img2img).parameters]
    assert of_txt2img[:8] == [
        "id_task", "request", "prompt", "negative_prompt", "prompt_styles", "n_iter", "batch_size",
        "cfg_scale",
    ]  # fmt: skip
    assert of_img2img[:3] == ["id_task", "request", "mode"]
    if _is_neo():
        assert of_txt2img[8:] == [
            "distilled_cfg_scale", "height", "width", "enable_hr", "denoising_strength", "hr_scale",
            "hr_upscaler", "hr_second_pass_steps", "hr_resize_x", "hr_resize_y", "hr_checkpoint_name",
            "hr_additional_modules", "hr_sampler_name", "hr_scheduler", "hr_prompt", "hr_negative_prompt",
            "hr_cfg", "hr_distilled_cfg", "override_settings_texts", "args", "force_enable_hr",
        ]  # fmt: skip
        assert of_img2img[6:15] == [
            "init_img", "sketch", "sketch_fg", "init_img_with_mask", "init_img_with_mask_fg",
            "inpaint_color_sketch", "inpaint_color_sketch_fg", "init_img_inpaint", "init_mask_inpaint",
        ]  # fmt: skip
        assert img2img.sRound(img2img._STEP * 1.49) == img2img._STEP
        assert img2img.sRound(img2img._STEP * 1.5) == 2 * img2img._STEP


def host__lists_what_is_installed(host: Inside) -> None:
    from modules import sd_models, sd_samplers, sd_schedulers, shared

    from inu_jobs.webui.host import model_parts

    assert bool(shared.latent_upscale_modes) != _is_neo()
    names = [upscaler.name for upscaler in shared.sd_upscalers]
    assert names[0] == "None" and ("Lanczos" in names) != _is_neo()
    infos = list(sd_models.checkpoints_list.values())
    assert sd_models.checkpoint_tiles() == [info.name if _is_neo() else info.title for info in infos]
    samplers = {sampler.name for sampler in sd_samplers.all_samplers}
    assert {"Euler a", "DPM++ 2M", "DDIM"} <= samplers
    assert ("Res Multistep" in samplers) == _is_neo() and ("DPM adaptive" in samplers) != _is_neo()
    assert ("Bong Tangent" in {x.label for x in sd_schedulers.schedulers}) == _is_neo()
    assert (model_parts.modules() is not None) == _is_neo()
    assert hasattr(sd_models, "FakeInitialModel") == _is_neo()
