"""Why images were not deleted, in words."""

from __future__ import annotations

from collections.abc import Container, Iterable

from ... import api
from ...model import Image, Job, Task
from ...sentences import Sentence, say, verbatim


def still_needed(image: Image, count: int, task: Task, job: Job | None) -> Sentence:
    """``task`` of ``job`` starts from ``count`` images of a job, ``image`` being the first. ``job``: None if
    it is not in the store."""
    name = verbatim(image.path.rpartition("/")[2])
    if count == 2:
        what = say("{name} and 1 more image", name=name)
    elif count > 2:
        what = say("{name} and {n} more images", name=name, n=count - 1)
    else:
        what = name
    if job is None:
        return say(
            "Another job still uses {images} of this job: cancel or delete that other job first.", images=what
        )
    return say(
        "“{job}” (task {number}) still uses {images} of this job: cancel or delete “{job}” first.",
        job=job.name,
        number=task.index + 1,
        images=what,
    )


def not_moved(
    home: Iterable[Image], known: Container[str], failed: Iterable[api.Failure]
) -> list[api.Failure]:
    """Why those images of ``home`` that should have been moved were not."""
    reasons = {failure.id: failure.sentence for failure in failed}
    return [
        api.Failure.of(image, reasons.get(image.id, say("It has been restored in the meantime.")))
        for image in home
        if image.id in known
    ]
