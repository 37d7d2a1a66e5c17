"""Our always-on script and the hook on saved files: what a task makes, from the host's own hands.

Source: WebUI 1.10.1, ``process_images_inner`` in modules/processing.py, ``save_image`` in images.py.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

from modules import progress, scripts, shared

from ..ports import Made
from . import runtime

Function = TypeVar("Function", bound=Callable[..., Any])


def never_raises(function: Function) -> Function:
    """Nothing of ours may end a generation."""

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception:
            print("Inu Jobs: an error in our own code; the image is not affected.")
            traceback.print_exc()
            return None

    return call  # type: ignore[return-value]


def our_task() -> tuple[runtime.Runtime, str] | None:
    """The runtime and the id of the task that runs, if it is one of ours."""
    running, task = runtime.current(), progress.current_task
    if running is None or not isinstance(task, str) or running.store.task(task) is None:
        return None
    return running, task


def adopted(running: runtime.Runtime, id: str) -> bool:
    """The task was queued with Agent Scheduler's own button."""
    task = running.store.task(id)
    job = running.store.job(task.job) if task is not None else None
    return job is None or job.kind == "adopted"


class InuJobsScript(scripts.Script):
    """Always on, without anything on the page, and without effect on images or infotext."""

    def title(self) -> str:
        return "Inu Jobs"

    def show(self, is_img2img: bool) -> Any:
        return scripts.AlwaysVisible

    @never_raises
    def before_process(self, p: Any, *args: Any) -> None:
        """The API's path ignores the common output folders that the page's path uses."""
        ours = our_task()
        if ours is None or adopted(*ours):
            return  # the page's path was taken
        opts = shared.opts
        kind = "img2img" if self.is_img2img else "txt2img"
        p.outpath_samples = opts.outdir_samples or getattr(opts, f"outdir_{kind}_samples")
        p.outpath_grids = opts.outdir_grids or getattr(opts, f"outdir_{kind}_grids")
        if self.is_img2img and is_derived(*ours):
            seed_encoder(p.seed)

    @never_raises
    def postprocess(self, p: Any, processed: Any, *args: Any) -> None:
        ours = our_task()
        if ours is None:
            return
        running, task = ours
        running.adapter.produced(task, made_images(p, processed), bool(shared.state.interrupted))


def is_derived(running: runtime.Runtime, task: str) -> bool:
    """What was queued from the page is to have the noise that Generate would have."""
    known = running.store.task(task)
    return known is not None and known.source is not None


def seed_encoder(seed: Any) -> None:
    """The VAE's encoder draws from torch's common generator, which nobody has seeded yet then: without
    this the image would depend on what ran before it, and a second run would give another."""
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(seed, int) and seed >= 0:
        torch.manual_seed(seed)


def made_images(p: Any, processed: Any) -> list[Made]:
    """The images proper of one generation that were saved: no grid, no mask, nothing that another
    script added."""
    first = processed.index_of_first_image
    infotexts = processed.infotexts[first:]
    made = []
    for index, image in enumerate(processed.images[first :: images_each(p)][: len(infotexts)]):
        saved_as = getattr(image, "already_saved_as", None)
        if not saved_as:
            continue
        prompt = at(processed.all_prompts, index)
        made.append(
            Made(
                path=str(Path(saved_as).absolute()),  # relative to the WebUI's working folder
                seed=at(processed.all_seeds, index),
                prompt=None if prompt == p.prompt else prompt,
                infotext=infotexts[index],
                width=image.width,
                height=image.height,
            )
        )
    return made


def images_each(p: Any) -> int:
    """After each image the host puts its mask and composite among the results, if set to."""
    if getattr(p, "mask_for_overlay", None) is None:
        return 1
    return 1 + bool(shared.opts.return_mask) + bool(shared.opts.return_mask_composite)


def at(values: Any, index: int) -> Any:
    return values[index] if values and index < len(values) else None


@never_raises
def on_image_saved(params: Any) -> None:
    """For each file that is written; only the thumbnail's copy is made on the host's thread."""
    ours = our_task()
    if ours is None:
        return
    running, task = ours
    path = Path(params.filename).absolute()
    running.thumbs.offer(path, params.image)
    running.adapter.saved(task, str(path))
