"""What a job can be composed from: a capture, or a saved recipe."""

from __future__ import annotations

from typing import Literal

import msgspec

from ..sentences import Says
from .axes import AxisSpec
from .jobs import Window
from .record import Payload, Record


class Ask(Record, frozen=True):
    """What a recipe asks for before it is used: ``{key}`` in its texts is filled in with the answer."""

    key: str
    label: str
    kind: Literal["lora", "checkpoint", "text", "sampler"]
    default: str = ""


class Recipe(Record, frozen=True):
    """A way to make a job, kept under a name. ``payload`` may be partial: it is laid over the page's.
    ``kind`` '' fits either. ``own_seeds``: whether
    each task has a seed of its own, where seeds are drawn; None: as is usual for what it is. ``windows``
    and ``priority``: as a job has them."""

    id: str
    name: str
    created: float
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


class Capture(msgspec.Struct):
    """What "Queue as job" froze. ``summary``: short facts for the composer ("Euler a, 20 steps", ...).
    ``not_frozen``, ``not_frozen_says``: sentences on what could not be captured and follows the settings of
    the moment. ``axes``: what the page itself varies, as ``JobSpec.axes``: the files of img2img's Batch
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
    """What the extension Dynamic Prompts, ``title`` among the always-on scripts, will do: ``combinatorial``,
    make every combination of the prompt in one task, ``images`` in all tasks (None: more than can be
    counted, or not told by the template), each ``batches`` times and at most ``most`` of them (0: all); else
    fill in the prompt anew for each image. ``template``: our own template of the prompt would do as well."""

    title: str
    combinatorial: bool
    batches: int
    most: int
    images: int | None
    template: bool
