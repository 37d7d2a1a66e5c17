"""What is exported, one image at a time."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

import msgspec

from ...errors import NotFound
from ...fields.table import CHECKPOINT, infotext_label
from ...model import Image, Payload
from ..files import time_of
from ..infotext import parsing
from .file_names import FileNames

#: of a payload: for an image whose file has no infotext
_TOLD = ("steps", "sampler_name", "scheduler", "cfg_scale", "denoising_strength")
PROMPT, NEGATIVE = infotext_label("prompt"), infotext_label("negative_prompt")


class Part(msgspec.Struct, frozen=True):
    """``number``: in its job, as the grid counts. ``label``: what distinguishes it there. ``values``: those
    of its job's axes in words, by the infotext's label, else by field; '' if another entry includes it.
    ``name``: its path in a zip."""

    image: Image
    job: str
    number: int
    label: str = ""
    values: dict[str, str] = {}
    name: str = ""


class ItemSource(Protocol):
    """Provides files and texts. Methods may be called from any thread."""

    def file(self, image: Image) -> Path:
        """The file itself, with links resolved. ``NotFound`` if it is missing."""

    def thumb(self, image: Image) -> bytes:
        """A thumbnail, encoded. ``NotFound`` if there is none."""

    def infotext(self, path: Path) -> str:
        """What the WebUI wrote into the file, '' if nothing."""

    def payload(self, image: Image) -> Payload:
        """The request it was made from, {} if unknown."""


def named(parts: Iterable[Part]) -> list[Part]:
    """Adds names: a folder for each job, and for each file its number and seed."""
    names = FileNames()
    return [
        msgspec.structs.replace(
            part,
            name=names.give(
                part.image.job, part.job, part.number, part.image.seed, PurePosixPath(part.image.path).suffix
            ),
        )
        for part in parts
    ]


def parameters(source: ItemSource, image: Image) -> dict[str, str]:
    """Its parameters, with the WebUI's labels: from its file, else from the request."""
    try:
        text = source.infotext(source.file(image))
    except NotFound:
        text = ""
    if text:
        read = parsing.parse(text)
        return {PROMPT: read.prompt, NEGATIVE: read.negative, **read.fields}
    payload = source.payload(image)
    found = {
        PROMPT: image.prompt or payload.get("prompt"),
        NEGATIVE: payload.get("negative_prompt"),
    }
    found |= {infotext_label(field): payload.get(field) for field in _TOLD}
    found[infotext_label("seed")] = image.seed
    override = payload.get("override_settings")
    if isinstance(override, dict):
        found[infotext_label(CHECKPOINT)] = override.get("sd_model_checkpoint")
    return {word: str(value) for word, value in found.items() if isinstance(value, (str, int, float))}


def rows(parts: Sequence[Part], source: ItemSource) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """(our own facts, its parameters) for each image."""
    for part in parts:
        image = part.image
        facts = {
            "file": part.name, "job": part.job, "image": image.id, "path": image.path,
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time_of(image.created, utc=True)),
            "width": image.width, "height": image.height, "seed": image.seed, "verdict": image.verdict,
            "rating": image.rating, "varies": part.label,
        }  # fmt: skip
        yield facts, parameters(source, image)
