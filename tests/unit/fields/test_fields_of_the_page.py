"""The tests of the web UI that need no server read the fields from a file: it is what GET /catalog has."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

from inu_jobs.fields.table import SOME_HOSTS, TABLE, VAE

FILE = Path(__file__).parents[2] / "ui" / "fields.json"


def test_the_file_is_of_now() -> None:
    fields = [field for path, field in TABLE.items() if field.label and path not in SOME_HOSTS - {VAE}]
    served = msgspec.json.encode(fields)
    assert json.loads(FILE.read_text("utf-8")) == json.loads(served), f"write it anew: {served.decode()}"
