"""Stores of older and newer versions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inu_jobs.errors import StoreReadOnly
from inu_jobs.store import Store, journal, migrations
from inu_jobs.store.version import VERSION
from tests.clock import Clock
from tests.unit.store.store_kit import add_job, check, held, make, new_job

replace = msgspec.structs.replace


def age(folder: Path, version: int) -> None:
    """Rewrite a store as an imagined older or newer version has it: jobs have a ``title``, no ``name``."""
    document = json.loads((folder / "jobs.json").read_text())
    for job in document["jobs"]:
        job["title"] = job.pop("name")
    document["version"] = version
    (folder / "jobs.json").write_text(json.dumps(document))
    lines = b""
    for line in journal.parse((folder / "jobs.journal").read_bytes()).good:
        change = json.loads(bytes(line.change))
        for job in change.get("jobs", ()):
            job["title"] = job.pop("name")
        lines += journal.encode_line(line.revision, json.dumps(change).encode(), version)
    (folder / "jobs.journal").write_bytes(lines)


def title_to_name(document: migrations.Document) -> migrations.Document:
    jobs: list[dict[str, Any]] = [{**job, "name": job["title"]} for job in document["jobs"]]
    return {**document, "jobs": jobs}


def test_an_older_version_is_migrated_with_a_backup_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path, clock=Clock())
    doomed, kept = add_job(store), add_job(store)
    store.compact()
    with store.transaction() as t:
        t.put(replace(kept, name="renamed in the journal"))
        t.delete_job(doomed.id)
        t.delete_image(store.images_of(kept.id)[0].id)
        new_job(t)
    with store.transaction() as t:
        t.delete_task(store.tasks_of(kept.id)[1].id)
    before = held(store)
    store.close()
    age(tmp_path, 0)
    files = [(tmp_path / name).read_bytes() for name in ("jobs.json", "jobs.journal")]
    monkeypatch.setitem(migrations.MIGRATIONS, 0, title_to_name)
    again = Store(tmp_path, clock=Clock())
    assert (again.problem, again.read_only) == ("", False)
    check(again, before)
    assert json.loads((tmp_path / "jobs.json").read_text())["version"] == VERSION
    (backup,) = (tmp_path / "backups").glob("*-version0.json")
    assert [backup.read_bytes(), backup.with_suffix(".journal").read_bytes()] == files
    add_job(again)
    after = held(again)
    again.close()

    (tmp_path / "jobs.json").write_bytes(b"rubbish")
    for daily in (tmp_path / "backups").glob("jobs-????-??-??.json"):
        daily.unlink()
    restored = Store(
        tmp_path, clock=Clock()
    )  # from the version 0 backup, with a journal of this version after it
    assert "backup" in restored.problem and not restored.read_only
    assert set(after.jobs) - set(held(restored).jobs) == set(before.jobs) - {doomed.id, kept.id}
    restored.close()


def test_version_1_is_read_as_it_was(tmp_path: Path) -> None:
    """Before there were windows, deaths and a hold of everything: nothing is there, nothing is lost."""
    make(tmp_path, backup=False, later=2)
    document = json.loads((tmp_path / "jobs.json").read_text())
    del document["hold"]
    (tmp_path / "jobs.json").write_text(json.dumps({**document, "version": 1}))
    lines = journal.parse((tmp_path / "jobs.journal").read_bytes()).good
    (tmp_path / "jobs.journal").write_bytes(
        b"".join(journal.encode_line(line.revision, bytes(line.change), 1) for line in lines)
    )
    store = Store(tmp_path, clock=Clock())
    assert (store.problem, store.read_only, store.hold) == ("", False, None)
    assert store.counts()[0] == len(document["jobs"]) + 2
    assert all(not job.windows for job in store.jobs())
    assert len(list((tmp_path / "backups").glob("*-version1.json"))) == 1
    store.close()


@pytest.mark.parametrize("registered", [True, False])
def test_a_migration_that_fails_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, registered: bool
) -> None:
    make(tmp_path, backup=False, later=1)
    age(tmp_path, 0)
    if registered:
        monkeypatch.setitem(migrations.MIGRATIONS, 0, lambda document: document)  # leaves jobs nameless
    before = {path.name: path.read_bytes() for path in tmp_path.glob("jobs.j*")}
    store = Store(tmp_path, clock=Clock())
    assert store.read_only and "could not be brought up to date" in store.problem
    store.close()
    assert {path.name: path.read_bytes() for path in tmp_path.glob("jobs.j*")} == before


@pytest.mark.parametrize("understood", [True, False])
def test_a_newer_version_is_shown_read_only(tmp_path: Path, understood: bool) -> None:
    make(tmp_path, backup=True, later=1)
    if understood:
        document = json.loads((tmp_path / "jobs.json").read_text())
        (tmp_path / "jobs.json").write_text(json.dumps({**document, "version": VERSION + 1, "stars": []}))
    else:
        age(tmp_path, VERSION + 1)
    before = {path.name: path.read_bytes() for path in tmp_path.glob("jobs.j*")}
    store = Store(tmp_path, clock=Clock())
    assert (
        store.read_only
        and f"newer Inu Jobs (format {VERSION + 1}, this one knows {VERSION})" in store.problem
    )
    assert store.counts()[0] == (2 if understood else 0)
    with pytest.raises(StoreReadOnly, match="newer"):
        add_job(store)
    store.idle()
    store.close()
    assert {path.name: path.read_bytes() for path in tmp_path.glob("jobs.j*")} == before


def test_a_newer_journal_on_an_old_backup_is_not_mangled(tmp_path: Path) -> None:
    make(tmp_path, backup=False)
    change = b'{"jobs":[{"id":"j","name":"n","kind":"txt2img","created":1,"payload":"p","new":"field"}]}'
    (tmp_path / "jobs.journal").write_bytes(journal.encode_line(2, change, version=VERSION + 1))
    store = Store(tmp_path, clock=Clock())
    assert store.read_only and "newer" in store.problem
    store.close()
    assert (tmp_path / "jobs.journal").read_bytes() == journal.encode_line(2, change, version=VERSION + 1)


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
