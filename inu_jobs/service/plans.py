"""What a draft would cost, as the API shows it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

from .. import api
from ..model import Payload
from ..plan import estimate, final_size, label, work
from ..ports import Host
from ..store import Store
from .drafts import Draft

#: tasks shown of a plan
SAMPLE = 12
#: jobs looked at for how long tasks take and how large images are here
RECENT = 20


def plan_view(draft: Draft, store: Store, host: Host) -> api.Plan:
    return api.Plan(
        tasks=len(draft.tasks),
        images=sum(task.images for task in draft.tasks),
        sample=[_sample(draft, index) for index in range(min(SAMPLE, len(draft.tasks)))],
        findings=draft.findings,
        seconds=_seconds(draft, store),
        bytes=_bytes(draft, store),
        free_bytes=_free(host),
    )


def _sample(draft: Draft, index: int) -> dict[str, Any]:
    planned = draft.tasks[index]
    prompt = planned.changes.get("prompt", draft.payload.get("prompt")) or ""
    # the prompt stands beside it
    rest = label(draft.axes, planned, without=("prompt",))
    return {"changes": planned.changes, "prompt": prompt, "label": rest}


def _seconds(draft: Draft, store: Store) -> float | None:
    return estimate((work(draft.payload, task.changes) for task in draft.tasks), _history(store))


def _history(store: Store) -> Iterator[tuple[float, float]]:
    """(work, seconds) of the tasks that were done, newest job first."""
    for job in store.jobs()[:RECENT]:
        payloads: dict[str, Payload] = {}
        for task in reversed(store.tasks_of(job.id)):
            if task.state == "done" and task.started is not None and task.finished is not None:
                if task.payload not in payloads:
                    payloads[task.payload] = store.payload(task.payload) or {}
                yield work(payloads[task.payload], task.changes), task.finished - task.started


def _bytes(draft: Draft, store: Store) -> int | None:
    """By how many bytes a pixel took in the newest jobs; None if there is none to go by."""
    recent = [i for job in store.jobs()[:RECENT] for i in store.images_of(job.id) if i.width and i.size]
    pixels = sum(image.width * image.height for image in recent)
    if not pixels:
        return None
    planned = 0
    for task in draft.tasks:
        width, height = final_size(draft.payload, task.changes)
        planned += task.images * width * height
    return planned * sum(image.size for image in recent) // pixels


def _free(host: Host) -> int | None:
    """Bytes free where images go."""
    folders = [*host.output_folders(), host.data_folder()]
    try:
        return shutil.disk_usage(next(folder for folder in folders if folder.is_dir())).free
    except (OSError, StopIteration):
        return None
