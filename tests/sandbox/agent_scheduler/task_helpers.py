"""Requests to database columns and back. The real one keeps script arguments as a compressed pickle;
nobody else reads that column, so here it is compressed JSON."""

import base64
import inspect
import io
import json
import os
import zlib
from enum import Enum

from PIL import Image, PngImagePlugin

from modules import images, img2img, scripts, sd_models, sd_samplers, sd_vae, shared, txt2img

from .helpers import get_dict_attribute, log

IMAGE_ARGUMENTS = {
    0: ["init_img"],
    1: ["sketch"],
    2: ["init_img_with_mask"],
    3: ["inpaint_color_sketch", "inpaint_color_sketch_orig"],
    4: ["init_img_inpaint", "init_mask_inpaint"],
}


def encode_image_to_base64(image):
    """A picture becomes a data URI; a text (base64, or a path) stays as it is."""
    if not isinstance(image, Image.Image):
        return image
    geninfo, _ = images.read_info_from_image(image)
    pnginfo = PngImagePlugin.PngInfo()
    if geninfo:
        pnginfo.add_text("parameters", geninfo)
    buffer = io.BytesIO()
    image.save(buffer, format="PNG", pnginfo=pnginfo if geninfo else None)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("utf-8")


def load_init_image(image):
    """A path of an existing file is read; anything else is taken for base64 later."""
    if isinstance(image, str) and os.path.isfile(image):
        with Image.open(image) as opened:
            return encode_image_to_base64(opened)
    return image


def serialize_image(image):
    if isinstance(image, dict):
        return {key: serialize_image(value) for key, value in image.items()}
    if not isinstance(image, Image.Image):
        return image
    data = base64.b64encode(zlib.compress(image.tobytes())).decode()
    return {"size": image.size, "mode": image.mode, "data": data, "cls": "Image"}


def deserialize_image(value):
    if not isinstance(value, dict):
        return value
    if value.get("cls") == "Image":
        data = zlib.decompress(base64.b64decode(value["data"]))
        return Image.frombytes(value["mode"], tuple(value["size"]), data)
    return {key: deserialize_image(part) for key, part in value.items()}


def serialize_img2img_image_args(args):
    for mode, names in IMAGE_ARGUMENTS.items():
        for name in names:
            args[name] = serialize_image(args.get(name)) if mode == args["mode"] else None


def deserialize_img2img_image_args(args):
    for name in IMAGE_ARGUMENTS.get(args["mode"], []):
        args[name] = deserialize_image(args.get(name))


def serialize_script_args(script_args):
    return zlib.compress(json.dumps(list(script_args)).encode())


def deserialize_script_args(script_args):
    if isinstance(script_args, bytes):
        return json.loads(zlib.decompress(script_args))
    return script_args


def _create_processing(is_img2img):
    return img2img.img2img if is_img2img else txt2img.txt2img_create_processing


def map_ui_task_args_list_to_named_args(args, is_img2img):
    """The page's list of values: those named in the signature, and the scripts' (the rest)."""
    names = inspect.getfullargspec(_create_processing(is_img2img)).args
    args.insert(names.index("request"), None)
    named = dict(zip(names, args, strict=False))
    texts = named.get("override_settings_texts") or []
    if not any(s.startswith("Clip skip:") for s in texts):
        texts.append(f"Clip skip: {shared.opts.CLIP_stop_at_last_layers}")
    named["override_settings_texts"] = texts
    return named, args[len(names) :]


def map_named_args_to_ui_task_args_list(named_args, script_args, is_img2img):
    names = inspect.getfullargspec(_create_processing(is_img2img)).args
    return [named_args.get(name) for name in names] + list(script_args)


def get_script_by_name(script_name, is_img2img=False, is_always_on=False):
    runner = scripts.scripts_img2img if is_img2img else scripts.scripts_txt2img
    candidates = runner.alwayson_scripts if is_always_on else runner.selectable_scripts
    return next((s for s in candidates if s.title().lower() == script_name.lower()), None)


def map_controlnet_args_to_api_task_args(unit):
    """A unit's image is taken for ``{"image": ..., "mask": ...}``; anything else ends in an error."""
    for name, value in unit.items():
        if name == "image" and value is not None:
            mask = value.get("mask")
            unit[name] = {
                "image": encode_image_to_base64(value["image"]),
                "mask": None if mask is None else encode_image_to_base64(mask),
            }
        if isinstance(value, Enum):
            unit[name] = value.value
    return unit


def map_named_script_args_to_list(script, named_args):
    if not isinstance(named_args, dict):
        if script.title().lower() == "controlnet":
            return [map_controlnet_args_to_api_task_args(unit) for unit in named_args]
        return named_args
    spec = inspect.getfullargspec(script.process if script.alwayson else script.run)
    args = [named_args.get(name) for name in spec.args[2:]]
    return args + list(named_args.get(spec.varargs, [])) if spec.varargs else args


def serialize_api_task_args(params, is_img2img, checkpoint=None, vae=None):
    """A request with every field set. Unknown scripts are refused, unknown always-on scripts, VAEs and
    checkpoints only noted in the log; ``mask`` and ``init_images`` stay as they are if they are text."""
    from modules.api import models

    runner = scripts.scripts_img2img if is_img2img else scripts.scripts_txt2img
    script_name = params.get("script_name")
    if script_name:
        script = get_script_by_name(script_name, is_img2img)
        if script is None:
            raise Exception(f"Not found script {script_name}")
        params["script_args"] = map_named_script_args_to_list(script, params.get("script_args", {}))

    allowed = {s.title().lower(): s for s in runner.alwayson_scripts}
    kept = {}
    for name, value in (get_dict_attribute(params, "alwayson_scripts") or {}).items():
        if name.lower() == "agent scheduler":
            continue
        if name.lower() not in allowed:
            log.warning("Script %s is not in script_runner.alwayson_scripts", name)
            continue
        given = get_dict_attribute(value, "args", [])
        kept[name] = {"args": map_named_script_args_to_list(allowed[name.lower()], given)}
    params["alwayson_scripts"] = kept

    model = (
        models.StableDiffusionImg2ImgProcessingAPI
        if is_img2img
        else models.StableDiffusionTxt2ImgProcessingAPI
    )
    args = model(**params)
    if args.override_settings is None:
        args.override_settings = {}
    if checkpoint is not None:
        info = sd_models.get_closet_checkpoint_match(checkpoint)
        if info:
            args.override_settings["sd_model_checkpoint"] = info.title
        else:
            log.warning("Checkpoint %s not found, use current system model", checkpoint)
    if vae is not None:
        if vae in sd_vae.vae_dict:
            args.override_settings["sd_vae"] = vae
        else:
            log.warning("VAE %s not found, use current system vae", vae)
    if is_img2img:
        if len(args.init_images) == 0:
            raise Exception("At least one init image is required")
        args.init_images = [encode_image_to_base64(image) for image in args.init_images]
        args.mask = encode_image_to_base64(args.mask)
        if len(args.init_images) > 1:
            args.batch_size = len(args.init_images)
    return args.dict()


def sampler_names():
    return [x.name for x in sd_samplers.samplers]
