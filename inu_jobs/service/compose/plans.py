"""What a draft would cost, in the API's form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from ... import api
from ...library.files import tightest
from ...model import Axis, Finding, Payload
from ...plan import PlannedTask, cost, final_size, label
from ...plan.preflight.costs import costs
from ...plan.prompts.syntax import loras
from ...ports import Host
from ...queue import Queue
from ...queue.schedule.forecast import Place
from ...store import Store
from ..views import own_jobs

#: tasks shown of a plan
SAMPLE = 12
#: jobs looked at to estimate file sizes
RECENT = 20


class Drafted(Protocol):
    """Anything ready to be queued: a ``Draft`` or a ``Derivation``."""

    @property
    def axes(self) -> list[Axis]: ...
    @property
    def tasks(self) -> Sequence[PlannedTask]: ...
    @property
    def findings(self) -> list[Finding]: ...
    @property
    def upscales(self) -> bool: ...
    @property
    def dynamic(self) -> api.Dynamic | None: ...
    @property
    def controlnet(self) -> int: ...
    def payload_of(self, task: PlannedTask) -> Payload: ...


def plan_view(draft: Drafted, store: Store, host: Host, queue: Queue, place: Place) -> api.Plan:
    """``place``: its position in the queue."""
    images = sum(task.images for task in draft.tasks)
    time = queue.estimate([cost(draft.payload_of(task), task.changes, task.images) for task in draft.tasks])
    low, seconds, high = time.seconds or (None, None, None)
    run = queue.would_run(place, seconds)
    bytes = _bytes(draft, store)
    room = tightest(host.saving_folders())
    free = room.free if room else None
    return api.Plan(
        tasks=len(draft.tasks),
        images=images,
        sample=[_sample(draft, index) for index in range(min(SAMPLE, len(draft.tasks)))],
        findings=[*draft.findings, *costs(images, seconds, bytes, free, queue.keeps_free)],
        seconds=seconds,
        low=low,
        high=high,
        loads=time.loads,
        bytes=bytes,
        free_bytes=free,
        loras=_loras(draft),
        starts=run.starts,
        ends=run.ends,
        waits=run.waits,
        dynamic=draft.dynamic,
        controlnet=draft.controlnet,
    )


def _loras(draft: Drafted) -> list[str]:
    """The LoRAs whose strength could be varied, by name."""
    prompts = {_told(draft, task, field) for task in draft.tasks for field in ("prompt", "hr_prompt")}
    return sorted({lora.name for prompt in prompts for lora in loras(prompt)})


def _told(draft: Drafted, task: PlannedTask, field: str) -> str:
    return str(task.changes.get(field, draft.payload_of(task).get(field)) or "")


def _sample(draft: Drafted, index: int) -> dict[str, Any]:
    planned = draft.tasks[index]
    prompt = _told(draft, planned, "prompt")
    # the prompt is shown next to it
    rest = label(draft.axes, planned, without=("prompt",))
    return {"changes": planned.changes, "prompt": prompt, "label": rest}


def _bytes(draft: Drafted, store: Store) -> int | None:
    """Estimated from bytes per pixel in the newest jobs; None without any to go by."""
    recent = [i for job in own_jobs(store)[:RECENT] for i in store.images_of(job.id) if i.width and i.size]
    pixels = sum(image.width * image.height for image in recent)
    if not pixels:
        return None
    planned = 0
    for task in draft.tasks:
        width, height = final_size(draft.payload_of(task), task.changes)
        planned += task.images * width * height
    return planned * sum(image.size for image in recent) // pixels
