"""Finding images across jobs."""

from __future__ import annotations

import time
from typing import Any
from unicodedata import normalize

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.api import FoundImages
from inu_jobs.model import AxisSpec, Finding, Image, Job, Task
from inu_jobs.service.images.search import ImageSearch, Query, words_of
from inu_jobs.spelling import folded
from tests.unit.service.service_kit import House

SMALL = {"steps": 1, "width": 64, "height": 64}


def find(house: House, limit: int = 100, offset: int = 0, **fields: Any) -> FoundImages:
    return house.service.search.find(Query(**fields), limit, offset)


def ids(found: FoundImages) -> list[str]:
    return [image.id for image in found.images]


@pytest.fixture
def jobs(house: House) -> list[list[str]]:
    """Images by job: two prompts with a LoRA in one of them, and a job with a checkpoint of its own."""
    prompts = AxisSpec("prompt", ["a red house <lora:dog:0.5>", "A Blue HOUSE"])
    first = house.add(payload={"prompt": "x", **SMALL}, axes=[prompts])
    house.run_one()
    house.run_one()
    house.clock.now += 10
    override = {"sd_model_checkpoint": "other.safetensors"}
    second = house.add_done(1, payload={"prompt": "a red boat", "override_settings": override, **SMALL})
    return [[image.id for image in house.store.images_of(job)] for job in (first, second)]


def test_by_words_model_and_lora(house: House, jobs: list[list[str]]) -> None:
    (red, blue), (boat,) = jobs
    assert ids(find(house)) == [boat, red, blue]
    assert ids(find(house, text="house")) == [red, blue]
    assert ids(find(house, text="HOUSE blue")) == [blue]
    assert ids(find(house, text="red")) == [boat, red]
    assert ids(find(house, model="OTHER")) == [boat]
    assert ids(find(house, lora="do")) == [red]
    assert find(house, text="red", lora="none").total == 0


def test_by_seed_rating_and_verdict_and_never_from_the_trash(house: House, jobs: list[list[str]]) -> None:
    (red, blue), (boat,) = jobs
    changes = {red: {"rating": 4, "seed": 77}, blue: {"verdict": "kept"}, boat: {"trashed": True}}
    with house.store.transaction() as transaction:
        for id, fields in changes.items():
            image = house.store.image(id)
            assert image is not None
            transaction.put(Image(**{**{f: getattr(image, f) for f in image.__struct_fields__}, **fields}))
    assert ids(find(house, seed=77)) == [red]
    assert ids(find(house, rating=4)) == [red] and find(house, rating=5).total == 0
    assert ids(find(house, verdict="kept")) == [blue]
    assert set(ids(find(house))) == {red, blue}


def test_with_and_without_findings(house: House, jobs: list[list[str]]) -> None:
    (red, blue), (boat,) = jobs
    image = house.store.image(blue)
    assert image is not None
    black = Finding("error", "audit_blank", "The image is black.")
    with house.store.transaction() as transaction:
        transaction.put(msgspec.structs.replace(image, findings=[black]))
    assert ids(find(house, findings=True)) == [blue]
    assert ids(find(house, findings=False)) == [boat, red]
    assert ids(find(house, findings=True, text="red")) == []


def test_a_prompt_that_a_script_made_is_what_counts(house: House) -> None:
    job = house.add_done(1)
    (image,) = house.store.images_of(job)
    with house.store.transaction() as transaction:
        fields = {field: getattr(image, field) for field in image.__struct_fields__}
        transaction.put(Image(**{**fields, "prompt": "wild <lora:cat:1>"}))
    assert ids(find(house, text="wild", lora="cat")) == [image.id]
    assert find(house, text="lake").total == 0


def test_pages(house: House, jobs: list[list[str]]) -> None:
    everything = ids(find(house))
    assert ids(find(house, limit=2)) + ids(find(house, limit=2, offset=2)) == everything
    assert find(house, limit=1, offset=50).total == 3


def test_what_was_deleted_is_not_found(house: House, jobs: list[list[str]]) -> None:
    find(house, text="house")
    image = house.store.image(jobs[0][0])
    assert image is not None
    house.service.jobs.delete(image.job)
    assert ids(find(house)) == jobs[1]


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_text_is_found_by_its_own_words(before: str, after: str) -> None:
    told = words_of(f"{before} {after}", "")
    assert all(word in told.prompt for word in folded(after).split())


def test_among_many_images(house: House) -> None:
    with house.store.transaction() as transaction:
        payload = transaction.put_payload({"prompt": "a house <lora:dog:1>", "steps": 20})
        for j in range(20):
            transaction.put(Job(f"j{j:02}", f"job {j}", "txt2img", float(j), payload))
            for t in range(500):
                task = f"t{j:02}{t:04}"
                changes = {"seed": t, "prompt": f"a house, colour {t} <lora:dog:1>"}
                transaction.put(Task(task, f"j{j:02}", t, payload, changes, state="done"))
                transaction.put(Image(f"i{task}", f"j{j:02}", task, f"{task}.png", 0.0, seed=t))
    finder = ImageSearch(house.store)
    assert finder.find(Query(text="colour 432", lora="dog"), 100, 0).total == 20
    begun = time.perf_counter()
    found = finder.find(Query(text="colour 432", lora="dog"), 100, 0)
    seconds = time.perf_counter() - begun
    assert found.total == 20 and found.images[0].job == "j19"
    # 10,000 images: 0.03 s where it was written, and a slow and busy machine must still hold this
    assert seconds < 1


NFC, NFD = "caf\xe9", "cafe\u0301"


def test_a_search_finds_both_spellings(house: House) -> None:
    jobs = [
        house.add_done(
            1,
            payload={
                "prompt": f"a {spelling} <lora:{spelling}:1>",
                "override_settings": {"sd_model_checkpoint": f"{spelling}.safetensors"},
                **SMALL,
            },
            force=True,
        )
        for spelling in (NFC, NFD)
    ]
    for spelling in (NFC, NFD, NFC.upper(), normalize("NFD", NFC.upper())):
        queries: list[dict[str, Any]] = [{"text": spelling}, {"model": spelling}, {"lora": spelling}]
        for query in queries:
            found = house.service.search.find(Query(**query), 100, 0)
            assert {image.job for image in found.images} == set(jobs), query
        assert {job.id for job in house.service.overview.list_jobs(text=spelling).jobs} == set(jobs)


def test_an_image_whose_prompt_a_script_wrote_is_found_in_both_spellings(house: House) -> None:
    (image,) = house.store.images_of(house.add_done(1))
    with house.store.transaction() as transaction:
        transaction.put(msgspec.structs.replace(image, prompt=f"a {NFD}"))
    assert [found.id for found in house.service.search.find(Query(text=NFC), 9, 0).images] == [image.id]
