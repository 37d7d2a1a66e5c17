"""Agent Scheduler in a host, as the port's own cases drive it."""

from __future__ import annotations

from inu_jobs.ports import Event, Finished, Scheduler

from ..inside import Inside
from ..port import patiently


class InsideDriver:
    def __init__(self, host: Inside) -> None:
        self._host = host
        host.quiet()

    @property
    def scheduler(self) -> Scheduler:
        return self._host.adapter

    @property
    def events(self) -> list[Event]:
        return self._host.events

    def hold(self) -> None:
        self._host.opts.data["queue_paused"] = True
        self.settle()

    def hand(self, job: str, task: str = "", error: str = "") -> str:
        payload = self._host.payload(f"fail {error}" if error else "")
        return patiently(self._host.hand, payload, job, task)

    def run(self, task: str) -> Finished:
        self._host.opts.data["queue_paused"] = False
        self._host.adapter.kick()
        end = self._host.finished(task)
        self.settle()
        return end

    def start(self, job: str) -> str:
        task = self._host.hand(self._host.payload("slow 60"), job)
        self._host.generating(task)
        return task

    def settle(self) -> None:
        host = self._host
        host.until(lambda: not host.runner.is_executing_task and not host.progress.current_task)
