"""Answers about images of any jobs."""

from __future__ import annotations

import msgspec

from ...model import Payload
from .jobs import ImageView, JobName, JobSummary, TaskView


class Relative(msgspec.Struct):
    """An image in another's lineage. ``label``: what sets its task apart on the axes, in short."""

    image: ImageView
    job_name: str
    label: str


class Lineage(msgspec.Struct):
    """``sources``: what an image came from, the nearest first. ``made``: what came of it directly,
    oldest job first, the first 200; ``made_total``: how many there are. ``lost``: the first of them
    came from an image that is not known any more."""

    sources: list[Relative] = []
    made: list[Relative] = []
    made_total: int = 0
    lost: bool = False


class ImageInfo(msgspec.Struct):
    """``parameters``: (label, value) pairs in the WebUI's own words, the first ``prompts`` of
    which are prompts; ``payload``: what was sent."""

    image: ImageView
    job: JobSummary
    task: TaskView | None
    parameters: list[tuple[str, str]] = msgspec.field(name="recipe")  # as in 0.1: scripts read it
    prompts: int
    infotext: str
    payload: Payload | None
    bytes: int
    missing: bool  # the file is not there any more
    lineage: Lineage


class FoundImages(msgspec.Struct):
    """One page of what was looked for; ``total``: how many there are in all; ``jobs``: whose these are."""

    images: list[ImageView]
    total: int
    jobs: list[JobName] = []


class TrashList(msgspec.Struct):
    """``images``: what lies in the trash, the newest first; ``sizes``: of their files, in the same order;
    ``bytes``: of all. ``strays``: how many files lie there that no job knows. ``jobs``: whose the
    images are."""

    images: list[ImageView]
    sizes: list[int]
    bytes: int
    strays: int = 0
    jobs: list[JobName] = []
