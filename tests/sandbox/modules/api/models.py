"""Bodies of the WebUI's API: every field of the processing classes, with their defaults."""

import inspect
from typing import Any, Optional

from pydantic import BaseModel, Field, create_model

from modules.processing import StableDiffusionProcessingImg2Img, StableDiffusionProcessingTxt2Img

API_NOT_ALLOWED = {
    "self",
    "kwargs",
    "sd_model",
    "outpath_samples",
    "outpath_grids",
    "sampler_index",
    "extra_generation_params",
    "overlay_images",
    "do_not_reload_embeddings",
    "seed_enable_extras",
    "prompt_for_display",
    "sampler_noise_scheduler_override",
    "ddim_discretize",
}

COMMON = {
    "sampler_index": (str, "Euler"),
    "script_name": (Optional[str], None),
    "script_args": (list, []),
    "send_images": (bool, True),
    "save_images": (bool, False),
    "alwayson_scripts": (dict, {}),
    "force_task_id": (Optional[str], None),
    "infotext": (Optional[str], None),
}
IMG2IMG = {
    "init_images": (Optional[list], None),
    "denoising_strength": (float, 0.75),
    "mask": (Optional[str], None),
    "include_init_images": (bool, Field(default=False, exclude=True)),
}


def request_model(name, processing_class, additional):
    fields = {}
    for key, parameter in inspect.signature(processing_class.__init__).parameters.items():
        if key in API_NOT_ALLOWED:
            continue
        kind = str if inspect.ismodule(parameter.annotation) else parameter.annotation
        default = None if isinstance(parameter.default, property) else parameter.default
        fields[key] = (Optional[kind], default)
    fields.update(additional)
    return create_model(name, **fields)


StableDiffusionTxt2ImgProcessingAPI = request_model(
    "StableDiffusionProcessingTxt2Img", StableDiffusionProcessingTxt2Img, COMMON
)
StableDiffusionImg2ImgProcessingAPI = request_model(
    "StableDiffusionProcessingImg2Img", StableDiffusionProcessingImg2Img, {**COMMON, **IMG2IMG}
)


class TextToImageResponse(BaseModel):
    images: Optional[list[str]] = None
    parameters: dict
    info: str


class ImageToImageResponse(BaseModel):
    images: Optional[list[str]] = None
    parameters: dict
    info: str


class ProgressResponse(BaseModel):
    progress: float
    eta_relative: float
    state: dict
    current_image: Optional[str] = None
    textinfo: Optional[str] = None


class ScriptsList(BaseModel):
    txt2img: Optional[list] = None
    img2img: Optional[list] = None


class ScriptArg(BaseModel):
    label: Optional[str] = None
    value: Optional[Any] = None
    minimum: Optional[Any] = None
    maximum: Optional[Any] = None
    step: Optional[Any] = None
    choices: Optional[list[str]] = None


class ScriptInfo(BaseModel):
    name: Optional[str] = None
    is_alwayson: Optional[bool] = None
    is_img2img: Optional[bool] = None
    args: list[ScriptArg] = Field(title="Arguments")
