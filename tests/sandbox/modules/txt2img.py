"""What Generate does in txt2img. Argument names and their order are the page's."""

from contextlib import closing

from modules import processing, scripts, shared
from modules.infotext_utils import create_override_settings_dict
from modules.shared import opts
from modules.ui_common import plaintext_to_html


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
    p = processing.StableDiffusionProcessingTxt2Img(
        sd_model=shared.sd_model,
        outpath_samples=opts.outdir_samples or opts.outdir_txt2img_samples,
        outpath_grids=opts.outdir_grids or opts.outdir_txt2img_grids,
        prompt=prompt,
        styles=prompt_styles,
        negative_prompt=negative_prompt,
        batch_size=batch_size,
        n_iter=n_iter,
        cfg_scale=cfg_scale,
        width=width,
        height=height,
        enable_hr=enable_hr or force_enable_hr,
        denoising_strength=denoising_strength,
        hr_scale=hr_scale,
        hr_upscaler=hr_upscaler,
        hr_second_pass_steps=hr_second_pass_steps,
        hr_resize_x=hr_resize_x,
        hr_resize_y=hr_resize_y,
        hr_checkpoint_name=unless(hr_checkpoint_name, "Use same checkpoint"),
        hr_sampler_name=unless(hr_sampler_name, "Use same sampler"),
        hr_scheduler=unless(hr_scheduler, "Use same scheduler"),
        hr_prompt=hr_prompt,
        hr_negative_prompt=hr_negative_prompt,
        override_settings=create_override_settings_dict(override_settings_texts),
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
