"""What Generate does in img2img. ``mode`` is the tab: 0 img2img, 1 sketch, 2 inpaint, 3 inpaint sketch,
4 inpaint upload, 5 batch. A picture and the strokes over it (``..._fg``) are two arguments."""

from PIL import Image, ImageFilter, ImageOps
from tests.sandbox.common import generate

from modules import images
from modules.txt2img import result_of
from modules.ui import _STEP, sRound  # noqa: F401
from modules_forge import main_thread

#: arguments that the processing calls as the page does, some of which the choice of tab changes
SAME_NAME = (
    "prompt", "negative_prompt", "n_iter", "batch_size", "width", "height", "cfg_scale",
    "distilled_cfg_scale", "denoising_strength", "image_cfg_scale", "resize_mode", "mask", "mask_blur",
    "inpainting_fill", "inpainting_mask_invert", "inpaint_full_res", "inpaint_full_res_padding",
)  # fmt: skip


def opaque(mask):
    return Image.merge("RGBA", (mask, mask, mask, Image.new("L", mask.size, 255)))


def fitted(image):
    """Of Batch: upright, and cropped to whole steps of the sliders."""
    image = ImageOps.exif_transpose(image)
    size = tuple(map(sRound, image.size))
    return image if image.size == size else images.resize_image(1, image, *size)


def img2img_function(
    id_task,
    request,
    mode,
    prompt,
    negative_prompt,
    prompt_styles,
    init_img,
    sketch,
    sketch_fg,
    init_img_with_mask,
    init_img_with_mask_fg,
    inpaint_color_sketch,
    inpaint_color_sketch_fg,
    init_img_inpaint,
    init_mask_inpaint,
    mask_blur,
    mask_alpha,
    inpainting_fill,
    n_iter,
    batch_size,
    cfg_scale,
    distilled_cfg_scale,
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
    values = locals() | {"height": int(height), "width": int(width)}
    image = mask = None
    if mode == 0:
        image = init_img
    elif mode == 1:
        image = Image.alpha_composite(sketch, sketch_fg)
    elif mode == 2:
        image, mask = init_img_with_mask, opaque(init_img_with_mask_fg.getchannel("A"))
    elif mode == 3:
        image = Image.alpha_composite(inpaint_color_sketch, inpaint_color_sketch_fg)
        mask = inpaint_color_sketch_fg.getchannel("A")
        mask = opaque(mask.filter(ImageFilter.MaxFilter(int(0.015 * min(mask.size)) * 2 + 1)))
    elif mode == 4:
        image, mask = init_img_inpaint, init_mask_inpaint
    if mask:
        mask = mask.point(lambda v: 255 if v > 128 else 0)
    image, mask = map(images.fix_image, (image, mask))
    processed = generate.run_img2img(
        values | {"mask": mask},
        SAME_NAME,
        args,
        image,
        rounded=sRound,
        fitted=fitted,
        extensions=(*generate.EXTENSIONS, ".avif"),
    )
    return result_of(processed)


def img2img(
    id_task,
    request,
    mode,
    prompt,
    negative_prompt,
    prompt_styles,
    init_img,
    sketch,
    sketch_fg,
    init_img_with_mask,
    init_img_with_mask_fg,
    inpaint_color_sketch,
    inpaint_color_sketch_fg,
    init_img_inpaint,
    init_mask_inpaint,
    mask_blur,
    mask_alpha,
    inpainting_fill,
    n_iter,
    batch_size,
    cfg_scale,
    distilled_cfg_scale,
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
    return main_thread.run_and_wait_result(
        img2img_function, *(value for name, value in locals().items() if name != "args"), *args
    )
