"""What Generate does in txt2img. Argument names and their order are the page's."""

from tests.sandbox.common import generate

#: arguments that the processing calls as the page does
SAME_NAME = (
    "prompt", "negative_prompt", "n_iter", "batch_size", "width", "height", "cfg_scale", "denoising_strength",
    "hr_upscaler", "hr_scale", "hr_resize_x", "hr_resize_y", "hr_second_pass_steps",
    "hr_prompt", "hr_negative_prompt",
)  # fmt: skip


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
    return generate.txt2img_processing(locals(), SAME_NAME, args, force_enable_hr)


def result_of(processed):
    """(images, generation info as JSON, infotext as HTML, comments as HTML)"""
    return (generate.shown(processed), *generate.texts_of(processed))


def txt2img(id_task, request, *args):
    return result_of(generate.run_txt2img(txt2img_create_processing(id_task, request, *args)))
