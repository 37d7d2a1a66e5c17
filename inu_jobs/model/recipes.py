"""What a job can be composed from: a capture, or a saved recipe."""

from __future__ import annotations

from typing import Literal

import msgspec

from ..sentences import Says
from .axes import AxisSpec
from .jobs import Window
from .record import Payload, Record


class Ask(Record, frozen=True):
    """A question that a recipe asks before use: the answer replaces ``{key}`` in its texts."""

    key: str
    label: str
    kind: Literal["lora", "checkpoint", "text", "sampler"]
    default: str = ""


class RecipeContent(Record, frozen=True):
    """A named way to make a job. ``payload`` may be partial: it is applied to the page's. ``kind`` '' fits
    either. ``own_seeds``: whether each task has its own seed, if seeds are random; None: the default for its
    kind. ``windows`` and ``priority``: as in a job."""

    name: str
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


class Recipe(RecipeContent, frozen=True, kw_only=True):
    """A recipe as it is kept."""

    id: str
    created: float


class Capture(msgspec.Struct):
    """What "Queue as job" captured. ``summary``: short facts for the composer ("Euler a, 20 steps", ...).
    ``not_frozen``, ``not_frozen_says``: sentences about what could not be captured and follows the current
    settings. ``axes``: what the page itself varies, as in ``JobSpec.axes``: the files of img2img's Batch
    tab."""

    id: str
    kind: Literal["txt2img", "img2img"]
    payload: Payload
    name: str
    batch_count: int
    summary: list[str]
    not_frozen: list[str]
    axes: list[AxisSpec] = []
    not_frozen_says: list[Says] = []


class Dynamic(msgspec.Struct):
    """What the extension Dynamic Prompts (``title`` among the always-on scripts) will do: ``combinatorial``,
    make every combination of the prompt in one task, ``images`` in all tasks (None: too many to count, or
    unknown), each ``batches`` times and at most ``most`` of them (0: all); otherwise, fill in the prompt
    again for each image. ``template``: a template axis of ours could do the same."""

    title: str
    combinatorial: bool
    batches: int
    most: int
    images: int | None
    template: bool
