"""Random requests: never a 5xx, and what is refused has changed nothing.

``INU_JOBS_FUZZ=10000`` sets how many requests are sent, all routes together.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from inu_jobs.web.routes import ROOT
from tests.unit.service.service_kit import House
from tests.unit.web.routes.fuzz_kit import RIGHT_PAYLOAD, draw_request, operations_of
from tests.unit.web.web_kit import PROOF, client_of, plain_app

GUEST_PAYLOAD = {"prompt": "a fox", "steps": 1, "width": 64, "height": 64, "seed": 1}
EXAMPLES = int(os.environ.get("INU_JOBS_FUZZ", "300"))


class Served:
    def __init__(self, folder: Path) -> None:
        self.house = House(folder)
        self.house.settings.guests = "turn"
        self.app = plain_app(self.house, api_auth="ada:secret")
        self.client: TestClient = client_of(self.app)
        self.client.auth = ("ada", "secret")
        self.document = self.app.openapi()
        job = self.house.add_done(tasks=2)
        self.house.add(hold=True)
        guest = {"name": "PC", "kind": "txt2img", "tasks": [{"id": "a-task-1", "payload": GUEST_PAYLOAD}]}
        assert self.client.put(f"{ROOT}/guests/a-guest-1", json=guest, headers=PROOF).status_code == 200
        self.ids = [
            "a-guest-1",
            *(job.id for job in self.house.store.jobs()),
            *(image.id for image in self.house.store.images_of(job)),
            self.house.captures.put("txt2img", {"prompt": "x"}).id,
        ]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    served = Served(tmp_path_factory.mktemp("fuzz"))
    yield served
    served.house.close()


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_request_breaks_anything(served: Served, data: st.DataObject) -> None:
    request = draw_request(data, served.document, served.ids)
    store = served.house.store
    before = (store.revision, store.counts())
    answer = served.client.request(
        request.method,
        request.path,
        params=request.query,
        content=request.body or None,
        headers={**PROOF, "Content-Type": "application/json"},
    )
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert (store.revision, store.counts()) == before
        problem = answer.json()
        assert isinstance(problem["detail"], str) and "Traceback" not in problem["detail"]


def test_the_fuzz_reaches_what_it_should(served: Served) -> None:
    """Without this the test above could pass by sending nothing but nonsense."""
    assert {m for m, *_ in operations_of(served.document)} == {"GET", "POST", "PUT", "PATCH", "DELETE"}
    made = set()

    @settings(max_examples=100, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(payload=RIGHT_PAYLOAD)
    def some_are_right(payload: dict[str, Any]) -> None:
        answer = served.client.post(
            f"{ROOT}/jobs", json={"kind": "txt2img", "payload": payload, "force": True}, headers=PROOF
        )
        made.add(answer.status_code)

    some_are_right()
    assert 201 in made
