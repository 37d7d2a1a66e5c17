"""The vocabulary: every field of a payload once, and everything else that an axis can vary.

Source of paths and types: ``StableDiffusionProcessingTxt2Img`` and ``...Img2Img`` in WebUI 1.10.1's own API
description (``/openapi.json``, from modules/api/models.py), and scripts/xyz_grid.py for the settings; of
labels: modules/ui.py; of infotext labels: ``create_infotext`` in modules/processing.py. Of ``SOME_HOSTS``:
the same files of Forge (f2.0.1), Forge Neo (2.26) and reForge (June 2025).

The composer's list of axes has the same order as this table.
"""

from __future__ import annotations

from ..sentences import Sentence, verbatim
from .field import Bounds, Field
from .upscale import ARGUMENTS

CHECKPOINT = "override_settings.sd_model_checkpoint"
VAE = "override_settings.sd_vae"
#: what some hosts have instead: the files of VAE and text encoders, by name
MODULES = "override_settings.forge_additional_modules"
CLIP_SKIP = "override_settings.CLIP_stop_at_last_layers"
#: only for axes: not fields of a payload, but edits of some (plan/axes/special_fields.py)
SIZE = "size"
LINES = "lines"
FILES = "files"
LORA = "lora:"
SWAP = "swap:"
REPLACE = "replace:"
AXES_ONLY = frozenset({SIZE, LINES, FILES, LORA, SWAP, REPLACE})
#: fields that not every host has. The catalog says whether the one that we run in does
SOME_HOSTS = frozenset(
    {VAE, MODULES, "distilled_cfg_scale", "hr_cfg", "hr_distilled_cfg", "hr_additional_modules"}
)
#: fields that contain a prompt
PROMPTS = ("prompt", "negative_prompt", "hr_prompt", "hr_negative_prompt")

_NAMES = "names, separated by commas"
_LINES = "one per line"
#: a side that is a multiple of it is round for every model, in pixels
ALL_ROUND = 64
#: for the sides of an image
PIXELS = Bounds(8, 16_384, 64, 16_384)

_PROMPT = (
    Field("prompt", "text", "Prompt", "prompt", "{}", "Prompt", prose=True),
    Field(
        REPLACE, "text", "Prompt search/replace", "replacement", group="Prompt",
        example="replacements, separated by commas", whose="Search for",
    ),
    Field(
        LORA, "number", "LoRA strength", "LoRA strength", group="Prompt", example="none, 0.6-1 (+0.2)",
        whose="LoRA, or empty for all",
    ),
    Field(
        SWAP, "text", "LoRA swap", "LoRA", group="Prompt", example=_NAMES, also=("none",), choices=("loras",),
        whose="LoRA in the prompt",
    ),
    Field(
        "negative_prompt", "text", "Negative prompt", "negative prompt", "", "Negative prompt",
        group="Prompt", example=_LINES, prose=True,
    ),
    Field("styles", "texts", "Styles", "style", "{}", group="Prompt", example=_NAMES, choices=("styles",)),
    Field(LINES, "text", "Prompt line", "line", "{}"),
    Field(FILES, "text", "File", "file", "{}"),
)  # fmt: skip

_IMAGE = (
    Field("seed", "integer", "Seed", "seed", "seed {}", "Seed", group="Image", example="1, 2, 3 or 1-20"),
    Field("subseed", "integer", "Variation seed", "variation seed", "variation seed {}", "Variation seed"),
    Field(SIZE, "size", "Size", "size", "{}", "Size", group="Image", example="512x768, 768x512"),
    Field("width", "integer", "Width", "width", "{} wide", bounds=PIXELS),
    Field("height", "integer", "Height", "height", "{} high", bounds=PIXELS),
    Field(
        "steps", "integer", "Steps", "step count", "{} steps", "Steps", Bounds(1, 10_000, 1, 150),
        group="Image", example="20, 30 or 20-40 [3]",
    ),
    Field(
        "cfg_scale", "number", "CFG scale", "CFG scale", "CFG {}", "CFG scale", Bounds(-1_000, 1_000, 1, 30),
        group="Image", example="5, 7 or 4-8 (+1)",
    ),
    Field(
        "distilled_cfg_scale", "number", "Distilled CFG Scale", "distilled CFG scale", "distilled CFG {}",
        "Distilled CFG Scale", Bounds(-1_000, 1_000, 0, 30), group="Image", example="2.5, 3.5",
    ),
    Field(
        "sampler_name", "text", "Sampler", "sampler", "{}", "Sampler", group="Image", example=_NAMES,
        choices=("samplers",),
    ),
    Field("sampler_index", "text"),
    Field(
        "scheduler", "text", "Schedule type", "schedule type", "{}", "Schedule type", group="Image",
        example=_NAMES, choices=("schedulers",),
    ),
    Field(
        "denoising_strength", "number", "Denoising strength", "denoising strength", "denoising {}",
        "Denoising strength", Bounds(0, 1, 0, 1), group="Image", example="0.3, 0.5 or 0.3-0.6 (+0.1)",
    ),
    Field(
        "subseed_strength", "number", "Variation strength", "variation strength", "variation {}",
        "Variation seed strength", Bounds(0, 1, 0, 1), group="Image", example="0.1, 0.2",
    ),
    Field("seed_resize_from_w", "integer", "Resize seed from width"),
    Field("seed_resize_from_h", "integer", "Resize seed from height"),
    Field("batch_size", "integer", "Batch size", "batch size", "batch of {}", "", Bounds(1, 1_000, 1, 8)),
    Field("n_iter", "integer", "Batch count"),
    Field("restore_faces", "switch", "Restore faces"),
    Field("tiling", "switch", "Tiling", infotext="Tiling"),
    Field("eta", "number", "Eta", "eta", bounds=Bounds(0, 1_000, 0, 1)),
    Field("s_min_uncond", "number"),
    Field("s_churn", "number"),
    Field("s_tmax", "number"),
    Field("s_tmin", "number"),
    Field("s_noise", "number"),
)  # fmt: skip

_MODEL = (
    Field(
        CHECKPOINT, "text", "Checkpoint", "checkpoint", "{}", "Model", group="Model", example=_NAMES,
        choices=("checkpoints",),
    ),
    Field(
        VAE, "text", "VAE", "VAE", "VAE {}", "VAE", group="Model", example=_NAMES, also=("Automatic", "None"),
        choices=("vaes",),
    ),
    Field(
        MODULES, "texts", "VAE / Text Encoder", "set of modules", "", group="Model",
        example="ae.safetensors, \"clip_l.safetensors, t5.safetensors\"", choices=("modules",),
    ),
    Field(
        CLIP_SKIP, "integer", "Clip skip", "clip skip", "clip skip {}", "Clip skip", Bounds(1, 12, 1, 12),
        group="Model", example="1, 2",
    ),
    Field(
        "refiner_checkpoint", "text", "Refiner", "refiner", "", "Refiner", group="Model", example=_NAMES,
        choices=("checkpoints",),
    ),
    Field(
        "refiner_switch_at", "number", "Refiner switch at", "refiner switch", "refiner switch at {}",
        "Refiner switch at", Bounds(0, 1, 0.01, 1), group="Model", example="0.7, 0.8, 0.9",
    ),
    Field("override_settings.uni_pc_order", "integer"),
    Field("override_settings.eta_noise_seed_delta", "integer"),
    Field("override_settings.sigma_min", "number"),
    Field("override_settings.sigma_max", "number"),
    Field("override_settings.rho", "number"),
    Field("override_settings.beta_dist_alpha", "number"),
    Field("override_settings.beta_dist_beta", "number"),
    Field("override_settings.img2img_extra_noise", "number"),
    Field("override_settings.token_merging_ratio", "number"),
    Field("override_settings.token_merging_ratio_hr", "number"),
    Field("override_settings.always_discard_next_to_last_sigma", "switch"),
    Field("override_settings.sgm_noise_multiplier", "switch"),
    Field("override_settings.randn_source", "text"),
    Field("override_settings.fp8_storage", "text"),
)  # fmt: skip

_HIRES = (
    Field(
        "hr_scale", "number", "Upscale by", "scale", "upscale by {}", "Hires upscale", Bounds(0.05, 64, 1, 4),
        "txt2img", "Hires fix", "1.5, 2",
    ),
    Field(
        "hr_upscaler", "text", "Upscaler", "upscaler", "{}", "Hires upscaler", None, "txt2img", "Hires fix",
        _NAMES, ("latent_upscale_modes", "upscalers"),
    ),
    Field(
        "hr_second_pass_steps", "integer", "Hires steps", "hires step count", "{} hires steps", "Hires steps",
        Bounds(0, 10_000, 0, 150), "txt2img", "Hires fix", "10, 20",
    ),
    Field(
        "hr_checkpoint_name", "text", "Hires checkpoint", "hires checkpoint", "", "Hires checkpoint", None,
        "txt2img", "Hires fix", _NAMES, ("checkpoints",),
    ),
    Field(
        "hr_sampler_name", "text", "Hires sampler", "hires sampler", "{}", "Hires sampler", None, "txt2img",
        "Hires fix", _NAMES, ("samplers",),
    ),
    Field(
        "hr_scheduler", "text", "Hires schedule type", "hires schedule type", "", "Hires schedule type", None,
        "txt2img", "Hires fix", _NAMES, ("schedulers",),
    ),
    Field(
        "hr_prompt", "text", "Hires prompt", "hires prompt", "", "Hires prompt", None, "txt2img", "Hires fix",
        _LINES, prose=True,
    ),
    Field(
        "hr_negative_prompt", "text", "Hires negative prompt", "hires negative prompt", "",
        "Hires negative prompt", None, "txt2img", "Hires fix", _LINES, prose=True,
    ),
    Field(
        "hr_cfg", "number", "Hires CFG Scale", "hires CFG scale", "hires CFG {}", "Hires CFG Scale",
        Bounds(-1_000, 1_000, 0, 30), "txt2img", "Hires fix", "1, 5, 7",
    ),
    Field(
        "hr_distilled_cfg", "number", "Hires Distilled CFG Scale", "hires distilled CFG scale",
        "hires distilled CFG {}", "Hires Distilled CFG Scale", Bounds(-1_000, 1_000, 0, 30), "txt2img",
        "Hires fix", "2.5, 3.5",
    ),
    Field("hr_additional_modules", "texts", "Hires VAE / Text Encoder", only="txt2img"),
    Field("hr_resize_x", "integer", "Resize width to", only="txt2img"),
    Field("hr_resize_y", "integer", "Resize height to", only="txt2img"),
    Field("enable_hr", "switch", "Hires. fix", only="txt2img"),
    Field("firstphase_width", "integer", only="txt2img"),
    Field("firstphase_height", "integer", only="txt2img"),
)  # fmt: skip

_IMG2IMG = (
    Field("init_images", "list", only="img2img"),
    Field("resize_mode", "integer", "Resize mode", bounds=Bounds(0, 3, 0, 3), only="img2img"),
    Field(
        "image_cfg_scale", "number", "Image CFG scale", "image CFG scale", "", "Image CFG scale",
        Bounds(0, 1_000, 0, 3), "img2img",
    ),
    Field("mask", "text", only="img2img"),
    Field("mask_blur_x", "integer", only="img2img"),
    Field("mask_blur_y", "integer", only="img2img"),
    Field(
        "mask_blur", "integer", "Mask blur", "mask blur", "", "Mask blur", Bounds(0, 1_000, 0, 64), "img2img"
    ),
    Field("mask_round", "switch", only="img2img"),
    Field(
        "inpainting_fill", "integer", "Masked content", "masked content", "", "Masked content",
        Bounds(0, 3, 0, 3), "img2img",
    ),
    Field("inpaint_full_res", "switch", "Inpaint area", infotext="Inpaint area", only="img2img"),
    Field(
        "inpaint_full_res_padding", "integer", "Only masked padding", infotext="Masked area padding",
        bounds=Bounds(0, 16_384, 0, 256), only="img2img",
    ),
    Field("inpainting_mask_invert", "integer", "Mask mode", infotext="Mask mode", only="img2img"),
    Field(
        "initial_noise_multiplier", "number", "Noise multiplier", "noise multiplier", "", "Noise multiplier",
        Bounds(0, 1_000, 0, 1.5), "img2img",
    ),
    Field("latent_mask", "text", only="img2img"),
    Field("include_init_images", "switch", only="img2img"),
)  # fmt: skip

#: fields that do not show in images, or that nobody varies
_REQUEST = (
    Field("override_settings", "object"),
    Field("override_settings_restore_afterwards", "switch"),
    Field("alwayson_scripts", "object"),
    Field("script_name", "text"),
    Field("script_args", "list"),
    Field("disable_extra_networks", "switch"),
    Field("firstpass_image", "text"),
    Field("comments", "object"),
    Field("force_task_id", "text"),
    Field("infotext", "text"),
    Field("send_images", "switch"),
    Field("save_images", "switch"),
    Field("do_not_save_samples", "switch"),
    Field("do_not_save_grid", "switch"),
)

TABLE: dict[str, Field] = {
    field.path: field
    for field in (
        *_PROMPT,
        *_IMAGE,
        *_MODEL,
        *_HIRES,
        *_IMG2IMG,
        *_REQUEST,
        *(argument.field for argument in ARGUMENTS),
    )
}


def field_of(path: str) -> Field | None:
    """None if there is no such field. The field of "lora:NAME" is "lora:"."""
    head, colon, _ = path.partition(":")
    return TABLE.get(path) or TABLE.get(head + colon)


def label_of(path: str) -> Sentence:
    """The field's label; without one, the end of its path in words ("Some option")."""
    field = field_of(path)
    tail = path.rpartition(".")[2].replace("_", " ")
    return field.name if field is not None and field.label else verbatim(tail[:1].upper() + tail[1:])


def unit_of(path: str) -> Sentence:
    """The word for a value of the field."""
    field = field_of(path)
    return field.value_name if field is not None and field.unit else verbatim(path.rpartition(".")[2])


def infotext_label(path: str) -> str:
    """The field's label in infotexts, else ``path``."""
    field = TABLE.get(path)
    return field.infotext if field is not None and field.infotext else path
