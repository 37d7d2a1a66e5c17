"""Random requests made from the whole WebUI's own OpenAPI document: never a 5xx, and what is refused
has made nothing and deleted nothing.

``INU_JOBS_FUZZ_WHOLE=10000`` sets how many requests are sent.
"""

from __future__ import annotations

import http.client
import json
import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.process import Sandbox
from tests.unit.web.routes.fuzz_kit import Request, draw_request, operations_of

from .kit.whole import Jobs, make

EXAMPLES = int(os.environ.get("INU_JOBS_FUZZ_WHOLE", "150"))
PROOF = {"X-Inu-Jobs": "1", "Content-Type": "application/json"}


class Line:
    """One connection that stays open: ten thousand would use up the ports."""

    def __init__(self, host: Sandbox) -> None:
        address = urlsplit(host.url)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)

    def close(self) -> None:
        self._connection.close()

    def send(self, request: Request) -> tuple[int, bytes]:
        try:
            return self._send(request)
        except (http.client.RemoteDisconnected, ConnectionError):
            self._connection.close()  # the server closes what was idle for five seconds: the next one opens
            return self._send(request)

    def _send(self, request: Request) -> tuple[int, bytes]:
        where = request.path + ("?" + urlencode(request.query) if request.query else "")
        self._connection.request(request.method, where, request.body or None, PROOF)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def get(self, path: str) -> Any:
        return json.loads(self.send(Request("GET", f"/inu-jobs/v1{path}", {}, b""))[1])

    def counts(self) -> tuple[int, int, int]:
        """Once an import that a request began has ended: it goes on after its answer."""
        while self.get("/import")["state"] in ("counting", "reading", "saving"):
            time.sleep(0.01)
        store = self.get("/status")["store"]
        return store["jobs"], store["tasks"], store["images"]


@pytest.fixture(params=["sandbox", "webui"])
def jobs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Jobs]:
    with make(str(request.param), request.config, tmp_path / "host") as host:
        yield Jobs(host)


def test_no_random_request_breaks_a_whole_webui(jobs: Jobs) -> None:
    done = jobs.queue(2)
    jobs.until_done(done, 2)
    jobs.host.request("/agent-scheduler/v1/queue/pause", {})  # what is queued here need not be made
    images = [image["id"] for image in jobs.api(f"/jobs/{done}")["images"]]
    document: dict[str, Any] = jobs.host.request("/openapi.json")
    assert {method for method, *_ in operations_of(document)} == {"GET", "POST", "PUT", "PATCH", "DELETE"}
    statuses = set[int]()
    with closing(Line(jobs.host)) as line:
        send_all(line, document, [done, *images], statuses)
    assert {200, 404, 422} <= statuses


def send_all(line: Line, document: dict[str, Any], ids: list[str], statuses: set[int]) -> None:
    known = line.counts()

    @settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def send(data: st.DataObject) -> None:
        request = draw_request(data, document, ids)
        nonlocal known
        status, answer = line.send(request)
        statuses.add(status)
        assert status < 500, (request, answer)
        before, known = known, line.counts()
        if status >= 400:
            assert known == before, request
            assert isinstance(json.loads(answer)["detail"], str), answer

    send()
