"""Which task is next."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from ...errors import InuJobsError
from ...model import Job, Payload, Task
from ...overlay import look_up
from ...ports import Checkpoints
from ...store import Store

#: the checkpoint file and VAE that a task needs
Model = tuple[str, object]
_CHECKPOINT = "override_settings.sd_model_checkpoint"
_VAE = "override_settings.sd_vae"
_NOT_KNOWN = object()  # equals no VAE that a task could need


#: whether a machine takes a task
Takes = Callable[[Task], bool]


def _any(task: Task) -> bool:
    return True


class AsNamed:
    """``ports.Checkpoints`` if only the names are known."""

    def checkpoint(self, name: str) -> str:
        return name

    def loaded_checkpoint(self) -> str:
        return ""


class Order:
    """By priority; with equal priority the oldest job first, except that tasks for the loaded checkpoint run
    before others, and those with its VAE first: loading a checkpoint often takes longer than an image.
    The task whose turn it would have been is passed over by at most ``bound`` tasks in a row, so that none
    starves.

    As long as no checkpoint has more than ``bound`` waiting tasks, each is loaded once, or not at all if it
    is already loaded: fewer loads are not possible. Beyond that, each time that the bound interrupts a
    checkpoint's tasks costs one more load."""

    def __init__(self, store: Store, checkpoints: Checkpoints, bound: Callable[[], int]) -> None:
        self._store = store
        self._checkpoints = checkpoints
        self._bound = bound
        self._asked: dict[str, Model] = {}  # of payloads, by hash, with the checkpoint as named there
        self._files: dict[str, str] = {}  # checkpoint files, by any of their names
        self._passed_over: dict[str, int] = {}  # by machine
        self._last: dict[str, Model] = {}  # what other machines loaded last
        self._handed: dict[str, int] = {}  # tasks at the scheduler, in hand-over order

    def begin(self) -> None:
        """A new round: names may refer to other files, or the settings to another checkpoint."""
        self._files = {}

    def hand(self, task: Task, lane: str = "") -> None:
        """Record that ``task`` is being handed over."""
        if lane and (model := self.model_of(task)) is not None:
            self._last[lane] = model
        there = {other.id for other in self._store.tasks_in("queued", "running")}
        last = max(self._handed.values(), default=0)
        self._handed = {id: place for id, place in self._handed.items() if id in there}
        self._handed[task.id] = last + 1

    def handed(self, task: Task) -> tuple[int, int]:
        """Sort key for tasks at the scheduler, by hand-over; by their index if handed over before a
        restart."""
        return (self._handed.get(task.id, 0), task.index)

    def model_of(self, task: Task) -> Model | None:
        """None if it needs no model."""
        job = self._store.job(task.job)
        if job is not None and job.kind == "upscale":
            return None
        base = self._asked.get(task.payload)
        if base is None:
            payload = self._store.payload(task.payload) or {}
            name = str(_told(payload, _CHECKPOINT) or "")
            base = self._asked[task.payload] = (name, _told(payload, _VAE))
        name = str(task.changes.get(_CHECKPOINT, base[0]) or "")
        if name not in self._files:
            self._files[name] = self._checkpoints.checkpoint(name)
        return (self._files[name], task.changes.get(_VAE, base[1]))

    def _loaded(self, lane: str) -> Model | None:
        """The model in the machine's memory when its next task begins: what its last handed-over task needs,
        else the current one. None if unknown."""
        if lane:
            return self._last.get(lane)
        there = [task for task in self._store.tasks_in("queued", "running") if not task.lane]
        for task in sorted(there, key=self.handed, reverse=True):
            if (model := self.model_of(task)) is not None:
                return model
        return (self._checkpoints.loaded_checkpoint(), _NOT_KNOWN)

    def choose(self, tasks: list[Task], lane: str = "", takes: Takes = _any) -> int | None:
        """The index of the next one among ``tasks``, which have equal priority and are in order, for a
        machine that ``takes`` some of them; None if it takes none."""
        first = next((place for place, task in enumerate(tasks) if takes(task)), None)
        if first is None:
            return None
        wanted = self.model_of(tasks[first])
        loaded = self._loaded(lane)
        if wanted is None or loaded is None or self._passed_over.get(lane, 0) >= self._bound():
            return first
        same = first if wanted[0] == loaded[0] else None
        for place, task in enumerate(tasks[first:], first):
            model = self.model_of(task)
            if model is None or model[0] != loaded[0] or (same is not None and model != loaded):
                continue
            if not takes(task):
                continue
            if model == loaded:
                return place
            same = place
        return first if same is None else same

    def took(self, place: int, lane: str = "") -> None:
        """Record that the task at index ``place`` was chosen."""
        self._passed_over[lane] = self._passed_over.get(lane, 0) + 1 if place else 0


class Round:
    """The tasks that wait now, each returned once. ``enough``: for now, hand over no more of a job; what
    comes after it waits, too."""

    def __init__(
        self, order: Order, store: Store, may_run: Callable[[Job], bool], enough: Callable[[Job], bool]
    ) -> None:
        order.begin()
        self._order = order
        self._store = store
        self._may_run = may_run
        self._enough = enough
        self._jobs = sorted(
            (job for job in store.jobs() if store.task_counts(job.id).get("held") and may_run(job)), key=turn
        )
        self._tasks: list[Task] = []

    def next(self, lane: str = "", takes: Takes = _any) -> Task | None:
        """For a machine that ``takes`` some of them; None if no task may start there."""
        while True:
            if not self._tasks and not self._fill():
                return None
            place = self._order.choose(self._tasks, lane, takes)
            if place is None:
                return None  # those of lower priority wait for their turn
            task = self._tasks.pop(place)
            job, now = self._store.job(task.job), self._store.task(task.id)
            if job is None or not self._may_run(job):
                # it put itself on hold: its tasks fail one after the other
                self._tasks = [other for other in self._tasks if other.job != task.job]
            elif now is not None and now.state == "held":
                if self._enough(job):
                    return None
                self._order.took(place, lane)
                return now

    def _fill(self) -> bool:
        """Load the tasks of the jobs with the next lower priority."""
        while self._jobs and not self._tasks:
            priority = self._jobs[0].priority
            same = [job for job in self._jobs if job.priority == priority]
            self._jobs = self._jobs[len(same) :]
            self._tasks = [
                task for job in same for task in self._store.tasks_of(job.id) if task.state == "held"
            ]
        return bool(self._tasks)


def model_changes(models: Sequence[str], bound: int) -> int:
    """How often another model is loaded if tasks for ``models`` ("checkpoint|VAE"), in order, are chosen as
    ``Order`` does."""
    places: dict[str, deque[int]] = {}
    for place, model in enumerate(models):
        places.setdefault(model, deque()).append(place)
    if len(places) < 2:
        return 0
    kin: dict[str, list[str]] = {}  # by checkpoint
    for model in places:
        kin.setdefault(model.partition("|")[0], []).append(model)
    taken = bytearray(len(models))
    first = changes = passed_over = 0
    loaded = models[0]
    for _ in models:
        while taken[first]:
            first += 1
        place = first
        if passed_over < bound:
            near = [places[loaded]] if places[loaded] else [places[m] for m in kin[loaded.partition("|")[0]]]
            place = min((same[0] for same in near if same), default=first)
        passed_over = passed_over + 1 if place != first else 0
        changes += models[place] != loaded
        loaded = models[place]
        places[loaded].popleft()
        taken[place] = True
    return changes


def _told(payload: Payload, path: str) -> object:
    try:
        return look_up(payload, path)
    except (LookupError, InuJobsError):
        return None


def turn(job: Job) -> tuple[int, float, str]:
    """Sort key for the order in which jobs run."""
    return (-job.priority, job.created, job.id)
