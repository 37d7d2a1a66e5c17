"""What an image's own payload becomes for each action of a derive, before anything is changed in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from ...errors import InvalidInput
from ...fields import upscale
from ...fields.payload import FIELDS
from ...model import DeriveAction, Payload
from ...sentences import UNSAID, Sentence, say
from ..preflight.installed import CONTROLNET
from ..seeds import is_open

STRENGTH = 0.5  # denoising, where the action begins one
VARIATION = 0.15
_HIRES = {"enable_hr": True, "hr_scale": 2.0, "hr_upscaler": "Latent", "denoising_strength": STRENGTH}
_TEXT_ONLY = frozenset(FIELDS["txt2img"]) - frozenset(FIELDS["img2img"])
#: what belongs to the image that the source was made from, not to the source
_OF_INPUT = frozenset(
    {
        "mask", "latent_mask", "mask_blur", "mask_blur_x", "mask_blur_y", "mask_round", "inpainting_fill",
        "inpaint_full_res", "inpaint_full_res_padding", "inpainting_mask_invert", "include_init_images",
        "resize_mode", "firstpass_image",
    }
)  # fmt: skip
_SCRIPT = ("script_name", "script_args")
#: always-on scripts that rewrite prompts, by how their titles begin; their first argument switches them on
_REWRITERS = ("dynamic prompts",)
#: what other such scripts look for
_WILDCARDS = ("__", "{")


class Source(msgspec.Struct, frozen=True):
    """An image, and how it was made. ``payload``: its task's, changes laid over; ``origin`` is equal for
    images whose tasks share one. The prompts are those that the image really got, None where they are
    the payload's. ``index``: place among the ``siblings`` images of its task. ``input_lost``: it came
    from an image that is not there any more, or not known. ``name``: of its file.
    ``not_carried``: labels of its infotext that its payload does not have. ``unfit``: why nothing can be
    made of it, '' if something can. Sizes in pixels."""

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
    """The negative prompt may have come out other than it stands there."""
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
    """Why ``action`` makes no sense for this image; ``UNSAID`` if it does."""
    if source.unfit or action in ("img2img", "upscale"):
        return source.unfit
    if source.input_lost:
        return say("What it was made from is not there any more, or not known: use img2img or upscale.")
    kind = kind_of(source.payload)
    if action == "hires" and kind != "txt2img":
        return say("Hires fix is of txt2img only, and this came from img2img: use img2img or upscale.")
    if action == "variations" and kind == "upscale":
        return say("An upscale has no seed to vary.")
    return UNSAID


def derive(
    source: Source, action: DeriveAction, scripts: Mapping[str, int], vary_seed: bool = False
) -> Payload:
    """The payload that makes one image by ``action`` from ``source``, in whose own words and settings.
    ``scripts``: the always-on scripts that img2img has, by lower-case title, with their number of
    arguments. ``vary_seed``: the seed will be changed, so a variation needs no variation strength.
    ``InvalidInput`` where ``refusal`` has something to say."""
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
    """The seed and subseed of this very image, None where unknown."""
    now = _own(source)
    return {field: now.get(field) for field in ("seed", "subseed")}


def left_out(source: Payload, derived: Payload) -> list[str]:
    """Titles of the scripts that did not come along."""
    found = [] if upscale.is_upscale(source) else [source.get("script_name") or ""]
    kept = [derived.get("script_name") or "", *(derived.get("alwayson_scripts") or ())]
    return [
        title for title in (*found, *(source.get("alwayson_scripts") or ())) if title and title not in kept
    ]


def without_scripts(payload: Payload, titles: Collection[str]) -> Payload:
    """Without the always-on scripts of these titles, lower case: they do what they do by default."""
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
    """The payload that makes this very image again, alone."""
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
    # over the images of a task the WebUI counts the seeds up, or with variation the subseeds
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
    """As they came out, with nothing left that would rewrite them again."""
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
    """Switched off, not left out: a script that is not named runs with its defaults."""
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
    """Those that img2img has too, with as many arguments: others would be refused, or misread."""
    return {
        title: entry
        for title, entry in always_on.items()
        if len((entry.get("args") if isinstance(entry, dict) else None) or ())
        <= scripts.get(title.lower(), -1)
    }


def _hires(now: Payload) -> Payload:
    if now.get("enable_hr"):
        return now  # with its own settings
    # what was set for hires fix while it was off was not meant
    now = {field: value for field, value in now.items() if not field.startswith("hr_")}
    return {**now, **_HIRES}


def _whole(pixels: int) -> int:
    return max(8, pixels - pixels % 8)


def _without(payload: Payload, fields: Any) -> Payload:
    return {field: value for field, value in payload.items() if field not in fields}
