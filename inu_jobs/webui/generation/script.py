"""Our always-on script and the hook for saved files: the host itself reports what a task makes.

Source: WebUI 1.10.1, ``process_images_inner`` in modules/processing.py, ``save_image`` in images.py.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from modules import progress, scripts, shared

from ...errors import InuJobsError
from ...log import log
from ...model import Payload, is_grid
from ...overlay import overlay
from ...ports import Made
from ...queue.failure_reasons import OUTSIDE
from .. import runtime
from ..host import model_loading
from .as_queued import run_as_queued
from .generate_parity import restore_numbers, restore_user
from .grids import group_of, save_grid
from .restoring import restore_arguments
from .save_guard import SavedOutside, Unsavable

Function = TypeVar("Function", bound=Callable[..., Any])


def never_raises(function: Function) -> Function:
    """No error of ours may end a generation."""

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception:
            log.exception("an error in Inu Jobs; the image is not affected.")
            return None

    return call  # type: ignore[return-value]


def our_task() -> tuple[runtime.Runtime, str] | None:
    """The runtime and the id of the running task, if it is one of ours."""
    running, task = runtime.current(), progress.current_task
    if running is None or not isinstance(task, str) or running.store.task(task) is None:
        return None
    return running, task


def by_the_page(running: runtime.Runtime, id: str, p: Any) -> bool:
    """Whether the task runs as the page sent it, from a row made by Agent Scheduler's own button. If that row
    is gone, it runs again as a request of ours. ``p``: None if the WebUI does not say what it works on."""
    task = running.store.task(id)
    job = running.store.job(task.job) if task is not None else None
    return (job is None or job.kind == "adopted") and not getattr(p, "is_api", False)


class InuJobsScript(scripts.Script):
    """Always on, with nothing on the page, and no effect on images or infotext."""

    def title(self) -> str:
        return "Inu Jobs"

    def show(self, is_img2img: bool) -> Any:
        return scripts.AlwaysVisible

    @never_raises
    def setup(self, p: Any, *args: Any) -> None:
        """Runs before everything else; see ``restoring``."""
        everyone = runtime.current()
        if everyone is not None and everyone.pool.known():
            everyone.user_settings.note()  # nothing is overridden yet
        ours = our_task()
        if ours is None or by_the_page(*ours, p):
            return
        running, task = ours
        running.guard.begin(task)
        act_as_the_page(p, running, task)
        never_raises(run_as_queued)(p)
        try:
            of_hires = getattr(p, model_loading.HIRES_MODULES, None)
            model_loading.check_before_run(p.override_settings, of_hires)
            restore_arguments(p, running.inputs)
        except Exception as error:
            # Continuing would silently make a different image.
            reason = str(error) if isinstance(error, InuJobsError) else f"The scripts' settings: {error!r}"
            refuse(running, task, reason)
            raise

    @never_raises
    def before_process(self, p: Any, *args: Any) -> None:
        """The API ignores the common output folders that the page uses."""
        ours = our_task()
        if ours is None or by_the_page(*ours, p):
            return  # the page sent it
        opts = shared.opts
        kind = "img2img" if self.is_img2img else "txt2img"
        p.outpath_samples = opts.outdir_samples or getattr(opts, f"outdir_{kind}_samples")
        p.outpath_grids = opts.outdir_grids or getattr(opts, f"outdir_{kind}_grids")
        if self.is_img2img and is_derived(*ours):
            seed_encoder(p.seed)
        try:
            model_loading.use_low_bits(p.override_settings or {})
        except InuJobsError as error:
            refuse(*ours, str(error))
            raise

    @never_raises
    def process(self, p: Any, *args: Any) -> None:
        """Overrides are in effect now, and no image has been made."""
        ours = our_task()
        if ours is None or by_the_page(*ours, p):
            return
        running, task = ours
        if running.guard.leads_outside(task, p):
            running.adapter.refuse(task, OUTSIDE)
            p.init = stop  # called next: the WebUI would swallow an exception raised here

    @never_raises
    def postprocess(self, p: Any, processed: Any, *args: Any) -> None:
        ours = our_task()
        if ours is None:
            return
        running, task = ours
        made = made_images(p, processed)
        whole = grid_due(running, task, p, made)
        # reported first: a grid that uses up all memory must not cost the images
        running.adapter.produced(task, made, bool(shared.state.interrupted), bool(whole))
        if whole:
            save_grid(p, whole)


@never_raises
def grid_due(running: runtime.Runtime, task: str, p: Any, made: list[Made]) -> list[Made]:
    """The images of the grid to save now, if any."""
    if not shared.opts.grid_save:
        return []
    return running.grids.due(running, task, made, p.batch_size * p.n_iter)


@never_raises
def act_as_the_page(p: Any, running: runtime.Runtime, task: str) -> None:
    """Before a selectable script varies anything."""
    known = running.store.task(task)
    job = running.store.job(known.job) if known is not None else None
    restore_numbers(p, payload_of(running, task))
    restore_user(p, job.user if job is not None else "")
    if len(group_of(running, task)) > 1:
        p.do_not_save_grid = True  # one for all images, not one for each task


def refuse(running: runtime.Runtime, task: str, reason: str) -> None:
    """Stop the run of the task before it makes an image."""
    running.adapter.refuse(task, reason)
    shared.state.interrupt()


def payload_of(running: runtime.Runtime, id: str) -> Payload:
    task = running.store.task(id)
    payload = running.store.payload(task.payload) if task is not None else None
    return {} if task is None or payload is None else overlay(payload, task.changes)


def stop(*args: Any, **kwargs: Any) -> NoReturn:
    """Raises an exception that ends the run."""
    raise SavedOutside


def is_derived(running: runtime.Runtime, task: str) -> bool:
    """A job queued from the page must have the same noise as Generate."""
    known = running.store.task(task)
    return known is not None and known.source is not None


def seed_encoder(seed: Any) -> None:
    """The VAE's encoder uses torch's global generator, which has not been seeded at that point: without this,
    the image would depend on what ran before, and a second run would differ."""
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
                subseed=at(processed.all_subseeds, index) if p.subseed_strength else None,
                index=index,
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
def on_before_image_saved(params: Any) -> None:
    """For each file that is about to be written, with the name that it will have."""
    everyone = runtime.current()
    if everyone is not None and everyone.pool.known():
        everyone.names.announce(params)
    ours = our_task()
    if ours is None or by_the_page(*ours, params.p):
        return
    running, task = ours
    if running.guard.is_outside(task, params.filename, params.p is not None):
        running.adapter.refuse(task, OUTSIDE)
        params.image = Unsavable()


@never_raises
def on_image_saved(params: Any) -> None:
    """For each file that is written; only the thumbnail's copy is made on the host's thread."""
    ours = our_task()
    if ours is None:
        return
    running, task = ours
    path = Path(params.filename).absolute()
    if is_grid(str(path)):
        return
    running.thumbs.offer(path, params.image)
    running.adapter.saved(task, str(path))
