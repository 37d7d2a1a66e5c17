"""A job's state is derived from its tasks and images, and nothing else."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.model import TASK_STATES
from inu_jobs.service.views import GAP, job_state
from tests.unit.service.service_kit import House

COUNTS = st.dictionaries(st.sampled_from(TASK_STATES), st.integers(0, 3))


@pytest.mark.parametrize(
    ("counts", "unreviewed", "images", "held", "expected"),
    [
        ({"held": 3}, 0, 0, False, "waiting"),
        ({"held": 3}, 0, 0, True, "held"),
        ({"queued": 1, "done": 2}, 2, 2, False, "waiting"),
        ({"running": 1, "held": 2}, 0, 0, True, "running"),
        ({"done": 2}, 1, 2, False, "review"),
        ({"done": 2}, 0, 2, False, "done"),
        ({"failed": 2}, 0, 0, False, "failed"),
        ({"cancelled": 2}, 0, 0, False, "cancelled"),
        ({"cancelled": 1, "interrupted": 1}, 0, 0, False, "cancelled"),
        ({"cancelled": 2, "failed": 1}, 0, 0, False, "failed"),
        ({"cancelled": 2, "lost": 1}, 0, 0, False, "failed"),
        ({"cancelled": 2}, 0, 1, False, "done"),
        ({}, 0, 0, False, "cancelled"),
        ({"failed": 1, "done": 1}, 0, 0, False, "done"),
        ({"interrupted": 1}, 0, 1, False, "done"),
        ({"interrupted": 1}, 1, 1, False, "review"),
    ],
)
def test_state(counts: dict, unreviewed: int, images: int, held: bool, expected: str) -> None:
    assert job_state(counts, unreviewed, images, held, busy=False) == expected


@given(COUNTS, st.integers(0, 3), st.integers(0, 3), st.booleans(), st.booleans())
def test_an_ended_job_never_waits(counts: dict, unreviewed: int, more: int, held: bool, busy: bool) -> None:
    state = job_state(counts, unreviewed, unreviewed + more, held, busy)
    is_open = any(counts.get(name) for name in ("held", "queued", "running"))
    assert (state in {"held", "waiting", "running"}) == is_open
    if state == "running":
        assert counts.get("running") or (busy and not held)


def test_a_job_goes_through_its_states(house: House) -> None:
    def state() -> str:
        return house.service.overview.get_job(id).job.state

    id = house.add(tasks=2)
    assert state() == "waiting"
    house.queue.tick()
    assert state() == "waiting"
    house.scheduler.begin()
    house.queue.tick()
    assert state() == "running"
    house.scheduler.end()
    house.queue.tick()
    assert state() == "running", "between two of its tasks"
    house.clock.now += GAP + 1
    assert state() == "waiting", "something else must have the queue's turn"


def test_between_tasks_only_while_nothing_else_runs(house: House) -> None:
    first, second = house.add(tasks=2, priority=1), house.add()
    house.run_one()
    assert house.service.overview.get_job(first).job.state == "running"
    house.scheduler.begin(second)
    house.queue.tick()
    assert house.service.overview.get_job(second).job.state == "running"
    assert house.service.overview.get_job(first).job.state == "waiting"


def test_review_then_done(house: House) -> None:
    id = house.add_done()
    assert house.service.overview.get_job(id).job.state == "review"
    with house.store.transaction() as t:
        t.put(*(msgspec.structs.replace(i, verdict="kept") for i in house.store.images_of(id)))
    assert house.service.overview.get_job(id).job.state == "done"
