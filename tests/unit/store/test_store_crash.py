"""Killed at any byte, and killed for real."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inu_jobs.store import Store, snapshot
from tests.unit.store.store_kit import Model, add_job, check, copy_of, held, python

replace = msgspec.structs.replace


def history(folder: Path) -> dict[int, Model]:
    """Make a store with a snapshot and some transactions after it: journal size -> what it held."""
    store = Store(folder)
    old = add_job(store, tasks=1, images=2)
    store.compact()
    states = {0: held(store)}

    def landed() -> None:
        states[(folder / "jobs.journal").stat().st_size] = held(store)

    kept = store.images_of(old.id)[0]
    with store.transaction() as t:
        t.put(replace(kept, verdict="kept", prompt="a caf\u00e9"))
    landed()
    add_job(store, tasks=1, images=0)
    landed()
    with store.transaction() as t:
        t.delete_image(kept.id)
    landed()
    store.close()
    return states


def test_killed_at_every_byte_of_the_journal(tmp_path: Path) -> None:
    states = history(tmp_path / "data")
    data = (tmp_path / "data" / "jobs.journal").read_bytes()
    assert len(states) == 4 and max(states) == len(data)
    for size in range(len(data) + 1):
        copy = copy_of(tmp_path / "data", tmp_path / "copy")
        (copy / "jobs.journal").write_bytes(data[:size])
        store = Store(copy)
        assert (store.problem, store.read_only) == ("", False), size
        check(store, states[max(end for end in states if end <= size)])
        store.close()


@pytest.mark.parametrize("size", [1, 40, 200])
def test_after_a_torn_line_the_store_goes_on(tmp_path: Path, size: int) -> None:
    states = history(tmp_path)
    data = (tmp_path / "jobs.journal").read_bytes()
    first = sorted(states)[1]
    (tmp_path / "jobs.journal").write_bytes(data[: first + size])
    store = Store(tmp_path)
    check(store, states[first])
    add_job(store)
    after = held(store)
    store.close()
    again = Store(tmp_path)
    assert again.problem == ""
    check(again, after)
    again.close()


def test_killed_between_the_new_snapshot_and_the_emptied_journal(tmp_path: Path) -> None:
    states = history(tmp_path)
    journal = (tmp_path / "jobs.journal").read_bytes()
    store = Store(tmp_path)  # compacts
    assert (tmp_path / "jobs.journal").read_bytes() == b""
    revision = store.revision
    store.close()
    (tmp_path / "jobs.journal").write_bytes(journal)
    again = Store(tmp_path)
    assert (again.problem, again.revision) == ("", revision)
    check(again, states[max(states)])
    again.close()


def test_killed_while_the_new_snapshot_was_written(tmp_path: Path) -> None:
    states = history(tmp_path)
    (tmp_path / "jobs.json.new").write_bytes(b'{"version":1,"revi')
    (tmp_path / "jobs.journal.new").write_bytes(b'{"vers')
    store = Store(tmp_path)
    assert store.problem == ""
    check(store, states[max(states)])
    store.close()


def test_transactions_during_a_compaction_stay_in_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lands between the listing of the records and the cut of the journal is not in the snapshot."""
    store = Store(tmp_path)
    add_job(store)
    encode = snapshot.encode

    def encode_while_others_write(*args: Any) -> bytes:
        monkeypatch.setattr(snapshot, "encode", encode)
        add_job(store)
        return encode(*args)

    monkeypatch.setattr(snapshot, "encode", encode_while_others_write)
    store.compact()
    assert (tmp_path / "jobs.journal").read_bytes().count(b"\n") == 1
    add_job(store)
    expected = held(store)
    assert expected.jobs.keys() == {job.id for job in store.jobs()} and len(expected.jobs) == 3
    killed = Store(copy_of(tmp_path, tmp_path / "copy"))
    assert (killed.problem, killed.revision) == ("", 3)
    check(killed, expected)
    killed.close()
    store.close()


WRITER = """
import random, sys
from pathlib import Path
import msgspec
from tests.unit.store.store_kit import new_job
from inu_jobs.store import Store, store as store_module

store_module.BIG = 4000  # many snapshots, so that kills hit them too
store = Store(Path(sys.argv[1]))
assert not store.problem, store.problem
for n in range(100_000):
    with store.transaction() as t:
        job = new_job(t, tasks=2, images=1) if n % 3 == 0 else random.choice(store.jobs())
        t.put(msgspec.structs.replace(job, name=str(store.revision + 1)))
    print(store.revision, flush=True)
"""


def test_kill_9_again_and_again_loses_nothing_acknowledged(tmp_path: Path) -> None:
    chance = random.Random(7)
    before = 0
    for _ in range(20):
        process = python(WRITER, tmp_path)
        assert process.stdout is not None
        acknowledged = before
        for _ in range(chance.randrange(1, 120)):
            line = process.stdout.readline()
            if not line:
                break
            acknowledged = int(line)
        process.kill()
        rest = [int(line) for line in process.stdout.read().split()]
        process.communicate()
        acknowledged = max([acknowledged, *rest])
        assert acknowledged > before
        store = Store(tmp_path)
        assert (store.problem, store.read_only) == ("", False)
        # one transaction may have landed without its word having got out
        assert store.revision in (acknowledged, acknowledged + 1)
        assert str(store.revision) in {job.name for job in store.jobs()}
        check(store, held(store))
        before = store.revision
        store.close()
