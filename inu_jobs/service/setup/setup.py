"""Installing, enabling and restarting, one click each, on a thread of ours.

The state is worked out from the host on each look, so that whatever the user does in the Extensions tab
counts, too. Only what is under way, and how the last click ended, is kept here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from uuid import uuid4

from ... import api
from ...errors import InuJobsError, Refused, SchedulerError
from ...log import log
from ...ports import Installer, Scheduler, SchedulerStatus
from ...sentences import UNSAID, Sentence, say, says_of, together, verbatim
from .diagnosis import Diagnosis, SetupState, diagnose

_GRACE = 60.0  # seconds in which a scheduler that was loaded may start
_ANSWER = 0.7  # seconds for the answer to reach the page before the host ends
_RELOAD = 8.0  # seconds that "Reload UI" takes at least
_REPORTED = frozenset({"wrong", "clash", "incomplete", "broken"})
_NOT_STARTED = say("Agent Scheduler was loaded but did not start; the error is in the console.")
_INSTALLING = say("Installing Agent Scheduler…")
_RESTARTING = say("Restarting the WebUI…")
_BY_HAND = say("This WebUI cannot restart itself: close it and start it again.")
_DONE = say("Agent Scheduler is connected.")


class SchedulerSetup:
    """``version``: ours; ``clock``: seconds. All methods may be called from any thread."""

    def __init__(
        self,
        installer: Installer,
        scheduler: Scheduler,
        version: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._installer = installer
        self._scheduler = scheduler
        self._version = version
        self._clock = clock
        self._lock = threading.Lock()
        self._doing: Sentence = UNSAID
        self._failure: Sentence = UNSAID  # of the last click
        self.begin()

    def begin(self) -> None:
        """The host has started, or was reloaded: what was under way is over."""
        with self._lock:
            self._start = uuid4().hex
            self._since = self._clock()
            self._doing = self._failure = UNSAID

    # ------------------------------------------------------------------- looking

    def status(self) -> SchedulerStatus:
        """The scheduler's, whatever happens."""
        try:
            return self._scheduler.status()
        except SchedulerError as error:
            return SchedulerStatus(attached=False, problem=error.sentence)

    def view(self, status: SchedulerStatus) -> api.Setup:
        """``status``: the scheduler's."""
        if status.attached:
            return api.Setup(state="ready", message=_DONE, message_says=says_of(_DONE), start=self._start)
        with self._lock:
            doing, failure, start = self._doing, self._failure, self._start
        if doing:
            state: SetupState = "restarting" if doing is _RESTARTING else "installing"
            back_in = self._back_in() if state == "restarting" else 0.0
            return api.Setup(
                state=state, message=doing, message_says=says_of(doing), start=start, back_in=back_in
            )
        try:
            return self._offering(status, failure, start)
        except Exception:  # the status must be told whatever the host's extensions are like
            log.exception("what is wrong with Agent Scheduler could not be found out.")
            said = status.problem
            return api.Setup(state="broken", message=said, message_says=says_of(said), start=start)

    def _offering(self, status: SchedulerStatus, failure: Sentence, start: str) -> api.Setup:
        found = self._diagnose(status)
        hint = self._hint(found)
        return api.Setup(
            state=found.state,
            message=found.message, message_says=says_of(found.message),
            offer="" if self._refusal(found) else found.offer,
            hint=hint, hint_says=says_of(hint),
            failure=failure, failure_says=says_of(failure),
            source=self._installer.source if found.offer == "install" else "",
            report=self._report(found) if found.state in _REPORTED or failure else "",
            start=start,
        )  # fmt: skip

    def _diagnose(self, status: SchedulerStatus) -> Diagnosis:
        folders = self._installer.folders()
        loaded = next((folder.name for folder in folders if folder.loaded), "")
        running = self._installer.running()
        return diagnose(
            folders,
            running=running,
            problem=self._why_unused(status),
            reason="" if running or not loaded else self._installer.reason(loaded),
        )

    def _why_unused(self, status: SchedulerStatus) -> Sentence:
        if not status.starting:
            return status.problem
        return _NOT_STARTED if self._clock() - self._since > _GRACE else UNSAID

    def _refusal(self, found: Diagnosis) -> Sentence:
        """Why its click is not possible. "Reload UI" is everybody's on the host's own page, too."""
        if found.offer == "restart":
            way = self._installer.restart_way()
            return _BY_HAND if way == "hand" else UNSAID
        return self._installer.refusal() if found.offer else UNSAID

    def _hint(self, found: Diagnosis) -> Sentence:
        """What to know before the click, or instead of it."""
        refusal = self._refusal(found)
        if refusal:
            return refusal
        if found.offer != "restart":
            return UNSAID
        again = say("At a restart, the WebUI tries again to install what it needs.")
        stops = say("Restarting stops what is generating now.")
        return together(
            [
                again if found.state == "broken" and self._installer.restart_way() == "restart" else UNSAID,
                stops if self._installer.generating() else UNSAID,
            ]
        )

    def _back_in(self) -> float:
        if self._installer.restart_way() == "restart":
            return self._installer.startup_seconds() + 3
        return _RELOAD

    def _report(self, found: Diagnosis) -> str:
        """For a bug report: one sentence, then the versions."""
        said = f"{found.message} {self._failure}".strip()
        return "\n".join([said, *self._installer.versions(found.folder), f"Inu Jobs {self._version}"])

    # -------------------------------------------------------------------- clicks

    def install(self) -> api.Setup:
        """Install the scheduler for this host and disable others. A click during another changes nothing."""
        return self._click("install", _INSTALLING, self._install)

    def enable(self) -> api.Setup:
        """Enable the installed scheduler for this host and disable others."""
        return self._click("enable", _INSTALLING, self._enable)

    def restart(self) -> api.Setup:
        """Restart the host, if that is what helps."""
        return self._click("restart", _RESTARTING, self._restart)

    def _click(self, offer: str, doing: Sentence, act: Callable[[Diagnosis], None]) -> api.Setup:
        status = self.status()
        if status.attached:
            raise Refused(say("Agent Scheduler is connected: there is nothing to set up."))
        with self._lock:
            if self._doing:
                begun = False
            else:
                found = self._checked(offer, status)
                self._doing, self._failure, begun = doing, UNSAID, True
        if begun:
            threading.Thread(target=self._work, args=(act, found), name="inu-jobs-setup", daemon=True).start()
        return self.view(status)

    def _checked(self, offer: str, status: SchedulerStatus) -> Diagnosis:
        found = self._diagnose(status)
        if found.offer != offer:
            raise Refused(found.message)
        refusal = self._refusal(found)
        if refusal:
            raise Refused(refusal)
        return found

    def _work(self, act: Callable[[Diagnosis], None], found: Diagnosis) -> None:
        failure = UNSAID
        try:
            act(found)
        except InuJobsError as error:
            failure = error.sentence
        except Exception as error:  # the host's own code, and that of extensions
            log.exception("Agent Scheduler could not be set up.")
            failure = say("It failed: {reason}", reason=_first_line(error))
        with self._lock:
            if failure or self._doing is not _RESTARTING:
                self._doing = UNSAID
            self._failure = failure

    def _install(self, found: Diagnosis) -> None:
        self._installer.choose(self._installer.install())

    def _enable(self, found: Diagnosis) -> None:
        self._installer.choose(found.folder)

    def _restart(self, found: Diagnosis) -> None:
        time.sleep(_ANSWER)
        self._installer.restart()


def _first_line(error: Exception) -> Sentence:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return verbatim(lines[0])
