"""Which machines there are: ``machines.json``. Not in jobs.json, because it has their passwords."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import msgspec

from ..durable_files import read, write_durably
from ..errors import StoreError
from ..log import log
from ..model import Machine
from ..sentences import say

#: more than anyone has
MOST = 200
_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


class MachineShelf:
    """``path`` is created with the first machine, readable for its owner alone. A damaged file is renamed.
    Thread-safe."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._all: tuple[Machine, ...] | None = None

    def all(self) -> tuple[Machine, ...]:
        """In the order in which they were added; none while the file cannot be read."""
        with self._lock:
            if self._all is None:
                try:
                    self._all = self._read()
                except OSError as error:
                    log.warning("machines.json cannot be read: %s", error)
                    return ()
            return self._all

    def put(self, machines: tuple[Machine, ...]) -> None:
        """``StoreError`` if they cannot be saved; then nothing has changed."""
        with self._lock:
            try:
                if self._all is None:
                    self._read()  # what cannot be read must not be written over
                self._path.parent.mkdir(parents=True, exist_ok=True)
                data = msgspec.json.format(msgspec.json.encode(machines), indent=2)
                write_durably(self._path, data, 0o600)
            except OSError as error:
                raise StoreError(
                    say("The machines cannot be saved: {error}.", error=error.strerror or str(error))
                ) from error
            self._all = machines

    def _read(self) -> tuple[Machine, ...]:
        try:
            found = msgspec.json.decode(read(self._path), type=list[Machine])[:MOST]
            # an id is the name of a folder, and the file may be edited by hand
            return tuple({one.id: one for one in found if _ID.fullmatch(one.id)}.values())
        except FileNotFoundError:
            return ()
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            log.error("machines.json is damaged, and is now called machines.json.damaged: %s", error)
            self._path.replace(self._path.with_name(f"{self._path.name}.damaged"))
            return ()
