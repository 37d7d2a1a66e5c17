"""Whatever is done in whatever order, with kills in between: the store holds what a plain dict holds."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from inu_jobs.model import TASK_STATES, Axis, Finding, Hold, Image, Job, Task
from inu_jobs.store import Store, Transaction
from tests.unit.store.store_kit import Model, check, held, new_image

replace = msgspec.structs.replace

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
payloads = st.dictionaries(st.text(max_size=6), json_values, max_size=4)
texts = st.text(max_size=12)
findings = st.lists(st.builds(Finding, st.just("error"), texts, texts), max_size=2)


class StoreMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="inu-jobs-store-"))
        self.folder = self.root / "data"
        self.store = Store(self.folder)
        self.model = Model()
        #: what an opening must find, by the size of the journal, since the last snapshot
        self.history: dict[int, Model] = {0: Model()}
        self.made = 0
        self.ui, self.ui_since = (set[str](), set[str](), set[str]()), (self.store.epoch, 0)

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.root)

    # ----------------------------------------------------------------- helpers

    @property
    def journal(self) -> Path:
        return self.folder / "jobs.journal"

    def journal_size(self) -> int:
        return self.journal.stat().st_size if self.journal.exists() else 0

    def landed(self) -> None:
        self.history[self.journal_size()] = self.model.copy()

    def new_id(self, letter: str) -> str:
        self.made += 1
        return f"{letter}{self.made:05}"

    def pick(self, data: st.DataObject, records: dict[str, Any]) -> Any:
        return records[data.draw(st.sampled_from(sorted(records)))]

    def put(self, t: Transaction, record: Job | Task | Image) -> None:
        t.put(record)
        if isinstance(record, Job):
            self.model.jobs[record.id] = record
        elif isinstance(record, Task):
            self.model.tasks[record.id] = record
        else:
            self.model.images[record.id] = record

    # ------------------------------------------------------------------- rules

    @rule(payload=payloads, name=texts, axis=st.lists(json_values, max_size=3), tasks=st.integers(0, 4))
    def add_job(self, payload: dict[str, Any], name: str, axis: list[Any], tasks: int) -> None:
        with self.store.transaction() as t:
            hash = t.put_payload(payload)
            job = Job(self.new_id("j"), name, "img2img", float(self.made), hash, axes=[Axis("seed", axis)])
            self.put(t, job)
            for index in range(tasks):
                self.put(t, Task(self.new_id("t"), job.id, index, hash, changes=payload))
        self.landed()
        assert self.store.payload(hash) == payload

    @precondition(lambda self: self.model.jobs)
    @rule(data=st.data(), hold=st.none() | st.builds(Hold, st.just("user"), texts), name=texts)
    def change_job(self, data: st.DataObject, hold: Hold | None, name: str) -> None:
        with self.store.transaction() as t:
            self.put(t, replace(self.pick(data, self.model.jobs), name=name, hold=hold))
        self.landed()

    @precondition(lambda self: self.model.tasks)
    @rule(data=st.data(), state=st.sampled_from(TASK_STATES), error=texts, count=st.integers(0, 2))
    def finish_task(self, data: st.DataObject, state: Any, error: str, count: int) -> None:
        task = self.pick(data, self.model.tasks)
        with self.store.transaction() as t:
            self.put(t, replace(task, state=state, error=error))
            for _ in range(count):
                self.put(t, replace(new_image(task), id=self.new_id("i"), path=f"{self.made}.png"))
        self.landed()

    @precondition(lambda self: self.model.images)
    @rule(
        data=st.data(),
        verdict=st.sampled_from(["kept", "rejected", "unreviewed"]),
        trashed=st.booleans(),
        found=findings,
    )
    def judge(self, data: st.DataObject, verdict: Any, trashed: bool, found: list[Finding]) -> None:
        chosen = data.draw(st.lists(st.sampled_from(sorted(self.model.images)), min_size=1, max_size=5))
        with self.store.transaction() as t:
            for id in chosen:
                image = self.model.images[id]
                self.put(t, replace(image, verdict=verdict, trashed=trashed, findings=found))
        self.landed()

    @precondition(lambda self: self.model.jobs)
    @rule(data=st.data(), what=st.sampled_from(["job", "task", "image"]))
    def delete(self, data: st.DataObject, what: str) -> None:
        records: dict[str, Any] = getattr(self.model, what + "s")
        if not records:
            return
        id = self.pick(data, records).id
        with self.store.transaction() as t:
            getattr(t, f"delete_{what}")(id)
        if what == "image":
            del self.model.images[id]
        else:
            getattr(self.model, f"delete_{what}")(id)
        self.landed()

    @precondition(lambda self: self.model.jobs)
    @rule(data=st.data())
    def fail_in_the_block(self, data: st.DataObject) -> None:
        job = self.pick(data, self.model.jobs)
        try:
            with self.store.transaction() as t:
                t.put(replace(job, name="never"))
                t.delete_job(job.id)
                raise KeyError(job.id)
        except KeyError:
            pass

    @rule()
    def compact(self) -> None:
        self.store.compact()
        assert self.journal_size() == 0
        self.history = {0: self.model.copy()}

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = Store(self.folder)
        assert self.store.problem == "" and not self.store.read_only
        self.history = {0: self.model.copy()}

    @rule(share=st.floats(0, 1), rubbish=st.binary(max_size=6).filter(lambda b: b"\n" not in b))
    def kill(self, share: float, rubbish: bytes) -> None:
        """The process is killed while its journal has got as far as some byte."""
        size = round(share * self.journal_size())
        copy = self.root / "copy"
        shutil.copytree(self.folder, copy, ignore=shutil.ignore_patterns("*.lock"))
        if size or rubbish:
            data = self.journal.read_bytes() if self.journal.exists() else b""
            (copy / "jobs.journal").write_bytes(data[:size] + rubbish)
        elif (copy / "jobs.journal").exists():
            (copy / "jobs.journal").write_bytes(b"")
        whole = max(end for end in self.history if end <= size)
        after = Store(copy)
        try:
            assert (after.problem, after.read_only) == ("", False)
            check(after, self.history[whole])
        finally:
            after.close()
            shutil.rmtree(copy)

    # -------------------------------------------------------------- invariants

    @invariant()
    def holds_the_model(self) -> None:
        check(self.store, self.model)

    @invariant()
    def a_page_that_follows_the_changes_shows_all(self) -> None:
        told = self.store.changes(*self.ui_since)
        if told.reset:
            now = held(self.store)
            self.ui = (set(now.jobs), set(now.tasks), set(now.images))
        else:
            put = (told.jobs, told.tasks, told.images)
            removed = (told.removed_jobs, told.removed_tasks, told.removed_images)
            for known, more, less in zip(self.ui, put, removed, strict=True):
                known.update(more)
                known.difference_update(less)
        self.ui_since = (told.epoch, told.revision)
        assert self.ui == (set(self.model.jobs), set(self.model.tasks), set(self.model.images))


StoreMachine.TestCase.settings = settings(
    stateful_step_count=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestStore = StoreMachine.TestCase
