"""All machines: ``ports.Lanes`` for the queue, and what the page shows of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from ..errors import NotFound
from ..log import log
from ..model import Machine, Task
from ..ports import Lane, Needs
from ..sentences import say
from .lane import Home, MachineLane, Seen
from .models import lacks
from .peer import Peer, There
from .shelf import MachineShelf

_REMEMBERED = 20_000  # tasks whose needs are known


class Pool:
    """``folder``: for what comes in; ``needs``: what a task needs, None if it can be made only here.
    Thread-safe."""

    def __init__(
        self,
        shelf: MachineShelf,
        folder: Path,
        home: Home,
        needs: Callable[[Task], Needs | None],
        patience: Callable[[], float],
        peer: Callable[[Machine], Peer] = Peer,
        begin: Callable[[MachineLane, MachineLane | None], None] = MachineLane.start,
    ) -> None:
        """``begin`` has a machine looked after from then on, after whoever did so before."""
        self._shelf = shelf
        self._folder = folder
        self._home = home
        self._find_needs = needs
        self._patience = patience
        self.connect = peer
        self._begin = begin
        self._lock = threading.Lock()
        self._lanes: dict[str, MachineLane] = {}
        self._before: dict[str, MachineLane] = {}  # stopped, and may still be at its last look
        self._needs: dict[str, Needs | None] = {}
        self._running = False

    # ------------------------------------------------------------------------ working

    def start(self) -> None:
        """Look after all machines; starting again has no effect."""
        with self._lock:
            self._running = True
        self.refresh()

    def stop(self) -> None:
        """Returns at once. What runs elsewhere goes on, and is found again."""
        with self._lock:
            self._running = False
            self._before |= self._lanes
            self._lanes = {}
        for lane in self._before.values():
            lane.stop()

    def refresh(self) -> None:
        """The machines have changed."""
        with self._lock:
            if not self._running:
                return
            wanted = {machine.id: machine for machine in self._shelf.all()}
            for id, lane in list(self._lanes.items()):
                if id in wanted:
                    lane.change(wanted[id])
                else:
                    lane.stop(leaving=True)
                    del self._lanes[id]
            for id, machine in wanted.items():
                if id not in self._lanes:
                    folder = self._folder / id
                    lane = MachineLane(machine, folder, self._home, self.connect(machine), self._patience)
                    self._lanes[id] = lane
                    self._begin(lane, self._before.pop(id, None))

    # --------------------------------------------------------------------------- port

    def open(self) -> Sequence[Lane]:
        return [Lane(id, lane.ahead) for id, lane in self._all() if lane.is_open]

    def known(self) -> frozenset[str]:
        return frozenset(machine.id for machine in self._shelf.all())

    def takes(self, lane: str, task: Task) -> bool:
        with self._lock:
            found = self._lanes.get(lane)
        if found is None or found.there is None or task.id in found.refused:
            return False
        try:
            needs = self._needs_of(task)
            return needs is not None and not lacks(needs, found.there)
        except Exception:
            log.exception("what a task needs could not be found out; it stays here.")
            return False

    def nudge(self, lane: str) -> None:
        with self._lock:
            found = self._lanes.get(lane)
        if found is not None:
            found.nudge()

    def lane(self, id: str) -> MachineLane:
        with self._lock:
            return self._lanes[id]

    def _all(self) -> list[tuple[str, MachineLane]]:
        with self._lock:
            return list(self._lanes.items())

    def _needs_of(self, task: Task) -> Needs | None:
        if task.id not in self._needs:
            if len(self._needs) >= _REMEMBERED:
                self._needs.clear()
            self._needs[task.id] = self._find_needs(task)
        return self._needs[task.id]

    # ----------------------------------------------------------------------- for people

    def machines(self) -> list[tuple[Machine, Seen, There | None]]:
        """All of them, also those that are switched off."""
        lanes = dict(self._all())
        found = []
        for machine in self._shelf.all():
            lane = lanes.get(machine.id)
            seen = Seen("off") if lane is None else msgspec.structs.replace(lane.seen)
            found.append((machine, seen, None if lane is None else lane.there))
        return found

    def missing(self, lane: str, task: Task) -> str:
        """What that machine lacks for a task, '' if nothing."""
        with self._lock:
            found = self._lanes.get(lane)
        if found is None:
            return ""
        if task.id in found.refused:
            return found.refused[task.id]
        needs = self._needs_of(task)
        return "" if found.there is None or needs is None else lacks(needs, found.there)

    def get(self, id: str) -> Machine:
        """``NotFound`` if there is no such machine."""
        for machine in self._shelf.all():
            if machine.id == id:
                return machine
        raise NotFound(say("There is no such machine: it may have been removed."))

    def name_of(self, id: str) -> str:
        """'' if it was removed."""
        return next((machine.name for machine in self._shelf.all() if machine.id == id), "")

    def put(self, machine: Machine) -> None:
        """Add it, or change the one with its id. ``StoreError``."""
        known = self._shelf.all()
        if any(other.id == machine.id for other in known):
            self._shelf.put(tuple(machine if other.id == machine.id else other for other in known))
        else:
            self._shelf.put((*known, machine))
        self.refresh()

    def remove(self, id: str) -> None:
        """Its tasks go elsewhere. ``NotFound``, ``StoreError``."""
        self.get(id)
        self._shelf.put(tuple(machine for machine in self._shelf.all() if machine.id != id))
        self.refresh()
