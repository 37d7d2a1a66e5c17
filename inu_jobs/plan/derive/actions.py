"""What an image's own payload becomes for each derive action, before any changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from ...errors import InvalidInput
from ...fields import upscale
from ...fields.field_types import FIELDS
from ...model import DeriveAction, Payload
from ...sentences import UNSAID, Sentence, say
from ..preflight.installed import CONTROLNET
from ..seeds import is_open

STRENGTH = 0.5  # denoising, for actions that introduce it
VARIATION = 0.15
_HIRES = {"enable_hr": True, "hr_scale": 2.0, "hr_upscaler": "Latent", "denoising_strength": STRENGTH}
_TEXT_ONLY = frozenset(FIELDS["txt2img"]) - frozenset(FIELDS["img2img"])
#: what belongs to the image that the source was made from, not to the source itself
_OF_INPUT = frozenset(
    {
        "mask", "latent_mask", "mask_blur", "mask_blur_x", "mask_blur_y", "mask_round", "inpainting_fill",
        "inpaint_full_res", "inpaint_full_res_padding", "inpainting_mask_invert", "include_init_images",
        "resize_mode", "firstpass_image",
    }
)  # fmt: skip
_SCRIPT = ("script_name", "script_args")
#: always-on scripts that rewrite prompts, by the beginning of their titles; their first argument turns them
#: on
_REWRITERS = ("dynamic prompts",)
#: the syntax that other such scripts look for
_WILDCARDS = ("__", "{")


class Source(msgspec.Struct, frozen=True):
    """An image, and how it was made. ``payload``: its task's, with its changes applied; ``origin`` is equal
    for images whose tasks share one. The prompts are those that the image really got, None where they are the
    payload's. ``index``: its position among the ``siblings`` images of its task. ``input_lost``: it was made
    from an image that is missing or unknown. ``name``: of its file. ``not_carried``: labels of its infotext
    that its payload lacks. ``unfit``: why nothing can be made from it, else ''. Sizes in pixels."""

    id: str
    payload: Payload
    origin: str
    seed: int | None = None
    subseed: int | None = None
    prompt: str | None = None
    negative_prompt: str | None = None
    hr_prompt: str | None = None
    hr_negative_prompt: str | None = None
    index: int = 0
    siblings: int = 1
    input_lost: bool = False
    name: str = ""
    not_carried: tuple[str, ...] = ()
    unfit: Sentence = UNSAID
    width: int = 0
    height: int = 0


def rewrites(payload: Payload) -> bool:
    """Whether the negative prompt may have been rewritten."""
    scripts = payload.get("alwayson_scripts") or {}
    switched_on = any(
        title.lower().startswith(_REWRITERS) and (entry.get("args") or [False])[0]
        for title, entry in scripts.items()
        if isinstance(entry, dict)
    )
    text = payload.get("negative_prompt")
    return switched_on or (isinstance(text, str) and any(sign in text for sign in _WILDCARDS))


def kind_of(payload: Payload) -> str:
    """txt2img, img2img or upscale."""
    if upscale.is_upscale(payload):
        return "upscale"
    return "img2img" if payload.get("init_images") else "txt2img"


def refusal(source: Source, action: DeriveAction) -> Sentence:
    """Why ``action`` is not possible for this image, else ``UNSAID``."""
    if source.unfit or action in ("img2img", "upscale"):
        return source.unfit
    if source.input_lost:
        return say("Its source is missing or unknown: use img2img or upscale.")
    kind = kind_of(source.payload)
    if action == "hires" and kind != "txt2img":
        return say(
            "Hires fix works in txt2img only, and this image came from img2img: use img2img or upscale."
        )
    if action == "variations" and kind == "upscale":
        return say("An upscale has no seed to vary.")
    return UNSAID


def derive(
    source: Source, action: DeriveAction, scripts: Mapping[str, int], vary_seed: bool = False
) -> Payload:
    """The payload that makes one image by ``action`` from ``source``, with its own prompt and settings.
    ``scripts``: the always-on scripts that img2img has, by lower-case title, with their number of arguments.
    ``vary_seed``: the seed will be changed, so a variation needs no variation strength. ``InvalidInput`` if
    ``refusal`` has a reason."""
    if reason := refusal(source, action):
        raise InvalidInput(reason, "action")
    now = _own(source)
    if action == "img2img":
        return _from_image(now, source, scripts)
    if action == "upscale":
        scripted = {"script_name": upscale.SCRIPT, "script_args": upscale.defaults()}
        now = _from_image(now, source, scripts) | scripted
        return now | upscale.size(now, upscale.scale(now))
    if action == "hires":
        return _hires(now)
    if action == "variations" and not vary_seed:
        return {**now, "subseed": -1, "subseed_strength": VARIATION}
    return now


def own_seeds(source: Source) -> dict[str, Any]:
    """The seed and subseed of this very image, None if unknown."""
    now = _own(source)
    return {field: now.get(field) for field in ("seed", "subseed")}


def left_out(source: Payload, derived: Payload) -> list[str]:
    """Titles of the scripts that are not carried over."""
    found = [] if upscale.is_upscale(source) else [source.get("script_name") or ""]
    kept = [derived.get("script_name") or "", *(derived.get("alwayson_scripts") or ())]
    return [
        title for title in (*found, *(source.get("alwayson_scripts") or ())) if title and title not in kept
    ]


def without_scripts(payload: Payload, titles: Collection[str]) -> Payload:
    """Without the always-on scripts of these lower-case titles: they run with their defaults."""
    scripts = payload.get("alwayson_scripts")
    if not titles or not isinstance(scripts, dict) or not any(title.lower() in titles for title in scripts):
        return payload
    kept = {title: entry for title, entry in scripts.items() if title.lower() not in titles}
    return {**payload, "alwayson_scripts": kept}


def uses_controlnet(payload: Payload) -> bool:
    """Whether one of its units is on."""
    scripts = payload.get("alwayson_scripts")
    for title, entry in (scripts if isinstance(scripts, dict) else {}).items():
        args = entry.get("args") if isinstance(entry, dict) and title.lower() == CONTROLNET else None
        if any(isinstance(unit, dict) and unit.get("enabled") for unit in args or ()):
            return True
    return False


# ---------------------------------------------------------------------------- each image's own


def _own(source: Source) -> Payload:
    """The payload that makes exactly this image again."""
    now = {**source.payload, "batch_size": 1, "n_iter": 1}
    now |= _counted_seeds(now, source)
    if source.prompt is not None:
        now |= _recorded_texts(now, source)
    if not _keeps_script(source):
        now = _without(now, _SCRIPT)
    return now


def _counted_seeds(now: Payload, source: Source) -> Payload:
    varied = now.get("subseed_strength") not in (None, 0)
    seeds: Payload = {}
    # within a task, the WebUI counts up the seeds, or with variation the subseeds
    if source.seed is not None:
        seeds["seed"] = source.seed
    elif _is_seed(now.get("seed")) and not varied:
        seeds["seed"] = now["seed"] + source.index
    if varied and source.subseed is not None:
        seeds["subseed"] = source.subseed
    elif varied and _is_seed(now.get("subseed")):
        seeds["subseed"] = now["subseed"] + source.index
    return seeds


def _recorded_texts(now: Payload, source: Source) -> Payload:
    """As the prompts came out, without anything that would rewrite them again."""
    texts: Payload = {"prompt": source.prompt, "styles": []}
    for field in ("negative_prompt", "hr_prompt", "hr_negative_prompt"):
        text = getattr(source, field)
        if text is not None:
            texts[field] = text
    if now.get("alwayson_scripts"):
        texts["alwayson_scripts"] = _without_rewriters(now["alwayson_scripts"])
    return texts


def _is_seed(value: Any) -> bool:
    return isinstance(value, int) and not is_open(value)


def _without_rewriters(scripts: dict[str, Any]) -> dict[str, Any]:
    """Turned off, not omitted: a script that is not named runs with its defaults."""
    found = dict(scripts)
    for title, entry in scripts.items():
        args = entry.get("args") if isinstance(entry, dict) else None
        if title.lower().startswith(_REWRITERS) and args:
            found[title] = {**entry, "args": [False, *args[1:]]}
    return found


def _keeps_script(source: Source) -> bool:
    """A script that made several images (a grid of settings) would make all of them again."""
    batch = int(source.payload.get("batch_size") or 1) * int(source.payload.get("n_iter") or 1)
    return source.siblings <= batch


# -------------------------------------------------------------------------------- each action


def _from_image(now: Payload, source: Source, scripts: Mapping[str, int]) -> Payload:
    now = _without(now, _TEXT_ONLY | _OF_INPUT | frozenset(_SCRIPT))
    now |= {"init_images": [f"image:{source.id}"], "denoising_strength": STRENGTH}
    if source.width and source.height:
        now |= {"width": _whole(source.width), "height": _whole(source.height)}
    if now.get("alwayson_scripts"):
        now["alwayson_scripts"] = _fitting(now["alwayson_scripts"], scripts)
    return now


def _fitting(always_on: dict[str, Any], scripts: Mapping[str, int]) -> dict[str, Any]:
    """Those that img2img has with the same number of arguments: others would be refused or misread."""
    return {
        title: entry
        for title, entry in always_on.items()
        if len((entry.get("args") if isinstance(entry, dict) else None) or ())
        <= scripts.get(title.lower(), -1)
    }


def _hires(now: Payload) -> Payload:
    if now.get("enable_hr"):
        return now  # with its own settings
    # settings of hires fix were not intended while it was off
    now = {field: value for field, value in now.items() if not field.startswith("hr_")}
    return {**now, **_HIRES}


def _whole(pixels: int) -> int:
    return max(8, pixels - pixels % 8)


def _without(payload: Payload, fields: Any) -> Payload:
    return {field: value for field, value in payload.items() if field not in fields}
