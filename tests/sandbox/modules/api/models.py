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
    "script_name": (str, None),
    "script_args": (list, []),
    "send_images": (bool, True),
    "save_images": (bool, False),
    "alwayson_scripts": (dict, {}),
    "force_task_id": (str, None),
    "infotext": (str, None),
}
IMG2IMG = {
    "init_images": (list, None),
    "denoising_strength": (float, 0.75),
    "mask": (str, None),
    "include_init_images": (bool, Field(default=False, exclude=True)),
}


def request_model(name, processing_class, additional):
    fields = {}
    for key, parameter in inspect.signature(processing_class.__init__).parameters.items():
        if key in API_NOT_ALLOWED:
            continue
        kind = str if inspect.ismodule(parameter.annotation) else parameter.annotation
        default = None if isinstance(parameter.default, property) else parameter.default
        fields[key] = (Optional[kind], default)  # noqa: UP045
    fields.update(additional)
    model = create_model(name, **fields)
    model.__config__.allow_mutation = True
    return model


StableDiffusionTxt2ImgProcessingAPI = request_model(
    "StableDiffusionProcessingTxt2Img", StableDiffusionProcessingTxt2Img, COMMON
)
StableDiffusionImg2ImgProcessingAPI = request_model(
    "StableDiffusionProcessingImg2Img", StableDiffusionProcessingImg2Img, {**COMMON, **IMG2IMG}
)


class TextToImageResponse(BaseModel):
    images: list[str] = None
    parameters: dict
    info: str


class ImageToImageResponse(BaseModel):
    images: list[str] = None
    parameters: dict
    info: str


class ProgressResponse(BaseModel):
    progress: float
    eta_relative: float
    state: dict
    current_image: str = None
    textinfo: str = None


class ScriptsList(BaseModel):
    txt2img: list = None
    img2img: list = None


class ScriptArg(BaseModel):
    label: str = None
    value: Optional[Any] = None  # noqa: UP045
    minimum: Optional[Any] = None  # noqa: UP045
    maximum: Optional[Any] = None  # noqa: UP045
    step: Optional[Any] = None  # noqa: UP045
    choices: Optional[list[str]] = None  # noqa: UP045


class ScriptInfo(BaseModel):
    name: str = None
    is_alwayson: bool = None
    is_img2img: bool = None
    args: list[ScriptArg] = Field(title="Arguments")
