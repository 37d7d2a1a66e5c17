"""Why images stay where they are, in words."""

from __future__ import annotations

from collections.abc import Container, Iterable

from ... import api
from ...model import Image, Job, Task
from ...sentences import Sentence, say, verbatim


def still_needed(image: Image, count: int, task: Task, job: Job | None) -> Sentence:
    """Of ``count`` images of a job, ``image`` the first: ``task`` of ``job`` starts from it. None: that job
    is not in the store."""
    name = verbatim(image.path.rpartition("/")[2])
    if count == 2:
        what = say("{name} and another image", name=name)
    elif count > 2:
        what = say("{name} and {n} more images", name=name, n=count - 1)
    else:
        what = name
    if job is None:
        return say("Another job still needs {images} of it: cancel or delete that job first.", images=what)
    return say(
        "“{job}”, task {number}, still needs {images} of it: cancel or delete that job first.",
        job=job.name,
        number=task.index + 1,
        images=what,
    )


def not_moved(
    home: Iterable[Image], known: Container[str], failed: Iterable[api.Failure]
) -> list[api.Failure]:
    """Why those of ``home`` that were to be moved were not."""
    reasons = {failure.id: failure.sentence for failure in failed}
    return [
        api.Failure.of(image, reasons.get(image.id, say("It was restored meanwhile.")))
        for image in home
        if image.id in known
    ]
