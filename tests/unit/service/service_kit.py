"""What the tests of the service and of the web API share: everything real but the WebUI itself."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from PIL import Image as Picture
from PIL.PngImagePlugin import PngInfo

from inu_jobs.api import JobSpec
from inu_jobs.errors import SchedulerError
from inu_jobs.fields.field_types import FIELDS
from inu_jobs.fields.table import SOME_HOSTS
from inu_jobs.library.captures import Captures
from inu_jobs.library.inputs import Inputs
from inu_jobs.library.recipe_files import RecipeShelf
from inu_jobs.library.thumbs import Thumbs
from inu_jobs.machines import MachineShelf, Pool
from inu_jobs.model import Hospitality, Payload, Task
from inu_jobs.plan import cost
from inu_jobs.ports import (
    Event,
    Finished,
    HandOver,
    ImageFacts,
    Made,
    Produced,
    Progress,
    RestartWay,
    Row,
    SchedulerFolder,
    SchedulerStatus,
    ScriptLabel,
    Started,
)
from inu_jobs.queue import Queue
from inu_jobs.sentences import UNSAID, Sentence
from inu_jobs.service import Service
from inu_jobs.service.machines import Requirements
from inu_jobs.store import Store
from tests.clock import Clock
from tests.permits import RecordedPermits
from tests.unit.service.machines_kit import PATIENCE, alone, home_of

PROMPT = "a small house by a lake"
#: some of the WebUI's
LABELS = [
    ("Model hash", "sd_model_checkpoint", "str"), ("Clip skip", "CLIP_stop_at_last_layers", "int"),
    ("VAE", "sd_vae", "str"), ("RNG", "randn_source", "str"), ("ENSD", "eta_noise_seed_delta", "int"),
    ("Face restoration", "face_restoration", "bool"), ("Tiling", "tiling", "bool"),
    ("Pad conds", "pad_cond_uncond", "bool"),
    ("Token merging ratio", "token_merging_ratio", "float"), ("Emphasis", "emphasis", "str"),
    ("NGMS", "s_min_uncond", "float"), ("Beta scheduler alpha", "beta_dist_alpha", "float"),
    ("Downcast alphas_cumprod", "use_downcasted_alpha_bar", "bool"),
    ("Old prompt editing timelines", "use_old_scheduling", "bool"), ("Eta", "eta_ancestral", "float"),
]  # fmt: skip


class MemoryScheduler:
    """``ports.Scheduler`` in memory: runs a task when told to. Anything it does not know is an error."""

    def __init__(self) -> None:
        self.sink: Callable[[Event], None] | None = None
        self.requests: dict[str, HandOver] = {}  # all that it has a row of
        self.waiting: dict[str, HandOver] = {}
        self.ended: dict[str, Row] = {}  # withdrawn ones, too
        self.current: HandOver | None = None
        self.interrupted: list[str] = []
        self.away = False
        self.picture: tuple[bytes, str] | None = None

    def _here(self) -> None:
        if self.away:
            raise SchedulerError("Agent Scheduler is missing.")

    def emit(self, event: Event) -> None:
        assert self.sink is not None, "nobody listens"
        self.sink(event)

    # ------------------------------------------------------------ the port

    def status(self) -> SchedulerStatus:
        self._here()
        current = self.current.task if self.current else None
        return SchedulerStatus(
            attached=True, current=current, generating=current is not None, runner=True,
            pending=len(self.waiting),
        )  # fmt: skip

    def listen(self, sink: Callable[[Event], None]) -> None:
        self.sink = sink

    def hand_over(self, request: HandOver) -> None:
        self._here()
        assert request.task not in self.waiting, "handed over twice"
        self.ended.pop(request.task, None)
        self.requests[request.task] = self.waiting[request.task] = request

    def withdraw(self, tasks: Sequence[str]) -> set[str]:
        self._here()
        gone = {task for task in tasks if task in self.waiting}
        for task in gone:
            self.ended[task] = Row(task, self.waiting.pop(task).job, "interrupted")
        return gone

    def interrupt(self, task: str) -> bool:
        self._here()
        if self.current is None or self.current.task != task:
            return False
        self.interrupted.append(task)
        return True

    def forget(self, tasks: Sequence[str]) -> None:
        self._here()
        for task in tasks:
            if self.ended.pop(task, None) is not None:
                del self.requests[task]

    def put_back(self, task: str) -> bool:
        self._here()
        if task in self.ended:
            del self.ended[task]
            self.waiting[task] = self.requests[task]
        return task in self.requests

    def rows(self, jobs: Sequence[str], tasks: Sequence[str] = ()) -> dict[str, Row]:
        self._here()
        known = {r.task: Row(r.task, r.job, "pending") for r in self.waiting.values()} | self.ended
        if self.current is not None:
            known[self.current.task] = Row(self.current.task, self.current.job, "running")
        return {id: row for id, row in known.items() if row.job in jobs or id in tasks}

    def kick(self) -> None:
        self._here()

    def end_memory_pause(self) -> None:
        self._here()

    def unwedge(self) -> bool:
        self._here()
        return False

    def progress(self) -> Progress:
        self._here()
        if self.current is None:
            return Progress()
        return Progress(self.current.task, 0.5, 10, 20, 3.0, 7)

    def preview(self) -> tuple[bytes, str] | None:
        self._here()
        return self.picture

    # -------------------------------------------------------------- running

    def begin(self, job: str = "") -> HandOver:
        """Start the first task that waits, or the first of ``job``."""
        assert self.current is None
        task = next(id for id, request in self.waiting.items() if job in ("", request.job))
        self.current = self.waiting.pop(task)
        self.emit(Started(task))
        return self.current

    def end(self, made: Sequence[Made] = (), error: str = "") -> None:
        """Finish the task that runs: done with these images, or failed."""
        assert self.current is not None
        task, job = self.current.task, self.current.job
        state: Any = "failed" if error else "interrupted" if task in self.interrupted else "done"
        paths = tuple(image.path for image in made)
        if made:
            self.emit(Produced(task, tuple(made), interrupted=state == "interrupted"))
        self.ended[task] = Row(task, job, state, error, paths)
        self.current = None
        self.emit(Finished(task, state, error, paths))


class MemoryInstaller:
    """``ports.Installer`` in memory. ``failure`` is raised by the next click; ``go`` holds clicks up."""

    source = "https://example.com/sd-webui-agent-scheduler"

    def __init__(self) -> None:
        self.found: dict[str, SchedulerFolder] = {}
        self.refused: Sentence = UNSAID
        self.way: RestartWay = "restart"
        self.failure: Exception | None = None
        self.go = threading.Event()
        self.go.set()
        self.calls: list[str] = []
        self.loaded = self.busy = False
        self.error = ""

    def put(self, name: str, **fields: Any) -> None:
        self.found[name] = SchedulerFolder(name, **fields)

    def folders(self) -> list[SchedulerFolder]:
        return list(self.found.values())

    def running(self) -> bool:
        return self.loaded

    def refusal(self) -> Sentence:
        return self.refused

    def _call(self, name: str) -> None:
        self.calls.append(name)
        assert self.go.wait(30)
        if self.failure is not None:
            raise self.failure

    def install(self) -> str:
        self._call("install")
        self.put("new", loaded=False, suits=True)
        return "new"

    def choose(self, name: str) -> None:
        self.calls.append(f"choose {name}")
        self.found = {
            folder.name: msgspec.structs.replace(folder, enabled=folder.name == name)
            for folder in self.folders()
        }

    def restart_way(self) -> RestartWay:
        return self.way

    def restart(self) -> None:
        self._call("restart")

    def startup_seconds(self) -> float:
        return 20.0

    def generating(self) -> bool:
        return self.busy

    def reason(self, name: str) -> str:
        return self.error

    def versions(self, name: str) -> list[str]:
        return ["WebUI v1.10.1", f"Agent Scheduler of {name}"]


class ListCatalog(RecordedPermits):
    """``ports.Catalog`` of a small installation."""

    def __init__(self, *wildcards: Path) -> None:
        self._folders = list(wildcards)

    def checkpoints(self) -> list[str]:
        return ["tiny.safetensors [0123456789]", "other.safetensors"]

    def checkpoint_exists(self, name: str) -> bool:
        return name in (*self.checkpoints(), "tiny", "tiny.safetensors", "other")

    def checkpoint_ids(self, name: str) -> frozenset[str]:
        known = {"tiny.safetensors [0123456789]", "tiny.safetensors", "tiny", "0123456789"}
        other = {"other.safetensors", "other"}
        return frozenset(next((ids for ids in (known, other) if name in ids), ()))

    def checkpoint_family(self, name: str) -> str:
        return ""

    def payload_fields(self, is_img2img: bool) -> frozenset[str]:
        return frozenset(FIELDS["img2img" if is_img2img else "txt2img"]) - SOME_HOSTS

    def modules(self) -> list[str] | None:
        return None

    def vaes(self) -> list[str]:
        return ["Automatic", "None", "tiny.vae.pt"]

    def samplers(self) -> list[str]:
        return ["Euler", "Euler a", "DPM++ 2M", "DPM++ SDE"]

    def sampler_exists(self, name: str) -> bool:
        return name in self.samplers()

    def sampling(self, sampler: str, scheduler: str) -> tuple[str, str] | None:
        if sampler not in self.samplers() or scheduler not in ("", *self.schedulers()):
            return None
        own = "Karras" if sampler == "DPM++ 2M" else "Automatic"
        return sampler, "Automatic" if scheduler in ("", own) else scheduler

    def schedulers(self) -> list[str]:
        return ["Automatic", "Karras"]

    def upscalers(self) -> list[str]:
        return ["None", "Lanczos"]

    def latent_upscale_modes(self) -> list[str]:
        return ["Latent"]

    def loras(self) -> list[str]:
        return ["dog"]

    def lora_family(self, name: str) -> str:
        return "SD 1" if name in self.loras() else ""

    def infotext_settings(self) -> list[tuple[str, str, str]]:
        return LABELS

    def infotext_scripts(self) -> list[ScriptLabel]:
        return []

    def size_step(self) -> int:
        return 8

    def lora_hashes(self) -> bool:
        return True

    def embeddings(self) -> list[str]:
        return []

    def styles(self) -> list[str]:
        return ["sketch"]

    def style_prompt(self, name: str) -> str:
        return {"sketch": "pencil sketch"}.get(name, "")

    def prompt_comments(self) -> bool:
        return True

    def comments_like_code(self) -> bool:
        return False

    def wildcards(self) -> list[str]:
        return sorted(path.stem for folder in self._folders for path in folder.glob("*.txt"))

    def wildcard_folders(self) -> list[Path]:
        return self._folders

    def scripts(self, is_img2img: bool) -> list[str]:
        return ["prompt matrix", *(["sd upscale"] if is_img2img else [])]

    def script_arguments(self, is_img2img: bool) -> dict[str, int]:
        return {"prompt matrix": 5, **({"sd upscale": 4} if is_img2img else {})}

    def alwayson(self, is_img2img: bool) -> dict[str, int]:
        return {"extra options": 0, "blur": 2}

    def controlnet_models(self) -> list[str] | None:
        return None


class PlainSettings:
    """``ports.Settings``."""

    look_ahead = 8
    hold_after_failures = 3
    adopt = True
    disk_limit = 5
    same_model_run = 50

    def __init__(self) -> None:
        self.allowed_hosts: list[str] = []
        self.guests: Hospitality = "off"


class FolderHost:
    """``ports.Host`` on a folder; infotext as A1111 writes it into PNGs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def data_folder(self) -> Path:
        return self.folder

    def output_folders(self) -> list[Path]:
        return [self.folder / "outputs"]

    def grid_folders(self) -> list[Path]:
        return []

    def saving_folders(self) -> list[Path]:
        return [self.folder / "outputs" / "txt2img-images"]

    def infotext(self, path: Path) -> str:
        with Picture.open(path) as image:
            return str(image.info.get("parameters", ""))

    def save_folder(self) -> Path | None:
        return self.folder / "log" / "images"

    def graphics_card(self) -> str:
        return ""

    def fonts(self) -> list[str]:
        return []


class House:
    """A whole house on ``folder``, without the WebUI around it. Has the attributes of a Runtime."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.outputs = folder / "outputs"
        self.bin = folder / "recycle-bin"
        self.outputs.mkdir(parents=True, exist_ok=True)
        self.clock = Clock()
        self.settings = PlainSettings()
        self.host = FolderHost(folder)
        self.catalog = ListCatalog(folder / "data" / "wildcards")
        self.scheduler = MemoryScheduler()
        self.installer = MemoryInstaller()
        self.store = Store(folder / "data", clock=self.clock)
        self.inputs = Inputs(folder / "data" / "inputs")
        self.thumbs = Thumbs(folder / "data" / "thumbs")
        self.captures = Captures()
        self.pool = Pool(
            MachineShelf(folder / "data" / "machines.json"), folder / "data" / "machines", home_of(self),
            Requirements(self.store, self.catalog).of, lambda: PATIENCE, peer=alone,
            begin=lambda lane, before: None,
        )  # fmt: skip
        self.queue = Queue(
            self.store, self.scheduler, self.settings,
            prepare=self._prepare,
            record=self._record,
            cost=cost,
            clock=self.clock,
            lanes=self.pool,
        )  # fmt: skip
        self.service = Service(
            store=self.store, queue=self.queue, scheduler=self.scheduler, catalog=self.catalog,
            host=self.host, settings=self.settings, installer=self.installer, inputs=self.inputs,
            captures=self.captures, thumbs=self.thumbs, version="1.2.3",
            recipes=RecipeShelf(folder / "data" / "recipes"), pool=self.pool, clock=self.clock,
            recycle=self._recycle,
        )  # fmt: skip
        self.scheduler.listen(self.queue.receive)
        self._numbers = itertools.count(1)

    def _prepare(self, task: Task) -> Payload:
        return self.service.images.prepare(task)

    def _record(self, made: Made) -> ImageFacts | None:
        return self.service.images.record(made)

    def _recycle(self, path: Path) -> None:
        """Into a bin of the test's own: that of whoever runs the tests stays as it is."""
        self.bin.mkdir(exist_ok=True)
        path.rename(self.bin / path.name)

    def close(self) -> None:
        self.thumbs.stop()
        self.store.close()

    def add(self, tasks: int = 1, **fields: Any) -> str:
        """A job with ``tasks`` seeds; its id."""
        payload = fields.pop("payload", {"prompt": PROMPT, "steps": 20, "width": 64, "height": 64})
        kind = fields.pop("kind", "txt2img")
        if tasks > 1:
            payload = {**payload, "n_iter": tasks}
        return self.service.jobs.create(JobSpec(kind=kind, payload=payload, **fields)).id

    def draw(self, name: str = "", infotext: str = "") -> Path:
        """A PNG in the output folder, as the WebUI would save it."""
        path = self.outputs / (name or f"{next(self._numbers):05}.png")
        info = PngInfo()
        if infotext:
            info.add_text("parameters", infotext)
        Picture.new("RGB", (64, 64), (10, 20, next(self._numbers) % 256)).save(path, pnginfo=info)
        return path

    def run_one(self, images: int = 1, error: str = "", infotext: str = "") -> None:
        """Hand over, then run the first task that waits."""
        self.queue.tick()
        self.scheduler.begin()
        self.queue.tick()
        self.clock.now += 4
        made = [] if error else [Made(str(self.draw(infotext=infotext)), seed=n) for n in range(images)]
        self.scheduler.end(made, error)
        self.queue.tick()

    def add_done(self, tasks: int = 1, **fields: Any) -> str:
        id = self.add(tasks, **fields)
        for _ in range(tasks):
            self.run_one()
        return id
