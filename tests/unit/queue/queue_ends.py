"""How runs end."""

from __future__ import annotations

from tests.unit.queue.queue_rig import QueueRig


def end_next(rig: QueueRig, error: str = "") -> None:
    rig.tick()
    rig.start_next()
    if not error:
        rig.scheduler.save(1)
    rig.scheduler.end("failed" if error else "done", error)


def burn(rig: QueueRig, error: str) -> int:
    """The runner takes and ends whatever waits there before we hear of anything; how many it took."""
    started = len(rig.scheduler.pending())
    for _ in range(started):
        rig.scheduler.runner.alive = True
        assert rig.scheduler.fetch() and rig.scheduler.begin()
        rig.scheduler.end("failed", error)
    rig.tick()
    return started
