"""Files of the store that are broken, changed or missing."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inu_jobs.errors import StoreReadOnly
from inu_jobs.store import Store, journal
from tests.clock import Clock
from tests.unit.store.store_kit import add_job, check, copy_of, held, make, new_job

replace = msgspec.structs.replace


@pytest.mark.parametrize(
    "bad", [b"", b"\0" * 500, b"{", b"[]", b'{"version":1}', b"\xff\xfe", b'{"version":"1"}']
)
def test_an_unreadable_snapshot_is_kept_and_the_backup_loaded(tmp_path: Path, bad: bytes) -> None:
    backed_up, _ = make(tmp_path, backup=True)
    (tmp_path / "jobs.json").write_bytes(bad)
    store = Store(tmp_path, clock=Clock())
    check(store, backed_up)
    day = time.strftime("%Y-%m-%d", time.localtime(Clock().now))
    assert f"the backup of {day} was loaded" in store.problem
    (kept,) = tmp_path.glob("jobs.json.unreadable-*")
    assert kept.read_bytes() == bad and kept.name in store.kept_aside() and day in kept.name
    assert not store.read_only
    add_job(store)
    after = held(store)
    store.close()
    again = Store(tmp_path, clock=Clock())
    assert again.problem == "" and f"is kept as {kept.name} in {tmp_path}: delete it" in again.kept_aside()
    check(again, after)
    kept.unlink()
    assert again.kept_aside() == ""
    again.close()


def test_the_journal_after_the_backup_still_counts(tmp_path: Path) -> None:
    _, last = make(tmp_path, backup=True, later=3)
    (tmp_path / "jobs.json").write_bytes(b"rubbish")
    store = Store(tmp_path, clock=Clock())
    check(store, last)
    store.close()


def test_what_the_journal_says_of_lost_records_is_left_out_and_kept_aside(tmp_path: Path) -> None:
    """Backup, then a job that only the lost snapshot had, then a journal that goes on from there."""
    make(tmp_path, backup=True)
    store = Store(tmp_path, clock=Clock())
    lost = add_job(store, tasks=2, images=1)
    store.compact()
    with store.transaction() as t:
        t.put(*(replace(image, verdict="kept") for image in store.images_of(lost.id)))
        survivor = new_job(t)
    revision = store.revision
    store.close()
    (tmp_path / "jobs.json").write_bytes(b"rubbish")
    again = Store(tmp_path, clock=Clock())
    assert again.job(survivor.id) == survivor and again.job(lost.id) is None
    assert again.counts() == (2, 4, 4) and again.revision == revision
    assert "2 tasks or images were left out" in again.problem
    (kept,) = tmp_path.glob("jobs.journal.unreadable-*")
    assert lost.id in kept.read_text()
    (other,) = tmp_path.glob("jobs.json.unreadable-*")
    assert f"are kept as {kept.name}, {other.name} in {tmp_path}: delete them" in again.kept_aside()
    check(again, held(again))
    again.close()


def test_a_bad_backup_is_passed_over(tmp_path: Path) -> None:
    backed_up, _ = make(tmp_path, backup=True)
    (tmp_path / "backups" / "jobs-2999-01-01.json").write_bytes(b"rubbish")
    (tmp_path / "jobs.json").write_bytes(b"rubbish")
    store = Store(tmp_path, clock=Clock())
    check(store, backed_up)
    store.close()


@pytest.mark.parametrize("later", [0, 2])
def test_without_a_backup_nothing_is_touched(tmp_path: Path, later: int) -> None:
    make(tmp_path, backup=False, later=later)
    (tmp_path / "jobs.json").write_bytes(b"rubbish")
    before = {path.name: path.read_bytes() for path in tmp_path.glob("jobs.j*")}
    for _ in range(2):
        store = Store(tmp_path, clock=Clock())
        assert store.read_only and "there is no good backup" in store.problem
        with pytest.raises(StoreReadOnly, match="no good backup"):
            add_job(store)
        store.idle()
        store.close()
    assert {path.name: path.read_bytes() for path in tmp_path.glob("jobs.j*")} == before


@pytest.mark.parametrize("backup", [True, False])
def test_a_missing_snapshot_is_not_an_empty_store(tmp_path: Path, backup: bool) -> None:
    _, last = make(tmp_path, backup=backup, later=1)
    (tmp_path / "jobs.json").unlink()
    store = Store(tmp_path, clock=Clock())
    assert "jobs.json is missing" in store.problem and store.read_only is not backup
    if backup:
        check(store, last)
    store.close()


def test_a_first_snapshot_that_was_never_written_is_no_damage(tmp_path: Path) -> None:
    store = Store(tmp_path, clock=Clock())
    add_job(store)
    before = held(store)
    store.close()
    (tmp_path / "jobs.json").unlink()  # as if the disk had been full then
    again = Store(tmp_path, clock=Clock())
    assert (again.problem, again.read_only) == ("", False)
    check(again, before)
    again.close()


def test_a_broken_line_in_the_middle(tmp_path: Path) -> None:
    make(tmp_path, backup=False)
    store = Store(tmp_path, clock=Clock())
    jobs = [add_job(store) for _ in range(3)]
    store.close()
    lines = (tmp_path / "jobs.journal").read_bytes().splitlines(keepends=True)
    damaged = lines[0] + lines[1].replace(b"night", b"noght", 1) + lines[2]
    (tmp_path / "jobs.journal").write_bytes(damaged)
    again = Store(tmp_path, clock=Clock())
    assert [again.job(job.id) is not None for job in jobs] == [True, False, True]
    assert "jobs.journal was damaged" in again.problem and not again.read_only
    (kept,) = tmp_path.glob("jobs.journal.unreadable-*")
    assert kept.read_bytes() == damaged and kept.name in again.kept_aside()
    add_job(again)
    after = held(again)
    again.close()
    last = Store(tmp_path, clock=Clock())
    assert last.problem == ""
    check(last, after)
    last.close()


def test_a_line_that_is_not_there_is_damage_too(tmp_path: Path) -> None:
    make(tmp_path, backup=False, later=3)
    lines = (tmp_path / "jobs.journal").read_bytes().splitlines(keepends=True)
    (tmp_path / "jobs.journal").write_bytes(lines[0] + lines[2])
    store = Store(tmp_path, clock=Clock())
    assert "jobs.journal was damaged" in store.problem and store.counts()[0] == 3
    store.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_damaged_opening_never_raises_and_never_empties(
    tmp_path: Path, data: st.DataObject
) -> None:
    source = tmp_path / "source"
    if not source.exists():
        make(source, backup=True, later=3)
    folder = copy_of(source, tmp_path / "copy")
    path = folder / data.draw(st.sampled_from(["jobs.json", "jobs.journal"]))
    bytes = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(bytes) - 1))
    cut = data.draw(st.integers(0, 40))
    bytes[at : at + cut] = data.draw(st.binary(max_size=40))
    path.write_bytes(bytes)
    store = Store(folder, clock=Clock())
    assert store.counts()[0] >= 1 and not store.read_only
    lost = "cannot be run again" in store.problem  # what a job calls its payload was damaged
    check(store, held(store), payloads=not lost)
    with store.transaction() as t:
        t.put(*(replace(job, name="renamed") for job in store.jobs()))
    after = held(store)
    store.close()
    again = Store(folder, clock=Clock())
    assert ("cannot be run again" in again.problem) if lost else (again.problem == "")
    check(again, after, payloads=not lost)
    again.close()


@pytest.mark.parametrize("where", ["name", "content", "bytes", "reference", "content, no backup"])
def test_a_damaged_payload_is_mended_where_it_can_be(tmp_path: Path, where: str) -> None:
    make(tmp_path, backup=where in ("content", "bytes"))
    text = (tmp_path / "jobs.json").read_bytes()
    document = json.loads(text)
    hash = document["jobs"][0]["payload"]
    payload, name, prompt = document["payloads"][hash], hash.encode(), b"night market"
    damages = {
        "name": (b'"%s":{' % name, b'"%s":{' % (b"0" * 64)),
        "content": (prompt, b"night markot"),
        "bytes": (prompt, b"night m\x80rket"),
        "reference": (b'"payload":"%s"' % name, b'"payload":"%s"' % (b"0" * 64)),
        "content, no backup": (prompt, b"night markot"),
    }
    assert damages[where][0] in text
    (tmp_path / "jobs.json").write_bytes(text.replace(*damages[where]))
    mended = {"reference": "cannot be run again", "content, no backup": ""}.get(where, "could be put right")
    store = Store(tmp_path, clock=Clock())
    assert mended in store.problem and not store.read_only
    assert (store.hold is not None) is (mended == "")
    kept = list(tmp_path.glob("jobs.json.unreadable-*"))
    with store.transaction() as t:
        t.put(*(replace(job, name="can still be renamed") for job in store.jobs()))
    if mended == "could be put right":
        assert store.payload(hash) == payload
        assert len(kept) == 1 and kept[0].name in store.kept_aside()
    elif where == "reference":
        assert store.payload("0" * 64) is None
    else:
        assert len(kept) == 1 and kept[0].name in store.kept_aside()
        changed = {**payload, "prompt": payload["prompt"].replace("market", "markot")}
        assert store.payload(store.jobs()[0].payload) == changed
        assert all(store.payload(task.payload) == changed for task in store.tasks_of(store.jobs()[0].id))
    store.close()
    again = Store(tmp_path, clock=Clock())
    assert (again.problem == "") is (where != "reference")
    assert again.hold == store.hold  # until the user says so
    assert list(tmp_path.glob("jobs.json.unreadable-*")) == kept  # once is enough
    again.close()


def test_a_payload_changed_in_the_journal_is_asked_about_too(tmp_path: Path) -> None:
    make(tmp_path, backup=False, later=2)
    path = tmp_path / "jobs.journal"
    lines = []
    for line in journal.parse(path.read_bytes()).good:
        change = bytes(line.change).replace(b"night market", b"night markot")
        lines.append(journal.encode_line(line.revision, change, line.version))  # with a checksum that fits
    before = path.read_bytes()
    path.write_bytes(b"".join(lines))
    store = Store(tmp_path, clock=Clock())
    assert store.hold is not None and store.hold.by == "payload" and not store.read_only
    changed = [job for job in store.jobs() if "markot" in str(store.payload(job.payload))]
    assert len(changed) == 2 and all(f"“{job.name}”" in store.hold.message for job in changed)
    kept = {path.read_bytes() for path in tmp_path.glob("jobs.journal.unreadable-*")}
    assert kept == {b"".join(lines)} and before not in kept
    with store.transaction() as t:
        t.set_hold(None)
    store.close()
    again = Store(tmp_path, clock=Clock())
    assert again.hold is None and again.problem == ""
    assert len(again.jobs()) == 3 and all(again.payload(job.payload) for job in again.jobs())
    again.close()


@pytest.mark.parametrize("text", [b"[1,2]", b'"words"', b'{"prompt":"\x80"}', b"[" * 900 + b"]" * 900])
def test_what_is_no_payload_under_its_right_name_is_none(tmp_path: Path, text: bytes) -> None:
    make(tmp_path, backup=False)
    document = (tmp_path / "jobs.json").read_bytes()
    hash = next(iter(json.loads(document)["payloads"]))
    line = next(line for line in document.split(b"\n") if line.startswith(b'"%s"' % hash.encode()))
    name = hashlib.sha256(text).hexdigest().encode()
    document = document.replace(line, b'"%s":%s' % (name, text)).replace(hash.encode(), name)
    (tmp_path / "jobs.json").write_bytes(document)
    store = Store(tmp_path, clock=Clock())
    (job,) = store.jobs()
    assert job.payload == name.decode() and store.payload(job.payload) is None
    assert store.tasks_of(job.id) and not store.read_only
    store.close()


def test_a_snapshot_laid_out_anew_by_hand_is_no_damage(tmp_path: Path) -> None:
    _, last = make(tmp_path, backup=False)
    text = (tmp_path / "jobs.json").read_text()
    (tmp_path / "jobs.json").write_text(json.dumps(json.loads(text), indent=4))
    store = Store(tmp_path, clock=Clock())
    assert store.problem == ""
    check(store, last)
    store.close()


def test_a_hand_edited_snapshot_with_orphans(tmp_path: Path) -> None:
    make(tmp_path, backup=False)
    document = json.loads((tmp_path / "jobs.json").read_text())
    document["tasks"].append({**document["tasks"][0], "id": "t-lost", "job": "j-gone"})
    document["images"].append({**document["images"][0], "id": "i-lost", "task": "t-lost"})
    document["images"].append(document["images"][0])
    (tmp_path / "jobs.json").write_text(json.dumps(document, indent=2))
    store = Store(tmp_path, clock=Clock())
    assert store.counts() == (1, 2, 2) and "3 tasks or images were left out" in store.problem
    assert len(list(tmp_path.glob("jobs.json.unreadable-*"))) == 1
    check(store, held(store))
    store.close()
