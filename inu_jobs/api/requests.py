"""Bodies that come in, decoded by msgspec."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from ..model import Axis, Payload, Verdict


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class JobSpec(Body, frozen=True):
    """``axes`` multiply. ``payload`` is in the WebUI's API form; files are tokens or base64."""

    kind: Literal["txt2img", "img2img"]
    payload: Payload
    name: str = ""
    axes: list[Axis] = []
    hold: bool = False
    priority: int = 0
    note: str = ""
    force: bool = False
    capture: str | None = None  # the capture it was made from


class JobPatch(Body, frozen=True):
    name: str | UnsetType = UNSET
    note: str | UnsetType = UNSET
    priority: int | UnsetType = UNSET
    archived: bool | UnsetType = UNSET


class Selection(Body, frozen=True):
    """Either ``images``, or all images of ``jobs`` that the other fields let through. Images in the
    trash are meant only where the route is about the trash."""

    images: list[str] | UnsetType = UNSET
    jobs: list[str] | UnsetType = UNSET
    verdict: Verdict | UnsetType = UNSET
    rating_at_least: int | UnsetType = UNSET
    findings: bool | UnsetType = UNSET


class SetVerdict(Body, frozen=True):
    selection: Selection
    verdict: Verdict


class SetRating(Body, frozen=True):
    """``rating``: 0 (none) to 5."""

    selection: Selection
    rating: int


class Selected(Body, frozen=True):
    selection: Selection


class Purge(Body, frozen=True):
    """``selection`` UNSET: the whole trash. ``for_good``: not even to the recycle bin of the system."""

    selection: Selection | UnsetType = UNSET
    for_good: bool = False


class Undo(Body, frozen=True):
    undo: str


DeriveAction = Literal["img2img", "hires", "upscale", "variations", "rerender"]


class DeriveSpec(Body, frozen=True):
    """New images from known ones. ``changes``: dotted path -> what happens to that value of each
    image's own payload: a plain JSON value sets it; ``{"scale": 1.5}`` multiplies; for texts
    ``{"prefix": s}``, ``{"suffix": s}``, ``{"replace": [old, new]}``. The path ``lora:NAME`` (or
    ``lora:*``) is the strength of a LoRA in the prompt. ``axes`` multiply, with the same paths.
    For ``upscale`` the paths are ``upscaler``, ``scale``, ``upscaler_2``, ``upscaler_2_visibility``,
    ``gfpgan``, ``codeformer`` (visibilities from 0 to 1) and ``codeformer_weight``.
    ``skip_made``: leave out what an earlier derive already made."""

    selection: Selection
    action: DeriveAction
    changes: dict[str, Any] = {}
    axes: list[Axis] = []
    name: str = ""
    hold: bool = False
    priority: int = 0
    force: bool = False
    skip_made: bool = False


ExportFormat = Literal["zip", "sheet", "csv", "json"]
SheetPicture = Literal["jpeg", "png"]


class JobExport(Body, frozen=True):
    """``selection`` narrows the job's images down. ``picture``: what a contact sheet is saved as."""

    format: ExportFormat
    selection: Selection | None = None
    picture: SheetPicture = "jpeg"


class ImageExport(Body, frozen=True):
    selection: Selection
    format: ExportFormat
    picture: SheetPicture = "jpeg"
