"""Responses about images of any jobs."""

from __future__ import annotations

import msgspec

from ...model import Payload
from .jobs import ImageView, JobName, JobSummary, TaskView


class Relative(msgspec.Struct):
    """An image in another's lineage. ``label``: what distinguishes its task on the axes, in short."""

    image: ImageView
    job_name: str
    label: str


class Lineage(msgspec.Struct):
    """``sources``: what an image was made from, nearest first. ``made``: what was made directly from it,
    oldest job first, the first 200; ``made_total``: how many there are. ``lost``: the first source was made
    from an image that is no longer known."""

    sources: list[Relative] = []
    made: list[Relative] = []
    made_total: int = 0
    lost: bool = False


class ImageInfo(msgspec.Struct):
    """``parameters``: (label, value) pairs with the WebUI's own labels, of which the first ``prompts`` are
    prompts; ``payload``: the request."""

    image: ImageView
    job: JobSummary
    task: TaskView | None
    parameters: list[tuple[str, str]] = msgspec.field(name="recipe")  # as in 0.1: scripts read it
    prompts: int
    infotext: str
    payload: Payload | None
    bytes: int
    missing: bool  # the file no longer exists
    lineage: Lineage


class FoundImages(msgspec.Struct):
    """One page of search results; ``total``: how many there are in all; ``jobs``: the jobs of these
    images."""

    images: list[ImageView]
    total: int
    jobs: list[JobName] = []


class TrashList(msgspec.Struct):
    """``images``: the images in the trash, newest first; ``sizes``: of their files, in the same order;
    ``bytes``: of all of them. ``strays``: how many files there belong to no job. ``jobs``: the jobs of these
    images."""

    images: list[ImageView]
    sizes: list[int]
    bytes: int
    strays: int = 0
    jobs: list[JobName] = []
