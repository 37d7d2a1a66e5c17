"""Bodies that come in, decoded by msgspec."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from ..model import Ask, AxisSpec, DeriveAction, Payload, Template, Verdict, Window


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class JobSpec(Body, frozen=True):
    """``axes`` multiply. ``payload`` is in the WebUI's API form; files are tokens or base64. ``lines``: a
    text with a prompt a line, or options (``--prompt "a cat" --steps 20``), as the WebUI's script "Prompts
    from file" takes it; it multiplies with the axes, and what a line sets wins. ``lines_at``: its prompts
    stand instead of those that there would be, or at their start or end."""

    kind: Literal["txt2img", "img2img"]
    payload: Payload
    name: str = ""
    axes: list[AxisSpec] = []
    lines: str = ""
    lines_at: Literal["instead", "start", "end"] = "instead"
    hold: bool = False
    priority: int = 0
    note: str = ""
    force: bool = False
    capture: str | None = None  # the capture it was made from
    windows: list[Window] = []  # its tasks start only in one of these; [] = at any time
    #: with the same, seeds that are left open are the same each time, so that a plan shows those that will
    #: run; None: others each time
    drawn_with: int | None = None


class JobEdit(Body, frozen=True):
    """What of a job shall be otherwise; what is not given stays. ``lines`` '' takes the list of prompts
    away."""

    payload: Payload | UnsetType = UNSET
    axes: list[AxisSpec] | UnsetType = UNSET
    lines: str | UnsetType = UNSET
    lines_at: Literal["instead", "start", "end"] = "instead"
    name: str | UnsetType = UNSET
    force: bool = False
    drawn_with: int | None = None  # as ``JobSpec.drawn_with``


class JobPatch(Body, frozen=True):
    name: str | UnsetType = UNSET
    note: str | UnsetType = UNSET
    priority: int | UnsetType = UNSET
    windows: list[Window] | UnsetType = UNSET
    archived: bool | UnsetType = UNSET


class PromptsExpand(Body, frozen=True):
    template: Template


class PromptsFile(Body, frozen=True):
    """``text``: as ``JobSpec.lines``; ``kind``: what its options are for."""

    text: str
    kind: Literal["txt2img", "img2img"] = "txt2img"


class RecipeSpec(Body, frozen=True):
    """A recipe as a file: shared as it is, and imported by sending it here. See ``model.Recipe``."""

    name: str
    format: Literal["inu-jobs-recipe-1"] = "inu-jobs-recipe-1"
    note: str = ""
    kind: Literal["txt2img", "img2img", ""] = ""
    payload: Payload = {}
    axes: list[AxisSpec] = []
    lines: str = ""
    lines_at: Literal["instead", "start", "end"] = "instead"
    asks: list[Ask] = []
    own_seeds: bool | None = None
    windows: list[Window] = []
    priority: int = 0


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


class DeriveSpec(Body, frozen=True):
    """New images from known ones. ``changes``: dotted path -> what happens to that value of each
    image's own payload: a plain JSON value sets it; ``{"scale": 1.5}`` multiplies; for texts
    ``{"prefix": s}``, ``{"suffix": s}``, ``{"replace": [old, new]}``. The path ``lora:NAME`` (or
    ``lora:*``) is the strength of a LoRA in the prompt. ``axes`` multiply, with the same paths.
    For ``upscale`` the paths are ``upscaler``, ``scale``, ``upscaler_2``, ``upscaler_2_visibility``,
    ``gfpgan``, ``codeformer`` (visibilities from 0 to 1) and ``codeformer_weight``.
    ``skip_made``: leave out what an earlier derive already made. ``leave_out``: always-on scripts, by title,
    that are not to come along ("ControlNet", say); they do what they do by default then."""

    selection: Selection
    action: DeriveAction
    changes: dict[str, Any] = {}
    axes: list[AxisSpec] = []
    name: str = ""
    hold: bool = False
    priority: int = 0
    force: bool = False
    skip_made: bool = False
    leave_out: list[str] = []
    windows: list[Window] = []  # as ``JobSpec.windows``
    drawn_with: int | None = None  # as ``JobSpec.drawn_with``


ExportFormat = Literal["zip", "sheet", "csv", "json"]
JobFormat = Literal["zip", "sheet", "csv", "json", "matrix"]
SheetPicture = Literal["jpeg", "png"]


class JobExport(Body, frozen=True):
    """``selection`` narrows the job's images down. ``picture``: what a contact sheet or a matrix is saved
    as. The rest is for a matrix: ``rows`` and ``columns`` are axes of the job by number (-1: none), ``at``
    has the number of a value for each axis, which counts for the others; ``kept``: only what was kept."""

    format: JobFormat
    selection: Selection | None = None
    picture: SheetPicture = "jpeg"
    rows: int = -1
    columns: int = -1
    at: list[int] = []
    kept: bool = False


class ImageExport(Body, frozen=True):
    selection: Selection
    format: ExportFormat
    picture: SheetPicture = "jpeg"


class ImportSpec(Body, frozen=True):
    """``folders``: ids of GET /import/folders; UNSET: all. ``since``, ``until``: local days as
    "2026-11-24", both included, by when the files were written."""

    folders: list[str] | UnsetType = UNSET
    since: str | UnsetType = UNSET
    until: str | UnsetType = UNSET
