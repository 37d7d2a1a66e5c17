"""How long a guest's tasks may run without anybody asking for them. Another WebUI that was switched off, or
that took its tasks elsewhere, must not keep this one busy."""

from __future__ import annotations

from collections.abc import Callable

SECONDS = 300.0  # since the last question


class Leases:
    """In memory: at a start all guests have a fresh one."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._begun = clock()
        self._asked: dict[str, float] = {}

    def renew(self, job: str) -> None:
        """Somebody asks for a guest's job."""
        self._asked[job] = self._clock()

    def end(self, job: str) -> None:
        """The job is gone."""
        self._asked.pop(job, None)

    def silence(self, job: str) -> float:
        """Seconds since somebody asked, or since the start."""
        return max(0.0, self._clock() - self._asked.get(job, self._begun))

    def holds(self, job: str) -> bool:
        """Whether its tasks may start."""
        return self.silence(job) < SECONDS
