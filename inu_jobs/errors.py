"""All errors of Inu Jobs. Each message says in one sentence what is wrong and what to do.

InuJobsError
 ├─ InvalidInput      the request is malformed or makes no sense (HTTP 422)
 │   └─ NotPermitted  it asks for a setting or a script that no job may use
 ├─ NotFound          no job, task, image or capture has that id (404)
 ├─ Refused           valid, but not possible now: preflight errors, wrong state (409)
 ├─ StoreError        the store cannot save the change (503)
 │   ├─ StoreReadOnly another process owns it, it is from a newer version, ...
 │   └─ StoreWriteFailed  disk full, folder read-only: nothing was changed
 └─ SchedulerError    Agent Scheduler is missing or did not accept the task (503)
     └─ SchedulerBusy it cannot take this task yet: try again a little later
"""

from __future__ import annotations

from .sentences import Sentence, say, verbatim


class InuJobsError(Exception):
    """Base of the family. ``sentence``, and ``str(error)``, can be shown to the user."""

    status = 500

    def __init__(self, message: Sentence) -> None:
        super().__init__(message)

    @property
    def sentence(self) -> Sentence:
        """The message with its template and values."""
        return verbatim(self.args[0])


class InvalidInput(InuJobsError):
    """The request makes no sense. ``field``: the dotted path of what is wrong, or ''."""

    status = 422

    def __init__(self, message: Sentence, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class NotPermitted(InvalidInput):
    pass


class NotFound(InuJobsError):
    status = 404


class Refused(InuJobsError):
    """``findings``: preflight's findings as plain dicts, if they are the reason."""

    status = 409

    def __init__(self, message: Sentence, findings: list[dict[str, object]] | None = None) -> None:
        super().__init__(message)
        self.findings = findings or []


class StoreError(InuJobsError):
    status = 503


class StoreReadOnly(StoreError):
    pass


class StoreWriteFailed(StoreError):
    pass


class SchedulerError(InuJobsError):
    status = 503


class SchedulerBusy(SchedulerError):
    pass


#: for ``NotFound``: several ask for jobs
NO_JOB = say("There is no such job: it may have been deleted.")
