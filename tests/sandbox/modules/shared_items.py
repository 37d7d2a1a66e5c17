"""Lists that settings and pages offer."""


def sd_vae_items():
    from modules import sd_vae

    return ["Automatic", "None", *sd_vae.vae_dict]


def refresh_vae_list():
    from modules import sd_vae

    sd_vae.refresh_vae_list()


def list_checkpoint_tiles(use_short=False):
    from modules import sd_models

    return sd_models.checkpoint_tiles(use_short)


def refresh_checkpoints():
    from modules import sd_models

    return sd_models.list_models()


def list_samplers():
    from modules import sd_samplers

    return sd_samplers.all_samplers


ui_reorder_categories_builtin_items = [
    "prompt",
    "image",
    "inpaint",
    "sampler",
    "accordions",
    "checkboxes",
    "dimensions",
    "cfg",
    "denoising",
    "seed",
    "batch",
    "override_settings",
]


def ui_reorder_categories():
    """The page's own parts, those that scripts ask for (each once), then all other scripts."""
    from modules import scripts

    runners = (scripts.scripts_txt2img, scripts.scripts_img2img)
    asked_for = (script.section for runner in runners for script in runner.scripts)
    names = dict.fromkeys(ui_reorder_categories_builtin_items)
    names.update(dict.fromkeys(section for section in asked_for if isinstance(section, str)))
    return iter([*names, "scripts"])
