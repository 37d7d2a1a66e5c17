"""The audit on demand, and images made again, by HTTP."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from inu_jobs.web.routes import ROOT
from tests.unit.service.service_kit import House
from tests.unit.web.web_kit import PROOF


def post(client: TestClient, path: str, body: Any, status: int = 200) -> Any:
    answer = client.post(ROOT + path, json=body, headers=PROOF)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_looked_at_then_made_again_and_undone(client: TestClient, house: House) -> None:
    job = house.add_done(2)  # the stand-in's pictures are of one colour
    detail = client.get(f"{ROOT}/jobs/{job}").json()
    assert [image.get("findings") for image in detail["images"]] == [[], []]
    told = post(client, "/images/audit", {"selection": {"jobs": [job]}})
    assert (told["done"], told["found"]) == (2, 2)
    detail = client.get(f"{ROOT}/jobs/{job}").json()
    assert {finding["code"] for image in detail["images"] for finding in image["findings"]} == {"audit_blank"}
    assert detail["job"]["images"]["findings"] == 2

    result = post(client, "/images/retry", {"selection": {"jobs": [job], "findings": True}})
    assert (result["done"], result["failed"]) == (2, [])
    assert client.get(f"{ROOT}/jobs/{job}").json()["job"]["tasks"]["held"] == 2
    undone = post(client, "/undo", {"undo": result["undo"]})
    assert undone["done"] == 2 and undone["undo"]
    assert client.get(f"{ROOT}/jobs/{job}").json()["job"]["tasks"]["done"] == 2


def test_a_selection_that_makes_no_sense(client: TestClient, house: House) -> None:
    for path in ("/images/audit", "/images/retry"):
        post(client, path, {"selection": {}}, 422)
        assert post(client, path, {"selection": {"images": ["i0"]}})["failed"][0]["id"] == "i0"
