"""The grid of a batch count: Generate saves one grid of all its images, but each task makes only some of
them.

It is made while the last image is being finished, with that run's processing object and settings still in
place, so that its name, folder and infotext are those that Generate would use.
Source: WebUI 1.10.1, the end of ``process_images_inner`` in modules/processing.py; ``image_grid`` and
``FilenameGenerator`` in modules/images.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from modules import images, shared
from PIL import Image

from ...library.files import absolute
from ...library.pixels import opened
from ...model import Payload, Task
from ...plan import repeats
from ...ports import Made
from .grid_infotext import grid_infotext

if TYPE_CHECKING:
    from ..runtime import Runtime

#: the maximum of the page's batch count slider, so Generate never makes larger grids
MOST_TASKS = 100
_KEPT = 1000


class Grids:
    """Remembers what this process made, because the store is told slightly later."""

    def __init__(self) -> None:
        self._made: dict[str, list[Made]] = {}

    def due(self, running: Runtime, task: str, made: list[Made], asked: int) -> list[Made]:
        """``task`` has just made ``made`` of ``asked`` images. Returns all images of its setting, in order,
        if these were the last ones and they have no grid yet; else nothing."""
        self._made.pop(task, None)
        if len(made) < asked:
            return []
        self._made[task] = made
        while len(self._made) > _KEPT:
            del self._made[next(iter(self._made))]
        group = group_of(running, task)
        if not 1 < len(group) <= MOST_TASKS or any(one.grid for one in group):
            return []
        whole: list[Made] = []
        for one in group:
            images = self._images(running, one)
            if len(images) < one.images or any(image.seed is None for image in images):
                return []
            whole += images
        return whole

    def _images(self, running: Runtime, task: Task) -> list[Made]:
        if task.id in self._made:
            return self._made[task.id]
        if task.state != "done":
            return []
        folder = running.host.data_folder()
        return [
            Made(str(absolute(image.path, folder)), image.seed, image.subseed, image.index, image.prompt)
            for image in running.store.images_of_task(task.id)
            if not image.trashed
        ]


def group_of(running: Runtime, id: str) -> list[Task]:
    """The tasks that Generate would run together with this one. None for a selectable script, which makes its
    own grids, or for images derived from ours, which are no batch of the page."""
    task = running.store.task(id)
    job = running.store.job(task.job) if task is not None else None
    if task is None or job is None or job.kind == "adopted" or task.source is not None:
        return []
    payload: Payload = running.store.payload(task.payload) or {}
    if payload.get("script_name"):
        return []
    return repeats(job, running.store.tasks_of(job.id), task)


def save_grid(p: Any, made: Sequence[Made]) -> None:
    """``p``: from the last generation, whose settings are still in effect."""
    opts = shared.opts
    pictures = [picture for one in made if (picture := _read(Path(one.path))) is not None]
    if len(pictures) < len(made):
        return  # a file has been deleted since
    with _as_one(p, made):
        images.save_image(
            images.image_grid(pictures, p.batch_size),
            p.outpath_grids,
            "grid",
            p.all_seeds[0],
            p.all_prompts[0],
            opts.grid_format,
            info=grid_infotext(p),
            short_filename=not opts.grid_extended_filename,
            p=p,
            grid=True,
        )


def _read(path: Path) -> Image.Image | None:
    try:
        with opened(path) as picture:  # at the size that the WebUI made it
            picture.load()
            return picture
    except (OSError, ValueError, SyntaxError):
        return None


@contextmanager
def _as_one(p: Any, made: Sequence[Made]) -> Iterator[None]:
    """``p`` as if it had made all the images."""
    subseeds = [one.subseed for one in made]
    as_one = {
        "all_seeds": [one.seed for one in made],
        "all_subseeds": p.all_subseeds if None in subseeds else subseeds,
        "all_prompts": [p.prompt if one.prompt is None else one.prompt for one in made],
        "n_iter": len(made) // p.batch_size,
        "iteration": len(made) // p.batch_size - 1,
    }
    before = {name: getattr(p, name) for name in as_one}
    for name, value in as_one.items():
        setattr(p, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(p, name, value)
