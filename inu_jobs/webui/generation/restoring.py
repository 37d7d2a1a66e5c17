"""Restores all script arguments that a payload could only describe, right before the scripts run.

Source: WebUI 1.10.1, ``setup_scrips`` in modules/scripts.py: the first callback of a run, also with a
selectable script. The WebUI only prints exceptions raised there and would continue with descriptions instead
of images, so the run is stopped.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from PIL import Image

from ...errors import InuJobsError
from ...library.inputs import Inputs, decode_base64
from ...sentences import say
from ..capture import controlnet
from ..capture.carriers import NotRestored, is_described, restore
from ..capture.read_page import defaults_of


def restore_arguments(p: Any, inputs: Inputs) -> None:
    """Changes ``p``'s script arguments in place. ``NotRestored``, with a sentence, if something cannot be
    restored; then they are unchanged."""
    args = list(p.script_args)
    for script in p.scripts.scripts:
        if script.args_from is None:
            continue
        place = slice(script.args_from, script.args_to)
        own = args[place]
        is_controlnet = script.title().lower() == controlnet.TITLE
        if is_controlnet or any(map(is_described, own)):
            args[place] = restored(own, defaults_of(script), inputs, is_controlnet)
    p.script_args_value = type(p.script_args)(args)


def restored(args: Sequence[Any], defaults: Sequence[Any], inputs: Inputs, is_controlnet: bool) -> list[Any]:
    def of_token(token: str) -> Image.Image:
        try:
            with Image.open(inputs.path(token)) as image:
                image.load()
                return image
        except (InuJobsError, OSError) as error:
            raise NotRestored(
                say(
                    "An image in a script's arguments cannot be read: {error}",
                    error=error.sentence if isinstance(error, InuJobsError) else str(error),
                )
            ) from error

    def of_base64(text: str) -> Image.Image:
        with Image.open(io.BytesIO(decode_base64(text))) as image:
            image.load()
            return image

    found = [
        restore(value, defaults[place] if place < len(defaults) else None, of_token)
        if is_described(value)
        else value
        for place, value in enumerate(args)
    ]
    return controlnet.restore(found, defaults, of_base64) if is_controlnet else found
