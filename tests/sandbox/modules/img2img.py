"""What Generate does in img2img. ``mode`` is the tab: 0 img2img, 1 sketch, 2 inpaint, 3 inpaint sketch,
4 inpaint upload, 5 batch."""

import os
from contextlib import closing
from pathlib import Path

import numpy
from PIL import Image, ImageEnhance, ImageFilter, UnidentifiedImageError

from modules import images, processing, scripts, shared
from modules.infotext_utils import create_override_settings_dict, parse_generation_parameters
from modules.processing import Processed, StableDiffusionProcessingImg2Img, process_images
from modules.shared import state
from modules.txt2img import output_folders, result_of

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


EXTENSIONS = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff")


def mask_of(path, masks):
    """Of all the masks of a folder: the only one, or the one of the image's name; None if there is none."""
    if len(masks) == 1:
        return images.read(masks[0])
    same = [mask for mask in masks if Path(mask).stem == Path(path).stem]
    return images.read(same[0]) if same else None


def apply_infotext(p, before, path, wanted):
    """What an image's infotext sets; what it does not, is as on the page."""
    text, _ = images.read_info_from_image(images.read(path))
    told = parse_generation_parameters(text) if text else {}
    told = {label: value for label, value in told.items() if label in (wanted or ())}
    for label, name in (("Prompt", "prompt"), ("Negative prompt", "negative_prompt")):
        setattr(p, name, before[name] + (" " + told[label] if label in told else ""))
    p.seed = int(told.get("Seed", before["seed"]))
    p.cfg_scale = float(told.get("CFG scale", before["cfg_scale"]))
    p.sampler_name = told.get("Sampler", before["sampler_name"])
    p.steps = int(told.get("Steps", before["steps"]))


def process_batch(
    p, files, output_dir, mask_dir, args, to_scale=False, scale_by=1.0, png_info=None, png_info_dir=""
):
    """``png_info``: labels of an infotext that are taken from each file, None for none."""
    processing.fix_seed(p)
    paths = list(shared.walk_files(files, EXTENSIONS)) if isinstance(files, str) else [x.name for x in files]
    masks = shared.listfiles(mask_dir) if mask_dir else []
    state.job_count = len(paths) * p.n_iter
    before = {
        name: getattr(p, name)
        for name in ("prompt", "negative_prompt", "seed", "cfg_scale", "sampler_name", "steps")
    }
    all_images, all_infotexts = [], []
    for i, path in enumerate(paths):
        state.job = f"{i + 1} out of {len(paths)}"
        if state.interrupted or state.stopping_generation:
            break
        try:
            image = images.read(path)
        except UnidentifiedImageError:
            continue
        if masks:
            p.image_mask = mask_of(path, masks)
            if p.image_mask is None:
                continue
        if to_scale:
            p.width, p.height = int(image.width * scale_by), int(image.height * scale_by)
        p.init_images = [image] * p.batch_size
        p.sources = []
        if png_info is not None:
            source = os.path.join(png_info_dir, os.path.basename(path)) if png_info_dir else path
            apply_infotext(p, before, source, png_info)
        if output_dir:
            p.outpath_samples = output_dir
        processed = scripts.scripts_img2img.run(p, *args) or process_images(p)
        all_images += processed.images
        all_infotexts += processed.infotexts
    return Processed(
        p, all_images, p.seed, all_infotexts[0] if all_infotexts else "", infotexts=all_infotexts
    )


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
    is_batch = mode == 5
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
    if not is_batch and selected_scale_tab == 1:
        assert image, "There is no image whose size could be scaled"
        width, height = (int(side * scale_by) for side in image.size)
    assert 0.0 <= denoising_strength <= 1.0, "can only work with strength in [0.0, 1.0]"

    values = locals()
    p = StableDiffusionProcessingImg2Img(
        init_images=[image],
        styles=prompt_styles,
        override_settings=create_override_settings_dict(override_settings_texts),
        sd_model=shared.sd_model,
        **output_folders("img2img"),
        **{name: values[name] for name in SAME_NAME},
    )
    p.scripts = scripts.scripts_img2img
    p.script_args = args
    p.user = request.username

    with closing(p):
        if is_batch:
            upload = img2img_batch_source_type == "upload"
            files = img2img_batch_upload if upload else img2img_batch_input_dir
            target = "" if upload else img2img_batch_output_dir.strip()
            processed = process_batch(
                p,
                files,
                target,
                "" if upload else img2img_batch_inpaint_mask_dir,
                args,
                selected_scale_tab == 1,
                scale_by,
                img2img_batch_png_info_props if img2img_batch_use_png_info else None,
                img2img_batch_png_info_dir,
            )
        else:
            processed = scripts.scripts_img2img.run(p, *args)
            if processed is None:
                processed = process_images(p)
    return result_of(processed)
