"""How runs end."""

from __future__ import annotations

from tests.unit.queue.queue_house import House


def end_next(house: House, error: str = "") -> None:
    house.tick()
    house.start_next()
    if not error:
        house.scheduler.save(1)
    house.scheduler.end("failed" if error else "done", error)


def burn(house: House, error: str) -> int:
    """The runner takes and ends whatever waits there before we hear of anything; how many it took."""
    started = len(house.scheduler.pending())
    for _ in range(started):
        house.scheduler.runner.alive = True
        assert house.scheduler.fetch() and house.scheduler.begin()
        house.scheduler.end("failed", error)
    house.tick()
    return started
