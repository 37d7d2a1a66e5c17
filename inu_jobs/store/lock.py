"""One process per store."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from . import files

LOCK = "jobs.lock"
Outcome = Literal["mine", "taken", "denied"]


class FolderLock:
    """The operating system gives the lock back when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # not thread-local: one thread opens the store, another may close it
        self._lock = FileLock(str(folder / LOCK), thread_local=False)
        self.problem = ""

    def acquire(self) -> Outcome:
        """Try once. ``problem`` says why not, in one sentence."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if not self._lock.is_locked:  # it counts, and would have to be released as often
                self._lock.acquire(timeout=0)
        except Timeout:
            self.problem = (
                f"Another WebUI that is running uses {self._folder}: jobs can be seen here but not changed,"
                " until you close the other one."
            )
            return "taken"
        except (OSError, NotImplementedError) as error:
            why = files.reason(error, self._folder) if isinstance(error, OSError) else str(error)
            self.problem = f"{why}; until then jobs can be seen but not changed."
            return "denied"
        self.problem = ""
        return "mine"

    def release(self) -> None:
        self._lock.release()
