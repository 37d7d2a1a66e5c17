"""What only AUTOMATIC1111's WebUI has: version 1.10.1. ``neo/host_traits.py`` has the same names."""

import re
from contextlib import contextmanager
from dataclasses import dataclass

VERSION = "v1.10.1"
#: whether infotext_utils has its old name, too
OLD_INFOTEXT_NAME = True
OUTPUT_FOLDER = "outputs"
EMBEDDINGS_FOLDER = "embeddings"
#: command line flags beyond those that all hosts have
FLAGS = {
    "--ckpt-dir": {"type": str, "default": None},
    "--vae-dir": {"type": str, "default": None},
    "--lora-dir": {"type": str, "default": None},
    "--enable-console-prompts": {"action": "store_true"},
}
LATENT_DEFAULT = "Latent"
LATENT_MODES = {
    f"Latent{kind}": {"mode": mode, "antialias": "antialiased" in kind}
    for mode, kind in (
        ("bilinear", ""),
        ("bilinear", " (antialiased)"),
        ("bicubic", " (bicubic)"),
        ("bicubic", " (bicubic antialiased)"),
        ("nearest", " (nearest)"),
        ("nearest-exact", " (nearest-exact)"),
    )
}
UPSCALERS = (
    "None", "Lanczos", "Nearest", "DAT x2", "DAT x3", "DAT x4", "ESRGAN_4x", "LDSR", "R-ESRGAN 4x+",
    "R-ESRGAN 4x+ Anime6B", "ScuNET GAN", "ScuNET PSNR", "SwinIR 4x",
)  # fmt: skip
#: name, aliases, options
SAMPLERS = [
    ("DPM++ 2M", ["k_dpmpp_2m"], {"scheduler": "karras"}),
    ("DPM++ SDE", ["k_dpmpp_sde"], {"scheduler": "karras", "second_order": True, "brownian_noise": True}),
    ("DPM++ 2M SDE", ["k_dpmpp_2m_sde"], {"scheduler": "exponential", "brownian_noise": True}),
    (
        "DPM++ 2M SDE Heun",
        ["k_dpmpp_2m_sde_heun"],
        {"scheduler": "exponential", "brownian_noise": True, "solver_type": "heun"},
    ),
    ("DPM++ 2S a", ["k_dpmpp_2s_a"], {"scheduler": "karras", "uses_ensd": True, "second_order": True}),
    (
        "DPM++ 3M SDE",
        ["k_dpmpp_3m_sde"],
        {"scheduler": "exponential", "discard_next_to_last_sigma": True, "brownian_noise": True},
    ),
    ("Euler a", ["k_euler_a", "k_euler_ancestral"], {"uses_ensd": True}),
    ("Euler", ["k_euler"], {}),
    ("LMS", ["k_lms"], {}),
    ("Heun", ["k_heun"], {"second_order": True}),
    ("DPM2", ["k_dpm_2"], {"scheduler": "karras", "discard_next_to_last_sigma": True, "second_order": True}),
    (
        "DPM2 a",
        ["k_dpm_2_a"],
        {"scheduler": "karras", "discard_next_to_last_sigma": True, "uses_ensd": True, "second_order": True},
    ),
    ("DPM fast", ["k_dpm_fast"], {"uses_ensd": True}),
    ("DPM adaptive", ["k_dpm_ad"], {"uses_ensd": True}),
    ("Restart", ["restart"], {"scheduler": "karras", "second_order": True}),
    ("DDIM", ["ddim"], {}),
    ("DDIM CFG++", ["ddim_cfgpp"], {}),
    ("PLMS", ["plms"], {}),
    ("UniPC", ["unipc"], {}),
    ("LCM", ["k_lcm"], {}),
]
#: name, label, what is not as usual
SCHEDULERS = [
    ("automatic", "Automatic", {}),
    ("uniform", "Uniform", {"need_inner_model": True}),
    ("karras", "Karras", {"default_rho": 7.0}),
    ("exponential", "Exponential", {}),
    ("polyexponential", "Polyexponential", {"default_rho": 1.0}),
    ("sgm_uniform", "SGM Uniform", {"need_inner_model": True, "aliases": ["SGMUniform"]}),
    ("kl_optimal", "KL Optimal", {}),
    ("align_your_steps", "Align Your Steps", {}),
    ("simple", "Simple", {"need_inner_model": True}),
    ("normal", "Normal", {"need_inner_model": True}),
    ("ddim", "DDIM", {"need_inner_model": True}),
    ("beta", "Beta", {"need_inner_model": True}),
]
#: model files beside those that every host starts with
MODEL_FILES = ()
#: fields that are at their default when an infotext does not name them
ABSENT = {
    "Clip skip": "1",
    "Hires resize-1": 0,
    "Hires resize-2": 0,
    "Hires sampler": "Use same sampler",
    "Hires schedule type": "Use same scheduler",
    "Hires checkpoint": "Use same checkpoint",
    "Hires prompt": "",
    "Hires negative prompt": "",
    "Mask mode": "Inpaint masked",
    "Masked content": "original",
    "Inpaint area": "Whole picture",
    "Masked area padding": 32,
    "RNG": "GPU",
    "Schedule type": "Automatic",
    "Schedule max sigma": 0,
    "Schedule min sigma": 0,
    "Schedule rho": 0,
    "VAE Encoder": "Full",
    "VAE Decoder": "Full",
    "FP8 weight": "Disable",
    "Refiner switch by sampling steps": False,
}
#: the variable of ``infotext_utils`` with the labels of settings that do not name one themselves
INFOTEXT_LABELS = {"infotext_to_setting_name_mapping": []}


@dataclass(repr=False)
class CommonFields:
    """Fields of every generation beyond those that all hosts have."""


@dataclass(repr=False)
class Txt2ImgFields:
    """The same for txt2img."""


@dataclass(repr=False)
class Img2ImgFields:
    """The same for img2img."""

    mask_blur_x: int = 4
    mask_blur_y: int = 4
    mask_blur: int = None

    @property
    def mask_blur(self):
        return self.mask_blur_x if self.mask_blur_x == self.mask_blur_y else None

    @mask_blur.setter
    def mask_blur(self, value):
        if isinstance(value, int):
            self.mask_blur_x = value
            self.mask_blur_y = value


def initialize_models():
    from modules import sd_vae, shared
    from modules.sd_hijack import model_hijack

    sd_vae.refresh_vae_list()
    sd_vae.reload_vae_weights()
    model_hijack.embedding_db.load_textual_inversion_embeddings()
    shared.sd_model  # noqa: B018  the checkpoint is loaded when first asked for


def reload_embeddings():
    from modules.sd_hijack import model_hijack

    model_hijack.embedding_db.load_textual_inversion_embeddings()


@contextmanager
def overridden(p):
    """A generation under its ``override_settings``."""
    from modules import sd_models, sd_vae, shared

    opts = shared.opts
    # (M) only settings that are in ``opts.data`` are restored; any other stays as it was overridden
    stored = {k: opts.data[k] for k in p.override_settings if k in opts.data}
    try:
        overridden = p.override_settings
        if overridden.get("sd_model_checkpoint") not in sd_models.checkpoint_aliases:
            overridden.pop("sd_model_checkpoint", None)  # (M) an unknown one is left out without a word
            sd_models.reload_model_weights()
        loads = {"sd_model_checkpoint": sd_models.reload_model_weights, "sd_vae": sd_vae.reload_vae_weights}
        for setting, value in overridden.items():
            opts.set(setting, value, is_api=True, run_callbacks=False)
            loads.get(setting, int)()
        yield
    finally:
        if p.override_settings_restore_afterwards:
            for k, v in stored.items():
                setattr(opts, k, v)
                if k == "sd_vae":
                    sd_vae.reload_vae_weights()


def set_config(req):
    """By the API."""
    from modules import sd_models, shared

    checkpoint = req.get("sd_model_checkpoint")
    if checkpoint is not None and checkpoint not in sd_models.checkpoint_aliases:
        raise RuntimeError(f"model {checkpoint!r} not found")
    for setting in req:
        shared.opts.set(setting, req[setting], is_api=True)
    shared.opts.save(shared.config_filename)


def load_model():
    """The checkpoint of the settings, before each batch: hires fix or a refiner may have loaded another."""
    from modules import sd_models

    sd_models.reload_model_weights()


def load_hires_model(p):
    from modules import sd_models

    with sd_models.SkipWritingToConfig():
        sd_models.reload_model_weights(info=p.hr_checkpoint_info)


def hires_params(p):
    """What the infotext says of hires fix on this host alone."""
    return {}


def first_size(width, height):
    """What it makes of the size before hires fix: the sampler alone cuts it to whole blocks."""
    return width, height


def hires_size(p):
    """The size that hires fix makes, and how much of it is cut off again."""
    if p.hr_resize_x == 0 and p.hr_resize_y == 0:
        p.extra_generation_params["Hires upscale"] = p.hr_scale
        p.hr_upscale_to_x = int(p.width * p.hr_scale)
        p.hr_upscale_to_y = int(p.height * p.hr_scale)
        return
    p.extra_generation_params["Hires resize"] = f"{p.hr_resize_x}x{p.hr_resize_y}"
    by_width = p.hr_resize_x, p.hr_resize_x * p.height // p.width
    by_height = p.hr_resize_y * p.width // p.height, p.hr_resize_y
    if p.hr_resize_y == 0:
        p.hr_upscale_to_x, p.hr_upscale_to_y = by_width
    elif p.hr_resize_x == 0:
        p.hr_upscale_to_x, p.hr_upscale_to_y = by_height
    else:
        wider = p.width / p.height < p.hr_resize_x / p.hr_resize_y
        p.hr_upscale_to_x, p.hr_upscale_to_y = by_width if wider else by_height
        p.truncate_x = (p.hr_upscale_to_x - p.hr_resize_x) // 8
        p.truncate_y = (p.hr_upscale_to_y - p.hr_resize_y) // 8


def cfg(p):
    return p.cfg_scale


def look(p):
    """What else shapes the picture."""
    return str(p.sd_vae_name)


def infotext_params(params, p):
    """The fields of an infotext, with those of this host in their places."""
    from modules import shared

    opts = shared.opts
    ordered = {}
    for label, value in params.items():
        ordered[label] = value
        if label == "CFG scale":
            ordered["Image CFG scale"] = getattr(p, "image_cfg_scale", None)
        elif label == "Model":
            ordered["VAE hash"] = p.sd_vae_hash if opts.add_vae_hash_to_info else None
            ordered["VAE"] = p.sd_vae_name if opts.add_vae_name_to_info else None
    return ordered


def infotext_parsed(res):
    """What this host makes of the fields it has read from an infotext, in place."""


def cast_setting(setting, text):
    from modules import shared

    return shared.opts.cast_value(setting, text)


def strip_comments(text):
    text = re.sub(r"(^|\n)#[^\n]*(\n|$)", "\n", text)
    return re.sub(r"#[^\n]*(\n|$)", "\n", text)
