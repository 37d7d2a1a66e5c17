"""One process per store."""

from __future__ import annotations

from pathlib import Path

import pytest

from inu_jobs.errors import StoreReadOnly
from inu_jobs.store import Store
from tests.unit.store.store_kit import add_job, check, held, python

OWNER = """
import sys
from pathlib import Path
from tests.unit.store.store_kit import add_job
from inu_jobs.store import Store

store = Store(Path(sys.argv[1]))
for line in sys.stdin:
    if line == "compact\\n":
        store.compact()
    else:
        add_job(store)
    print(store.revision, flush=True)
"""


def test_a_second_process_only_reads_until_the_first_has_gone(tmp_path: Path) -> None:
    owner = python(OWNER, tmp_path, stdin=-1)
    assert owner.stdin is not None and owner.stdout is not None

    def tell(word: str) -> None:
        assert owner.stdin is not None and owner.stdout is not None
        owner.stdin.write(word + "\n")
        owner.stdin.flush()
        assert owner.stdout.readline()

    tell("add")
    second = Store(tmp_path)
    assert second.read_only and "Another running WebUI" in second.problem and str(tmp_path) in second.problem
    assert second.counts()[0] == 1
    for write in (lambda: add_job(second), second.compact):
        with pytest.raises(StoreReadOnly, match="Another running WebUI"):
            write()
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    second.idle()
    assert second.read_only
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files

    tell("compact")
    tell("add")
    epoch, heard = second.epoch, list[int]()
    second.listen(heard.append)
    owner.kill()
    owner.communicate()
    second.idle()
    assert (second.read_only, second.problem, heard) == (False, "", [2])
    assert second.counts()[0] == 2 and second.changes(epoch, 1).reset
    add_job(second)
    after = held(second)
    second.close()
    third = Store(tmp_path)
    assert third.problem == ""
    check(third, after)
    third.close()


def test_a_second_store_in_the_same_process_reads_only(tmp_path: Path) -> None:
    first = Store(tmp_path)
    second = Store(tmp_path)
    assert second.read_only and not first.read_only
    second.close()
    add_job(first)  # closing the second has not taken the first one's lock
    third = Store(tmp_path)
    assert third.read_only
    first.close()
    third.idle()
    assert not third.read_only
    third.close()
