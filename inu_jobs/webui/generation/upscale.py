"""Upscaling and face restoration of an image without diffusion: a selectable script, so that it goes through
the same queue. The WebUI's own postprocessing does the work.

Source: WebUI 1.10.1, ``run_extras`` and ``run_postprocessing`` in modules/postprocessing.py; the scripts
there drop an alpha channel, or fail on one.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from modules import images, processing, scripts, scripts_postprocessing, shared
from PIL import Image

from ...fields import upscale
from ...library.infotext import parsing
from ...library.pixels import is_opaque
from ...plan import Upscalers
from ..host.versions import infotext_utils
from .script import made_images, never_raises, our_task

_NONE = "None"
_MULTIPLE = 8  # of which the sides are that an upscaler makes
_WITHOUT_ALPHA = ("jpg", "jpeg", "webp")  # as the WebUI saves them


class InuJobsUpscale(scripts.Script):
    """In img2img, for the image to start from. Its arguments are ``upscale.ARGUMENTS``."""

    def title(self) -> str:
        return upscale.SCRIPT

    def show(self, is_img2img: bool) -> Any:
        # The API does not find a script that is not shown.
        return is_img2img

    def ui(self, is_img2img: bool) -> list[Any]:
        here = Upscalers((), [upscaler.name for upscaler in shared.sd_upscalers])
        return [self._control(argument, here) for argument in upscale.ARGUMENTS]

    def _control(self, argument: upscale.Argument, here: Upscalers) -> Any:
        label, bounds, elem_id = argument.field.label, argument.field.bounds, self.elem_id(argument.name)
        if bounds is None:
            value, names = argument.default, list(here.upscalers)
            if value not in names:  # the host has no such upscaler
                value = here.closest(value, argument.name) or None
            return gr.Dropdown(label=label, choices=names, value=value, elem_id=elem_id)
        return gr.Slider(
            bounds.least, bounds.most, step=0.05, label=label, value=argument.default, elem_id=elem_id
        )

    def run(self, p: Any, *args: Any) -> Any:
        """Makes one image from the first init image, or nothing if interrupted, because an upscaler then
        returns the image unscaled."""
        shared.state.job_count = 1
        source = p.init_images[0]
        text, other = images.read_info_from_image(source)
        result, fields = postprocess(source, dict(zip(_NAMES, args, strict=True)))
        if shared.state.interrupted:
            return processing.Processed(p, [], p.seed)
        shared.state.assign_current_image(result)
        info = with_fields(text or "", fields)
        images.save_image(
            result,
            shared.opts.outdir_samples or shared.opts.outdir_extras_samples,
            "",
            p.seed,
            p.prompt,
            extension(result),
            info=info,
            p=p,
            existing_info={key: value for key, value in other.items() if isinstance(value, str)},
        )
        processed = processing.Processed(p, [result], p.seed, info, infotexts=[info])
        report(p, processed)
        return processed


_NAMES = [argument.name for argument in upscale.ARGUMENTS]


@never_raises
def report(p: Any, processed: Any) -> None:
    """The WebUI does not call always-on scripts when a script does everything itself."""
    ours = our_task()
    if ours is not None:
        running, task = ours
        running.adapter.produced(task, made_images(p, processed), bool(shared.state.interrupted))


def postprocess(source: Any, chosen: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """(the new image, what the WebUI's scripts note about it). Alpha is scaled separately from the
    colours."""
    colours, alpha = split(source)
    resized, fields = resize(colours, chosen)
    work = scripts_postprocessing.PostprocessedImage(resized)
    work.info.update(fields)
    runner = scripts.scripts_postproc
    runner.run(work, runner.create_args_for_run(arguments(chosen)))
    result = work.image
    if alpha is not None:
        result = result.convert("RGB")
        result.putalpha(alpha.resize(result.size, Image.Resampling.LANCZOS))
    return result, work.info


def resize(image: Any, chosen: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """What hires fix does with an upscaler of "None"; the WebUI's Upscale leaves the image as it is then. The
    image and what is noted about it; unchanged with any other upscaler."""
    name, scale = chosen["upscaler"], chosen["scale"]
    if name != _NONE:
        return image, {}
    size = tuple(max(_MULTIPLE, int(side * scale) // _MULTIPLE * _MULTIPLE) for side in image.size)
    fields = {"Postprocess upscale by": scale, "Postprocess upscaler": name}
    return image.resize(size, Image.Resampling.LANCZOS), fields


def arguments(chosen: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """For the WebUI's scripts, by name."""
    return {
        "Upscale": {
            "upscale_enabled": True,
            "upscale_mode": 0,
            "upscale_by": chosen["scale"],
            "max_side_length": 0,
            "upscale_to_width": None,
            "upscale_to_height": None,
            "upscale_crop": False,
            "upscaler_1_name": chosen["upscaler"],
            "upscaler_2_name": chosen["upscaler_2"],
            "upscaler_2_visibility": chosen["upscaler_2_visibility"],
        },
        "GFPGAN": {"enable": True, "gfpgan_visibility": chosen["gfpgan"]},
        "CodeFormer": {
            "enable": True,
            "codeformer_visibility": chosen["codeformer"],
            "codeformer_weight": chosen["codeformer_weight"],
        },
    }


def split(source: Any) -> tuple[Any, Any]:
    """(RGB, alpha or None). What may be hidden in the alpha of an opaque image would not survive scaling."""
    if is_opaque(source):
        return source.convert("RGB"), None
    source = source.convert("RGBA")
    return source.convert("RGB"), source.getchannel("A")


def with_fields(text: str, fields: dict[str, Any]) -> str:
    """The infotext ``text`` with more fields, as the WebUI writes them."""
    added = ", ".join(
        f"{key}: {infotext_utils.quote(value)}" for key, value in fields.items() if value is not None
    )
    if not text or not added:
        return text or added
    return parsing.with_settings(text, added)


def extension(image: Any) -> str:
    """A file extension whose format can store what the image contains."""
    chosen = str(shared.opts.samples_format)
    return "png" if image.mode == "RGBA" and chosen.lower() in _WITHOUT_ALPHA else chosen
