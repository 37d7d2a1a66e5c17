"""Where images came from and what was made from them, across jobs."""

from __future__ import annotations

from collections.abc import Iterable

from ... import api
from ...model import Image, Job
from ...plan import label
from ...store import Store
from ..views import image_view

#: images listed of those made from one image; it can have thousands
MOST_MADE = 200


def lineage_of(store: Store, image: Image) -> api.Lineage:
    """One level down, all levels up: the page walks on from there."""
    sources: list[api.Relative] = []
    seen = {image.id}
    here, lost = image, False
    while (task := store.task(here.task)) is not None and task.source is not None:
        source = store.image(task.source)
        if source is None or source.id in seen:
            lost = source is None
            break
        seen.add(source.id)
        sources.append(_relative(store, source))
        here = source
    made = [child for task in store.tasks_from(image.id) for child in store.images_of_task(task.id)]
    shown = [child for child in made if not child.trashed]
    return api.Lineage(sources, [_relative(store, child) for child in shown[:MOST_MADE]], len(shown), lost)


def _relative(store: Store, image: Image) -> api.Relative:
    job, task = store.job(image.job), store.task(image.task)
    if job is None or task is None:  # deleted in the meantime
        return api.Relative(image_view(image), "", "")
    return api.Relative(image_view(image), job.name, label(job.axes, task))


def parents_of(store: Store, job: Job) -> list[api.JobName]:
    sources = {task.source for task in store.tasks_of(job.id) if task.source is not None}
    images = [image for image in map(store.image, sources) if image is not None]
    found = {image.job for image in images} | ({job.parent} if job.parent else set())
    return _names(store, found - {job.id})


def children_of(store: Store, job: Job) -> list[api.JobName]:
    images = store.images_of(job.id)
    found = {task.job for image in images for task in store.tasks_from(image.id)}
    return _names(store, found - {job.id})


def _names(store: Store, ids: Iterable[str]) -> list[api.JobName]:
    jobs = [job for job in map(store.job, ids) if job is not None and not store.lies_in_trash(job.id)]
    return [api.JobName(job.id, job.name) for job in sorted(jobs, key=lambda job: (job.created, job.id))]
