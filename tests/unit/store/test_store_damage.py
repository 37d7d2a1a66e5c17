"""Files that cannot be read, files of other versions, and backups."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inu_jobs.errors import StoreReadOnly
from inu_jobs.model import Job
from inu_jobs.store import Store, journal, migrations
from inu_jobs.store import store as store_module
from inu_jobs.store.version import VERSION
from tests.clock import Clock
from tests.unit.store.store_kit import DAY, Model, add_job, check, copy_of, held, new_job

replace = msgspec.structs.replace


def make(folder: Path, *, backup: bool, later: int = 0) -> tuple[Model, Model]:
    """A store of one job, backed up or not, then ``later`` jobs in the journal. What it held."""
    store = Store(folder, clock=Clock())
    add_job(store)
    first = held(store)
    if backup:
        store.idle()
    else:
        store.compact()
        for path in (folder / "backups").iterdir():
            path.unlink()
    for _ in range(later):
        add_job(store)
    last = held(store)
    store.close()
    return first, last


@pytest.mark.parametrize(
    "bad", [b"", b"\0" * 500, b"{", b"[]", b'{"version":1}', b"\xff\xfe", b'{"version":"1"}']
)
def test_an_unreadable_snapshot_is_kept_and_the_backup_loaded(tmp_path: Path, bad: bytes) -> None:
    backed_up, _ = make(tmp_path, backup=True)
    (tmp_path / "jobs.json").write_bytes(bad)
    store = Store(tmp_path, clock=Clock())
    check(store, backed_up)
    day = time.strftime("%Y-%m-%d", time.localtime(Clock().now))
    assert f"the backup from {day} was loaded" in store.problem
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
    assert "2 tasks or images were skipped" in again.problem
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
    mended = {"reference": "cannot be run again", "content, no backup": ""}.get(where, "have been repaired")
    store = Store(tmp_path, clock=Clock())
    assert mended in store.problem and not store.read_only
    assert (store.hold is not None) is (mended == "")
    kept = list(tmp_path.glob("jobs.json.unreadable-*"))
    with store.transaction() as t:
        t.put(*(replace(job, name="can still be renamed") for job in store.jobs()))
    if mended == "have been repaired":
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
    assert store.counts() == (1, 2, 2) and "3 tasks or images were skipped" in store.problem
    assert len(list(tmp_path.glob("jobs.json.unreadable-*"))) == 1
    check(store, held(store))
    store.close()


# ---------------------------------------------------------------- versions


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
    assert store.read_only and "could not be upgraded" in store.problem
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
        and f"newer Inu Jobs (format {VERSION + 1}; this one reads up to {VERSION})" in store.problem
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


# -------------------------------------------------------- backups and rhythm


def dailies(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "backups").glob("jobs-????-??-??.json"))


def test_one_backup_a_day_and_seven_kept(tmp_path: Path) -> None:
    clock = Clock()
    store = Store(tmp_path, clock=clock)
    store.idle()
    assert not (tmp_path / "backups").exists()  # nothing worth it yet
    seen = []
    for _ in range(10):
        add_job(store)
        store.idle()
        seen.append(time.strftime("jobs-%Y-%m-%d.json", time.localtime(clock.now)))
        add_job(store)
        store.idle()
        clock.now += DAY
    assert dailies(tmp_path) == seen[-7:]
    oldest = json.loads((tmp_path / "backups" / seen[-7]).read_text())
    assert len(oldest["jobs"]) == 7  # three days of two, and that day's first
    store.idle()
    assert dailies(tmp_path) == [*seen[-6:], time.strftime("jobs-%Y-%m-%d.json", time.localtime(clock.now))]
    clock.now += DAY
    store.idle()
    assert len(dailies(tmp_path)) == 7 and dailies(tmp_path)[0] == seen[-6]  # nothing new: nothing pushed out
    store.close()


def damage(folder: Path) -> None:
    (folder / "jobs.json").write_bytes((folder / "jobs.json").read_bytes()[:-40])


def a_day(store: Store, clock: Clock) -> None:
    """Something is done, then backed up; the next day comes."""
    add_job(store)
    store.idle()
    clock.now += DAY


@pytest.mark.parametrize("laid_out_anew", [False, True])
def test_a_day_with_a_wrong_clock_makes_no_backup_the_newest_for_ever(
    tmp_path: Path, laid_out_anew: bool
) -> None:
    clock = Clock()
    store = Store(tmp_path, clock=clock)
    a_day(store, clock)
    clock.now += 20_000 * DAY
    a_day(store, clock)
    (wrong,) = dailies(tmp_path)[1:]
    clock.now -= 20_000 * DAY
    a_day(store, clock)
    before = held(store)
    store.close()
    if laid_out_anew:
        for path in (tmp_path / "backups").iterdir():
            path.write_text(json.dumps(json.loads(path.read_text()), indent=4))
    damage(tmp_path)
    store = Store(tmp_path, clock=clock)
    check(store, before)
    for _ in range(6):
        assert wrong in dailies(tmp_path)
        a_day(store, clock)
    assert wrong not in dailies(tmp_path) and len(dailies(tmp_path)) == 7
    store.close()


def test_a_clock_in_the_past_makes_one_backup_a_day_too(tmp_path: Path) -> None:
    clock = Clock()
    store = Store(tmp_path, clock=clock)
    for _ in range(9):
        a_day(store, clock)
    add_job(store)
    store.close()
    kept = dailies(tmp_path)
    clock.now -= 5_000 * DAY
    store = Store(tmp_path, clock=clock)
    store.idle()
    today = time.strftime("jobs-%Y-%m-%d.json", time.localtime(clock.now))
    assert dailies(tmp_path) == [today, *kept[1:]]
    snapshot = (tmp_path / "jobs.json").stat()
    store.idle()
    after = (tmp_path / "jobs.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (snapshot.st_ino, snapshot.st_mtime_ns)
    store.close()


def put_back(folder: Path, clock: Clock) -> None:
    """Nine days of work, then a user puts the backup of the third last day at the place of jobs.json."""
    store = Store(folder, clock=clock)
    for _ in range(9):
        a_day(store, clock)
    store.close()
    (folder / "jobs.json").write_bytes((folder / "backups" / dailies(folder)[-3]).read_bytes())
    (folder / "jobs.journal").write_bytes(b"")


def test_what_comes_after_an_older_copy_was_put_back_is_newer_than_the_backups(tmp_path: Path) -> None:
    clock = Clock()
    put_back(tmp_path, clock)
    store = Store(tmp_path, clock=clock)
    assert store.problem == "" and store.counts()[0] == 7
    a_day(store, clock)
    newest = dailies(tmp_path)[-1]
    for _ in range(6):
        a_day(store, clock)
    assert dailies(tmp_path)[0] == newest  # what was given up goes first
    before = held(store)
    store.close()
    again = Store(tmp_path, clock=clock)
    assert again.problem == ""
    check(again, before)
    again.close()
    damage(tmp_path)
    last = Store(tmp_path, clock=clock)
    check(last, before)
    last.close()


def test_an_older_copy_is_not_gone_on_with_before_its_snapshot_is_written(tmp_path: Path) -> None:
    clock = Clock()
    put_back(tmp_path, clock)
    (tmp_path / "jobs.json.new").mkdir()  # nothing can be written there
    store = Store(tmp_path, clock=clock)
    assert store.read_only and "Could not write to the folder" in store.problem and store.counts()[0] == 7
    store.close()
    (tmp_path / "jobs.json.new").rmdir()
    again = Store(tmp_path, clock=clock)
    assert (again.problem, again.read_only) == ("", False)
    again.close()


def test_idle_waits_for_quiet_and_for_enough(tmp_path: Path) -> None:
    clock = Clock()
    store = Store(tmp_path, clock=clock)
    add_job(store)
    store.idle()  # the day's backup

    def size() -> int:
        return (tmp_path / "jobs.journal").stat().st_size

    add_job(store)
    small = size()
    clock.now += store_module.QUIET
    store.idle()
    assert size() == small  # too little to be worth a snapshot
    clock.now += store_module.LONG
    store.idle()
    assert size() == 0
    add_job(store, tasks=300)
    assert size() > store_module.SMALL
    clock.now += store_module.QUIET - 1
    store.idle()
    assert size() > store_module.SMALL  # not quiet for long enough
    clock.now += 1
    store.idle()
    assert size() == 0
    store.close()


def test_a_long_journal_is_compacted_without_waiting_for_idle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "BIG", 20_000)
    store = Store(tmp_path, clock=Clock())
    job = add_job(store, tasks=0)
    for n in range(600):
        with store.transaction() as t:
            t.put(Job(job.id, f"name {n}", "txt2img", 1.0, job.payload))
    before = held(store)
    store.close()
    revision = json.loads((tmp_path / "jobs.json").read_text())["revision"]
    # how far it came beside the writer is chance; that it came at all is the claim
    assert revision > 1
    lines = journal.parse((tmp_path / "jobs.journal").read_bytes()).good
    assert all(line.revision > revision for line in lines)
    again = Store(tmp_path, clock=Clock())
    assert (again.problem, again.revision) == ("", 601)
    check(again, before)
    again.close()


def test_a_snapshot_that_cannot_be_written_is_not_tried_at_once_again(tmp_path: Path) -> None:
    clock = Clock()
    store = Store(tmp_path, clock=clock)
    add_job(store)
    (tmp_path / "jobs.json.new").mkdir()  # nothing can be written there
    store.idle()
    assert not dailies(tmp_path) and store.counts()[0] == 1
    (tmp_path / "jobs.json.new").rmdir()
    store.idle()
    assert not dailies(tmp_path)
    clock.now += store_module.LONG
    store.idle()
    assert len(dailies(tmp_path)) == 1
    store.close()
