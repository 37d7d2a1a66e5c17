"""No other site puts us into a frame, and our own page runs nothing but what comes with it."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from starlette.testclient import TestClient

from inu_jobs.web.routes import ROOT
from tests.unit.service.service_kit import House
from tests.unit.web.test_guard import gradio_client
from tests.unit.web.web_kit import PROOF, all_requests


def policy(answer: object) -> dict[str, str]:
    text = answer.headers["content-security-policy"]  # type: ignore[attr-defined]
    return {name: rest for name, _, rest in (part.strip().partition(" ") for part in text.split(";"))}


def unframed(answer: object) -> bool:
    framed = answer.headers.get("x-frame-options")  # type: ignore[attr-defined]
    return framed == "SAMEORIGIN" and policy(answer)["frame-ancestors"] == "'self'"


@pytest.mark.parametrize("refused", ["", "host", "login", "proof"])
def test_no_answer_of_ours_can_be_framed(house: House, refused: str) -> None:
    """Nor one that says no: 401, 403, 404, 415, 422."""
    id = house.add_done()
    image = house.store.images_of(id)[0].id
    client = gradio_client(house, login=refused == "login")
    headers = {"host": {"Host": "evil.example", **PROOF}, "proof": {}}.get(refused, PROOF)
    for name in (id, image, "nope"):
        for method, path in [*all_requests(name), ("GET", "/inu-jobs/")]:
            answer = client.request(method, path, headers=headers, follow_redirects=False)
            assert unframed(answer), (method, path, answer.status_code)


def test_what_is_not_sent_again_and_what_is_empty_too(house: House) -> None:
    image = house.store.images_of(house.add_done())[0].id
    client = gradio_client(house, login=False)
    for path in (f"{ROOT}/images/{image}/file", f"{ROOT}/images/{image}/thumb", "/inu-jobs/ui/main.mjs"):
        first = client.get(path)
        again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304 and unframed(again)
    assert unframed(client.get(f"{ROOT}/live/preview"))


def test_what_is_no_page_loads_and_runs_nothing(client: TestClient) -> None:
    found = policy(client.get(f"{ROOT}/status"))
    assert found["default-src"] == "'none'" and "script-src" not in found and "img-src" not in found


def test_our_page_runs_its_own_files_only(house: House) -> None:
    page = gradio_client(house, login=False).get("/inu-jobs/?__theme=dark")
    found = policy(page)
    assert found["default-src"] == "'none'"
    assert found["script-src"] == found["connect-src"] == "'self'"
    assert "unsafe" not in page.headers["content-security-policy"] and "http" not in str(found)
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert found["style-src"] == f"'self' 'sha256-{digest}'"
    assert (
        "<script>" not in page.text
        and " style=" not in page.text
        and " on" not in page.text.lower().split("<body")[1]
    )
