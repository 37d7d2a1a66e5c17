"""A job's axes in words, by HTTP."""

from __future__ import annotations

from starlette.testclient import TestClient

from inu_jobs.web.routes import ROOT
from tests.unit.web.web_kit import PROOF


def test_a_job_says_its_axes_in_words(client: TestClient) -> None:
    axes = [{"field": "cfg_scale", "values": [5, 7.5]}, {"field": "seed", "values": [1, 2, 3]}]
    payload = {"prompt": "a lake", "steps": 1, "width": 64, "height": 64}
    spec = {"kind": "txt2img", "payload": payload, "axes": axes, "hold": True, "force": True}
    made = client.post(f"{ROOT}/jobs", json=spec, headers=PROOF)
    assert made.status_code == 201, made.text
    told = client.get(f"{ROOT}/jobs/{made.json()['id']}").json()
    assert told["axes_words"] == [
        {"title": "CFG scale", "unit": "CFG scale", "values": ["5", "7.5"]},
        {"title": "Seed", "unit": "seed", "values": ["1", "2", "3"]},
    ]
