"""Which image of a job goes where in a table of two of its axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ... import api
from ...errors import Refused
from ...library.export import Part, Table
from ...model import Job
from ...sentences import say
from ...store import Store
from ..views import axis_words


def table_of(job: Job, spec: api.JobExport, parts: Iterable[Part], store: Store) -> Table:
    """``Refused`` with a sentence if the job has no such table, or the table is empty."""
    words = [axis_words(axis) for axis in job.axes]
    _check(words, spec)
    chosen = (spec.rows, spec.columns)
    rows, columns = (words[axis] if axis >= 0 else api.AxisWords("", "", [""]) for axis in chosen)
    cells: dict[tuple[int, int], list[Part]] = {}
    tasks = {task.id: task for task in store.tasks_of(job.id)}
    sources: dict[str | None, int] = {}  # in order of appearance
    for task in tasks.values():
        sources.setdefault(task.source, len(sources))
    known = [(tasks[part.image.task], part) for part in parts if part.image.task in tasks]
    known.sort(key=lambda pair: sources[pair[0].source])  # the same position in two cells has the same source
    for task, part in known:
        place = _place(task.coords, words, spec)
        if place is not None and (part.image.verdict == "kept" or not spec.kept):
            cells.setdefault(place, []).append(part)
    if not cells:
        raise Refused(
            say("This table has no kept images to export.")
            if spec.kept
            else say("This table has no images to export.")
        )
    rest = [n for n, axis in enumerate(words) if len(axis.values) > 1 and n not in chosen]
    return Table(
        corner=(rows.title, columns.title),
        rows=rows.values,
        columns=columns.values,
        cells=cells,
        note=" · ".join(f"{words[n].title}: {words[n].values[spec.at[n]]}" for n in rest),
    )


def _check(words: Sequence[api.AxisWords], spec: api.JobExport) -> None:
    axes = {-1, *range(len(words))}
    if not {spec.rows, spec.columns} <= axes or spec.rows == spec.columns:
        raise Refused(say("A matrix needs two different axes of the job as its rows and columns."))
    if len(spec.at) != len(words) or any(
        not 0 <= at < len(axis.values) for at, axis in zip(spec.at, words, strict=True)
    ):
        raise Refused(
            say("A matrix needs a value for each axis of the job: if the job has changed, open it again.")
        )


def _place(
    coords: Sequence[int], words: Sequence[api.AxisWords], spec: api.JobExport
) -> tuple[int, int] | None:
    """(row, column); None if it is on another tab, or was made before the job was edited."""
    if len(coords) != len(words):
        return None
    for axis, (at, fixed) in enumerate(zip(coords, spec.at, strict=True)):
        if at >= len(words[axis].values) or (axis not in (spec.rows, spec.columns) and at != fixed):
            return None
    return (coords[spec.rows] if spec.rows >= 0 else 0, coords[spec.columns] if spec.columns >= 0 else 0)
