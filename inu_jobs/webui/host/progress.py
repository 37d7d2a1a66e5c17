"""What the WebUI is generating: ``modules.progress``, ``shared.state`` and the queue lock.

Fractions and previews are computed as in ``progressapi`` of modules/progress.py (1.10.1).
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from typing import Any

from ...ports import Progress
from ...sentences import Sentence, say
from . import distributed


class Generation:
    """Reads the host's globals on each call. Imports happen on first use, never at load time."""

    def __init__(self) -> None:
        self._preview_of: tuple[str | None, int] = (None, 0)
        self._previews = 0

    @property
    def _shared(self) -> Any:
        from modules import shared

        return shared

    @property
    def _progress(self) -> Any:
        from modules import progress

        return progress

    @property
    def opts(self) -> Any:
        return self._shared.opts

    @property
    def current(self) -> str | None:
        """The id of the task that counts as running, no matter whose."""
        current = self._progress.current_task
        return str(current) if current else None

    @property
    def busy(self) -> bool:
        """The host is generating, or doing something else under its queue lock (loading a model, say)."""
        state = self._shared.state
        return bool(state.job) or state.job_count != 0 or not self._lock_is_free()

    def _lock_is_free(self) -> bool:
        from modules.call_queue import queue_lock

        if not queue_lock.acquire(False):
            return False
        queue_lock.release()
        return True

    def free(self, task: str) -> bool:
        """Stop counting ``task`` as running if nothing is generating. Returns whether it did."""
        from modules.call_queue import queue_lock

        if not queue_lock.acquire(False):
            return False
        try:
            # Under the lock, nothing can start generating in the meantime.
            state = self._shared.state
            if state.job or state.job_count != 0 or self.current != task:
                return False
            self._progress.finish_task(task)
            return self.current is None
        finally:
            queue_lock.release()

    def interrupt(self, task: str) -> bool:
        """Stop ``task`` if it is generating. Earlier, the WebUI would forget the interruption
        (``state.begin`` clears it), or somebody's own Generate (whose state.job is "task(...)") might be
        running first."""
        state = self._shared.state
        job = str(state.job or "")
        if self.current != task or not job or job.startswith("task("):
            return False
        state.interrupt()
        return True

    def forget_waiting(self, task: str) -> None:
        """Remove ``task`` from the "In queue: n/m" that Generate shows."""
        self._progress.pending_tasks.pop(task, None)

    def make_restorable(self, overrides: Any) -> None:
        """After a task, the WebUI restores only settings that are in config.json: give all others their
        default (modules/processing.py, ``stored_opts``)."""
        opts = self.opts
        for key in overrides if isinstance(overrides, dict) else ():
            info = opts.data_labels.get(key)
            if info is not None:
                opts.data.setdefault(key, info.default)

    @property
    def restarting(self) -> bool:
        """ "Reload UI" has begun: the page's server was told to close, which can take long because it waits
        for pending responses (gradio 3.41, ``Server.close``)."""
        server = getattr(self._shared.demo, "server", None)
        return bool(getattr(server, "should_exit", False))

    @property
    def stopped(self) -> bool:
        """Somebody asked to stop what ran last: the page's buttons, the API, Agent Scheduler, "Reload UI" or
        Inu Jobs. The next generation resets this when it begins (``state.begin``)."""
        state = self._shared.state
        return bool(state.interrupted or getattr(state, "stopping_generation", False) or self.restarting)

    @property
    def begun(self) -> float | None:
        """When the last generation began (``state.begin``), in seconds; None before the first."""
        began: float | None = self._shared.state.time_start
        return began

    @property
    def page_error(self) -> str:
        """Why the last generation of the page failed, '' if it did not or if the host does not tell.

        Forge (f2.0.1) and Forge Neo (2.26) run those on a thread that keeps the exception to itself: Agent
        Scheduler gets an empty text. Neo keeps its text ("OOM" for running out of memory)."""
        last = getattr(sys.modules.get("modules_forge.main_thread"), "last_exception", None)
        if isinstance(last, BaseException):
            return f"{type(last).__name__}: {last}"
        return str(last or "")

    def before_reload(self, callback: Callable[[], None]) -> None:
        """Have ``callback`` called once "Reload UI" has closed the page's server, a second or more after it
        interrupted the current run. The WebUI drops all callbacks then."""
        from modules import script_callbacks

        script_callbacks.on_before_reload(callback)

    def warnings(self) -> tuple[Sentence, ...]:
        shared = self._shared
        found = []
        if getattr(shared.cmd_opts, "freeze_settings", False):
            found.append(
                say("The WebUI runs with --freeze-settings, which Agent Scheduler does not support.")
            )
        if getattr(shared.opts, "queue_automatic_requeue_failed_task", False):
            found.append(
                say(
                    "Agent Scheduler's option “Auto requeue failed tasks” is on: a task that always"
                    " fails would run forever. Turn it off in its settings."
                )
            )
        if (shared_out := distributed.warning()) is not None:
            found.append(shared_out)
        return tuple(found)

    def progress(self) -> Progress:
        current = self.current
        if current is None:
            return Progress()
        state = self._shared.state
        if self.opts.live_previews_enable:
            state.set_current_image()
        fraction = 0.0
        if state.job_count > 0:
            fraction = state.job_no / state.job_count
            if state.sampling_steps > 0:
                fraction += state.sampling_step / state.sampling_steps / state.job_count
        fraction = min(max(fraction, 0.0), 1.0)
        eta = None
        if fraction > 0 and state.time_start:
            elapsed = time.time() - state.time_start
            eta = elapsed / fraction - elapsed
        return Progress(
            current, fraction, state.sampling_step, state.sampling_steps, eta, self._count(current, state)
        )

    def _count(self, current: str, state: Any) -> int:
        # The WebUI's own counter restarts at 0 with each generation; ours never decreases.
        seen = (current, int(state.id_live_preview))
        if seen[1] and seen != self._preview_of:
            self._previews += 1
            self._preview_of = seen
        return self._previews

    def preview(self) -> tuple[bytes, str] | None:
        """The latest live preview as JPEG, or PNG where it has transparency."""
        image = self._shared.state.current_image
        if self.current is None or image is None:
            return None
        buffer = io.BytesIO()
        if image.mode in ("RGB", "L"):
            image.save(buffer, "JPEG", quality=85)
            return buffer.getvalue(), "image/jpeg"
        image.save(buffer, "PNG", compress_level=1)
        return buffer.getvalue(), "image/png"
