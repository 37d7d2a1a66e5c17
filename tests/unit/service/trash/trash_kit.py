"""A house's images, their files, and what moves them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from inu_jobs import api
from inu_jobs.api import Purge, Selection
from inu_jobs.library.trash.places import FOLDER
from inu_jobs.model import Image
from inu_jobs.service.images.search import Query
from tests.unit.service.service_kit import House


def images(house: House) -> list[Image]:
    return [image for job in house.store.jobs() for image in house.store.images_of(job.id)]


def trash(house: House, *ids: str) -> api.Result:
    return house.service.trash.trash(Selection(images=list(ids)))


def restore(house: House, *ids: str) -> api.Result:
    return house.service.trash.restore(Selection(images=list(ids)))


def purge(house: House, *ids: str) -> api.Result:
    return house.service.trash.purge(Purge(Selection(images=list(ids)), for_good=True))


def pictures(house: House) -> list[Path]:
    return sorted(house.outputs.rglob("*.png"))


def origin(house: House, image: Image) -> Path:
    return house.folder / image.path


def place(house: House, image: Image) -> Path:
    return house.outputs / FOLDER / f"{image.id}.png"


def agree(house: House) -> None:
    """Each file is in exactly one place, and the store knows in which."""
    for image in images(house):
        assert place(house, image).exists() == image.trashed, image
        assert origin(house, image).exists() != image.trashed, image
    assert len(pictures(house)) == len(images(house))


def killed(*args: Any) -> None:
    raise KeyboardInterrupt


def no_room(*args: Any) -> None:
    raise OSError(28, "No space left on device")


def derive(house: House, *ids: str) -> api.JobSummary:
    return house.service.jobs.derive(api.DeriveSpec(Selection(images=list(ids)), "img2img", hold=True))


def found(house: House) -> int:
    return house.service.search.find(Query(), 10, 0).total


def listed(house: House, job: str) -> bool:
    record = house.store.job(job)
    return record is not None and not record.archived
