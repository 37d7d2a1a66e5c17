"""All machines: ``ports.Lanes`` for the queue, and what the page shows of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from ..errors import NotFound
from ..log import log
from ..model import Machine, Task
from ..ports import Lane, Needs
from ..sentences import say
from .home import SAFE, Home, Seen
from .lane import MachineLane
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
        self._changing = threading.Lock()
        self._lanes: dict[str, MachineLane] = {}
        self._before: dict[str, MachineLane] = {}  # stopped, and may still be at its last look
        self._needs: dict[str, tuple[str, dict[str, Any], Needs | None]] = {}  # by task
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
            before = list(self._before.values())
        for lane in before:
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
                    self._look_after(machine)

    def _look_after(self, machine: Machine) -> None:
        try:
            peer = self.connect(machine)
        except Exception:  # machines.json is also edited by hand
            log.exception(
                "there is no connection to the machine %s: remove it and add it again.", machine.name
            )
            return
        lane = MachineLane(machine, self._folder / machine.id, self._home, peer, self._patience)
        self._lanes[machine.id] = lane
        self._begin(lane, self._before.pop(machine.id, None))

    # --------------------------------------------------------------------------- port

    def open(self) -> Sequence[Lane]:
        return [Lane(id, lane.ahead) for id, lane in self._all() if lane.is_open]

    def known(self) -> frozenset[str]:
        stuck = {id for id, lane in self._all() if lane.is_stuck}
        return frozenset(machine.id for machine in self._shelf.all()) - stuck

    def takes(self, lane: str, task: Task) -> bool:
        found = self._find(lane)
        refused = None if found is None else found.refused.get(task.id)
        if found is None or found.there is None or (refused is not None and refused.is_of(task)):
            return False
        if not SAFE.fullmatch(task.job):
            return False  # it becomes the name of a folder
        try:
            needs = self._needs_of(task)
            return needs is not None and not found.lacks(needs)
        except Exception:
            log.exception("what a task needs could not be found out; it stays here.")
            return False

    def nudge(self, lane: str) -> None:
        if (found := self._find(lane)) is not None:
            found.nudge()

    def dropped(self, lane: str, remote: str) -> None:
        if (found := self._find(lane)) is not None:
            found.untold.add(remote)

    def _find(self, lane: str) -> MachineLane | None:
        with self._lock:
            return self._lanes.get(lane)

    def lane(self, id: str) -> MachineLane:
        with self._lock:
            return self._lanes[id]

    def _all(self) -> list[tuple[str, MachineLane]]:
        with self._lock:
            return list(self._lanes.items())

    def _needs_of(self, task: Task) -> Needs | None:
        known = self._needs.get(task.id)
        if known is None or (known[0], known[1]) != (task.payload, task.changes):
            if len(self._needs) >= _REMEMBERED:
                self._needs.clear()
            known = self._needs[task.id] = (task.payload, task.changes, self._find_needs(task))
        return known[2]

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

    def missing(self, lane: str, tasks: Sequence[Task]) -> set[str]:
        """What that machine lacks for these tasks, and why it refused them."""
        found = self._find(lane)
        if found is None:
            return set()
        needs = {needs for task in tasks if (needs := self._needs_of(task)) is not None}
        refused = [(found.refused.get(task.id), task) for task in tasks]
        said = {str(one.reason) for one, task in refused if one is not None and one.is_of(task)}
        return ({found.lacks(one) for one in needs} | said) - {""}

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
        with self._changing:
            self._put(machine)
        self.refresh()

    def _put(self, machine: Machine) -> None:
        known = self._shelf.all()
        if any(other.id == machine.id for other in known):
            self._shelf.put(tuple(machine if other.id == machine.id else other for other in known))
        else:
            self._shelf.put((*known, machine))

    def remove(self, id: str) -> None:
        """Its tasks go elsewhere. ``NotFound``, ``StoreError``."""
        with self._changing:
            self.get(id)
            self._shelf.put(tuple(machine for machine in self._shelf.all() if machine.id != id))
        self.refresh()
