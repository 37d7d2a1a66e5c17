"""The running extension: one per process. It outlives "Reload UI", which runs our scripts again but
leaves packages loaded."""

from __future__ import annotations

import threading
from pathlib import Path

from .. import __version__
from ..errors import InuJobsError
from ..library.captures import Captures
from ..library.files import tightest
from ..library.inputs import Inputs
from ..library.recipe_shelf import RecipeShelf
from ..library.thumbs import Thumbs
from ..model import Payload, Task
from ..plan import cost
from ..ports import ImageFacts, Made
from ..queue import Queue
from ..service import Service
from ..store import Store
from .agent_scheduler import AgentScheduler
from .catalog import WebuiCatalog
from .host import WebuiHost
from .settings import WebuiSettings


class Runtime:
    """All parts joined. ``data`` is the folder of jobs.json, inputs and thumbnails."""

    def __init__(self, data: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.settings = WebuiSettings()
        self.host = WebuiHost()
        self.catalog = WebuiCatalog(data / "wildcards")
        self.adapter = AgentScheduler()
        self.store = Store(data)
        self.inputs = Inputs(data / "inputs")
        self.thumbs = Thumbs(data / "thumbs")
        self.captures = Captures()
        self.queue = Queue(
            self.store,
            self.adapter,
            self.settings,
            prepare=self._prepare,
            record=self._record,
            cost=cost,
            checkpoints=self.catalog,
            room=lambda: tightest([*self.host.saving_folders(), data]),
        )
        self.service = Service(
            store=self.store,
            queue=self.queue,
            scheduler=self.adapter,
            catalog=self.catalog,
            host=self.host,
            inputs=self.inputs,
            captures=self.captures,
            thumbs=self.thumbs,
            version=__version__,
            recipes=RecipeShelf(data / "recipes"),
        )
        self._epoch = self.store.epoch
        self.store.listen(self._look_for_takeover)

    def _prepare(self, task: Task) -> Payload:
        return self.service.prepare(task)

    def _record(self, made: Made) -> ImageFacts | None:
        return self.service.record(made)

    def start(self) -> None:
        """Begin to feed and follow the scheduler, or go on after "Reload UI"."""
        self.adapter.listen(self.queue.receive)
        self.queue.start()
        self.service.auditor.start()
        self._put_right_beside()

    def _look_for_takeover(self, revision: int) -> None:
        """A new epoch: another WebUI had the store, and it may have been killed at work."""
        if self.store.epoch != self._epoch:
            self._epoch = self.store.epoch
            self._put_right_beside()

    def _put_right_beside(self) -> None:
        threading.Thread(target=self._put_right, name="inu-jobs-sweep", daemon=True).start()

    def _put_right(self) -> None:
        """What a kill left undone, and files that nobody needs any more."""
        try:
            self.service.trash.recover()
        except InuJobsError as error:
            print(f"Inu Jobs: the trash could not be looked after. {error}")
        self.service.sweep()

    def stop(self) -> None:
        """Stand still: our scripts were unloaded. Nothing is lost, the store stays open."""
        self.queue.stop()
        self.service.auditor.stop()


_runtime: Runtime | None = None


def current() -> Runtime | None:
    return _runtime


def open_runtime(data: Path) -> Runtime:
    """The one runtime of this process, made at the first call."""
    global _runtime
    if _runtime is None:
        _runtime = Runtime(data)
    return _runtime
