"""Any sequence of what users, the scheduler and crashes do: nothing is lost, nothing counted twice."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from inu_jobs.errors import Refused
from inu_jobs.model import Job
from tests.unit.queue.queue_rig import QueueRig

_ACTIONS = ("pause", "resume", "cancel", "retry", "remove")


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.rig = QueueRig(self.folder / "data")
        self.kept: dict[str, int] = {}  # jobs not removed, and how many tasks each was made with

    def teardown(self) -> None:
        try:
            self.settle()
        finally:
            self.rig.store.close()
            shutil.rmtree(self.folder)

    # ------------------------------------------------------------------- users

    @rule(tasks=st.integers(1, 7), images=st.integers(1, 3), priority=st.integers(-1, 1))
    def create(self, tasks: int, images: int, priority: int) -> None:
        self.kept[self.rig.job(tasks, images, priority).id] = tasks

    @precondition(lambda self: self.kept)
    @rule(action=st.sampled_from(_ACTIONS), data=st.data())
    def act(self, action: str, data: st.DataObject) -> None:
        job = data.draw(st.sampled_from(sorted(self.kept)))
        try:
            getattr(self.rig.queue, action)(job)
        except Refused:
            return
        if action == "remove":
            del self.kept[job]

    @rule()
    def clear(self) -> None:
        self.rig.scheduler.clear()

    @rule(data=st.data())
    def requeue(self, data: st.DataObject) -> None:
        if self.rig.scheduler.rows_:
            row = data.draw(st.sampled_from(sorted(self.rig.scheduler.rows_)))
            self.rig.scheduler.requeue_row(row)

    # --------------------------------------------------------------- the world

    @rule(seconds=st.sampled_from([0.0, 0.5, 3.0, 12.0]))
    def tick(self, seconds: float) -> None:
        self.rig.tick(seconds)

    @rule()
    def start(self) -> None:
        self.rig.scheduler.fetch()
        self.rig.scheduler.begin()

    @rule()
    def fetch(self) -> None:
        self.rig.scheduler.fetch()

    @rule(state=st.sampled_from(["done", "failed"]), missing=st.integers(0, 2), told=st.booleans())
    def end(self, state: str, missing: int, told: bool) -> None:
        scheduler = self.rig.scheduler
        if scheduler.runner.runs:
            asked = scheduler._asked(scheduler.runner.runs)
            scheduler.save(max(0, asked - missing), told=told, grid=asked > 1)
            scheduler.end(state, "broken")  # type: ignore[arg-type]

    @precondition(lambda self: self.rig.scheduler.runner.runs)
    @rule()
    def save_one(self) -> None:
        self.rig.scheduler.save(1)

    @rule()
    def reload(self) -> None:
        self.rig.scheduler.reload()

    @rule()
    def die(self) -> None:
        self.rig.scheduler.die()

    @rule()
    def wedge(self) -> None:
        self.rig.scheduler.other = "task(txt2img-ABCDEFG)"

    @rule(paused=st.sampled_from(["", "user"]))
    def pause_all(self, paused: str) -> None:
        self.rig.scheduler.paused_by = paused

    @rule(attached=st.booleans())
    def away(self, attached: bool) -> None:
        self.rig.scheduler.attached = attached

    @rule()
    def kill(self) -> None:
        self.rig.restart()

    # -------------------------------------------------------------- what holds

    def jobs(self) -> list[Job]:
        return self.rig.store.jobs()

    @invariant()
    def never_more_than_the_look_ahead(self) -> None:
        assert self.rig.scheduler.most_pending <= self.rig.choices.look_ahead

    @invariant()
    def nothing_is_lost(self) -> None:
        assert {job.id for job in self.jobs()} == set(self.kept)
        for job in self.jobs():
            indexes = [task.index for task in self.rig.tasks(job)]
            assert indexes == list(range(len(indexes))) and len(indexes) >= self.kept[job.id]

    @invariant()
    def every_image_counts_once(self) -> None:
        for job in self.jobs():
            paths = self.rig.paths(job)
            assert len(paths) == len(set(paths))
            assert set(paths) <= set(self.rig.disk)
            for task in self.rig.tasks(job):
                images = self.rig.store.images_of_task(task.id)
                assert len({image.index for image in images}) == len(images)

    def settle(self) -> None:
        """When all goes well from now on, and what stopped is tried again, all is made."""
        rig = self.rig
        rig.scheduler.attached, rig.scheduler.paused_by = True, ""
        for _ in range(3):
            for job in self.jobs():
                rig.queue.resume(job.id)
                try:
                    rig.queue.retry(job.id)
                except Refused:
                    pass
            rig.scheduler.run_all(rig.tick)
        for job in self.jobs():
            assert set(rig.states(job)) == {"done"}, rig.states(job)
            for task in rig.tasks(job):
                images = rig.store.images_of_task(task.id)
                assert len(images) >= 1 and [image.index for image in images] == list(range(len(images)))
            self.every_image_counts_once()


Life.TestCase.settings = settings(
    stateful_step_count=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestLife = Life.TestCase


def test_what_a_first_run_left_behind_has_a_place_of_its_own() -> None:
    """Stopped while it ran, recorded by its files alone, its list cleared: then it runs again."""
    for paused in range(2):
        life = Life()
        life.create(tasks=1, images=1, priority=0)
        life.create(tasks=2, images=2, priority=0)
        life.tick(0.0)
        life.rig.queue.pause(sorted(life.kept)[paused])
        life.start()
        life.end("done", 0, told=False)
        life.fetch()
        life.clear()
        life.teardown()
