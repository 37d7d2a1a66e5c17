"""What Generate does in img2img. ``mode`` is the tab: 0 img2img, 1 sketch, 2 inpaint, 3 inpaint sketch,
4 inpaint upload, 5 batch."""

import numpy
from PIL import Image, ImageEnhance, ImageFilter
from tests.sandbox.common import generate

from modules import images, processing
from modules.txt2img import result_of

#: arguments that the processing calls as the page does, some of which the choice of tab changes
SAME_NAME = (
    "prompt", "negative_prompt", "n_iter", "batch_size", "width", "height", "cfg_scale", "denoising_strength",
    "image_cfg_scale", "resize_mode", "mask", "mask_blur", "inpainting_fill", "inpainting_mask_invert",
    "inpaint_full_res", "inpaint_full_res_padding",
)  # fmt: skip


def inpaint_sketch(image, original, mask_alpha, mask_blur):
    changed = (numpy.asarray(image) != numpy.asarray(original)).any(axis=-1)
    mask = Image.fromarray(changed.astype(numpy.uint8) * 255, "L")
    mask = ImageEnhance.Brightness(mask).enhance(1 - mask_alpha / 100)
    blur = ImageFilter.GaussianBlur(mask_blur)
    return Image.composite(image.filter(blur), original, mask.filter(blur)), mask


def img2img(
    id_task,
    request,
    mode,
    prompt,
    negative_prompt,
    prompt_styles,
    init_img,
    sketch,
    init_img_with_mask,
    inpaint_color_sketch,
    inpaint_color_sketch_orig,
    init_img_inpaint,
    init_mask_inpaint,
    mask_blur,
    mask_alpha,
    inpainting_fill,
    n_iter,
    batch_size,
    cfg_scale,
    image_cfg_scale,
    denoising_strength,
    selected_scale_tab,
    height,
    width,
    scale_by,
    resize_mode,
    inpaint_full_res,
    inpaint_full_res_padding,
    inpainting_mask_invert,
    img2img_batch_input_dir,
    img2img_batch_output_dir,
    img2img_batch_inpaint_mask_dir,
    override_settings_texts,
    img2img_batch_use_png_info,
    img2img_batch_png_info_props,
    img2img_batch_png_info_dir,
    img2img_batch_source_type,
    img2img_batch_upload,
    *args,
):
    values = locals()
    image = mask = None
    if mode == 0:
        image = init_img
    elif mode == 1:
        image = sketch
    elif mode == 2:
        image, mask = init_img_with_mask["image"], init_img_with_mask["mask"]
        mask = processing.create_binary_mask(mask)
    elif mode == 3:
        original = inpaint_color_sketch_orig or inpaint_color_sketch
        image, mask = inpaint_sketch(inpaint_color_sketch, original, mask_alpha, mask_blur)
    elif mode == 4:
        image, mask = init_img_inpaint, init_mask_inpaint
    image, mask = map(images.fix_image, (image, mask))
    return result_of(generate.run_img2img(values | {"mask": mask}, SAME_NAME, args, image))
