"""Makes nothing new when the disk is nearly full: that could cost images, and the store."""

from __future__ import annotations

from ..model import Hold
from ..sentences import UNSAID, Sentence, say
from .desk import Desk

_EVERY = 5.0  # seconds
GB = 1024**3


class DiskWatch:
    """Stops the queue while a disk is too full."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._looked = float("-inf")

    def look(self) -> None:
        """Stop everything while there is too little space, and resume once there is enough. Raises
        ``StoreError`` if that cannot be written."""
        desk = self._desk
        if not 0 <= desk.clock() - self._looked < _EVERY:
            self._looked = desk.clock()
            problem = self.problem()  # a network drive may take its time to respond
            with desk.lock:
                hold = desk.store.hold
                if problem and hold is None and desk.store.tasks_in("held", "queued", "running"):
                    desk.hold_all(Hold("disk", problem))
                elif not problem and hold is not None and hold.by == "disk":
                    desk.let_go()

    @property
    def limit(self) -> int:
        """Bytes to keep free."""
        return int(self._desk.settings.disk_limit * GB)

    def problem(self) -> Sentence:
        """What is wrong if there is too little space, else ``UNSAID``."""
        room = self._desk.room()
        if room is None or room.free >= self.limit:
            return UNSAID
        return say(
            "The disk with {folder} has {left:.1f} GB left, less than the {limit:g} GB to keep free"
            " (Settings > Inu Jobs): no task starts until there is more space.",
            folder=str(room.folder),
            left=room.free / GB,
            limit=self.limit / GB,
        )
