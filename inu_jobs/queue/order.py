"""Which task is next."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from ..errors import InuJobsError
from ..model import Job, Payload, Task
from ..overlay import look_up
from ..store import Store

#: checkpoint and VAE that a task asks for; None: whatever is loaded
Model = tuple[object, object]
_CHECKPOINT = "override_settings.sd_model_checkpoint"
_VAE = "override_settings.sd_vae"


class Order:
    """By priority; of equal priority the oldest job first, but tasks for the model that is loaded go
    before the others: loading one takes longer than many an image. The task whose turn it would have been
    is passed over by at most ``bound`` tasks in a row, so that nobody starves."""

    def __init__(self, store: Store, bound: Callable[[], int]) -> None:
        self._store = store
        self._bound = bound
        self._models: dict[str, Model] = {}  # of payloads, by hash
        self._loaded: Model | None = None
        self._passed_over = 0
        self._handed: dict[str, int] = {}  # tasks at the scheduler, by when they were handed over

    def hand(self, task: Task) -> None:
        """``task`` is handed over now."""
        there = {other.id for other in self._store.tasks_in("queued", "running")}
        last = max(self._handed.values(), default=0)
        self._handed = {id: place for id, place in self._handed.items() if id in there}
        self._handed[task.id] = last + 1

    def handed(self, task: Task) -> tuple[int, int]:
        """Sorts tasks at the scheduler by when they were handed over; before a restart: by their index."""
        return (self._handed.get(task.id, 0), task.index)

    def model_of(self, task: Task) -> Model:
        base = self._models.get(task.payload)
        if base is None:
            payload = self._store.payload(task.payload) or {}
            base = self._models[task.payload] = (_told(payload, _CHECKPOINT), _told(payload, _VAE))
        return (task.changes.get(_CHECKPOINT, base[0]), task.changes.get(_VAE, base[1]))

    def choose(self, tasks: list[Task]) -> int:
        """The place of the next one among ``tasks``, which are of equal priority and in turn."""
        if self._passed_over >= self._bound():
            return 0
        for place, task in enumerate(tasks):
            if self.model_of(task) == self._loaded:
                return place
        return 0

    def took(self, task: Task, place: int) -> None:
        self._loaded = self.model_of(task)
        self._passed_over = self._passed_over + 1 if place else 0


class Round:
    """The tasks that wait now, each given once. ``enough``: no more of a job is handed over for now; what
    comes after it waits, too."""

    def __init__(
        self, order: Order, store: Store, may_run: Callable[[Job], bool], enough: Callable[[Job], bool]
    ) -> None:
        self._order = order
        self._store = store
        self._may_run = may_run
        self._enough = enough
        self._jobs = sorted(
            (job for job in store.jobs() if store.task_counts(job.id).get("held") and may_run(job)), key=turn
        )
        self._tasks: list[Task] = []

    def next(self) -> Task | None:
        """None if no task may start."""
        while True:
            if not self._tasks and not self._fill():
                return None
            place = self._order.choose(self._tasks)
            task = self._tasks.pop(place)
            job, now = self._store.job(task.job), self._store.task(task.id)
            if job is None or not self._may_run(job):
                # it held itself: its tasks fail one after the other
                self._tasks = [other for other in self._tasks if other.job != task.job]
            elif now is not None and now.state == "held":
                if self._enough(job):
                    return None
                self._order.took(now, place)
                return now

    def _fill(self) -> bool:
        """The tasks of the jobs of the next lower priority."""
        while self._jobs and not self._tasks:
            priority = self._jobs[0].priority
            same = [job for job in self._jobs if job.priority == priority]
            self._jobs = self._jobs[len(same) :]
            self._tasks = [
                task for job in same for task in self._store.tasks_of(job.id) if task.state == "held"
            ]
        return bool(self._tasks)


def model_changes(models: Sequence[str], bound: int) -> int:
    """How often another model is loaded if tasks for ``models``, in turn, are chosen as ``Order`` does."""
    places: dict[str, deque[int]] = {}
    for place, model in enumerate(models):
        places.setdefault(model, deque()).append(place)
    if len(places) < 2:
        return 0
    taken = bytearray(len(models))
    first = changes = passed_over = 0
    loaded = models[0]
    for _ in models:
        while taken[first]:
            first += 1
        same = places[loaded]
        place = same[0] if same and passed_over < bound else first
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
    """Sorts jobs by whose turn it is."""
    return (-job.priority, job.created, job.id)
