"""The running extension: one per process. It survives "Reload UI", which runs our scripts again but keeps
packages loaded."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from .. import __version__
from ..errors import NO_JOB, InuJobsError, NotFound
from ..library.captures import Captures
from ..library.files import tightest
from ..library.inputs import Inputs
from ..library.recipe_files import RecipeShelf
from ..library.thumbs import Thumbs
from ..log import log
from ..machines import MachineShelf, Pool
from ..machines.home import Home
from ..model import Payload, Task
from ..plan import cost
from ..ports import HandOver, ImageFacts, LaneEvent, Made
from ..queue import Queue
from ..sentences import Sentence
from ..service import Service
from ..service.machines import Requirements
from ..store import Store
from .capture.page_to_payload import freeze
from .capture.read_page import read_page
from .generation.file_names import FileNames
from .generation.for_elsewhere import UserSettings, complete, other_checkpoint
from .generation.grids import Grids
from .generation.save_guard import SaveGuard
from .host.catalog import WebuiCatalog
from .host.folders import WebuiHost
from .host.progress import Generation
from .host.setup.installer import WebuiInstaller
from .scheduler.agent_scheduler import AgentScheduler
from .settings import WebuiSettings

HOUR = 3600.0  # seconds


class Every:
    """Calls ``act`` every ``seconds`` on its own thread, from ``start`` to ``stop``."""

    def __init__(self, seconds: float, act: Callable[[], object]) -> None:
        self._seconds = seconds
        self._act = act
        self._stopping = threading.Event()

    def start(self) -> None:
        """Starting again only changes when it is called next."""
        self.stop()
        self._stopping = threading.Event()
        threading.Thread(
            target=self._work, args=(self._stopping,), name="inu-jobs-hourly", daemon=True
        ).start()

    def stop(self) -> None:
        self._stopping.set()

    def _work(self, stopping: threading.Event) -> None:
        while not stopping.wait(self._seconds):
            try:
                self._act()
            except Exception:  # whatever it was, the next time may work
                log.exception("the hourly maintenance failed.")


class Runtime:
    """All parts together. ``data``: the folder of jobs.json, inputs and thumbnails."""

    def __init__(self, data: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.settings = WebuiSettings()
        self.host = WebuiHost()
        self.guard = SaveGuard(self.host)
        self.catalog = WebuiCatalog(data / "wildcards")
        self.adapter = AgentScheduler(freeze=self._freeze)
        self.grids = Grids()
        self.installer = WebuiInstaller(lambda: self.adapter.installed, lambda: Generation().busy)
        self.store = Store(data)
        self.inputs = Inputs(data / "inputs")
        self.thumbs = Thumbs(data / "thumbs")
        self.captures = Captures()
        self.names = FileNames(self.host)
        self.user_settings = UserSettings()
        self.pool = Pool(
            MachineShelf(data / "machines.json"),
            data / "machines",
            Home(
                name=socket.gethostname() or "another WebUI",
                epoch=lambda: self.store.epoch,
                expected=self._expected,
                prepare=self._prepare_for_elsewhere,
                differs=self._differs,
                keep=self.names.keep,
                names_of=self.catalog.checkpoint_ids,
                deliver=self._deliver,
            ),
            Requirements(self.store, self.catalog).of,
            patience=lambda: self.settings.machine_patience,
        )
        self.queue = Queue(
            self.store,
            self.adapter,
            self.settings,
            prepare=self._prepare,
            record=self._record,
            cost=cost,
            checkpoints=self.catalog,
            room=lambda: tightest([*self.host.saving_folders(), data]),
            lanes=self.pool,
        )
        self.service = Service(
            store=self.store,
            queue=self.queue,
            scheduler=self.adapter,
            catalog=self.catalog,
            host=self.host,
            settings=self.settings,
            installer=self.installer,
            inputs=self.inputs,
            captures=self.captures,
            thumbs=self.thumbs,
            version=__version__,
            recipes=RecipeShelf(data / "recipes"),
            pool=self.pool,
        )
        self._hourly = Every(HOUR, self.service.images.sweep_inputs)
        self._epoch = self.store.epoch
        self.store.listen(self._look_for_takeover)

    def _prepare(self, task: Task) -> Payload:
        return self.service.images.prepare(task)

    def _expected(self, lane: str) -> dict[str, Task] | None:
        if self.store.read_only:
            return None  # another process works with it, and knows better
        return {task.remote: task for task in self.store.tasks_in("queued", "running") if task.lane == lane}

    def _deliver(self, event: LaneEvent) -> None:
        self.queue.receive(event)

    def _prepare_for_elsewhere(self, task: Task) -> HandOver:
        job = self.store.job(task.job)
        if job is None:
            raise NotFound(NO_JOB)
        payload = self.service.images.prepare_for_elsewhere(task)
        from_image = job.kind in ("img2img", "upscale") or bool(payload.get("init_images"))
        payload = complete(payload, self.user_settings.now(), from_image)
        return HandOver(task.id, job.id, job.name, from_image, payload, job.user)

    def _differs(self, request: HandOver, file: Path) -> Sentence:
        return other_checkpoint(request.payload, self.host.infotext(file), self.catalog.checkpoint_ids)

    def _freeze(self, kind: Literal["txt2img", "img2img"], values: Sequence[Any]) -> Payload | None:
        if not self.settings.adopt:
            return None
        try:
            found = freeze(read_page(kind, values, self.inputs))
            return None if found.axes else found.payload  # no single payload describes many files
        except InuJobsError:
            return None  # something on the page cannot be captured; its row still runs

    def _record(self, made: Made) -> ImageFacts | None:
        return self.service.images.record(made)

    def start(self) -> None:
        """Start feeding and following the scheduler, or continue after "Reload UI"."""
        self.installer.note_loaded()
        self.service.setup.begin()
        self.adapter.listen(self.queue.receive)
        self.queue.start()
        self.pool.start()
        self.service.auditor.start()
        self._put_right_beside()
        self._hourly.start()

    def _look_for_takeover(self, revision: int) -> None:
        """A new epoch means that another WebUI had the store, and may have been killed."""
        if self.store.epoch != self._epoch:
            self._epoch = self.store.epoch
            self._put_right_beside()

    def _put_right_beside(self) -> None:
        threading.Thread(target=self._put_right, name="inu-jobs-sweep", daemon=True).start()

    def _put_right(self) -> None:
        """Finish what a kill interrupted, and remove files that nothing uses any more."""
        try:
            self.service.trash.recover()
        except InuJobsError as error:
            log.warning("the trash could not be maintained. %s", error)
        self.service.images.sweep()

    def stop(self) -> None:
        """Stop working: our scripts were unloaded. Nothing is lost; the store stays open."""
        self.pool.stop()
        self.queue.stop()
        self.service.auditor.stop()
        self._hourly.stop()


_runtime: Runtime | None = None


def current() -> Runtime | None:
    """The running extension; None before ``open_runtime``."""
    return _runtime


def open_runtime(data: Path) -> Runtime:
    """The only runtime of this process, created on the first call."""
    global _runtime
    if _runtime is None:
        _runtime = Runtime(data)
    return _runtime
