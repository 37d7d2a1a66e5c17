"""How many images tasks make if the extension Dynamic Prompts fills in their prompts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from ..fields.dynamic_prompts import DynamicPrompts, dynamic_prompts
from ..model import Dynamic, Payload
from ..overlay import overlay
from .prompts.templates import count_combinations
from .prompts.wildcards import Wildcards
from .tasks import MAX_TASKS, PlannedTask

#: for all prompts of a plan together: counting must not take noticeable time
_MOST_STEPS = 50_000


def fill_dynamic(
    payload: Payload,
    tasks: Sequence[PlannedTask],
    wildcards: Wildcards,
    style_prompt: Callable[[str], str],
) -> tuple[list[PlannedTask], Dynamic | None]:
    """The tasks with the number of images that each will make, and a summary of that; None if the extension
    is missing or off, or there is nothing to fill in."""
    set_to = dynamic_prompts(payload)
    if set_to is None or not tasks:
        return list(tasks), None
    # our own templates only fill in the prompt
    ours = set_to.plain and not _fills(payload.get("negative_prompt"))
    if not set_to.combinatorial:
        if not any(_fills(payload.get(field)) for field in ("prompt", "negative_prompt")):
            return list(tasks), None
        return list(tasks), Dynamic(set_to.title, False, 1, 0, sum(task.images for task in tasks), ours)
    counting = _Counting(wildcards, style_prompt)
    counted = [counting.images(overlay(payload, task.changes), set_to) for task in tasks]
    made = [
        task if images is None else msgspec.structs.replace(task, images=images)
        for task, images in zip(tasks, counted, strict=True)
    ]
    total = None if None in counted else sum(images or 0 for images in counted)
    return made, Dynamic(set_to.title, True, set_to.batches, set_to.most, total, ours)


def _fills(text: object) -> bool:
    return any(mark in str(text or "") for mark in ("{", "__", "$"))


class _Counting:
    """Counts each text once."""

    def __init__(self, wildcards: Wildcards, style_prompt: Callable[[str], str]) -> None:
        self._wildcards = wildcards
        self._style_prompt = style_prompt
        self._left = _MOST_STEPS
        self._known: dict[tuple[str, int], int | None] = {}

    def images(self, now: Payload, set_to: DynamicPrompts) -> int | None:
        """As its ``process`` does: each prompt with each negative prompt, or the first ``most`` prompts."""
        if not set_to.plain or any(_fills(self._style_prompt(str(name))) for name in now.get("styles") or ()):
            return None
        most = set_to.most or MAX_TASKS + 1
        prompts = self._count(now.get("prompt"), most, set_to.batches)
        negatives = 1 if set_to.most else self._count(now.get("negative_prompt"), most, set_to.batches)
        images = None if prompts is None or negatives is None else prompts * negatives
        return None if images is None or images > MAX_TASKS else images

    def _count(self, field: object, most: int, batches: int) -> int | None:
        """It goes through a text once for each batch, except an empty one."""
        text = str(field or "")
        if not text:
            return 1
        if (text, most) not in self._known:
            found = count_combinations(text, self._wildcards, most, self._left) if self._left else None
            self._left = max(0, self._left - (found or self._left))
            self._known[text, most] = found
        known = self._known[text, most]
        return None if known is None else max(1, known) * batches
