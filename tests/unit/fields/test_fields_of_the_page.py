"""The tests of the web UI that need no server read the fields from a file: it is what GET /catalog has."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from inu_jobs.fields.table import TABLE

FILE = Path(__file__).parents[2] / "ui" / "fields.json"


def test_the_file_is_of_now() -> None:
    served = msgspec.json.encode([field for field in TABLE.values() if field.label])
    assert json.loads(FILE.read_text("utf-8")) == json.loads(served), f"write it anew: {served.decode()}"
