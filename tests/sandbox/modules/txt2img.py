"""What Generate does in txt2img. Argument names and their order are the page's."""

from contextlib import closing

from modules import processing, scripts, shared
from modules.infotext_utils import create_override_settings_dict
from modules.shared import opts
from modules.ui_common import plaintext_to_html

#: arguments that the processing calls as the page does
SAME_NAME = (
    "prompt", "negative_prompt", "n_iter", "batch_size", "width", "height", "cfg_scale", "denoising_strength",
    "hr_upscaler", "hr_scale", "hr_resize_x", "hr_resize_y", "hr_second_pass_steps",
    "hr_prompt", "hr_negative_prompt",
)  # fmt: skip


def output_folders(kind):
    """Where it saves: the folders for all kinds if there are, else those for this one."""
    return {
        f"outpath_{what}": getattr(opts, f"outdir_{what}") or getattr(opts, f"outdir_{kind}_{what}")
        for what in ("samples", "grids")
    }


def unless(value, same):
    return None if value == same else value


def txt2img_create_processing(
    id_task,
    request,
    prompt,
    negative_prompt,
    prompt_styles,
    n_iter,
    batch_size,
    cfg_scale,
    height,
    width,
    enable_hr,
    denoising_strength,
    hr_scale,
    hr_upscaler,
    hr_second_pass_steps,
    hr_resize_x,
    hr_resize_y,
    hr_checkpoint_name,
    hr_sampler_name,
    hr_scheduler,
    hr_prompt,
    hr_negative_prompt,
    override_settings_texts,
    *args,
    force_enable_hr=False,
):
    values = locals()
    p = processing.StableDiffusionProcessingTxt2Img(
        enable_hr=force_enable_hr or enable_hr,
        hr_checkpoint_name=unless(hr_checkpoint_name, "Use same checkpoint"),
        hr_sampler_name=unless(hr_sampler_name, "Use same sampler"),
        hr_scheduler=unless(hr_scheduler, "Use same scheduler"),
        styles=prompt_styles,
        override_settings=create_override_settings_dict(override_settings_texts),
        sd_model=shared.sd_model,
        **output_folders("txt2img"),
        **{name: values[name] for name in SAME_NAME},
    )
    p.scripts = scripts.scripts_txt2img
    p.script_args = args
    p.user = request.username
    return p


def result_of(processed):
    """(images, generation info as JSON, infotext as HTML, comments as HTML)"""
    info = processed.js()
    shown = [] if opts.do_not_show_images else processed.images
    return (
        shown,
        info,
        plaintext_to_html(processed.info),
        plaintext_to_html(processed.comments, classname="comments"),
    )


def txt2img(id_task, request, *args):
    p = txt2img_create_processing(id_task, request, *args)
    with closing(p):
        processed = scripts.scripts_txt2img.run(p, *p.script_args)
        if processed is None:
            processed = processing.process_images(p)
    return result_of(processed)
