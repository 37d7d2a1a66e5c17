"""Marks, the trash and undo by HTTP."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from inu_jobs import api
from inu_jobs.web.routes import ROOT
from tests.unit.service.service_kit import House
from tests.unit.web.web_kit import PROOF


def post(client: TestClient, path: str, body: Any, status: int = 200) -> Any:
    answer = client.post(ROOT + path, json=body, headers=PROOF)
    assert answer.status_code == status, answer.text
    return answer.json()


def listed(client: TestClient) -> api.TrashList:
    return msgspec.json.decode(client.get(ROOT + "/trash").content, type=api.TrashList)


def test_a_review_by_http(client: TestClient, house: House) -> None:
    job = house.add_done(3)
    a, b, c = (image.id for image in house.store.images_of(job))
    assert post(client, "/images/verdict", {"selection": {"images": [a]}, "verdict": "kept"})["done"] == 1
    assert post(client, "/images/rating", {"selection": {"images": [a]}, "rating": 5})["done"] == 1
    result = post(client, "/images/verdict", {"selection": {"images": [b, c]}, "verdict": "rejected"})
    thrown = post(client, "/images/trash", {"selection": {"jobs": [job], "verdict": "rejected"}})
    assert thrown["done"] == 2 and thrown["failed"] == []
    assert {view.id for view in listed(client).images} == {b, c}
    for path in ("file", "thumb", "info"):
        assert client.get(f"{ROOT}/images/{b}/{path}").status_code == 200
    assert client.get(f"{ROOT}/images/{b}/info").json()["missing"] is False
    assert post(client, "/undo", {"undo": thrown["undo"]})["done"] == 2
    assert not listed(client).images
    assert post(client, "/undo", {"undo": result["undo"]})["done"] == 2
    post(client, "/undo", {"undo": result["undo"]}, 404)
    assert house.store.verdict_counts(job) == {"unreviewed": 2, "kept": 1, "rejected": 0}
    post(client, "/images/trash", {"selection": {"images": [b, c]}})
    assert post(client, "/images/restore", {"selection": {"images": [b]}})["done"] == 1
    assert post(client, "/images/purge", {"for_good": True})["done"] == 1
    assert house.store.image(c) is None and len(list(house.outputs.glob("**/*.png"))) == 2


def test_a_job_is_deleted_with_its_images(client: TestClient, house: House) -> None:
    job = house.add_done(2)
    answer = client.delete(f"{ROOT}/jobs/{job}?images=trash", headers=PROOF)
    deleted = msgspec.json.decode(answer.content, type=api.Deleted)
    assert answer.status_code == 200 and deleted.trashed == 2 and deleted.jobs == []
    assert client.get(f"{ROOT}/jobs").json()["jobs"] == []
    assert len(listed(client).images) == 2
    assert post(client, "/undo", {"undo": deleted.undo})["done"] == 2
    assert [known["id"] for known in client.get(f"{ROOT}/jobs").json()["jobs"]] == [job]
    client.delete(f"{ROOT}/jobs/{job}?images=trash", headers=PROOF)
    post(client, "/images/purge", {"selection": {"jobs": [job]}, "for_good": True})
    assert house.store.job(job) is None
    assert client.delete(f"{ROOT}/jobs/{job}?images=trash", headers=PROOF).status_code == 404


NONSENSE: list[Any] = [
    {},
    {"selection": {}},
    {"selection": {"images": ["i"], "jobs": ["j"]}},
    {"selection": {"images": "i"}},
    {"selection": {"images": [1]}},
    {"selection": {"images": ["i"], "verdict": "kept"}},
    {"selection": {"jobs": ["j"], "rating_at_least": 9}},
    {"selection": {"jobs": ["j"], "verdict": "loved"}},
    {"selection": {"jobs": ["j"], "findings": 1}},
    {"selection": {"jobs": ["j"], "path": "outputs"}},
    {"selection": None},
    [],
    None,
]


@pytest.mark.parametrize("path", ["verdict", "rating", "trash", "restore", "purge"])
def test_selections_that_make_no_sense(client: TestClient, house: House, path: str) -> None:
    job = house.add_done(2)
    post(client, "/images/trash", {"selection": {"images": [house.store.images_of(job)[0].id]}})
    before = house.store.revision
    more = {"verdict": {"verdict": "kept"}, "rating": {"rating": 3}}.get(path, {})
    for body in NONSENSE:
        if path == "purge" and body == {}:
            continue  # the whole trash
        problem = post(client, f"/images/{path}", {**body, **more} if isinstance(body, dict) else body, 422)
        assert problem["detail"].endswith(".")
    assert house.store.revision == before


@pytest.mark.parametrize("more", [{"verdict": "loved"}, {"rating": 6}, {"rating": -1}, {"rating": "5"}, {}])
def test_marks_that_make_no_sense(client: TestClient, house: House, more: dict[str, Any]) -> None:
    house.add_done()
    before = house.store.revision
    path = "/images/rating" if "rating" in more else "/images/verdict"
    post(client, path, {"selection": {"jobs": [house.store.jobs()[0].id]}, **more}, 422)
    assert house.store.revision == before
