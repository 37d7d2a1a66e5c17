"""Following what the scheduler and our script report, event by event, into the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..errors import InuJobsError, SchedulerError
from ..model import Hold, Image, Task, is_grid, new_id, storable
from ..ports import (
    Enqueued,
    Event,
    Finished,
    ImageFacts,
    Made,
    Produced,
    Reattached,
    Registered,
    Saved,
    Started,
)
from .adopt import adopt, own
from .desk import Desk, Run, replace
from .reasons import NOTHING, OUT_OF_MEMORY, UNNAMED, explain, gist, too_few

_STARTS = 3  # of one task without an end between them; more is the scheduler's own requeueing
_RELOAD_SECONDS = 30.0  # "Reload UI" interrupts first, closes the page's server, then says so
_RELOAD_ATTEMPTS = 2
_LOOP = (
    "A task failed and was started again over and over: switch off “Auto requeue failed tasks”"
    " in Agent Scheduler's settings, then resume."
)
_EDIT = "Edit the job, then resume it."
_ANEW = "Free some of it and resume the job, or cancel the job and make it again, smaller."


class Follower:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._interruptions: dict[str, float] = {}  # task -> when, where nobody of us asked for it
        self._before_reload: set[str] = set()  # tasks whose run began in a scheduler that is gone

    def apply(self, event: Event) -> None:
        """Write what an event means. Safe to repeat if the store could not take it."""
        with self._desk.lock:
            if isinstance(event, Started):
                self._started(event.task)
            elif isinstance(event, Produced):
                self.take(event.task, event.images)
                self._run(event.task).stopped |= event.interrupted
            elif isinstance(event, Saved):
                self._run(event.task).saved.append(event.path)
            elif isinstance(event, Finished):
                self.finished(event)
            elif isinstance(event, Registered):
                self._adopt_copy(event)
            elif isinstance(event, Enqueued):
                adopt(self._desk, event)
            elif isinstance(event, Reattached):
                self._reattached(event)

    def _run(self, task: str) -> Run:
        if self._desk.store.task(task) is None:
            return Run(self._desk.clock())  # somebody else's: forgotten at once
        return self._desk.runs.setdefault(task, Run(self._desk.clock()))

    # ---------------------------------------------------------------- started

    def _started(self, id: str) -> None:
        desk = self._desk
        task = desk.store.task(id)
        if task is None or id in desk.stopping:
            return
        self._before_reload.discard(id)
        before = desk.runs.get(id)
        run = desk.runs[id] = Run(desk.clock(), (before.starts if before else 0) + 1)
        if any(other.id != id for other in desk.store.tasks_in("running")):
            desk.reconcile_now = True  # its runner has one hand: the other ended without a word
        if run.starts > _STARTS:
            self._stop_loop(task)
        elif task.state not in ("cancelled", "done"):
            desk.change(id, state="running", started=run.started, finished=None, error="")

    def _stop_loop(self, task: Task) -> None:
        desk = self._desk
        job = desk.store.job(task.job)
        if job is not None and (job.hold is None or job.hold.by != "requeue"):
            desk.hold(task.job, Hold(by="requeue", message=_LOOP))
        if task.id in desk.scheduler.withdraw([task.id]):
            desk.change(task.id, state="failed", error=_LOOP, finished=desk.clock())
            desk.runs.pop(task.id, None)

    # ----------------------------------------------------------------- images

    def take(self, id: str, made: Sequence[Made]) -> None:
        """Record images of the run that goes on. A second run of a task (after a crash, an
        interruption) gives the same pictures: its files take the places of the first run's records,
        which keep their ids and verdicts. A task already done keeps its own."""
        desk = self._desk
        task = desk.store.task(id)
        if task is None or task.state == "done" or id in desk.stopping:
            return
        run = self._run(id)
        found = [(image, facts) for image in made if (facts := desk.record(image)) is not None]
        named = [(image, facts) for image, facts in found if facts.path == storable(facts.path)]
        run.unnamed |= len(named) < len(found)
        recorded: list[str] = []
        with desk.store.transaction() as transaction:
            # It was stopped because its job was deleted: what comes too late would show as if it were not.
            if task.state == "cancelled" and desk.store.lies_in_trash(task.job):
                return
            earlier = {image.index: image for image in desk.store.images_of_task(id) if not image.trashed}
            paths: set[str] = set()
            for image, facts in named:
                known = desk.store.image_by_path(facts.path)
                if facts.path in paths or (known is not None and known.id in run.images):
                    continue
                paths.add(facts.path)
                if known is not None and known.trashed:
                    known = None  # its file lies in the trash, and only the name is used again
                if known is not None and known.task != id:
                    transaction.delete_image(known.id)  # its file was written over
                    known = None
                index = len(run.images) + len(recorded)
                place = known or earlier.get(index)
                record = _image(task, index, image, facts, desk.clock(), place)
                transaction.put(record)
                recorded.append(record.id)
        run.images.extend(recorded)

    def _fall_back(self, task: Task, paths: Iterable[str]) -> None:
        """No script of ours reported: of all files saved, all but the grids."""
        self.take(task.id, [Made(path) for path in paths if not is_grid(path)])

    # --------------------------------------------------------------- finished

    def finished(self, event: Finished) -> None:
        """A run ended, by the scheduler's word or by its database."""
        desk = self._desk
        task = desk.store.task(event.task)
        if task is None or task.state == "done" or event.task in desk.stopping:
            desk.runs.pop(event.task, None)
            desk.stopping.discard(event.task)
            return
        run = self._run(task.id)
        if not run.images:
            self._fall_back(task, event.images or run.saved)
        made = len(run.images)
        # how many a script of the page makes is not known beforehand
        by_its_word = not own(desk, task) and event.state == "done" and made > 0 and not run.stopped
        if made >= task.images or by_its_word:
            self._done(task)
        elif task.state == "cancelled":
            desk.change(task.id, finished=desk.clock(), attempt=task.attempt + 1)
        elif event.state == "failed":
            self.fail(task, self._reason(task, event.error))
        elif run.unnamed:
            self.fail(task, UNNAMED)
        elif self._came_to_nothing(task, event, run):
            self.fail(task, NOTHING)
        else:
            self._interrupted(task, run, made)
        desk.runs.pop(task.id, None)

    def _came_to_nothing(self, task: Task, event: Finished, run: Run) -> bool:
        """Nobody stopped it. One queued by the scheduler's own button may be set to save nothing."""
        stopped = run.stopped or event.stopped is not False
        return own(self._desk, task) and event.state == "done" and not stopped and not run.images

    def _done(self, task: Task) -> None:
        desk = self._desk
        done = desk.change(task.id, state="done", error="", finished=desk.clock())
        desk.failures.pop(task.job, None)
        desk.worked.add(task.job)
        if done is not None:
            desk.durations.add(done)

    def _reason(self, task: Task, error: str) -> str:
        try:
            self._desk.prepare(task)  # says so if an input is gone since
        except InuJobsError as problem:
            return str(problem)
        return explain(error)

    def fail(self, task: Task, reason: str) -> None:
        """Note a failure; after several equal ones in a row the job holds itself, and at once if memory
        ran out."""
        desk = self._desk
        desk.change(task.id, state="failed", error=reason, finished=desk.clock(), attempt=task.attempt + 1)
        last, times = desk.failures.get(task.job, ("", 0))
        times = times + 1 if last == gist(reason) else 1
        desk.failures[task.job] = (gist(reason), times)
        desk.worked.discard(task.job)
        job = desk.store.job(task.job)
        memory = reason == OUT_OF_MEMORY
        desk.memory_ran_out |= memory
        if job is None or job.hold is not None:
            return
        counts = desk.store.task_counts(task.job)
        if not (counts["held"] or counts["queued"]):
            return
        if memory:  # the next one would too
            # what was made from images of others, or elsewhere, cannot be edited
            edited = task.source is None and job.kind in ("txt2img", "img2img")
            desk.hold(task.job, Hold("memory", f"{reason} {_EDIT if edited else _ANEW}"))
        elif times >= max(1, desk.settings.hold_after_failures):
            desk.hold(
                task.job, Hold("errors", f"{times} tasks in a row failed; Resume tries them again. {reason}")
            )

    def _interrupted(self, task: Task, run: Run, made: int) -> None:
        desk = self._desk
        now = desk.clock()
        error = too_few(made, task.images)
        desk.change(task.id, state="interrupted", error=error, finished=now, attempt=task.attempt + 1)
        self._interruptions = {id: at for id, at in self._interruptions.items() if now - at < 60}
        self._interruptions[task.id] = now
        if task.id in self._before_reload:
            self._again(task.id)

    # ------------------------------------------------------------ "Reload UI"

    def _reattached(self, event: Reattached) -> None:
        self._desk.reconcile_now = self._desk.look_everywhere = True
        if event.reloaded is None:
            return
        # the last of them may have begun while it was going already
        self._before_reload = {task.id for task in self._desk.store.tasks_in("running")}
        for task, at in list(self._interruptions.items()):
            if at >= event.reloaded - _RELOAD_SECONDS:
                self._again(task)

    def _again(self, id: str) -> None:
        self._interruptions.pop(id, None)
        self._before_reload.discard(id)
        task = self._desk.store.task(id)
        if task is not None and task.state == "interrupted" and task.attempt <= _RELOAD_ATTEMPTS:
            self._desk.change(id, state="held", error="", started=None, finished=None)

    # --------------------------------------------------------------- "Requeue"

    def _adopt_copy(self, event: Registered) -> None:
        desk = self._desk
        original = desk.store.task(event.copy_of)
        if original is None or original.job != event.job or desk.store.task(event.task) is not None:
            return
        with desk.store.transaction() as transaction:
            index = max(task.index for task in desk.store.tasks_of(event.job)) + 1
            fresh = replace(original, state="queued", error="", started=None, finished=None, attempt=0)
            transaction.put(replace(fresh, id=event.task, index=index, purged=0))


def _image(task: Task, index: int, made: Made, facts: ImageFacts, now: float, place: Image | None) -> Image:
    base = place or Image(new_id("i"), task.job, task.id, facts.path, now)
    return replace(
        base,
        path=facts.path,
        size=facts.size,
        mtime=facts.mtime,
        width=facts.width,
        height=facts.height,
        index=index,
        seed=made.seed if made.seed is not None else base.seed,
        prompt=storable(made.prompt) if made.prompt is not None else base.prompt,
    )


def stop_quietly(desk: Desk, task: str) -> None:
    """Interrupt ``task`` if it runs; if the scheduler is away there is nothing to stop."""
    try:
        desk.scheduler.interrupt(task)
    except SchedulerError:
        pass
