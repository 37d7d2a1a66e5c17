"""What Generate does, behind the arguments in which the hosts differ: ``modules.txt2img`` and ``img2img``."""

import os
from contextlib import closing
from pathlib import Path

from PIL import UnidentifiedImageError

from modules import images, processing, scripts, shared
from modules.infotext_utils import create_override_settings_dict, parse_generation_parameters
from modules.processing import Processed, StableDiffusionProcessingImg2Img, StableDiffusionProcessingTxt2Img
from modules.shared import opts, state
from modules.ui_common import plaintext_to_html

EXTENSIONS = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff")
#: what the page shows for "nothing chosen"
SAME = {
    "hr_checkpoint_name": "Use same checkpoint",
    "hr_sampler_name": "Use same sampler",
    "hr_scheduler": "Use same scheduler",
}


def output_folders(kind):
    """Where it saves: the folders for all kinds if there are, else those for this one."""
    return {
        f"outpath_{what}": getattr(opts, f"outdir_{what}") or getattr(opts, f"outdir_{kind}_{what}")
        for what in ("samples", "grids")
    }


def processing_for(kind, processing_class, arguments, names, args, **more):
    """``arguments``: the page's, by name; ``names``: those that the processing calls the same."""
    p = processing_class(
        styles=arguments["prompt_styles"],
        override_settings=create_override_settings_dict(arguments["override_settings_texts"]),
        sd_model=shared.sd_model,
        **output_folders(kind),
        **{name: arguments[name] for name in names},
        **more,
    )
    p.scripts = getattr(scripts, f"scripts_{kind}")
    p.script_args = args
    p.user = arguments["request"].username
    return p


def txt2img_processing(arguments, names, args, force_enable_hr):
    chosen = {name: None if arguments[name] == same else arguments[name] for name, same in SAME.items()}
    return processing_for(
        "txt2img",
        StableDiffusionProcessingTxt2Img,
        arguments,
        names,
        args,
        enable_hr=force_enable_hr or arguments["enable_hr"],
        **chosen,
    )


def run_txt2img(p):
    with closing(p):
        return scripts.scripts_txt2img.run(p, *p.script_args) or processing.process_images(p)


def run_img2img(values, names, args, image, rounded=int, fitted=None, extensions=EXTENSIONS):
    """``values``: the page's arguments, with the image's mask and size; ``image`` is None for a batch.
    ``rounded``: a side that "Resize by" computed; ``fitted``: what Batch does to each file."""
    by_factor = values["selected_scale_tab"] == 1
    if values["mode"] != 5 and by_factor:
        assert image, "There is no image whose size could be scaled"
        width, height = (rounded(side * values["scale_by"]) for side in image.size)
        values |= {"width": width, "height": height}
    assert 0.0 <= values["denoising_strength"] <= 1.0, "can only work with strength in [0.0, 1.0]"
    p = processing_for("img2img", StableDiffusionProcessingImg2Img, values, names, args, init_images=[image])
    with closing(p):
        if values["mode"] != 5:
            return scripts.scripts_img2img.run(p, *args) or processing.process_images(p)
        upload = values["img2img_batch_source_type"] == "upload"
        folder = values["img2img_batch_input_dir"]
        return process_batch(
            p,
            # paths of the files
            [x.name for x in values["img2img_batch_upload"]] if upload else walk(folder, extensions),
            "" if upload else values["img2img_batch_output_dir"].strip(),
            "" if upload else values["img2img_batch_inpaint_mask_dir"],
            args,
            (lambda side: rounded(side * values["scale_by"])) if by_factor else None,
            fitted,
            values["img2img_batch_png_info_props"] if values["img2img_batch_use_png_info"] else None,
            values["img2img_batch_png_info_dir"],
        )


def walk(folder, extensions):
    return list(shared.walk_files(folder, extensions))


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
    p, paths, output_dir, mask_dir, args, scaled=None, fitted=None, png_info=None, png_info_dir=""
):
    """``png_info``: labels of an infotext that are taken from each file, None for none."""
    processing.fix_seed(p)
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
        if scaled is not None:
            p.width, p.height = map(scaled, image.size)
        p.init_images = [image if fitted is None else fitted(image)] * p.batch_size
        p.sources = []
        if png_info is not None:
            source = os.path.join(png_info_dir, os.path.basename(path)) if png_info_dir else path
            apply_infotext(p, before, source, png_info)
        if output_dir:
            p.outpath_samples = output_dir
        processed = scripts.scripts_img2img.run(p, *args) or processing.process_images(p)
        all_images += processed.images
        all_infotexts += processed.infotexts
    return Processed(
        p, all_images, p.seed, all_infotexts[0] if all_infotexts else "", infotexts=all_infotexts
    )


def texts_of(processed):
    """(generation info as JSON, infotext as HTML, comments as HTML)"""
    return (
        processed.js(),
        plaintext_to_html(processed.info),
        plaintext_to_html(processed.comments, classname="comments"),
    )


def shown(processed):
    return [] if opts.do_not_show_images else processed.images
