"""What is told of jobs, of what changed, and of the queue."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image as Picture

from inu_jobs.api import JobPatch
from inu_jobs.errors import NotFound
from tests.unit.service.service_kit import PROMPT, House
from tests.unit.service.spec_kit import BASE

INFOTEXT = f"{PROMPT}\nNegative prompt: rain\nSteps: 20, Sampler: Euler a, Seed: 5, Size: 64x64"


def test_lists_filter_by_state_and_text_and_page(house: House) -> None:
    first = house.add(name="Night market", note="for Ada")
    house.clock.now += 1
    second = house.add(name="Portraits", hold=True)
    house.clock.now += 1
    third = house.add(payload={**BASE, "prompt": "a red fox in snow"}, name="Third")

    def ids(**query: Any) -> list[str]:
        return [job.id for job in house.service.overview.list_jobs(**query).jobs]

    assert ids() == [third, second, first]
    assert ids(state="held") == [second] and ids(state="waiting") == [third, first]
    assert ids(text="MARKET night") == [first] and ids(text="ada") == [first]
    assert ids(text="fox snow") == [third] and ids(text="fox market") == []
    assert ids(limit=1, offset=1) == [second]
    answer = house.service.overview.list_jobs(state="held")
    assert answer.total == 1 and answer.states == {"waiting": 2, "held": 1}
    assert answer.revision == house.store.revision and answer.epoch == house.store.epoch


def test_a_job_with_its_tasks_and_images(house: House) -> None:
    id = house.add(tasks=2, payload={**BASE, "enable_hr": True, "hr_scale": 2, "denoising_strength": 0.5})
    house.run_one(infotext=INFOTEXT)
    detail = house.service.overview.get_job(id)
    assert [t.state for t in detail.tasks] == ["done", "queued"]
    assert [t.images for t in detail.tasks] == [1, 0]
    assert (detail.tasks[0].width, detail.tasks[0].height) == (128, 128)
    image = detail.images[0]
    assert image.path == "outputs/" + Path(image.path).name and image.verdict == "unreviewed"
    assert (image.width, image.height, image.job, image.task) == (64, 64, id, detail.tasks[0].id)
    job = detail.job
    assert job.cover == image.id and job.progress == 0.5 and job.images.total == 1
    assert job.started is not None and job.finished is None and job.eta == pytest.approx(4.0)


def test_a_failure_is_told_and_a_retry_clears_it(house: House) -> None:
    id = house.add()
    house.run_one(error="boom")
    job = house.service.overview.get_job(id).job
    assert job.state == "failed" and "boom" in job.error
    assert house.service.jobs.retry(id).state == "waiting"
    house.run_one()
    job = house.service.overview.get_job(id).job
    assert (job.state, job.error, job.images.total) == ("review", "", 1)


def test_changes_tell_what_changed_and_no_more(house: House) -> None:
    first, second = house.add(), house.add()
    start = house.service.overview.changes(house.store.epoch, house.store.revision)
    assert not start.reset and (start.jobs, start.tasks, start.images) == ([], [], [])
    house.queue.tick()
    house.scheduler.begin(first)
    house.queue.tick()
    house.scheduler.end()
    house.queue.tick()
    house.service.jobs.patch(second, JobPatch(note="x"))
    now = house.service.overview.changes(start.epoch, start.revision)
    assert {job.id for job in now.jobs} == {first, second}
    mine = house.service.overview.changes(start.epoch, start.revision, second)
    assert {task.job for task in mine.tasks} <= {second} and {task.job for task in now.tasks} >= {first}
    assert {job.id for job in mine.jobs} == {first, second}
    house.service.jobs.delete(first)
    gone = house.service.overview.changes(start.epoch, now.revision)
    assert gone.removed.jobs == [first] and first not in [job.id for job in gone.jobs]
    assert house.service.overview.changes("other", now.revision).reset
    assert house.service.overview.changes(start.epoch, now.revision + 10**6).reset


def test_live_tells_of_our_task_only(house: House) -> None:
    assert house.service.overview.live().task is None and house.service.overview.preview() is None
    id = house.add()
    house.queue.tick()
    task = house.scheduler.begin().task
    house.queue.tick()
    live = house.service.overview.live()
    assert (live.task, live.job, live.fraction, live.step, live.preview) == (task, id, 0.5, 10, 7)
    house.scheduler.picture = (b"jpeg", "image/jpeg")
    assert house.service.overview.preview() == (b"jpeg", "image/jpeg")
    house.scheduler.current = msgspec.structs.replace(house.scheduler.current, task="somebody-elses")
    assert house.service.overview.live().task is None and house.service.overview.preview() is None


def test_a_scheduler_that_is_away_is_told_and_breaks_nothing(house: House) -> None:
    house.scheduler.away = True
    status = house.service.overview.status()
    assert not status.scheduler.attached and "not there" in status.scheduler.problem
    assert house.service.overview.live().task is None and house.service.overview.preview() is None
    id = house.add()
    assert house.service.overview.get_job(id).job.state == "waiting"


def test_status_counts(house: House) -> None:
    house.add(tasks=3)
    house.queue.tick()
    house.scheduler.begin()
    house.queue.tick()
    status = house.service.overview.status()
    assert (status.version, status.waiting, status.running) == ("1.2.3", 2, 1)
    assert status.scheduler.running == house.scheduler.current.task
    assert (status.store.jobs, status.store.tasks, status.store.images) == (1, 3, 0)


def test_catalog_has_every_list(house: House) -> None:
    catalog = house.service.overview.catalog()
    assert "Euler a" in catalog["samplers"]
    assert catalog["scripts"] == {"txt2img": ["prompt matrix"], "img2img": ["prompt matrix", "sd upscale"]}


def test_thumbs_and_info(house: House) -> None:
    id = house.add()
    house.run_one(infotext=INFOTEXT)
    image = house.store.images_of(id)[0]
    data, media_type, version = house.service.images.thumb(image.id)
    assert Picture.open(io.BytesIO(data)).size == (64, 64) and media_type in ("image/webp", "image/jpeg")
    info = house.service.images.info(image.id)
    assert info.infotext == INFOTEXT and not info.missing and info.bytes == image.size
    assert ("Prompt", PROMPT) in info.parameters and ("Sampler", "Euler a") in info.parameters
    assert info.payload["seed"] == house.store.tasks_of(id)[0].changes["seed"]
    assert info.image.version == version


def test_a_missing_file_is_told(house: House) -> None:
    house.add_done()
    image = house.store.images_of(house.store.jobs()[0].id)[0]
    (house.folder / image.path).unlink()
    info = house.service.images.info(image.id)
    assert info.missing and info.infotext == "" and info.parameters == []
    for call in (house.service.images.file, house.service.images.thumb):
        with pytest.raises(NotFound):
            call(image.id)
