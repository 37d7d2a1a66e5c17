"""Follows what the scheduler and our script report, event by event, into the store."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from ..errors import InuJobsError
from ..fields.dynamic_prompts import dynamic_prompts
from ..model import Hold, Task, is_grid
from ..overlay import overlay
from ..ports import (
    Begun,
    Delivered,
    Enqueued,
    Event,
    Finished,
    LaneEvent,
    Made,
    Produced,
    Reattached,
    Registered,
    Returned,
    Saved,
    Started,
)
from ..sentences import UNSAID, Sentence, say, together
from .adoption import adopt, own
from .desk import Desk, TaskRun, replace
from .elsewhere import Elsewhere
from .failure_reasons import NOTHING, OUT_OF_MEMORY, UNNAMED, explain, gist, too_few
from .recording import Recorder

_STARTS = 3  # of one task without an end in between; more means that the scheduler is requeueing it
_RELOAD_SECONDS = 30.0  # "Reload UI" interrupts first, then closes the page's server, then reports
_RELOAD_ATTEMPTS = 2
_LOOP = say(
    "A failing task was requeued again and again: turn off “Auto requeue failed tasks” in Agent"
    " Scheduler's settings, then resume."
)
_EDIT = say("Edit the job, then resume it.")
_ANEW = say("Free some memory and resume the job, or cancel it and queue it again with smaller images.")


class Follower:
    """Applies events; see ``apply``."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._recorder = Recorder(desk)
        self.elsewhere = Elsewhere(desk, self._recorder)
        self._interruptions: dict[str, float] = {}  # task -> when, for interruptions that we did not request
        self._before_reload: set[str] = set()  # tasks whose run began in a scheduler that is gone

    def apply(self, event: Event | LaneEvent) -> None:
        """Record an event. Safe to repeat if the store could not be written."""
        with self._desk.lock:
            if isinstance(event, (Begun, Delivered, Returned)):
                self.elsewhere.apply(event)
            else:
                self._apply(event)

    def _apply(self, event: Event) -> None:
        if isinstance(event, Started):
            self._started(event.task)
        elif isinstance(event, Produced):
            self._recorder.take(event.task, event.images, event.grid)
            self._run(event.task).stopped |= event.interrupted
        elif isinstance(event, Saved):
            saved = self._desk.dropped.get(event.task)
            (self._run(event.task).saved if saved is None else saved).append(event.path)
        elif isinstance(event, Finished):
            self.finished(event)
        elif isinstance(event, Registered):
            self._adopt_copy(event)
        elif isinstance(event, Enqueued):
            adopt(self._desk, event)
        elif isinstance(event, Reattached):
            self._reattached(event)

    def _run(self, task: str) -> TaskRun:
        if self._desk.store.task(task) is None:
            return TaskRun(self._desk.clock())  # not one of our tasks: discarded at once
        return self._desk.run(task)

    # ---------------------------------------------------------------- started

    def _started(self, id: str) -> None:
        desk = self._desk
        desk.just_ended = False
        task = desk.store.task(id)
        if task is None or id in desk.stopping:
            return
        self._before_reload.discard(id)
        before = desk.runs.get(id)
        run = desk.runs[id] = TaskRun(desk.clock(), (before.starts if before else 0) + 1)
        if any(other.id != id for other in desk.here("running")):
            desk.reconcile_now = True  # its runner runs one at a time: the other ended unreported
        if run.starts > _STARTS:
            self._stop_loop(task)
        elif task.state not in ("cancelled", "done"):
            desk.change(id, state="running", started=run.started, finished=None, error=UNSAID)

    def _stop_loop(self, task: Task) -> None:
        desk = self._desk
        job = desk.store.job(task.job)
        if job is not None and (job.hold is None or job.hold.by != "requeue"):
            desk.hold(task.job, Hold(by="requeue", message=_LOOP))
        if task.id in desk.scheduler.withdraw([task.id]):
            desk.change(task.id, state="failed", error=_LOOP, finished=desk.clock())
            desk.runs.pop(task.id, None)

    # --------------------------------------------------------------- finished

    def finished(self, event: Finished) -> None:
        """A run ended, according to the scheduler or its database."""
        desk = self._desk
        desk.just_ended = True
        self._delete_dropped(event.task)
        task = desk.store.task(event.task)
        if task is None or task.state == "done" or event.task in desk.stopping:
            desk.runs.pop(event.task, None)
            desk.stopping.discard(event.task)
            return
        run = self._run(task.id)
        if not run.images:
            self._fall_back(task, event.images or run.saved)
        made = len(run.images)
        by_its_word = event.state == "done" and made > 0 and not run.stopped
        if made >= task.images or (by_its_word and self._is_open(task)):
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

    def _delete_dropped(self, id: str) -> None:
        """What a guest's task saved that was being stopped; until now nothing else can have got its name."""
        for path in self._desk.dropped.pop(id, ()):
            with suppress(OSError):
                Path(path).unlink()

    def _fall_back(self, task: Task, paths: Iterable[str]) -> None:
        """Our script did not report: use all saved files except grids."""
        self._recorder.take(task.id, [Made(path) for path in paths if not is_grid(path)])

    def _is_open(self, task: Task) -> bool:
        """How many images it makes cannot be known beforehand: a script on the page decides."""
        payload = overlay(self._desk.store.payload(task.payload) or {}, task.changes)
        dynamic = dynamic_prompts(payload)
        return not own(self._desk, task) or (dynamic is not None and dynamic.combinatorial)

    def _came_to_nothing(self, task: Task, event: Finished, run: TaskRun) -> bool:
        """Nobody stopped it. A task queued with the scheduler's own button may be set to save nothing."""
        stopped = run.stopped or event.stopped is not False
        return own(self._desk, task) and event.state == "done" and not stopped and not run.images

    def _done(self, task: Task) -> None:
        desk = self._desk
        done = desk.change(task.id, state="done", error=UNSAID, finished=desk.clock())
        desk.failures.pop(task.job, None)
        desk.worked.add(task.job)
        if done is not None:
            desk.durations.add(done)

    def _reason(self, task: Task, error: str) -> Sentence:
        try:
            self._desk.prepare(task)  # raises if an input has been deleted since
        except InuJobsError as problem:
            return problem.sentence
        return explain(error)

    def fail(self, task: Task, reason: Sentence) -> None:
        """Record a failure. After several with the same reason in a row, the job goes on hold; at once if
        memory ran out."""
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
        if memory:  # the next one would, too
            # what was made from others' images, or elsewhere, cannot be edited
            edited = task.source is None and job.kind in ("txt2img", "img2img")
            desk.hold(
                task.job,
                Hold("memory", together([reason, _EDIT if edited else _ANEW])),
            )
        elif times >= max(1, desk.settings.hold_after_failures):
            desk.hold(
                task.job,
                Hold(
                    "errors",
                    say(
                        "{times} tasks in a row failed; Resume retries them. {reason}",
                        times=times,
                        reason=reason,
                    ),
                ),
            )

    def _interrupted(self, task: Task, run: TaskRun, made: int) -> None:
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
        # the latest of them may have begun during the reload
        self._before_reload = {task.id for task in self._desk.here("running")}
        for task, at in list(self._interruptions.items()):
            if at >= event.reloaded - _RELOAD_SECONDS:
                self._again(task)

    def _again(self, id: str) -> None:
        self._interruptions.pop(id, None)
        self._before_reload.discard(id)
        task = self._desk.store.task(id)
        if task is not None and task.state == "interrupted" and task.attempt <= _RELOAD_ATTEMPTS:
            self._desk.change(id, state="held", error=UNSAID, started=None, finished=None)

    # --------------------------------------------------------------- "Requeue"

    def _adopt_copy(self, event: Registered) -> None:
        desk = self._desk
        original = desk.store.task(event.copy_of)
        if original is None or original.job != event.job or desk.store.task(event.task) is not None:
            return
        with desk.store.transaction() as transaction:
            index = max(task.index for task in desk.store.tasks_of(event.job)) + 1
            fresh = replace(
                original,
                state="queued",
                error="",
                error_says=None,
                started=None,
                finished=None,
                attempt=0,
                remote="",
                lane="",
            )
            transaction.put(replace(fresh, id=event.task, index=index, purged=0))
