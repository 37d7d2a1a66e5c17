"""One process per store."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from .. import durable_files
from ..sentences import UNSAID, say, verbatim

LOCK = "jobs.lock"
Outcome = Literal["mine", "taken", "denied"]


class FolderLock:
    """The operating system releases the lock when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # not thread-local: one thread opens the store, another may close it
        self._lock = FileLock(str(folder / LOCK), thread_local=False)
        self.problem = UNSAID

    def acquire(self) -> Outcome:
        """Try once. ``problem`` tells why it failed, in one sentence."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # older versions of filelock truncate a link's target
            if durable_files.is_link(self._folder / LOCK):
                raise OSError(errno.ELOOP, f"{LOCK} is a link: move it away")
            if not self._lock.is_locked:  # it counts, and would have to be released as often
                self._lock.acquire(timeout=0)
        except Timeout:
            self.problem = say(
                "Another running WebUI uses {folder}: you can view jobs here but not change them until"
                " you close it.",
                folder=str(self._folder),
            )
            return "taken"
        except (OSError, NotImplementedError) as error:
            why = (
                durable_files.reason(error, self._folder)
                if isinstance(error, OSError)
                else verbatim(str(error))
            )
            self.problem = say("{why}; until then, you can view jobs but not change them.", why=why)
            return "denied"
        self.problem = UNSAID
        return "mine"

    def release(self) -> None:
        self._lock.release()
