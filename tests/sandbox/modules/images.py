"""Saving, reading, resizing and joining images, with the WebUI's file names and infotext."""

import datetime
import hashlib
import math
import os
import re
import string

from PIL import Image, ImageColor, ImageOps, PngImagePlugin
from tests.sandbox import faults

from modules import errors, script_callbacks, shared

LANCZOS = Image.Resampling.LANCZOS

invalid_filename_chars = "/" if shared.cmd_opts.unix_filenames_sanitization else '#<>:"/\\|?*\n\r\t'
max_filename_part_length = shared.cmd_opts.filenames_max_length
NOTHING_AND_SKIP_PREVIOUS_TEXT = object()
EXIF_USER_COMMENT = 0x9286
EXIF_IFD = 0x8769

_pattern = re.compile(r"(.*?)(?:\[([^\[\]]+)\]|$)")
_pattern_arg = re.compile(r"(.*)<([^>]*)>$")
_not_words = re.compile(r"[\s" + re.escape(string.punctuation) + "]+")


def read(fp, **kwargs):
    return fix_image(Image.open(fp, **kwargs))


def fix_image(image):
    if image is None:
        return None
    try:
        image = ImageOps.exif_transpose(image)
        return image.convert("RGBA") if image.mode == "P" and "transparency" in image.info else image
    except (OSError, ValueError):
        return image


def flatten(img, bgcolor):
    if img.mode == "RGBA":
        background = Image.new("RGBA", img.size, bgcolor)
        background.paste(img, mask=img)
        img = background
    return img.convert("RGB")


def image_grid(imgs, batch_size=1, rows=None):
    opts = shared.opts
    if rows is None:
        if opts.n_rows > 0:
            rows = opts.n_rows
        elif opts.n_rows == 0:
            rows = batch_size
        else:
            rows = round(math.sqrt(len(imgs)))
    rows = min(int(rows), len(imgs))
    params = script_callbacks.ImageGridLoopParams(imgs, math.ceil(len(imgs) / rows), rows)
    script_callbacks.image_grid_callback(params)
    w = max(img.width for img in imgs)
    h = max(img.height for img in imgs)
    grid = Image.new(
        "RGB", (params.cols * w, params.rows * h), ImageColor.getcolor(opts.grid_background_color, "RGB")
    )
    for i, img in enumerate(params.imgs):
        grid.paste(img, box=(i % params.cols * w, i // params.cols * h))
    return grid


def resize_image(resize_mode, im, width, height, upscaler_name=None):
    """``resize_mode`` 0 stretches, 1 fills and crops, 2 fits and repeats the edge. All upscalers of the
    sandbox are Lanczos."""
    if resize_mode == 0:
        return im.resize((width, height), LANCZOS)
    wide, source = width / height, im.width / im.height
    if resize_mode == 1:
        w = width if wide > source else im.width * height // im.height
        h = height if wide <= source else im.height * width // im.width
        result = Image.new("RGB", (width, height))
        result.paste(im.resize((w, h), LANCZOS), (width // 2 - w // 2, height // 2 - h // 2))
        return result
    w = width if wide < source else im.width * height // im.height
    h = height if wide >= source else im.height * width // im.width
    fitted = im.resize((w, h), LANCZOS)
    result = fitted.resize((width, height)).convert("RGB")
    result.paste(fitted, (width // 2 - w // 2, height // 2 - h // 2))
    return result


def sanitize_filename_part(text, replace_spaces=True):
    if text is None:
        return None
    if replace_spaces:
        text = text.replace(" ", "_")
    text = text.translate({ord(x): "_" for x in invalid_filename_chars})
    return text.lstrip(" ")[:max_filename_part_length].rstrip(" .")


class FilenameGenerator:
    """Turns ``[seed]-[prompt_spaces]`` and the like into text."""

    def __init__(self, p, seed, prompt, image, zip=False, basename=""):
        self.p = p
        self.seed = seed
        self.prompt = prompt
        self.image = image
        self.zip = zip
        self.basename = basename

    def _single(self):
        return (self.p.n_iter == 1 and self.p.batch_size == 1) or self.zip

    def datetime(self, time_format="%Y%m%d%H%M%S", *_):
        text = datetime.datetime.now().strftime(time_format or "%Y%m%d%H%M%S")
        return sanitize_filename_part(text, replace_spaces=False)

    def prompt_words(self):
        words = [x for x in _not_words.split(self.prompt or "") if x] or ["empty"]
        return sanitize_filename_part(
            " ".join(words[: int(shared.opts.directories_max_prompt_words)]), replace_spaces=False
        )

    def image_hash(self, length="", *_):
        return hashlib.sha256(self.image.tobytes()).hexdigest()[: int(length) if length else None]

    def generation_number(self):
        p = self.p
        if self._single():
            return NOTHING_AND_SKIP_PREVIOUS_TEXT
        return p.iteration * p.batch_size + p.batch_index + 1

    replacements = {
        "seed": lambda self: "" if self.seed is None else self.seed,
        "steps": lambda self: self.p and self.p.steps,
        "cfg": lambda self: self.p and self.p.cfg_scale,
        "width": lambda self: self.image.width,
        "height": lambda self: self.image.height,
        "sampler": lambda self: self.p and sanitize_filename_part(self.p.sampler_name, replace_spaces=False),
        "model_hash": lambda self: getattr(self.p, "sd_model_hash", shared.sd_model.sd_model_hash),
        "model_name": lambda self: sanitize_filename_part(
            shared.sd_model.sd_checkpoint_info.name_for_extra, replace_spaces=False
        ),
        "date": lambda self: datetime.datetime.now().strftime("%Y-%m-%d"),
        "datetime": datetime,
        "job_timestamp": lambda self: getattr(self.p, "job_timestamp", shared.state.job_timestamp),
        "prompt": lambda self: sanitize_filename_part(self.prompt),
        "prompt_spaces": lambda self: sanitize_filename_part(self.prompt, replace_spaces=False),
        "prompt_words": prompt_words,
        "batch_number": lambda self: (
            NOTHING_AND_SKIP_PREVIOUS_TEXT if self.p.batch_size == 1 or self.zip else self.p.batch_index + 1
        ),
        "generation_number": generation_number,
        "denoising": lambda self: (self.p and self.p.denoising_strength) or NOTHING_AND_SKIP_PREVIOUS_TEXT,
        "clip_skip": lambda self: shared.opts.CLIP_stop_at_last_layers,
        "user": lambda self: self.p.user,
        "none": lambda self: "",
        "image_hash": image_hash,
    }

    def apply(self, x):
        res = ""
        for text, pattern in (m.groups() for m in _pattern.finditer(x)):
            if pattern is None:
                res += text
                continue
            name, arguments = pattern, []
            while (m := _pattern_arg.match(name)) is not None:
                name, arg = m.groups()
                arguments.insert(0, arg)
            fun = self.replacements.get(name.lower())
            replacement = None
            if fun is not None:
                try:
                    replacement = fun(self, *arguments)
                except Exception:
                    errors.report(f"Error adding [{pattern}] to filename", exc_info=True)
                if replacement is NOTHING_AND_SKIP_PREVIOUS_TEXT:
                    continue
            res += text + (f"[{pattern}]" if replacement is None else str(replacement))
        return res


def get_next_sequence_number(path, basename):
    prefix = f"{basename}-" if basename else ""
    highest = -1
    for name in os.listdir(path):
        if name.startswith(prefix):
            first = os.path.splitext(name[len(prefix) :])[0].split("-")[0]
            if first.isdigit():
                highest = max(highest, int(first))
    return highest + 1


def save_image_with_geninfo(
    image, geninfo, filename, extension=None, existing_pnginfo=None, pnginfo_section_name="parameters"
):
    extension = (extension or os.path.splitext(filename)[1]).lower()
    kind = Image.registered_extensions()[extension]
    opts = shared.opts
    if extension == ".png":
        pnginfo = None
        if opts.enable_pnginfo:
            pnginfo = PngImagePlugin.PngInfo()
            for k, v in {**(existing_pnginfo or {}), pnginfo_section_name: geninfo}.items():
                pnginfo.add_text(k, str(v))
        image.save(filename, format=kind, pnginfo=pnginfo)
        return
    if image.mode == "RGBA":
        image = image.convert("RGB")
    keywords = {"quality": int(opts.jpeg_quality)}
    if opts.enable_pnginfo and geninfo is not None:
        exif = Image.Exif()
        exif[EXIF_IFD] = {EXIF_USER_COMMENT: b"UNICODE\0" + geninfo.encode("utf-16-be")}
        keywords["exif"] = exif
    image.save(filename, format=kind, **keywords)


def save_image(
    image,
    path,
    basename,
    seed=None,
    prompt=None,
    extension="png",
    info=None,
    short_filename=False,
    no_prompt=False,
    grid=False,
    pnginfo_section_name="parameters",
    p=None,
    existing_info=None,
    forced_filename=None,
    suffix="",
    save_to_dirs=None,
):
    """Returns (path of the image, path of the text file or None). Sets ``image.already_saved_as``."""
    opts = shared.opts
    namegen = FilenameGenerator(p, seed, prompt, image, basename=basename)
    if save_to_dirs is None:
        save_to_dirs = opts.grid_save_to_dirs if grid else opts.save_to_dirs and not no_prompt
    if save_to_dirs:
        folder = namegen.apply(opts.directories_filename_pattern or "[prompt_words]")
        path = os.path.join(path, folder.lstrip(" ").rstrip("\\ /"))
    os.makedirs(path, exist_ok=True)

    name = forced_filename
    if name is None:
        name = _numbered_name(namegen, path, basename, seed, short_filename, suffix, extension)
    params = script_callbacks.ImageSaveParams(
        image, p, os.path.join(path, f"{name}.{extension}"), dict(existing_info or {})
    )
    if info is not None:
        params.pnginfo[pnginfo_section_name] = info
    script_callbacks.before_image_saved_callback(params)

    image = params.image
    info = params.pnginfo.get(pnginfo_section_name)
    stem, dotted = os.path.splitext(params.filename)
    # Written under another name first, so that nobody sees half a file.
    save_image_with_geninfo(image, info, f"{stem}.tmp", dotted, params.pnginfo, pnginfo_section_name)
    target = params.filename
    if opts.save_images_replace_action != "Replace":
        n = 0
        while os.path.exists(target):
            n += 1
            target = f"{stem}-{n}{dotted}"
    os.replace(f"{stem}.tmp", target)
    image.already_saved_as = params.filename

    txt_fullfn = None
    if opts.save_txt and info is not None:
        txt_fullfn = f"{stem}.txt"
        with open(txt_fullfn, "w", encoding="utf8") as file:
            file.write(f"{info}\n")
    script_callbacks.image_saved_callback(params)
    faults.after_saving(target)
    return params.filename, txt_fullfn


def _numbered_name(namegen, path, basename, seed, short_filename, suffix, extension):
    opts = shared.opts
    decoration = ""
    if not short_filename and seed is not None:
        decoration = opts.samples_filename_pattern or (
            "[seed]" if opts.save_to_dirs else "[seed]-[prompt_spaces]"
        )
    decoration = namegen.apply(decoration) + suffix
    if not opts.save_images_add_number and decoration:
        return decoration
    decoration = f"-{decoration}" if decoration else ""
    first = get_next_sequence_number(path, basename)
    for number in range(first, first + 500):
        name = (f"{basename}-{number:04}" if basename else f"{number:05}") + decoration
        if not os.path.exists(os.path.join(path, f"{name}.{extension}")):
            break
    return name


def read_info_from_image(image):
    """(infotext or None, the image's other text fields)"""
    items = dict(image.info or {})
    geninfo = items.pop("parameters", None)
    if "exif" in items:
        comment = image.getexif().get_ifd(EXIF_IFD).get(EXIF_USER_COMMENT, b"")
        if isinstance(comment, bytes) and comment.startswith(b"UNICODE\0"):
            geninfo = comment[8:].decode("utf-16-be", errors="ignore")
        elif comment:
            geninfo = comment if isinstance(comment, str) else comment.decode("utf8", errors="ignore")
    elif "comment" in items:
        geninfo = items["comment"]
        geninfo = geninfo.decode("utf8", errors="ignore") if isinstance(geninfo, bytes) else geninfo
    for field in ("jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi", "exif", "icc_profile"):
        items.pop(field, None)
    return geninfo, items


def image_data(data):
    """For the prompt box: the infotext of a dropped file."""
    import io

    import gradio as gr

    try:
        return read_info_from_image(read(io.BytesIO(data)))[0], None
    except OSError:
        return gr.update(), None
