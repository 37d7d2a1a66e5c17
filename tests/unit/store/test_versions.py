"""Stores that an older version wrote."""

from __future__ import annotations

import json
from pathlib import Path

from inu_jobs.store import Store
from tests.clock import Clock
from tests.unit.store.store_kit import add_job


def test_version_3_had_findings_without_name_and_count(tmp_path: Path) -> None:
    store = Store(tmp_path, clock=Clock())
    add_job(store)
    store.compact()
    store.close()
    document = json.loads((tmp_path / "jobs.json").read_text())
    image = document["images"][0]
    image["findings"] = [{"severity": "error", "code": "audit_lora", "message": "There is no LoRA “ink”."}]
    (tmp_path / "jobs.json").write_text(json.dumps({**document, "version": 3}))
    again = Store(tmp_path, clock=Clock())
    kept = again.image(image["id"])
    assert again.problem == "" and kept is not None
    ((finding),) = kept.findings
    assert (finding.message, finding.name, finding.count, finding.of) == ("There is no LoRA “ink”.", "", 0, 0)
    again.close()
