"""A disk that is really full, and folders that really cannot be written to."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inu_jobs import durable_files
from inu_jobs.errors import StoreReadOnly, StoreWriteFailed
from inu_jobs.store import Store
from tests.unit.store.store_kit import add_job, check, copy_of, held, new_job, output, python

posix = pytest.mark.skipif(os.name == "nt", reason="uses POSIX limits and permissions")

# The limit on a file's size makes write() take a part and then fail, as a full disk does.
FULL = """
import json, resource, sys
from pathlib import Path
from tests.unit.store.store_kit import add_job, check, held, new_job
from inu_jobs.errors import StoreWriteFailed
from inu_jobs.store import Store

def limit(bytes):
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes, resource.RLIM_INFINITY))

store = Store(Path(sys.argv[1]))
add_job(store)
journal = Path(sys.argv[1]) / "jobs.journal"
before, size = held(store), journal.stat().st_size
heard = []
store.listen(heard.append)
limit(size + int(sys.argv[2]))
said = []
for _ in range(2):
    try:
        with store.transaction() as t:
            new_job(t, tasks=20)
    except StoreWriteFailed as error:
        said.append(str(error))
    check(store, before)
    assert journal.stat().st_size == size, "half a line stayed behind"
snapshot = (Path(sys.argv[1]) / "jobs.json").read_bytes()
limit(100)
try:
    store.compact()
except StoreWriteFailed as error:
    said.append(str(error))
assert (Path(sys.argv[1]) / "jobs.json").read_bytes() == snapshot
assert not (Path(sys.argv[1]) / "jobs.json.new").exists()
limit(resource.RLIM_INFINITY)
job = add_job(store)
print(json.dumps({"said": said, "heard": heard, "job": job.id, "revision": store.revision}))
"""


@posix
@pytest.mark.parametrize("room", [0, 1, 500])
def test_a_full_disk_fails_the_action_and_nothing_else(tmp_path: Path, room: int) -> None:
    told = json.loads(output(python(FULL, tmp_path, room)))
    assert len(told["said"]) == 3 and all("The disk is full" in sentence for sentence in told["said"])
    assert told["said"][0].startswith("Nothing was changed.")
    assert told["heard"] == [2] and told["revision"] == 2
    store = Store(tmp_path)
    assert (store.problem, store.revision) == ("", 2)
    assert store.job(told["job"]) is not None and store.counts() == (2, 4, 4)
    check(store, held(store))
    store.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = sys.platform == "linux" and not subprocess.call(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], stderr=subprocess.DEVNULL
    )
    if not mounted:
        pytest.skip("no small disk can be mounted here")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_disk_that_fills_up_and_is_freed(small_disk: Path) -> None:
    store = Store(small_disk)
    add_job(store)
    filler = small_disk / "filler"
    with pytest.raises(OSError), filler.open("wb") as file:
        while True:
            file.write(bytes(4096))
            file.flush()
    before = held(store)
    for _ in range(2):
        with pytest.raises(StoreWriteFailed, match="The disk is full"), store.transaction() as t:
            new_job(t, tasks=200)
        check(store, before)
    with pytest.raises(StoreWriteFailed, match="no change was lost"):
        store.compact()
    assert not list(small_disk.glob("*.new"))
    filler.unlink()
    add_job(store, tasks=20)
    after = held(store)
    store.close()
    again = Store(small_disk)
    assert again.problem == ""
    check(again, after)
    again.close()


def test_a_snapshot_that_does_not_fit_is_tried_again_later(small_disk: Path) -> None:
    """The store goes on with its journal alone, and the damage is none."""
    store = Store(small_disk)
    add_job(store, tasks=300, images=0)
    for _ in range(2):
        store.compact()  # there is room for two snapshots
    (small_disk / "filler").write_bytes(bytes(small_disk.stat().st_blksize * 30))
    with pytest.raises(StoreWriteFailed):
        while True:
            add_job(store, tasks=20)
    before = held(store)
    store.close()
    again = Store(small_disk)  # the snapshot at its start does not fit either
    check(again, before)
    assert "The disk is full" in again.problem and not again.read_only
    (small_disk / "filler").unlink()
    add_job(again)
    again.compact()
    after = held(again)
    again.close()
    last = Store(small_disk)
    assert last.problem == ""
    check(last, after)
    last.close()


# Root may write anywhere, so the process becomes nobody once everything is imported.
VISITOR = """
import json, os, sys
from pathlib import Path
from tests.unit.store.store_kit import add_job
from inu_jobs.errors import StoreReadOnly, StoreWriteFailed
from inu_jobs.store import Store

if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
store = Store(Path(sys.argv[1]))
said = ""
try:
    add_job(store)
except StoreReadOnly as error:
    said = str(error)
store.idle()
print(json.dumps({"said": said, "problem": store.problem, "read_only": store.read_only,
                  "jobs": [job.name for job in store.jobs()]}))
"""


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every user of this machine may look into (tmp_path is its owner's alone)."""
    folder = Path(tempfile.mkdtemp(prefix="inu-jobs-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@posix
def test_a_folder_that_cannot_be_written_to_is_shown_read_only(public: Path) -> None:
    store = Store(public / "data")
    job = add_job(store)
    store.close()
    (public / "data").chmod(0o555)
    for file in (public / "data").iterdir():
        file.chmod(0o444)
    before = {file.name: file.read_bytes() for file in (public / "data").iterdir() if file.is_file()}
    told = json.loads(output(python(VISITOR, public / "data")))
    assert told["read_only"] and told["jobs"] == [job.name]
    assert "is not writable" in told["problem"] and told["said"] == told["problem"]
    assert {file.name: file.read_bytes() for file in (public / "data").iterdir() if file.is_file()} == before
    (public / "data").chmod(0o755)


@posix
def test_a_folder_that_cannot_even_be_made(public: Path) -> None:
    public.chmod(0o555)
    told = json.loads(output(python(VISITOR, public / "data")))
    assert told["read_only"] and told["jobs"] == []
    assert "is not writable" in told["said"]


@posix
def test_a_snapshot_that_may_not_be_read_is_not_taken_for_empty(public: Path) -> None:
    store = Store(public / "data")
    add_job(store)
    store.close()
    (public / "data").chmod(0o777)
    for file in (public / "data").iterdir():
        file.chmod(0o666)
    (public / "data" / "jobs.json").chmod(0)
    if os.geteuid() != 0:
        pytest.skip("the owner alone cannot show this")
    told = json.loads(output(python(VISITOR, public / "data")))
    assert told["read_only"] and "is not readable" in told["said"]
    assert (public / "data" / "jobs.journal").read_bytes().count(b"\n") == 1


def test_a_folder_whose_place_a_file_has(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    store = Store(tmp_path / "data")
    assert store.read_only and "Could not write to the folder" in store.problem
    with pytest.raises(StoreReadOnly):
        add_job(store)


def test_a_journal_that_another_program_shortened_heals_with_the_next_snapshot(tmp_path: Path) -> None:
    store = Store(tmp_path)
    add_job(store)
    store.close()
    store = Store(tmp_path)
    add_job(store)
    store._journal.close()  # as after a transaction during a compaction: opened again when needed
    (tmp_path / "jobs.journal").write_bytes(b"")
    with pytest.raises(StoreWriteFailed, match="another program"):
        add_job(store)
    store.compact()
    add_job(store)
    after = held(store)
    store.close()
    again = Store(tmp_path)
    assert again.problem == ""
    check(again, after)
    again.close()


def delete(folder: Path) -> None:
    (folder / "jobs.journal").unlink()


def killed_now(store: Store, copy: Path) -> None:
    """Who starts after a kill has all that counts as saved."""
    after = held(store)
    killed = Store(copy_of(store.folder, copy))
    assert killed.problem == ""
    check(killed, after)
    killed.close()
    store.close()


def replace_it(folder: Path) -> None:
    (folder / "another").write_bytes(b"what a program that syncs folders has brought\n")
    (folder / "another").replace(folder / "jobs.journal")


def delete_all(folder: Path) -> None:
    shutil.rmtree(folder / "backups")
    for path in folder.iterdir():
        path.unlink()


@posix
@pytest.mark.parametrize("away", [delete, replace_it, delete_all])
@pytest.mark.parametrize("journal", ["empty", "long"])
def test_what_is_saved_after_the_journal_was_taken_away_is_there_after_a_kill(
    tmp_path: Path, away: Callable[[Path], None], journal: str
) -> None:
    store = Store(tmp_path / "data")
    add_job(store)
    store.compact()
    if journal == "long":
        add_job(store)
    away(tmp_path / "data")
    for _ in range(2):
        add_job(store)
    assert store._compactor is not None  # jobs.json may be gone, too
    store._compactor.join()
    assert json.loads((tmp_path / "data" / "jobs.json").read_text())["revision"] >= store.revision - 1
    add_job(store)
    killed_now(store, tmp_path / "copy")


@posix
def test_a_journal_taken_away_during_a_compaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "data")
    add_job(store)
    write = durable_files.write_durably

    def meanwhile(path: Path, data: bytes) -> None:
        write(path, data)
        if path.name == "jobs.json":
            monkeypatch.setattr(durable_files, "write_durably", write)
            add_job(store)
            replace_it(tmp_path / "data")

    monkeypatch.setattr(durable_files, "write_durably", meanwhile)
    store.compact()
    killed_now(store, tmp_path / "copy")


@posix
def test_without_the_folder_nothing_counts_as_saved(tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    add_job(store)
    before = held(store)
    shutil.rmtree(tmp_path / "data")
    for _ in range(2):
        with pytest.raises(StoreWriteFailed, match=r"Nothing was changed.*Could not write to the folder"):
            add_job(store)
        check(store, before)
    (tmp_path / "data").mkdir()
    add_job(store)
    assert store._compactor is not None
    store._compactor.join()
    killed_now(store, tmp_path / "copy")


def test_half_a_line_that_could_not_be_cut_off_is_cut_off_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    add_job(store)
    before = held(store)

    def write_half(fd: int, data: bytes) -> None:
        os.write(fd, data[: len(data) // 2])
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    def fail(fd: int, size: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as broken_disk:
        broken_disk.setattr(durable_files, "write_all", write_half)
        broken_disk.setattr(os, "ftruncate", fail)
        for _ in range(2):
            with pytest.raises(StoreWriteFailed):
                add_job(store)
            check(store, before)
    assert not (tmp_path / "jobs.journal").read_bytes().endswith(b"\n")
    add_job(store)
    killed_now(store, tmp_path / "copy")
