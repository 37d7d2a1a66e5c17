"""Image files that no job made: where they lie, what is written in them, and which belong together.

Nothing is moved or written here. Grids are left out, and counted: the WebUI writes a grid the infotext of
its first image.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ..model import Image, Job, Payload, Task, is_grid, new_id
from ..ports import ImageFacts
from . import files
from .infotext import parsing, to_payload
from .trash.places import FOLDER as TRASH

_SEEDS = ("seed", "subseed")


class FoundImage(msgspec.Struct, frozen=True):
    """An image file in a folder. ``stored``: as a record has its path; ``mtime`` in seconds."""

    path: Path
    stored: str
    mtime: float


class Folder(msgspec.Struct, frozen=True):
    """A folder that holds image files itself, or only grids. ``id`` says nothing to who does not know the
    folder."""

    id: str
    name: str
    images: tuple[FoundImage, ...]
    grids: tuple[FoundImage, ...] = ()


class Read(msgspec.Struct, frozen=True):
    """An image file and what is written in it. ``group``: the same for images of one set-up."""

    facts: ImageFacts
    created: float
    payload: Payload
    group: str


class Group(msgspec.Struct):
    """A job to be. ``day``: of images that nothing else is like, else ''."""

    images: list[Read]
    day: str = ""


def folders(roots: Sequence[Path], grid_roots: Iterable[Path], data_folder: Path) -> list[Folder]:
    """Below ``roots``, to the bottom, the newest image's folder first. Links are not followed; hidden
    folders and the trash are left out, and what cannot be read. ``grid_roots``: those of ``roots`` that only
    grids are saved in."""
    found: dict[files.Place, Folder] = {}
    only_grids = {root.resolve(): False for root in roots} | {root.resolve(): True for root in grid_roots}
    for number, root in enumerate(roots):
        for path, entries in _walk(root):
            there = list(_images(entries, data_folder))
            if not there or (place := files.place(path)) is None:
                continue
            real = path.resolve()
            within = next(
                (only_grids[above] for above in (real, *real.parents) if above in only_grids), False
            )
            parted: dict[bool, list[FoundImage]] = {False: [], True: []}
            for image in there:
                parted[within or is_grid(str(image.path))].append(image)
            id = hashlib.sha256(os.fsencode(real)).hexdigest()[:16]
            name = _name(path, root, first=number == 0)
            found.setdefault(place, Folder(id, name, tuple(parted[False]), tuple(parted[True])))
    return sorted(found.values(), key=lambda folder: -max((i.mtime for i in folder.images), default=0.0))


def _walk(root: Path) -> Iterator[tuple[Path, list[os.DirEntry[str]]]]:
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as scan:
                entries = list(scan)
        except OSError:
            continue
        yield folder, entries
        for entry in entries:
            if entry.name != TRASH and not entry.name.startswith(".") and _is_folder(entry):
                waiting.append(folder / entry.name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _images(entries: Iterable[os.DirEntry[str]], data_folder: Path) -> Iterator[FoundImage]:
    for entry in entries:
        if os.path.splitext(entry.name)[1].lower() not in files.IMAGE_SUFFIXES:  # noqa: PTH122  (a name)
            continue
        try:
            if entry.is_file(follow_symlinks=False):
                stored = files.relative(Path(entry.path), data_folder)
                yield FoundImage(Path(entry.path), stored, entry.stat(follow_symlinks=False).st_mtime)
        except OSError:
            continue


def _name(path: Path, root: Path, *, first: bool) -> str:
    """As the user knows it: below the WebUI's own output folder, or below another one's name."""
    inside = path.relative_to(root).as_posix()
    if inside == ".":
        return root.name
    return inside if first else f"{root.name}/{inside}"


def day_of(seconds: float) -> str:
    """The local day, "2026-11-24"."""
    return time.strftime("%Y-%m-%d", files.time_of(seconds))


def read(text: str, facts: ImageFacts, here: to_payload.Here) -> Read | None:
    """None if ``text`` is no infotext."""
    told = parsing.parse(text)
    if not told.fields:
        return None
    payload = to_payload.payload_of(told, here)
    settings = {name: value for name, value in told.fields.items() if not to_payload.of_one_image(name)}
    group = json.dumps([told.prompt, told.negative, sorted(settings.items())], ensure_ascii=False)
    return Read(facts, facts.mtime / 1e9, payload, hashlib.sha256(group.encode()).hexdigest())


def grouped(images: Iterable[Read]) -> list[Group]:
    """Images of one prompt and the same settings together, the oldest first. Those that nothing is
    like come together by day: of ten thousand different prompts nobody wants as many jobs."""
    by_group: dict[str, list[Read]] = {}
    for image in sorted(images, key=lambda image: (image.created, image.facts.path)):
        by_group.setdefault(image.group, []).append(image)
    groups = [Group(its) for its in by_group.values() if len(its) > 1]
    by_day: dict[str, list[Read]] = {}
    for its in by_group.values():
        if len(its) == 1:
            by_day.setdefault(day_of(its[0].created), []).append(its[0])
    groups += [Group(its, day if len(its) > 1 else "") for day, its in by_day.items()]
    return sorted(groups, key=lambda group: (group.images[0].created, group.images[0].facts.path))


def records(group: Group, name: str, put_payload: Callable[[Payload], str]) -> Iterator[Job | Task | Image]:
    """The job of a group, and a task that is done and its image for each file."""
    job: Job | None = None
    for index, image in enumerate(group.images):
        own = {field: image.payload[field] for field in _SEEDS if field in image.payload}
        base = {field: value for field, value in image.payload.items() if field not in own}
        payload = put_payload(base)
        if job is None:
            job = Job(new_id("j"), name, "imported", image.created, payload)
            yield job
        changes: dict[str, Any] = own
        task = Task(
            id=new_id("t"), job=job.id, index=index, payload=payload, changes=changes, state="done",
            finished=image.created,
        )  # fmt: skip
        yield task
        facts = image.facts
        yield Image(
            id=new_id("i"), job=job.id, task=task.id, path=facts.path, created=image.created,
            size=facts.size, mtime=facts.mtime, width=facts.width, height=facts.height,
            seed=image.payload.get("seed"),
        )  # fmt: skip
