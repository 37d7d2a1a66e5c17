"""The fields that the host's own API takes, and what it needs in some that a payload from elsewhere lacks.

Source: modules/api/models.py. Its two models are made from the processing classes, so they have every field
of the host: A1111 1.10.1's, and on reForge ``hr_cfg``, on Forge (f2.0.1) and Forge Neo (2.26) also
``distilled_cfg_scale``, ``hr_distilled_cfg`` and ``hr_additional_modules``. Forge Neo has no latent modes to
upscale with, and hires fix without an upscaler ends there with an error.
"""

from __future__ import annotations

from typing import Any

from ...model import Payload

#: "Hires VAE / Text Encoder": those of the first pass. None, the API's own default, ends the run with an
#: error (``"Use same choices" not in None``)
SAME_MODULES = ["Use same choices"]


def payload_fields(is_img2img: bool) -> frozenset[str]:
    # Imported late: the module describes all settings, so these must be there.
    from modules.api import models

    kind = "Img2Img" if is_img2img else "Txt2Img"
    model: Any = getattr(models, f"StableDiffusion{kind}ProcessingAPI")
    fields = getattr(model, "model_fields", None)  # pydantic 2: Forge, Forge Neo
    return frozenset(model.__fields__ if fields is None else fields)


def usual_upscaler() -> str | None:
    """The one to name for hires fix that names none; None if the host has a latent mode for that."""
    from modules import shared

    usual = getattr(shared, "latent_upscale_default_mode", None)
    return None if usual is None or usual in shared.latent_upscale_modes else str(usual)


def complete(payload: Payload, known: frozenset[str], upscaler: str | None = None) -> None:
    """Set in place what hires fix needs on this host and the payload does not say. ``known``: its fields;
    ``upscaler``: see ``usual_upscaler``.

    A payload of the page says all of it; one from an image's infotext, or of another host, may not."""
    if not payload.get("enable_hr"):
        return
    # The API's own default, 1, would switch the negative prompt off.
    usual = {"hr_cfg": payload.get("cfg_scale"), "hr_distilled_cfg": payload.get("distilled_cfg_scale")}
    usual |= {"hr_additional_modules": list(SAME_MODULES), "hr_upscaler": upscaler}
    for field, value in usual.items():
        if field in known and payload.get(field) is None and value is not None:
            payload[field] = value
