"""Where the images of a job stand in an exported table."""

from __future__ import annotations

import pytest

from inu_jobs import api
from inu_jobs.api import DeriveSpec, Selection
from inu_jobs.library.export import Part
from inu_jobs.model import AxisSpec
from inu_jobs.service.export.matrix_cells import table_of
from tests.unit.service.service_kit import House


@pytest.mark.parametrize("sources", [2, 3, 5])
def test_the_same_place_of_two_cells_has_the_same_source(house: House, sources: int) -> None:
    start = house.add_done(sources)
    chosen = [image.id for image in house.store.images_of(start)]
    axes = [
        AxisSpec("denoising_strength", [0.3, 0.5, 0.7]),
        AxisSpec("cfg_scale", [5, 8]),
    ]
    spec = DeriveSpec(Selection(images=chosen), "img2img", axes=axes, force=True)
    made = house.service.jobs.derive(spec).id
    for _ in range(sources * 6):
        house.run_one()
    job = house.store.job(made)
    assert job is not None
    parts = [Part(image, job.name, 1) for image in house.store.images_of(made)]
    tasks = {task.id: task for task in house.store.tasks_of(made)}
    queued = [tasks[part.image.task].source for part in parts]
    assert queued != sorted(queued, key=lambda id: chosen.index(str(id))), "else this shows nothing"
    table = table_of(job, api.JobExport("matrix", rows=0, columns=1, at=[0, 0]), parts, house.store)
    assert len(table.cells) == 6
    for (row, column), cell in table.cells.items():
        assert [tasks[part.image.task].source for part in cell] == chosen
        assert {tuple(tasks[part.image.task].coords) for part in cell} == {(row, column)}
