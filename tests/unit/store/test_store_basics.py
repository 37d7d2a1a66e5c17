"""What a store promises while nothing goes wrong."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inu_jobs.errors import InvalidInput, NotFound, StoreReadOnly
from inu_jobs.model import Finding, Hold, Image, Job, Task
from inu_jobs.store import Store, changes
from inu_jobs.store.version import VERSION
from tests.clock import Clock
from tests.unit.store.store_kit import add_job, check, held, new_image, new_job

replace = msgspec.structs.replace


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "data")
    yield store
    store.close()


def test_a_new_folder_is_an_empty_store(store: Store) -> None:
    assert (store.problem, store.read_only, store.revision) == ("", False, 0)
    assert store.counts() == (0, 0, 0)
    document = json.loads((store.folder / "jobs.json").read_text())
    assert document == {
        "version": VERSION, "revision": 0, "hold": None, "jobs": [], "payloads": {}, "tasks": [],
        "images": [],
    }  # fmt: skip


def test_records_come_back_after_reopening(store: Store) -> None:
    job = add_job(store, tasks=3, images=2, note="for Ana\u2028and \U0001f431\n")
    before = held(store)
    store.close()
    again = Store(store.folder)
    check(again, before)
    assert again.job(job.id) == job
    assert again.revision == 1
    again.close()


def test_the_snapshot_is_one_readable_document(store: Store) -> None:
    job = add_job(store)
    store.compact()
    text = (store.folder / "jobs.json").read_text(encoding="utf-8")
    document = json.loads(text)
    assert (document["version"], document["revision"]) == (VERSION, 1)
    assert document["jobs"][0]["name"] == job.name
    assert document["payloads"] == {job.payload: store.payload(job.payload)}
    assert len(document["tasks"]) == len(document["images"]) == 2
    assert any(
        json.loads(line.rstrip(",")).get("id") == job.id for line in text.splitlines() if job.id in line
    )


def test_reads_inside_a_transaction_see_the_state_before(store: Store) -> None:
    with store.transaction() as t:
        job = new_job(t)
        assert store.job(job.id) is None
    assert store.job(job.id) == job


def test_an_exception_in_the_block_changes_nothing(store: Store) -> None:
    add_job(store)
    before, size = held(store), (store.folder / "jobs.journal").stat().st_size
    with pytest.raises(ZeroDivisionError), store.transaction() as t:
        new_job(t)
        _ = 1 / 0
    assert held(store) == before and store.revision == 1
    assert (store.folder / "jobs.journal").stat().st_size == size


def test_an_empty_transaction_writes_nothing(store: Store) -> None:
    heard: list[int] = []
    store.listen(heard.append)
    with store.transaction() as t:
        t.delete_job("j-unknown")
        t.delete_task("t-unknown")
        t.delete_image("i-unknown")
        job = new_job(t)
        t.delete_job(job.id)
        t.put_payload({})  # a payload alone is a change
    assert (store.revision, heard) == (1, [1])
    with store.transaction():
        pass
    assert (store.revision, heard) == (1, [1])


def test_a_transaction_in_a_transaction_is_refused_at_once(store: Store) -> None:
    with store.transaction(), pytest.raises(RuntimeError), store.transaction():
        pass
    with store.transaction(), pytest.raises(RuntimeError):
        store.compact()


def test_transactions_of_many_threads_do_not_lose_updates(store: Store) -> None:
    job = add_job(store, tasks=0)

    def count_up() -> None:
        for _ in range(25):
            with store.transaction() as t:
                now = store.job(job.id)
                assert now is not None
                t.put(replace(now, priority=now.priority + 1))

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    after = store.job(job.id)
    assert after is not None and after.priority == 100


def test_readers_see_all_of_a_transaction_or_nothing(store: Store) -> None:
    job = add_job(store, tasks=50, images=1)
    stop, torn = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            counts = store.verdict_counts(job.id)
            if sorted(counts.values()) != [0, 0, 50]:
                torn.append(counts)

    reader = threading.Thread(target=read)
    reader.start()
    for verdict in ("kept", "rejected", "unreviewed") * 10:
        with store.transaction() as t:
            t.put(*(replace(i, verdict=verdict) for i in store.images_of(job.id)))
    stop.set()
    reader.join()
    assert torn == []


def test_listeners_hear_of_it_after_it_landed_and_outside_the_lock(store: Store) -> None:
    heard: list[tuple[int, int]] = []

    def listener(revision: int) -> None:
        heard.append((revision, store.counts()[0]))
        if revision == 1:
            add_job(store)  # would deadlock if a lock were held

    def broken(revision: int) -> None:
        raise ValueError("a listener's own fault")

    store.listen(broken)
    store.listen(listener)
    add_job(store)
    assert heard == [(1, 1), (2, 2)]


def test_order_of_answers(store: Store) -> None:
    first, second = add_job(store, tasks=0), add_job(store, tasks=0)
    tasks = [Task(f"t{i}", first.id, 2 - i, first.payload) for i in range(3)]
    with store.transaction() as t:
        t.put(*tasks)
        t.put(*(new_image(task, i) for task in tasks for i in (1, 0)))
    assert [j.id for j in store.jobs()] == [second.id, first.id]
    assert [t.id for t in store.tasks_of(first.id)] == ["t2", "t1", "t0"]
    assert [i.id for i in store.images_of(first.id)] == [f"it{n}-{i}" for n in (2, 1, 0) for i in (0, 1)]
    assert [i.index for i in store.images_of_task("t1")] == [0, 1]


def test_trashed_images_and_findings_in_the_counts(store: Store) -> None:
    job = add_job(store, tasks=3, images=1)
    one, two, three = store.images_of(job.id)
    found = [Finding("warning", "black", "The image is black.")]
    with store.transaction() as t:
        t.put(replace(one, verdict="kept", findings=found), replace(two, trashed=True, findings=found))
    assert store.verdict_counts(job.id) == {"unreviewed": 1, "kept": 1, "rejected": 0}
    assert store.findings_count(job.id) == 1
    with store.transaction() as t:
        t.put(replace(two, trashed=False))
        t.delete_image(one.id)
        t.put(replace(three, path="elsewhere.png"))
    check(store, held(store))
    assert store.verdict_counts(job.id) == {"unreviewed": 2, "kept": 0, "rejected": 0}
    assert store.image_by_path(three.path) is None
    assert store.image_by_path(one.path) is None


def test_deleting_a_job_takes_all_of_it(store: Store) -> None:
    gone, kept = add_job(store, tasks=2, images=2), add_job(store, tasks=1)
    revision = store.revision
    with store.transaction() as t:
        t.delete_job(gone.id)
    assert store.counts() == (1, 1, 1)
    assert store.tasks_of(gone.id) == [] == store.images_of(gone.id)
    told = store.changes(store.epoch, revision)
    assert (told.removed_jobs, len(told.removed_tasks), len(told.removed_images)) == ([gone.id], 2, 4)
    assert store.job(kept.id) == kept


def test_delete_and_put_again_in_one_transaction(store: Store) -> None:
    job = add_job(store, tasks=2, images=1)
    task = store.tasks_of(job.id)[0]
    with store.transaction() as t:
        t.delete_job(job.id)
        t.put(job, replace(task, state="held"))
    assert store.counts() == (1, 1, 0)
    assert store.tasks_in("held") == [replace(task, state="held")]
    with store.transaction() as t:
        t.put(new_image(task))
        t.delete_task(task.id)
    assert store.counts() == (1, 0, 0)


# --------------------------------------------------------------- payloads


def test_a_payload_is_kept_once_by_its_content(store: Store) -> None:
    with store.transaction() as t:
        a = t.put_payload({"prompt": "x", "seed": 1})
        b = t.put_payload({"seed": 1, "prompt": "x"})
        t.put(Job("j", "n", "txt2img", 1.0, a))
    assert a == b and len(a) == 64
    size = (store.folder / "jobs.journal").stat().st_size
    with store.transaction() as t:
        assert t.put_payload({"prompt": "x", "seed": 1}) == a
    assert (store.folder / "jobs.journal").stat().st_size == size


def test_a_payload_read_is_the_readers_own(store: Store) -> None:
    mine: dict[str, Any] = {"override_settings": {"CLIP_stop_at_last_layers": 2}}
    with store.transaction() as t:
        hash = t.put_payload(mine)
        t.put(Job("j", "n", "txt2img", 1.0, hash))
    mine["override_settings"].clear()
    read = store.payload(hash)
    assert read == {"override_settings": {"CLIP_stop_at_last_layers": 2}}
    read["override_settings"].clear()
    assert store.payload(hash) == {"override_settings": {"CLIP_stop_at_last_layers": 2}}


def test_unused_payloads_go_with_the_next_snapshot(store: Store) -> None:
    job = add_job(store, tasks=1)
    with store.transaction() as t:
        unused = t.put_payload({"prompt": "nobody's"})
    assert store.payload(unused) is not None
    store.compact()
    assert store.payload(unused) is None
    assert store.payload(job.payload) is not None
    assert unused not in (store.folder / "jobs.json").read_text()


# ------------------------------------------------------------- bad records


def test_records_without_their_parents_are_refused(store: Store) -> None:
    job = add_job(store, tasks=1, images=1)
    other = add_job(store, tasks=1)
    task, image = store.tasks_of(job.id)[0], store.images_of(job.id)[0]
    other_task = store.tasks_of(other.id)[0]
    before = held(store)
    bad: list[tuple[type[Exception], Job | Task | Image]] = [
        (NotFound, replace(job, payload="0" * 64)),
        (NotFound, replace(task, payload="0" * 64)),
        (NotFound, Task("t-new", "j-gone", 0, job.payload)),
        (NotFound, new_image(Task("t-gone", job.id, 0, job.payload))),
        (InvalidInput, replace(task, job=other.id)),
        (InvalidInput, replace(image, job=other.id)),
        (InvalidInput, replace(image, job=other.id, task=other_task.id)),
    ]
    for error, record in bad:
        with pytest.raises(error), store.transaction() as t:
            t.put(replace(other, name="lands with the rest or not at all"), record)
    for doomed in ("delete_job", "delete_task"):
        with pytest.raises(NotFound), store.transaction() as t:
            getattr(t, doomed)(job.id if doomed == "delete_job" else task.id)
            t.put(image)
    check(store, before)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": 7},
        {"created": float("nan")},
        {"kind": "video"},
        {"note": "\ud800"},
        {"axes": [{"field": "seed"}]},
        {"name": {1, 2}},
        {"priority": 10**5000},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_what_could_not_be_read_back_is_refused(store: Store, fields: dict[str, Any]) -> None:
    job = add_job(store)
    before = held(store)
    with pytest.raises(InvalidInput), store.transaction() as t:
        t.put(replace(job, **fields))
    check(store, before)
    add_job(store)
    store.close()
    again = Store(store.folder)
    assert (again.problem, again.counts()[0]) == ("", 2)
    again.close()


@pytest.mark.parametrize(
    "payload",
    [{1: 2}, {"a": object()}, {"a": "\ud800"}, ["no object"]],
    ids=["key", "object", "surrogate", "list"],
)
def test_a_payload_that_json_cannot_hold_is_refused(store: Store, payload: Any) -> None:
    with pytest.raises(InvalidInput), store.transaction() as t:
        t.put_payload(payload)
    assert store.revision == 0


def test_memory_holds_what_the_file_holds(store: Store) -> None:
    job = add_job(store, tasks=1)
    values: list[Any] = [[1]]
    task = replace(store.tasks_of(job.id)[0], changes={"a": (1, 2), "b": float("nan"), "c": values})
    with store.transaction() as t:
        t.put(task)
    values[0].append(2)
    after = store.task(task.id)
    assert after is not None and after.changes == {"a": [1, 2], "b": None, "c": [[1]]}


# ----------------------------------------------------------------- changes


def test_changes_name_what_changed(store: Store) -> None:
    job = add_job(store, tasks=2, images=1)
    image = store.images_of(job.id)[0]
    since = store.revision
    with store.transaction() as t:
        t.put(replace(image, verdict="kept"))
    with store.transaction() as t:
        t.put(replace(image, rating=3), replace(job, name="renamed"))
    told = store.changes(store.epoch, since)
    assert (told.jobs, told.tasks, told.images) == ([job.id], [], [image.id])
    assert (told.revision, told.reset) == (store.revision, False)
    nothing = store.changes(store.epoch, store.revision)
    assert (nothing.reset, nothing.jobs, nothing.images) == (False, [], [])


def test_changes_of_another_epoch_or_too_long_ago_reset(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "LIMIT", 10)
    add_job(store, tasks=3)
    assert store.changes("another", store.revision).reset
    assert store.changes(store.epoch, store.revision + 1).reset
    since = store.revision
    add_job(store, tasks=3)
    assert not store.changes(store.epoch, since).reset
    add_job(store, tasks=3)
    assert store.changes(store.epoch, since).reset
    assert not store.changes(store.epoch, store.revision - 1).reset


def test_each_opening_is_an_epoch(store: Store) -> None:
    add_job(store)
    epoch, revision = store.epoch, store.revision
    store.close()
    again = Store(store.folder)
    assert again.epoch != epoch and again.changes(epoch, revision).reset
    again.close()


def test_a_closed_store_takes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path, clock=Clock())
    add_job(store)
    store.close()
    store.close()
    for write in (lambda: add_job(store), store.compact):
        with pytest.raises(StoreReadOnly):
            write()
    store.idle()
    assert store.counts()[0] == 1


def test_the_hold_of_everything_is_kept(store: Store) -> None:
    assert store.hold is None
    for hold in (Hold("user"), Hold("disk", "full"), None, Hold("disk", "full")):
        with store.transaction() as transaction:
            transaction.set_hold(hold)
        assert store.hold == hold
    revision = store.revision
    store.close()
    for _ in range(2):  # from the journal, then from the snapshot
        again = Store(store.folder, clock=Clock())
        assert (again.hold, again.revision) == (Hold("disk", "full"), revision)
        again.close()
