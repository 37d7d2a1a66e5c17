"""A scheduler in memory that a test moves by hand: the port, with the warts of DESIGN section 5.

What the runner thread does by itself in the real one is a method here (``fetch``, ``begin``, ``end``),
so a test decides the order of everything. ``disk`` holds the files that "exist".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from msgspec.structs import replace as replace_record

from inu_jobs.errors import InvalidInput, SchedulerBusy, SchedulerError
from inu_jobs.ports import (
    Enqueued,
    Event,
    Finished,
    HandOver,
    ImageFacts,
    Made,
    Produced,
    Progress,
    Reattached,
    Registered,
    Row,
    RowState,
    Saved,
    SchedulerStatus,
    Started,
)
from tests.clock import Clock


class Disk(dict[str, ImageFacts]):
    """Files by path. ``record`` is what the service gives the queue."""

    def write(self, path: str, seed: int | None = None, told: bool = True) -> Made:
        """``seed``: what its infotext says. ``told``: so does the host."""
        facts = ImageFacts(path, size=100 + len(self), mtime=1 + len(self), width=64, height=64)
        self[path] = replace_record(facts, seed=seed)
        return Made(path, seed=seed if told else None)

    def record(self, made: Made) -> ImageFacts | None:
        return self.get(made.path)


@dataclass
class _Row:
    request: HandOver
    state: RowState = "pending"
    error: str = ""
    images: tuple[str, ...] = ()
    original: str = ""


@dataclass
class Runner:
    alive: bool = False
    holds: str | None = None
    runs: str | None = None
    saved: list[str] = field(default_factory=list)
    made: int = 0
    interrupted: bool = False
    stopped_by_us: bool = False


class Scripted:
    def __init__(self, disk: Disk, clock: Clock) -> None:
        self.disk = disk
        self.clock = clock
        self.rows_: dict[str, _Row] = {}
        self.runner = Runner()
        self.attached = True
        self.paused_by: str = ""
        self.requeue = False
        self.when_empty = ""
        self.other: str | None = None  # somebody else's task that counts as running
        self.other_generates = False
        self.refuse: dict[str, Exception] = {}
        self.most_pending = 0
        self.log: list[str] = []
        self.counter = 0
        self._withdrawn: set[str] = set()
        self._sink: Callable[[Event], None] = lambda event: None

    # ---------------------------------------------------------------- the port

    def listen(self, sink: Callable[[Event], None]) -> None:
        self._sink = sink

    def _check(self) -> None:
        if not self.attached:
            raise SchedulerError("Agent Scheduler has not started yet.")

    @property
    def current(self) -> str | None:
        return self.runner.runs or self.other

    def pending(self) -> list[str]:
        return [id for id, row in self.rows_.items() if row.state == "pending" and id != self.runner.runs]

    def status(self) -> SchedulerStatus:
        if not self.attached:
            return SchedulerStatus(attached=False, problem="Agent Scheduler has not started yet.")
        return SchedulerStatus(
            attached=True,
            paused=bool(self.paused_by),
            paused_by=self.paused_by,  # type: ignore[arg-type]
            current=self.current,
            generating=self.runner.runs is not None or self.other_generates,
            runner=self.runner.alive,
            pending=len(self.pending()),
            when_empty=self.when_empty,
        )

    def hand_over(self, request: HandOver) -> None:
        self._check()
        id = request.task
        if id in self.refuse:
            raise self.refuse[id]
        if id == self.runner.runs or (id in self._withdrawn and id == self.runner.holds):
            raise SchedulerBusy("Agent Scheduler still holds an earlier run of this task.")
        row = self.rows_.get(id)
        if row is not None and row.state == "pending":
            return
        self.rows_.pop(id, None)
        self._withdrawn.discard(id)
        self.rows_[id] = _Row(request)
        self.log.append(f"hand_over {id}")
        known = [self.rows_[id] for id in self.pending()]
        ours = [row for row in known if row.request.job and not row.original]
        self.most_pending = max(self.most_pending, len(ours))

    def withdraw(self, tasks: Sequence[str]) -> set[str]:
        self._check()
        gone = set()
        for id in tasks:
            row = self.rows_.get(id)
            if row is not None and row.state == "pending" and id != self.runner.runs:
                row.state = "interrupted"
                self._withdrawn.add(id)
                gone.add(id)
            elif row is not None and id == self.runner.runs:
                self.requeue = False
        return gone

    def interrupt(self, task: str) -> bool:
        self._check()
        if self.runner.runs != task:
            return False
        self.runner.interrupted = self.runner.stopped_by_us = True
        return True

    def forget(self, tasks: Sequence[str]) -> None:
        self._check()
        for id in tasks:
            row = self.rows_.get(id)
            if row is not None and row.state != "pending" and id not in (self.runner.holds, self.runner.runs):
                del self.rows_[id]

    def put_back(self, task: str) -> bool:
        self._check()
        row = self.rows_.get(task)
        if row is None:
            return False
        if task == self.runner.runs or (task in self._withdrawn and task == self.runner.holds):
            raise SchedulerBusy("Agent Scheduler still holds an earlier run of this task.")
        row.state, row.error, row.images = "pending", "", ()
        self._withdrawn.discard(task)
        self.log.append(f"put_back {task}")
        return True

    def rows(self, jobs: Sequence[str], tasks: Sequence[str] = ()) -> dict[str, Row]:
        self._check()
        for id, row in self.rows_.items():
            if row.original and row.state == "pending":
                self._sink(Registered(id, row.request.job, row.original))
        return {
            id: Row(
                id, row.request.job, "running" if id == self.runner.runs else row.state, row.error, row.images
            )
            for id, row in self.rows_.items()
            if row.request.job in jobs or id in tasks
        }

    def kick(self) -> None:
        self._check()
        self.log.append("kick")
        if not self.paused_by:
            self.runner.alive = True

    def end_memory_pause(self) -> None:
        self._check()
        if self.paused_by == "memory":
            self.paused_by = ""
            self.kick()

    def unwedge(self) -> bool:
        self._check()
        if self.runner.runs or self.other is None or self.other_generates:
            return False
        self.other = None
        self.log.append("unwedge")
        return True

    def progress(self) -> Progress:
        return Progress(task=self.current)

    def preview(self) -> tuple[bytes, str] | None:
        return None

    # --------------------------------------------------------------- the world

    def emit(self, event: Event) -> None:
        self._sink(event)

    def fetch(self) -> bool:
        """The runner takes the next task; finding none, it sleeps a second and ends."""
        runner = self.runner
        if not runner.alive or runner.holds or runner.runs:
            return False
        waiting = [] if self.paused_by else self.pending()
        if not waiting:
            runner.alive = False
            return False
        runner.holds = waiting[0]
        return True

    def begin(self) -> str | None:
        """The runner starts what it holds, withdrawn or not."""
        runner = self.runner
        if not runner.alive or runner.holds is None or self.other is not None:
            return None
        self.runner = Runner(alive=True, runs=runner.holds)
        self.emit(Started(str(runner.holds)))
        return runner.holds

    def save(
        self,
        count: int,
        *,
        task: str | None = None,
        told: bool = True,
        grid: bool = False,
        lost: Sequence[int] = (),
    ) -> None:
        """``count`` images are made, and but for those at the places ``lost`` written; our script is there to
        report them if ``told``. Each run of a task gives the same pictures: their seeds count up."""
        runs = task or self.runner.runs
        assert runs is not None
        first = self.rows_[runs].request.payload.get("seed", 0) if runs in self.rows_ else 0
        made = []
        before = self.runner.made
        for place in range(before, before + count):
            self.counter += 1
            if place not in lost:
                one = self.disk.write(f"outputs/{self.counter:05}.png", 1000 * first + place)
                made.append(replace_record(one, index=place - before))
        self.runner.made += count
        if grid:
            self.disk.write(f"outputs/txt2img-grids/grid-{self.counter:04}.png")
            self.runner.saved.insert(0, f"outputs/txt2img-grids/grid-{self.counter:04}.png")
        for one in made:
            self.runner.saved.append(one.path)
            self.emit(Saved(runs, one.path))
        if told and made:
            self.emit(Produced(runs, tuple(made), self.runner.interrupted))

    def end(self, state: RowState = "done", error: str = "", stopped: bool | None = None) -> None:
        """What runs ends. An interruption by us decides the state, as in the real one. ``stopped``: somebody
        else interrupted it."""
        runner = self.runner
        id = runner.runs
        assert id is not None
        row = self.rows_.get(id)
        if row is None:
            self.runner = Runner(alive=False)  # update_task raises "not found": the thread dies
            return
        self.runner = Runner(alive=True)
        if state == "failed" and self.requeue:
            del self.rows_[id]
            self.rows_[id] = replace(row, state="pending")
            return
        if state == "done" and runner.stopped_by_us:
            state = "interrupted"
        row.state, row.error = state, error
        row.images = tuple(runner.saved) if state == "done" else ()
        self.emit(Finished(id, state, error, row.images, stopped))  # type: ignore[arg-type]

    def die(self) -> None:
        """The runner thread dies: an extension's callback raised."""
        self.runner = Runner(alive=False)

    def crash(self) -> None:
        """The process is gone; a new one starts its queue. What ran is still pending."""
        self.runner = Runner(alive=True)
        self.other = None
        self._withdrawn.clear()

    def reload(self) -> None:
        """ "Reload UI": what runs is interrupted and ends as done; a new instance follows."""
        if self.runner.runs:
            self.end("done")
        self.runner = Runner(alive=True)
        self.emit(Reattached(self.clock()))

    def clear(self) -> None:
        """Its own "Clear" deletes what waits, even what the runner holds or runs."""
        for id in [id for id, row in self.rows_.items() if row.state == "pending"]:
            del self.rows_[id]

    def enqueue(self, id: str, tell: bool = True, **payload: object) -> None:
        """Its own "Enqueue": a row that names no job of ours."""
        settings = {"prompt": "a cat", "n_iter": 1, "batch_size": 1, **payload}
        self.rows_[id] = _Row(HandOver(id, "", "", False, settings))
        if tell:
            images = int(settings["n_iter"]) * int(settings["batch_size"])  # type: ignore[call-overload]
            self.emit(Enqueued(id, "", settings, images))

    def requeue_row(self, id: str) -> str:
        """Its own "Requeue" on one of our rows; returns the copy's id."""
        self.counter += 1
        copy = f"copy-{self.counter}"
        row = self.rows_[id]
        self.rows_[copy] = _Row(replace_task(row.request, copy), original=row.original or id)
        return copy

    def run_all(self, tick: Callable[[], None], rounds: int = 400) -> None:
        """Let everything that waits run, without faults."""
        for _ in range(rounds):
            self.clock.now += 1.1
            tick()
            if self.runner.runs:
                self.save(self._asked(self.runner.runs))
                self.end()
            self.fetch()
            self.begin()
            if not self.runner.runs and not self.pending():
                break
        for _ in range(6):
            self.clock.now += 3.1
            tick()

    def _asked(self, id: str) -> int:
        payload = self.rows_[id].request.payload if id in self.rows_ else {}
        return int(payload.get("batch_size", 1))


def replace_task(request: HandOver, task: str) -> HandOver:
    return HandOver(task, request.job, request.name, request.is_img2img, request.payload)


REFUSED = InvalidInput("Agent Scheduler refused the task: no such script.")
