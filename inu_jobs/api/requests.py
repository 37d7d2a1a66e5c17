"""Request bodies, decoded by msgspec."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from ..model import AxisSpec, DeriveAction, Payload, RecipeContent, Template, Verdict, Window


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class JobSpec(Body, frozen=True):
    """``axes`` multiply. ``payload``: in the WebUI's API format; files are tokens or base64. ``lines``: a
    text with one prompt per line, or options (``--prompt "a cat" --steps 20``), in the format of the WebUI's
    script "Prompts from file"; it multiplies with the axes, and what a line sets overrides them.
    ``lines_at``: whether its prompts replace the others or are added at their start or end."""

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
    capture: str | None = None  # the capture that it was made from
    windows: list[Window] = []  # its tasks only start in one of these; [] = at any time
    #: with the same number, random seeds are drawn the same way each time, so that a plan shows those that
    #: will run; None: differently each time
    drawn_with: int | None = None


class JobEdit(Body, frozen=True):
    """What to change about a job; anything not given stays. ``lines`` '' removes the list of prompts."""

    payload: Payload | UnsetType = UNSET
    axes: list[AxisSpec] | UnsetType = UNSET
    lines: str | UnsetType = UNSET
    lines_at: Literal["instead", "start", "end"] = "instead"
    name: str | UnsetType = UNSET
    force: bool = False
    drawn_with: int | None = None  # as ``JobSpec.drawn_with``


class JobPatch(Body, frozen=True):
    """Only the given fields are changed."""

    name: str | UnsetType = UNSET
    note: str | UnsetType = UNSET
    priority: int | UnsetType = UNSET
    windows: list[Window] | UnsetType = UNSET
    archived: bool | UnsetType = UNSET


TaskKind = Literal["txt2img", "img2img"]


class GuestTaskSpec(Body, frozen=True):
    """``id``: 8 to 64 letters, digits, "-" or "_", chosen by the guest. ``payload``: as ``JobSpec.payload``,
    with a seed, and with ``n_iter`` 1."""

    id: str
    payload: Payload


class GuestSpec(Body, frozen=True):
    """``name``: what the guest calls itself. Tasks that are there already stay as they are."""

    name: str
    kind: TaskKind
    tasks: list[GuestTaskSpec]


class GuestTasks(Body, frozen=True):
    """Tasks of a guest, by their ids there."""

    tasks: list[str]


class MachineSpec(Body, frozen=True):
    """``address``: of its WebUI's page; ``user``, ``password``: of its --api-auth or --gradio-auth; ``name``:
    '' for its address."""

    address: str
    user: str = ""
    password: str = ""
    name: str = ""


class MachinePatch(Body, frozen=True):
    """``enabled``: whether it gets tasks."""

    name: str | UnsetType = UNSET
    enabled: bool | UnsetType = UNSET


class PromptsExpand(Body, frozen=True):
    """The prompts of a template, as a preview."""

    template: Template


class PromptsFile(Body, frozen=True):
    """``text``: as ``JobSpec.lines``; ``kind``: the kind of request that its options are for."""

    text: str
    kind: Literal["txt2img", "img2img"] = "txt2img"


class RecipeSpec(RecipeContent, frozen=True, forbid_unknown_fields=True, omit_defaults=False):
    """A recipe as a file: it can be shared, and imported by sending it here."""

    format: Literal["inu-jobs-recipe-1"] = "inu-jobs-recipe-1"


class Selection(Body, frozen=True):
    """Either ``images``, or all images of ``jobs`` that match the other fields. Images in the trash are only
    included in routes about the trash."""

    images: list[str] | UnsetType = UNSET
    jobs: list[str] | UnsetType = UNSET
    verdict: Verdict | UnsetType = UNSET
    rating_at_least: int | UnsetType = UNSET
    findings: bool | UnsetType = UNSET


class SetVerdict(Body, frozen=True):
    """The verdict for all images of ``selection``."""

    selection: Selection
    verdict: Verdict


class SetRating(Body, frozen=True):
    """``rating``: 0 (none) to 5."""

    selection: Selection
    rating: int


class Selected(Body, frozen=True):
    selection: Selection


class Purge(Body, frozen=True):
    """``selection`` UNSET: the whole trash. ``for_good``: bypass the system's recycle bin."""

    selection: Selection | UnsetType = UNSET
    for_good: bool = False


class Undo(Body, frozen=True):
    """``undo``: that of an earlier result."""

    undo: str


class DeriveSpec(Body, frozen=True):
    """New images from existing ones. ``changes``: dotted path -> how that value of each image's own payload
    changes: a plain JSON value sets it; ``{"scale": 1.5}`` multiplies; for texts ``{"prefix": s}``,
    ``{"suffix": s}``, ``{"replace": [old, new]}``. The path ``lora:NAME`` (or ``lora:*``) is the strength of
    a LoRA in the prompt. ``axes`` multiply, with the same paths. For ``upscale`` the paths are ``upscaler``,
    ``scale``, ``upscaler_2``, ``upscaler_2_visibility``, ``gfpgan``, ``codeformer`` (visibilities from 0 to
    1) and ``codeformer_weight``. ``skip_made``: skip what an earlier derive has already made. ``leave_out``:
    titles of always-on scripts not to carry over ("ControlNet", say); they then run with their defaults."""

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
    """``selection`` narrows down the job's images. ``picture``: the format of a contact sheet or a matrix.
    The rest is for a matrix: ``rows`` and ``columns`` are indices of the job's axes (-1: none), ``at`` has an
    index into the values of each axis, used for the other axes; ``kept``: only kept images."""

    format: JobFormat
    selection: Selection | None = None
    picture: SheetPicture = "jpeg"
    rows: int = -1
    columns: int = -1
    at: list[int] = []
    kept: bool = False


class ImageExport(Body, frozen=True):
    """Images of any jobs as a file."""

    selection: Selection
    format: ExportFormat
    picture: SheetPicture = "jpeg"


class ImportSpec(Body, frozen=True):
    """``folders``: ids from GET /import/folders; UNSET: all. ``since``, ``until``: local days such as
    "2026-11-24", both included, by when the files were written."""

    folders: list[str] | UnsetType = UNSET
    since: str | UnsetType = UNSET
    until: str | UnsetType = UNSET
