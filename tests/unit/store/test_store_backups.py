"""Backups, and when a snapshot is written."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from inu_jobs.model import Job
from inu_jobs.store import Store, journal
from inu_jobs.store import store as store_module
from tests.clock import Clock
from tests.unit.store.store_kit import DAY, add_job, check, held


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
    assert store.read_only and "could not be written to" in store.problem and store.counts()[0] == 7
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
