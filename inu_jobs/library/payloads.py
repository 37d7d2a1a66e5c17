"""What happens to a payload on its way: in (images become tokens) and out (tokens become what the
WebUI takes).

Only text that is a picture is touched. The fields that hold the user's own words (prompts, styles)
are never looked into: a prompt may say ``image:abc`` or begin with ``/``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import InvalidInput, NotFound
from ..model import Payload
from ..overlay import overlay as overlay
from .inputs import INPUT_TOKEN, Inputs

#: ours to decide at hand-over, or of no use there (``infotext``: Agent Scheduler sets every field anew)
DROPPED = frozenset(
    {"infotext", "force_task_id", "save_images", "send_images", "do_not_save_samples", "do_not_save_grid"}
)
#: top-level fields that hold a picture (``init_images`` a list of them)
IMAGE_FIELDS = frozenset({"mask", "latent_mask", "firstpass_image"})
#: top-level fields that hold the user's own words
TEXT_FIELDS = frozenset(
    {"prompt", "negative_prompt", "hr_prompt", "hr_negative_prompt", "styles", "script_name"}
)
#: keys under which scripts take a picture in their arguments (ControlNet's units, for one)
_IMAGE_KEYS = frozenset({"image", "mask", "input_image", "mask_image", "init_image"})

_IMAGE_TOKEN = re.compile(r"image:([0-9a-z]{18})")
_TOKEN = re.compile(r"(?:input:[0-9a-f]{64}|image:[0-9A-Za-z_-]{1,64})")
_URL = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}://|file:)\S*", re.IGNORECASE)
_PATH = re.compile(
    r"(?:[/\\~]|\.{1,2}[/\\]|[a-z]:[/\\])[^\n]*\.(?:png|jpe?g|jfif|webp|avif|gif|bmp|tiff?)", re.IGNORECASE
)
_BASE64_IMAGE = re.compile(r"(?:iVBORw0KGgo|/9j/|UklGR)[A-Za-z0-9+/\s]{80,}={0,2}\s*")
_MAX_DEPTH = 32


# ---------------------------------------------------------------------------------- in


def accept(payload: Payload, kind: str, inputs: Inputs) -> Payload:
    """A payload fit for the store: base64 images kept as inputs and named by token, fields that are
    ours to decide dropped. ``InvalidInput`` with the field for a path, a URL, or an image that
    cannot be read. ``kind``: txt2img or img2img."""
    result: Payload = {}
    for field, value in payload.items():
        if field in DROPPED:
            continue
        if field in TEXT_FIELDS:
            result[field] = value
        elif field == "init_images":
            if kind == "img2img":
                result[field] = _accept_init_images(value, inputs)
        elif field in IMAGE_FIELDS:
            result[field] = _accept_image(value, field, inputs)
        elif field == "override_settings":
            result[field] = _accept_settings(value, inputs)
        else:
            result[field] = _accept_any(value, field, inputs, 0)
    return result


def _accept_init_images(value: Any, inputs: Inputs) -> list[Any] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise InvalidInput("init_images must be a list of images.", "init_images")
    return [_accept_image(item, f"init_images.{number}", inputs) for number, item in enumerate(value)]


def _accept_image(value: Any, field: str, inputs: Inputs) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise InvalidInput("An image must be base64 or a token.", field)
    if _TOKEN.fullmatch(value):
        return value
    # "/9j/" opens every base64 JPEG and looks like a path, so a path is told by what it lacks
    if _URL.fullmatch(value) or _PATH.fullmatch(value):
        raise InvalidInput("An image must be base64 or a token, not a path or a URL.", field)
    return inputs.save_base64(value, field)


def _accept_settings(value: Any, inputs: Inputs) -> Any:
    """Settings that say where files go are the user's, not a request's."""
    if isinstance(value, dict):
        for name in value:
            if name.startswith(("outdir_", "temp_dir")):
                raise InvalidInput(
                    f"{name} cannot be overridden: a request names no paths.", f"override_settings.{name}"
                )
    return _accept_any(value, "override_settings", inputs, 0)


def _accept_any(value: Any, field: str, inputs: Inputs, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        raise InvalidInput(f"{field} is nested too deeply.", field)
    if isinstance(value, list):
        return [_accept_any(item, f"{field}.{n}", inputs, depth + 1) for n, item in enumerate(value)]
    if isinstance(value, dict):
        return {
            key: _accept_image(item, f"{field}.{key}", inputs)
            if key in _IMAGE_KEYS and isinstance(item, str)
            else _accept_any(item, f"{field}.{key}", inputs, depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, str):
        if value[:11].lower() == "data:image/" or _BASE64_IMAGE.fullmatch(value):
            return inputs.save_base64(value, field)
        if _URL.fullmatch(value) or _PATH.fullmatch(value):
            raise InvalidInput(f"{field} must not be a path or a URL.", field)
    return value


def tokens_in(payload: Payload) -> set[str]:
    """All tokens that a payload names."""
    found: set[str] = set()

    def note(token: str, as_path: bool) -> str:
        found.add(token)
        return token

    _replace_tokens(payload, note)
    return found


# --------------------------------------------------------------------------------- out


def materialise(payload: Payload, inputs: Inputs, image_path: Callable[[str], Path]) -> Payload:
    """The payload ready for hand-over: ``init_images`` as absolute paths (Agent Scheduler opens them
    when the task runs), every other token as base64 (the WebUI takes a mask no other way).
    ``image_path(id)`` gives the file of one of our images. ``NotFound`` if a file is gone."""

    def resolve(token: str, as_path: bool) -> str:
        kind, _, name = token.partition(":")
        path = inputs.path(token) if kind == "input" else image_path(name)
        if as_path:
            if not path.is_file():
                raise NotFound(f"The source image {path.name} is not there any more.")
            return str(path.absolute())
        try:
            return base64.b64encode(path.read_bytes()).decode("ascii")
        except OSError as error:
            raise NotFound(f"The image {path.name} cannot be read any more.") from error

    return _replace_tokens(payload, resolve)


def _replace_tokens(payload: Payload, replace: Callable[[str, bool], str]) -> Payload:
    """A copy with every token put through ``replace(token, as_path)``."""
    result: Payload = {}
    for field, value in payload.items():
        if field in TEXT_FIELDS:
            result[field] = value
        elif field == "init_images" and isinstance(value, list):
            result[field] = [
                replace(item, True) if isinstance(item, str) and _TOKEN.fullmatch(item) else item
                for item in value
            ]
        elif field in IMAGE_FIELDS and isinstance(value, str) and _TOKEN.fullmatch(value):
            result[field] = replace(value, False)
        else:
            result[field] = _walk(value, replace)
    return result


def _walk(value: Any, replace: Callable[[str, bool], str], key: str = "") -> Any:
    if isinstance(value, list):
        return [_walk(item, replace) for item in value]
    if isinstance(value, dict):
        return {name: _walk(item, replace, name) for name, item in value.items()}
    if isinstance(value, str):
        # elsewhere than under a picture's key only what can be nothing but a token is one:
        # "image:depth" may be some script's own word
        pattern = _TOKEN if key in _IMAGE_KEYS else _STRICT_TOKEN
        if pattern.fullmatch(value):
            return replace(value, False)
    return value


_STRICT_TOKEN = re.compile(f"{INPUT_TOKEN.pattern}|{_IMAGE_TOKEN.pattern}")
