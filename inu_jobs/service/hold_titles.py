"""Why a job, or everything, is on hold, in a few words."""

from __future__ import annotations

from .. import api
from ..model import Hold, HoldReason
from ..sentences import Sentence, say, says_of

_JOB: dict[HoldReason, Sentence] = {
    "user": say("On hold: paused by you"),
    "errors": say("On hold: repeated error"),
    "requeue": say("On hold: requeued again and again"),
    "memory": say("On hold: out of memory"),
    "disk": say("On hold: disk full"),
    "payload": say("On hold: not allowed"),
}
_EVERYTHING: dict[HoldReason, Sentence] = {
    "disk": say("Stopped: the disk is nearly full"),
    "payload": say("Stopped: the job file was changed"),
}
_STOPPED = say("Everything is stopped")


def title_of_job(hold: Hold) -> Sentence:
    return _JOB[hold.by]


def title_of_everything(hold: Hold) -> Sentence:
    return _EVERYTHING.get(hold.by, _STOPPED)


def of_job(hold: Hold | None) -> api.HoldView | None:
    return None if hold is None else _view(hold, title_of_job(hold))


def of_everything(hold: Hold | None) -> api.HoldView | None:
    return None if hold is None else _view(hold, title_of_everything(hold))


def _view(hold: Hold, title: Sentence) -> api.HoldView:
    return api.HoldView(hold.by, title, hold.message, title_says=says_of(title), says=hold.says)
