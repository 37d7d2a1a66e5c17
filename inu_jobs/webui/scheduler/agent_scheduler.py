"""Agent Scheduler behind ``ports.Scheduler``.

It is called in-process and never imported by us: importing it would open its database in our folder. For its
actual behaviour, and so the reason for each call here, see agent_scheduler/task_runner.py and db/task.py of
its last version, modules/progress.py and modules/api/api.py of WebUI 1.10.1.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Literal

from ...errors import InuJobsError, InvalidInput, SchedulerBusy, SchedulerError
from ...log import log
from ...ports import (
    Event,
    Finished,
    HandOver,
    Made,
    Produced,
    Progress,
    Reattached,
    Registered,
    Row,
    Saved,
    SchedulerStatus,
    Started,
)
from ...sentences import say
from ..host.progress import Generation
from . import enqueued
from .arguments import arguments
from .attachment import Attachment, check_names
from .enqueued import Enqueuing, Freeze
from .rows import TaskTable, forced_id, names_of_new_rows, saved_paths

_OUT_OF_MEMORY = "CUDA out of memory"  # the text of its OutOfMemoryError, after which it pauses itself
_REQUEUE = "queue_automatic_requeue_failed_task"
_MISSING = say("Agent Scheduler is not running: the Jobs tab says why, and can install it.")
_STARTING = say("Agent Scheduler has not started yet.")


class AgentScheduler:
    """Implements ``ports.Scheduler``. ``clock``: seconds since the epoch; ``freeze``: the payload of what the
    page sends when its own Enqueue is pressed."""

    def __init__(
        self, clock: Callable[[], float] = time.time, freeze: Freeze = lambda kind, values: None
    ) -> None:
        self._clock = clock
        self._sink: Callable[[Event], None] | None = None
        self._lock = threading.RLock()
        self._module: Any = None
        self._attachment: Attachment | None = None
        self._gone: float | None = None  # when "Reload UI" began
        self._aliases: dict[str, str] = {}  # id that the WebUI shows -> id of the running row
        self._begun_before: float | None = None  # when the generation before the task did
        self._refused: dict[str, str] = {}  # tasks that we stopped, and why
        self._memory_pause = False
        self._requeue_off = False
        self._generation = Generation()
        self._enqueuing = Enqueuing(freeze)

    # ------------------------------------------------------------------ events

    def listen(self, sink: Callable[[Event], None]) -> None:
        self._sink = sink

    def produced(
        self, task: str | None, images: Sequence[Made], interrupted: bool, grid: bool = False
    ) -> None:
        """Called by our always-on script's ``postprocess``; ``task`` is ``progress.current_task``."""
        if task:
            self._emit(Produced(self._aliases.get(task, task), tuple(images), interrupted, grid))

    def saved(self, task: str | None, path: str) -> None:
        """Called from ``on_image_saved``: any file written while ``task`` runs."""
        if task:
            self._emit(Saved(self._aliases.get(task, task), path))

    def refuse(self, task: str, reason: str) -> None:
        """Called by our always-on script: the run of ``task`` is being stopped, and counts as failed."""
        self._refused[self._aliases.get(task, task)] = reason

    def _emit(self, event: Event) -> None:
        # On the runner's only thread: an error here would kill it, and the queue along with it.
        sink = self._sink
        if sink is None:
            return
        try:
            sink(event)
        except Exception as error:
            _report(error)

    def _on_registered(self, attachment: Attachment, task: str, meta: dict[str, Any]) -> None:
        found = enqueued.read(task, None, meta.get("args")) if meta.get("is_ui") else None
        if found is not None:
            attachment.table.ours(task)  # known: not to be reported again
            self._emit(self._enqueuing.whole(found))

    def _on_started(self, attachment: Attachment, task: str, meta: dict[str, Any]) -> None:
        attachment.starts += 1
        attachment.running = task
        self._begun_before = self._generation.begun
        self._aliases.clear()
        row = meta.get("task")
        job = getattr(row, "api_task_id", None)
        forced = forced_id(getattr(row, "params", None)) if job and not attachment.table.made(task) else None
        if forced and forced != task:
            # Its own "Requeue" copied our row: the WebUI will show, and our script report, the old id.
            self._aliases[forced] = task
            self._emit(Registered(task, str(job), forced))
        self._emit(Started(task))

    def _on_finished(self, attachment: Attachment, task: str, meta: dict[str, Any]) -> None:
        if attachment.running == task:
            attachment.running = None
        self._aliases.clear()
        self._restore_requeue()
        if self._generation.restarting:
            self._going()  # that is why it ended
        status = getattr(meta.get("status"), "value", meta.get("status"))
        refused = self._refused.pop(task, "")
        if refused:
            self._emit(Finished(task, "failed", error=refused))
        elif status == "failed":
            error = str(getattr(meta.get("task"), "result", None) or "")
            if not error and meta.get("is_ui"):
                error = self._generation.page_error
            self._memory_pause = _OUT_OF_MEMORY in error
            by_force = self._was_stopped and not self._memory_pause
            self._emit(Finished(task, "interrupted" if by_force else "failed", error=error, stopped=by_force))
        else:
            state: Literal["done", "interrupted"] = "done" if status == "done" else "interrupted"
            stopped = self._generation.stopped
            self._emit(Finished(task, state, images=saved_paths(meta.get("result")), stopped=stopped))

    @property
    def _was_stopped(self) -> bool:
        """Whether what failed may have failed by that: "Reload UI" takes away the models under a task, and
        some scripts raise when they are stopped. One that failed before it began to generate (its picture is
        none, say) finds the host as the one before left it, which may have been stopped."""
        generation = self._generation
        return generation.restarting or (generation.stopped and generation.begun != self._begun_before)

    # --------------------------------------------------------------- attaching

    def _find(self) -> Any:
        """Its loaded ``task_runner`` module; the package may have any name."""
        module = self._module
        if module is not None and sys.modules.get(module.__name__) is module:
            return module
        for name in list(sys.modules):
            if name == "agent_scheduler.task_runner" or name.endswith(".agent_scheduler.task_runner"):
                self._module = sys.modules[name]
                return self._module
        return None

    @property
    def installed(self) -> bool:
        """Whether it was loaded; it may not have started yet."""
        return self._find() is not None

    def _attached(self) -> Attachment:
        with self._lock:
            module = self._find()
            runner = module.TaskRunner.instance if module is not None else None
            known = self._attachment
            if known is not None and runner is not known.runner:
                self._gone = self._gone or self._clock()
                self._attachment = known = None
                self._restore_requeue()
            if runner is None:
                raise SchedulerError(_MISSING if module is None else _STARTING)
            if known is None:
                known = self._attach(runner, getattr(module, "task_manager", None))
            return known

    def _attach(self, runner: Any, manager: Any) -> Attachment:
        check_names(runner, manager)
        new = Attachment(runner, TaskTable(manager.engine), names_of_new_rows(manager))

        def registered(task_id: str, **meta: Any) -> None:
            _guarded(self._on_registered, new, task_id, meta)

        def started(task_id: str, **meta: Any) -> None:
            _guarded(self._on_started, new, task_id, meta)

        def finished(task_id: str, **meta: Any) -> None:
            _guarded(self._on_finished, new, task_id, meta)

        self._enqueuing.watch(runner)
        runner.on_task_registered(registered)
        runner.on_task_started(started)
        runner.on_task_finished(finished)
        self._generation.before_reload(self._going)
        self._attachment = new
        self._emit(Reattached(self._gone))
        self._gone = None
        return new

    def _going(self) -> None:
        self._gone = self._gone or self._clock()

    # -------------------------------------------------------------------- port

    def status(self) -> SchedulerStatus:
        try:
            attachment = self._attached()
        except SchedulerError as error:
            starting = error.sentence is _STARTING
            return SchedulerStatus(attached=False, problem=error.sentence, starting=starting)
        self._sweep(attachment)
        opts = self._generation.opts
        current = self._generation.current
        paused, alive = bool(attachment.runner.paused), attachment.alive
        self._memory_pause = self._memory_pause and paused
        action = str(getattr(opts, "queue_completion_action", None) or "Do nothing")
        return SchedulerStatus(
            attached=True,
            paused=paused,
            paused_by=("memory" if self._memory_pause else "user") if paused else "",
            current=self._aliases.get(current, current) if current else None,
            generating=self._generation.busy,
            runner=alive,
            # called in every round, and each query may keep its runner from writing
            pending=0 if alive else attachment.table.waiting(current),
            when_empty="" if action == "Do nothing" else action,
            warnings=self._generation.warnings(),
        )

    def hand_over(self, request: HandOver) -> None:
        attachment = self._attached()
        task, table = request.task, attachment.table
        state = table.state(task)
        if not attachment.released(task, self._generation.current):
            raise SchedulerBusy(say("Agent Scheduler still has an earlier run of this task."))
        if state == "pending":
            return  # already waiting: we were stopped between handing over and recording that
        if state is not None:
            table.delete_ended([task])
        table.ours(task)
        attachment.withdrawn.pop(task, None)
        attachment.forgetting.discard(task)
        names = {} if attachment.names is None else attachment.names
        names[task] = request.name[:255]
        try:
            self._register(attachment, request)
        finally:
            unnamed = names.pop(task, None) is not None
        try:
            if unnamed:
                table.name(task, request.name)
            self._start(attachment)
        except Exception as error:
            _report(error)  # it is handed over anyway, and the next kick starts it

    def _register(self, attachment: Attachment, request: HandOver) -> None:
        self._generation.make_restorable(request.payload.get("override_settings"))
        try:
            args = arguments(request)
            attachment.runner.register_api_task(
                request.task, api_task_id=request.job, is_img2img=request.is_img2img, args=args
            )
        except InuJobsError:
            raise
        except Exception as error:
            if attachment.table.state(request.task) == "pending":
                return  # it is queued; somebody's callback failed
            self._generation.forget_waiting(request.task)
            reason = " ".join(str(error).split())[:300] or type(error).__name__
            if type(error).__module__.partition(".")[0] == "sqlalchemy":
                raise SchedulerError(
                    say("Agent Scheduler's database did not respond: {reason}", reason=reason)
                ) from error
            raise InvalidInput(say("Agent Scheduler refused the task: {reason}", reason=reason)) from error

    def withdraw(self, tasks: Sequence[str]) -> set[str]:
        attachment = self._attached()
        running = {attachment.running, self._generation.current} & set(tasks)
        if attachment.running in running:
            self._suspend_requeue()
        seen = (attachment.starts, time.monotonic())
        gone = attachment.table.withdraw(task for task in tasks if task not in running)
        for task in gone:
            attachment.withdrawn[task] = seen
            self._generation.forget_waiting(task)
        return gone

    def put_back(self, task: str) -> bool:
        attachment = self._attached()
        state = attachment.table.state(task)
        if state is None or state == "pending":
            return state is not None
        if not attachment.released(task, self._generation.current):
            raise SchedulerBusy(say("Agent Scheduler still has an earlier run of this task."))
        attachment.withdrawn.pop(task, None)
        attachment.forgetting.discard(task)
        if not attachment.table.put_back(task):
            return False
        self._start(attachment)
        return True

    def interrupt(self, task: str) -> bool:
        attachment = self._attached()
        shown = next((old for old, new in self._aliases.items() if new == task), task)
        if not self._generation.interrupt(shown):
            return False
        attachment.runner.interrupted = task
        return True

    def forget(self, tasks: Sequence[str]) -> None:
        attachment = self._attached()
        attachment.forgetting.update(tasks)
        self._sweep(attachment)

    def _sweep(self, attachment: Attachment) -> None:
        current = self._generation.current
        safe = [task for task in list(attachment.forgetting) if attachment.released(task, current)]
        if not safe:
            return
        try:
            attachment.table.delete_ended(safe)
        except SchedulerError:
            return  # with the next status
        attachment.forgetting.difference_update(safe)

    def rows(self, jobs: Sequence[str], tasks: Sequence[str] = ()) -> dict[str, Row]:
        attachment = self._attached()
        for found in attachment.table.find_enqueued():
            self._emit(found)
        for task, job, original in attachment.table.find_copies():
            self._emit(Registered(task, job, original))
        current = self._generation.current
        found_rows = attachment.table.rows(jobs, current)
        return {**found_rows, **attachment.table.rows_of(tasks, current)} if tasks else found_rows

    def kick(self) -> None:
        self._start(self._attached())

    def _start(self, attachment: Attachment) -> None:
        with attachment.starting:
            if not attachment.alive and not attachment.runner.paused:
                attachment.runner.execute_pending_tasks_threading()

    def unwedge(self) -> bool:
        attachment = self._attached()
        current = self._generation.current
        if current is None or (attachment.alive and current == attachment.running):
            return False
        return self._generation.free(current)

    def end_memory_pause(self) -> None:
        attachment = self._attached()
        if self._memory_pause and attachment.runner.paused:
            self._memory_pause = False
            self._generation.opts.data["queue_paused"] = False  # as it set it: nothing is saved
            self._start(attachment)

    def progress(self) -> Progress:
        self._attached()
        seen = self._generation.progress()
        task = seen.task
        if task is None or task not in self._aliases:
            return seen
        return Progress(self._aliases[task], seen.fraction, seen.step, seen.steps, seen.eta, seen.preview)

    def preview(self) -> tuple[bytes, str] | None:
        self._attached()
        return self._generation.preview()

    # ------------------------------------------------- "Auto requeue failed tasks"

    def _suspend_requeue(self) -> None:
        # It silently puts a failing task back, overwriting our withdrawal: for the rest of this one run, the
        # option is off, in memory only.
        opts = self._generation.opts
        if getattr(opts, _REQUEUE, False):
            self._requeue_off = True
            opts.data[_REQUEUE] = False

    def _restore_requeue(self) -> None:
        if self._requeue_off:
            self._requeue_off = False
            self._generation.opts.data[_REQUEUE] = True


def _guarded(call: Callable[..., None], *args: Any) -> None:
    try:
        call(*args)
    except Exception as error:
        _report(error)


def _report(error: Exception) -> None:
    log.warning("Agent Scheduler: %r", error)
