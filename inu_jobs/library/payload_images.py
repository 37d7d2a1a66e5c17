"""What happens to payloads on the way in (images become tokens) and on the way out (tokens become what the
WebUI accepts).

Only text that is an image is changed. Fields with the user's own words (prompts, styles) are never examined:
a prompt may contain ``image:abc`` or begin with ``/``.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from ..errors import InvalidInput, NotFound
from ..model import Payload
from ..overlay import overlay as overlay
from ..ports import Permits
from ..sentences import say
from . import payload_permits
from .inputs import INPUT_TOKEN, Inputs

#: decided by us at hand-over, or useless there (``infotext``: Agent Scheduler would set every field again;
#: ``override_settings_restore_afterwards``: if off, the user's own settings would be lost)
DROPPED = frozenset(
    {
        "infotext", "force_task_id", "save_images", "send_images", "do_not_save_samples", "do_not_save_grid",
        "override_settings_restore_afterwards", "comments",
    }
)  # fmt: skip
#: top-level fields that contain an image (``init_images`` a list of them)
IMAGE_FIELDS = frozenset({"mask", "latent_mask", "firstpass_image"})
#: top-level fields that contain the user's own words
TEXT_FIELDS = frozenset(
    {"prompt", "negative_prompt", "hr_prompt", "hr_negative_prompt", "styles", "script_name"}
)
#: keys by which scripts take an image in their arguments (ControlNet's units, for one)
_IMAGE_KEYS = frozenset(
    {"image", "mask", "input_image", "mask_image", "init_image", "image_fg", "mask_image_fg"}
)
#: and those by which they take folders and files, by their last word or in full (in ControlNet's units, the
#: folders of its batch mode, read and written, and tensors that are unpickled)
_FILE_WORDS = frozenset({"dir", "dirs", "folder", "folders", "path", "paths", "file", "files"})
_FILE_KEYS = frozenset({"batch_images", "ipadapter_input"})

#: marks a script argument that JSON cannot represent, as described in ``webui.capture.carriers``: a dict
#: whose other keys describe it. Its image stays a token, because our script restores it when the task runs
DESCRIBED = "inu_jobs"

#: what a token becomes; "token": it stays one, and only has to exist
Form = Literal["path", "base64", "token"]

_IMAGE_TOKEN = re.compile(r"image:([0-9a-z]{18})")
_TOKEN = re.compile(r"(?:input:[0-9a-f]{64}|image:[0-9A-Za-z_-]{1,64})")
_URL = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}://|file:)\S*", re.IGNORECASE)
_PATH_BEGINS = re.compile(r"[/\\~]|\.{1,2}[/\\]|[a-z]:[/\\]", re.IGNORECASE)
_PATH_ENDS = (".png", ".jpg", ".jpeg", ".jfif", ".webp", ".avif", ".gif", ".bmp", ".tif", ".tiff")
#: the position of each item is reported when it is decoded
_BASE64_IMAGE = re.compile(r"(?:iVBORw0KGgo|/9j/|UklGR)[A-Za-z0-9+/=\s]{80,}")
_MAX_DEPTH = 32


# ---------------------------------------------------------------------------------- in


def accept(payload: Payload, kind: str, inputs: Inputs, permits: Permits) -> Payload:
    """A payload ready for the store: base64 images are stored as inputs and replaced by tokens, and fields
    that we decide are dropped. ``InvalidInput`` with the field for a path, a URL, or an unreadable image,
    ``NotPermitted`` for a setting or a script that no job may contain. ``kind``: txt2img or img2img.

    Every payload goes through here on the way in, and again on the way out, because the store's file may come
    from anyone."""
    result: Payload = {}
    for field, value in payload.items():
        if field in DROPPED:
            continue
        payload_permits.check(field, value, permits)
        if field in TEXT_FIELDS:
            result[field] = value
        elif field == "init_images":
            if kind == "img2img":
                result[field] = _accept_init_images(value, inputs)
        elif field in IMAGE_FIELDS:
            result[field] = _accept_image(value, field, inputs)
        elif field in payload_permits.BY_NAME:
            # a setting's or script's name is not an argument's key
            result[field] = value and {
                name: _accept_any(item, f"{field}.{name}", inputs, 0) for name, item in value.items()
            }
        else:
            result[field] = _accept_any(value, field, inputs, 0)
    return result


def _accept_init_images(value: Any, inputs: Inputs) -> list[Any] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise InvalidInput(say("init_images must be a list of images."), "init_images")
    return [_accept_image(item, f"init_images.{number}", inputs) for number, item in enumerate(value)]


def _accept_image(value: Any, field: str, inputs: Inputs) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise InvalidInput(say("An image must be base64 or a token."), field)
    if _TOKEN.fullmatch(value):
        return value
    # "/9j/" begins every base64 JPEG and looks like a path, so a path is recognized by what it lacks
    if _URL.fullmatch(value) or _is_path(value):
        raise InvalidInput(say("An image must be base64 or a token, not a path or a URL."), field)
    return inputs.save_base64(value, field)


def _accept_any(value: Any, field: str, inputs: Inputs, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        raise InvalidInput(say("{field} is nested too deeply.", field=field), field)
    if isinstance(value, list):
        return [_accept_any(item, f"{field}.{n}", inputs, depth + 1) for n, item in enumerate(value)]
    if isinstance(value, dict):
        if DESCRIBED in value and str(value.get("image", "input:")).startswith("image:"):
            raise InvalidInput(
                say("{field} takes an input token (input:SHA256), not an image.", field=field),
                f"{field}.image",
            )
        return {key: _accept_item(key, item, f"{field}.{key}", inputs, depth) for key, item in value.items()}
    if isinstance(value, str):
        if value[:11].lower() == "data:image/" or _BASE64_IMAGE.fullmatch(value):
            return inputs.save_base64(value, field)
        if _URL.fullmatch(value) or _is_path(value):
            raise InvalidInput(say("{field} must not be a path or a URL.", field=field), field)
    return value


def _accept_item(key: str, value: Any, field: str, inputs: Inputs, depth: int) -> Any:
    """Part of an argument that is an object."""
    if key in _IMAGE_KEYS and isinstance(value, str):
        return _accept_image(value, field, inputs)
    names_files = key in _FILE_KEYS or key.rpartition("_")[2].lower() in _FILE_WORDS
    if names_files and value and isinstance(value, (str, list, dict)):
        raise InvalidInput(
            say("{field} must be empty: a request cannot name files or folders.", field=field), field
        )
    return _accept_any(value, field, inputs, depth + 1)


def _is_path(text: str) -> bool:
    """For an image. Checks both ends: an image's base64 may begin like a path, and is long."""
    return (
        text[-5:].lower().endswith(_PATH_ENDS) and _PATH_BEGINS.match(text) is not None and "\n" not in text
    )


def tokens_in(payload: Payload) -> set[str]:
    """All tokens in a payload."""
    found: set[str] = set()

    def note(token: str, form: Form) -> str:
        found.add(token)
        return token

    _replace_tokens(payload, note)
    return found


# --------------------------------------------------------------------------------- out


def materialise(payload: Payload, inputs: Inputs, image_path: Callable[[str], Path]) -> Payload:
    """The payload ready for hand-over: ``init_images`` as absolute paths (Agent Scheduler opens them when the
    task runs), every other token as base64 (the only form in which the WebUI takes a mask), except in
    arguments that our script restores. ``image_path(id)`` returns the file of one of our images. ``NotFound``
    if a file is missing."""

    def resolve(token: str, form: Form) -> str:
        kind, _, name = token.partition(":")
        path = inputs.path(token) if kind == "input" else image_path(name)
        if form != "base64":
            if not path.is_file():
                raise NotFound(say("The source image {name} no longer exists.", name=path.name))
            return str(path.absolute()) if form == "path" else token
        return _base64(path)

    return _replace_tokens(payload, resolve)


def portable(payload: Payload, inputs: Inputs, image_path: Callable[[str], Path]) -> Payload:
    """The payload for another machine: every token as base64. Otherwise as ``materialise``."""

    def resolve(token: str, form: Form) -> str:
        kind, _, name = token.partition(":")
        path = inputs.path(token) if kind == "input" else image_path(name)
        return _base64(path)

    return _replace_tokens(payload, resolve)


def _base64(path: Path) -> str:
    try:
        return base64.b64encode(path.read_bytes()).decode("ascii")
    except OSError as error:
        raise NotFound(say("The image {name} can no longer be read.", name=path.name)) from error


def _replace_tokens(payload: Payload, replace: Callable[[str, Form], str]) -> Payload:
    """A copy with every token replaced by ``replace(token, form)``."""
    result: Payload = {}
    for field, value in payload.items():
        if field in TEXT_FIELDS:
            result[field] = value
        elif field == "init_images" and isinstance(value, list):
            result[field] = [
                replace(item, "path") if isinstance(item, str) and _TOKEN.fullmatch(item) else item
                for item in value
            ]
        elif field in IMAGE_FIELDS and isinstance(value, str) and _TOKEN.fullmatch(value):
            result[field] = replace(value, "base64")
        else:
            result[field] = _walk(value, replace)
    return result


def _walk(value: Any, replace: Callable[[str, Form], str], key: str = "", form: Form = "base64") -> Any:
    if isinstance(value, list):
        return [_walk(item, replace, form=form) for item in value]
    if isinstance(value, dict):
        form = "token" if DESCRIBED in value else form
        return {name: _walk(item, replace, name, form) for name, item in value.items()}
    if isinstance(value, str):
        # anywhere but under an image's key, only an unmistakable token counts as one: "image:depth" may be a
        # script's own value
        pattern = _TOKEN if key in _IMAGE_KEYS else _STRICT_TOKEN
        if pattern.fullmatch(value):
            return replace(value, form)
    return value


_STRICT_TOKEN = re.compile(f"{INPUT_TOKEN.pattern}|{_IMAGE_TOKEN.pattern}")
