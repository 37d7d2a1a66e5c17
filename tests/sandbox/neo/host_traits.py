"""What only Forge Neo has: version 2.26. ``a1111/host_traits.py`` has the same names."""

import os
import re
from ast import literal_eval
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

VERSION = "neo"
#: whether infotext_utils has its old name, too
OLD_INFOTEXT_NAME = False
OUTPUT_FOLDER = "output"
EMBEDDINGS_FOLDER = "models/embeddings"
#: command line flags beyond those that all hosts have
FLAGS = {
    name: {"action": "append", "default": []}
    for name in ("--ckpt-dirs", "--vae-dirs", "--text-encoder-dirs", "--lora-dirs")
}
LATENT_DEFAULT = "None"
LATENT_MODES = {}
UPSCALERS = ("None", "ESRGAN_4x")
#: name, aliases, options
SAMPLERS = [
    ("DPM++ 2M", ["k_dpmpp_2m"], {"scheduler": "karras"}),
    ("DPM++ SDE", ["k_dpmpp_sde"], {"scheduler": "karras", "second_order": True, "brownian_noise": True}),
    ("DPM++ 2M SDE", ["k_dpmpp_2m_sde"], {"scheduler": "exponential", "brownian_noise": True}),
    (
        "DPM++ 3M SDE",
        ["k_dpmpp_3m_sde"],
        {"scheduler": "exponential", "discard_next_to_last_sigma": True, "brownian_noise": True},
    ),
    ("DPM++ 2s a RF", ["sample_dpmpp_2s_ancestral_RF"], {}),
    ("Euler a", ["k_euler_a", "k_euler_ancestral"], {"uses_ensd": True}),
    ("Euler", ["k_euler"], {}),
    ("ER SDE", ["er_sde"], {}),
    ("LCM", ["k_lcm"], {}),
    ("LMS", ["k_lms"], {}),
    ("Heun", ["k_heun"], {"second_order": True}),
    (
        "DPM2",
        ["k_dpm_2"],
        {"scheduler": "karras", "discard_next_to_last_sigma": True, "second_order": True},
    ),
    ("Res Multistep", ["res_multistep"], {}),
    ("Kohaku LoNyu Yog", ["Kohaku_LoNyu_Yog"], {}),
    ("Restart", ["restart"], {"scheduler": "karras", "second_order": True}),
    ("UniPC", ["unipc"], {"discard_next_to_last_sigma": True}),
    ("DDIM", ["ddim"], {}),
    ("PLMS", ["plms"], {}),
    ("DPM++ 2M CFG++", ["dpmpp_2m_cfg_pp"], {"scheduler": "karras"}),
    ("Euler a CFG++", ["euler_ancestral_cfg_pp"], {"uses_ensd": True}),
    ("Euler CFG++", ["euler_cfg_pp"], {}),
]
#: name, label, what is not as usual
SCHEDULERS = [
    ("automatic", "Automatic", {}),
    ("karras", "Karras", {"default_rho": 7.0}),
    ("exponential", "Exponential", {}),
    ("polyexponential", "Polyexponential", {"default_rho": 1.0}),
    ("normal", "Normal", {"need_inner_model": True}),
    ("simple", "Simple", {"need_inner_model": True}),
    ("uniform", "Uniform", {"need_inner_model": True}),
    ("sgm_uniform", "SGM Uniform", {"need_inner_model": True, "aliases": ["SGMUniform"]}),
    ("linear_quadratic", "Linear Quadratic", {}),
    ("kl_optimal", "KL Optimal", {}),
    ("ddim", "DDIM", {"need_inner_model": True}),
    ("align_your_steps", "Align Your Steps", {}),
    ("beta", "Beta", {"need_inner_model": True}),
    ("turbo", "Turbo", {"need_inner_model": True}),
    ("bong_tangent", "Bong Tangent", {}),
    ("flow_match", "FlowMatchEulerDiscrete", {"need_inner_model": True}),
    ("flux2", "Flux2", {}),
]
#: model files beside those that every host starts with
MODEL_FILES = (
    "models/Stable-diffusion/sandbox_flux.safetensors",
    "models/text_encoder/tiny_t5.safetensors",
)
#: fields that are at their default when an infotext does not name them
ABSENT = {
    "Sampler": "Euler",
    "Schedule type": "Simple",
    "RNG": "CPU",
    "Hires resize-1": 0,
    "Hires resize-2": 0,
    "Hires sampler": "Use same sampler",
    "Hires schedule type": "Use same scheduler",
    "Hires checkpoint": "Use same checkpoint",
    "Hires prompt": "",
    "Hires negative prompt": "",
    "MaHiRo": False,
    "Rescale CFG": 0.0,
}
MODULES = "forge_additional_modules"
#: the variable of ``infotext_utils`` with the labels of settings that do not name one themselves
INFOTEXT_LABELS = {"INFOTEXT_TO_SETTING": [("VAE/TE", MODULES)]}
SAME_MODULES = "Use same choices"


@dataclass(repr=False)
class CommonFields:
    """Fields of every generation beyond those that all hosts have."""

    distilled_cfg_scale: float = 3.5


@dataclass(repr=False)
class Txt2ImgFields:
    """The same for txt2img."""

    hr_additional_modules: list = field(default=None)
    hr_cfg: float = 1.0
    hr_distilled_cfg: float = 3.5


@dataclass(repr=False)
class Img2ImgFields:
    """The same for img2img."""

    mask_blur: int = 4
    init_latent: Any = field(default=None)

    @property
    def mask_blur_x(self):
        return self.mask_blur

    @property
    def mask_blur_y(self):
        return self.mask_blur


def initialize_models():
    """Nothing is loaded before the first generation."""
    from modules import sd_vae
    from modules_forge import main_entry

    sd_vae.refresh_vae_list()
    main_entry.refresh_models()
    main_entry.refresh_model_loading_parameters()


def reload_embeddings():
    """Only the page of extra networks looks for new ones."""


@contextmanager
def overridden(p):
    """A generation under its ``override_settings``."""
    from modules import sd_models, sd_vae, shared
    from modules.sysinfo import set_config

    opts = shared.opts
    stored = {k: opts.data[k] for k in p.override_settings if k in opts.data}
    vae = None
    try:
        if p.override_settings.get("sd_model_checkpoint") not in sd_models.checkpoint_aliases:
            p.override_settings.pop("sd_model_checkpoint", None)
        vae = p.override_settings.pop("sd_vae", None)
        set_config(p.override_settings, is_api=True, run_callbacks=False, save_config=False)
        sd_models.forge_model_reload()
        if vae is not None:
            sd_vae.reload_vae_weights(vae)  # (M) takes a file: any name ends the run
        yield
    finally:
        if p.override_settings_restore_afterwards:
            set_config(stored, save_config=False)
        if vae is not None:
            sd_vae.restore_vae_weights()


def set_config(req):
    """By the API."""
    from modules import sysinfo

    sysinfo.set_config(req, is_api=True)


def load_model():
    """Loaded once, before the first batch."""


def load_hires_model(p):
    """(M) ends with an error if the request does not say which modules."""
    from modules import sd_models, shared
    from modules_forge import main_entry

    opts = shared.opts
    checkpoint, modules = opts.sd_model_checkpoint, opts.forge_additional_modules
    changed = False
    if SAME_MODULES not in p.hr_additional_modules:
        changed = main_entry.modules_change(p.hr_additional_modules, preset=None, save=False, refresh=False)
    if p.hr_checkpoint_name and p.hr_checkpoint_name != "Use same checkpoint":
        changed |= main_entry.checkpoint_change(p.hr_checkpoint_name, preset=None, save=False, refresh=False)
    if not changed:
        return
    try:
        main_entry.refresh_model_loading_parameters()
        sd_models.forge_model_reload()
    finally:
        main_entry.modules_change(modules, preset=None, save=False, refresh=False)
        main_entry.checkpoint_change(checkpoint, preset=None, save=False, refresh=False)
        main_entry.refresh_model_loading_parameters()


def module_names(files):
    return [os.path.splitext(os.path.basename(path))[0] for path in files]


def hires_params(p):
    """What the infotext says of hires fix on this host alone."""
    params = {}
    chosen = p.hr_additional_modules
    if isinstance(chosen, list):
        if not chosen:
            params["Hires Module 1"] = "Built-in"
        elif SAME_MODULES in chosen:
            params["Hires Module 1"] = SAME_MODULES
        else:
            params |= {f"Hires Module {i + 1}": name for i, name in enumerate(module_names(chosen))}
    if p.sd_model.use_distilled_cfg_scale:
        params["Hires Distilled CFG Scale"] = p.hr_distilled_cfg
    return params | {"Hires CFG Scale": p.hr_cfg}


def first_size(width, height):
    """What (M) makes of the size before hires fix, for models that tell no size of their own."""
    return tuple(max((side + 32) // 64 * 64, 64) for side in (width, height))


def hires_size(p):
    """The size that hires fix makes."""
    from modules.ui import sRound

    if p.hr_resize_x == 0 and p.hr_resize_y == 0:
        p.extra_generation_params["Hires upscale"] = p.hr_scale
        width, height = p.width * p.hr_scale, p.height * p.hr_scale
    else:
        width = p.hr_resize_x or p.hr_resize_y * (p.width / p.height)
        height = p.hr_resize_y or p.hr_resize_x * (p.height / p.width)
    p.hr_upscale_to_x, p.hr_upscale_to_y = sRound(width), sRound(height)
    if p.hr_resize_x or p.hr_resize_y:
        p.extra_generation_params["Hires resize"] = f"{p.hr_upscale_to_x}x{p.hr_upscale_to_y}"


def cfg(p):
    return p.hr_cfg if p.is_hr_pass else p.cfg_scale


def look(p):
    """What else shapes the picture."""
    from modules import shared

    distilled = getattr(p, "hr_distilled_cfg", None) if p.is_hr_pass else p.distilled_cfg_scale
    if not p.sd_model.use_distilled_cfg_scale:
        distilled = None
    return f"{shared.sd_model.modules} {None if distilled is None else float(distilled)}"


def infotext_params(params, p):
    """The fields of an infotext, with those of this host in their places."""
    from modules import shared

    opts, ordered = shared.opts, {}
    model = params.pop("Model")
    for label, value in params.items():
        if label == "Model hash":
            ordered["Model"] = model
        ordered[label] = value
        if label == "CFG scale" and p.sd_model.use_distilled_cfg_scale:
            ordered["Distilled CFG Scale"] = p.distilled_cfg_scale
        elif label == "Model hash":
            names = module_names(opts.forge_additional_modules)
            ordered |= {f"Module {i + 1}": name for i, name in enumerate(names)}
    ordered["Clip skip"] = (
        getattr(p, "clip_skip", opts.CLIP_stop_at_last_layers) if p.sd_model.is_sd1 else None
    )
    ordered["RNG"] = opts.randn_source
    return ordered


def infotext_parsed(res):
    """What this host makes of the fields it has read from an infotext, in place."""
    from modules import shared
    from modules_forge import main_entry

    if res.get("Model") == os.path.splitext(shared.opts.sd_model_checkpoint)[0]:
        res.pop("Model", None)
    for label in ("Clip skip", "CLIP_stop_at_last_layers"):
        res.pop(label, None)
    known = {os.path.splitext(name)[0]: name for name in main_entry.module_list}
    chosen = {"Module ": [], "Hires Module ": []}
    classic = res.pop("VAE", None)
    if classic is not None:
        chosen["Module "].append(classic)
    for label in list(res):
        for head, names in chosen.items():
            if label.startswith(head):
                names.extend(filter(None, [known.get(res.pop(label))]))
    modules = chosen["Module "]
    current = [os.path.basename(path) for path in shared.opts.forge_additional_modules]
    if modules and sorted(modules) != sorted(current):
        res["VAE/TE"] = modules
    # (wart) the host has taken "Hires Module 1" out before it asks for it, so it is always these
    res["Hires VAE/TE"] = [SAME_MODULES]


def cast_setting(setting, text):
    from modules import shared

    return literal_eval(text) if setting == MODULES else shared.opts.cast_value(setting, text)


def strip_comments(text):
    text = re.sub(r"\/\*.*?\*\/", "", text, flags=re.DOTALL)
    return re.sub(r"[^\S\n]*(\#|\/\/).*", "", text)
