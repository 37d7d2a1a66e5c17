"""Why Agent Scheduler does not run, by its folders; and which click helps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from ...ports import SchedulerFolder
from ...sentences import UNSAID, Sentence, say

SetupState = Literal[
    "ready", "starting", "missing", "disabled", "wrong", "clash", "incomplete", "broken", "restart",
    "installing", "restarting",
]  # fmt: skip
Offer = Literal["", "install", "enable", "restart"]


class Diagnosis(NamedTuple):
    """``folder``: the one that it is about, '' if there is none; ``offer``: the click that helps."""

    state: SetupState
    offer: Offer
    message: Sentence
    folder: str = ""


def diagnose(
    folders: Sequence[SchedulerFolder], *, running: bool, reason: str = "", problem: Sentence = UNSAID
) -> Diagnosis:
    """``running``: its code was loaded; ``problem``: why it cannot be used then, if it cannot; ``reason``:
    the error with which it failed to load."""
    enabled = [folder for folder in folders if folder.enabled]
    if {folder.name for folder in enabled} != {folder.name for folder in folders if folder.loaded}:
        if enabled:
            return _changed(enabled)
    elif running:
        return _not_connected(enabled, problem)
    if not enabled:
        return _none_enabled(folders)
    return _did_not_load(enabled, folders, reason)


def best(folders: Sequence[SchedulerFolder]) -> SchedulerFolder | None:
    """The one to use: complete, and from the repository for this host, or of unknown origin."""
    usable = [folder for folder in folders if folder.suits is not False and folder.whole]
    return max(usable, key=lambda folder: folder.suits is True, default=None)


def _changed(enabled: Sequence[SchedulerFolder]) -> Diagnosis:
    name = (best(enabled) or enabled[0]).name
    return Diagnosis(
        "restart", "restart", say("Agent Scheduler is installed; the WebUI has yet to load it."), name
    )


def _not_connected(enabled: Sequence[SchedulerFolder], problem: Sentence) -> Diagnosis:
    found = best(enabled)
    if not problem:
        name = found.name if found else ""
        return Diagnosis("starting", "", say("Agent Scheduler has not started yet."), name)
    wrong = next((folder for folder in enabled if folder.suits is False), None)
    if found is None and wrong is not None:  # its code could be loaded all the same
        message = say(
            "The installed Agent Scheduler ({folder}) is not the one for this WebUI and did not start.",
            folder=wrong.name,
        )
        return Diagnosis("wrong", "install", message, wrong.name)
    # of unknown origin: perhaps the one for another WebUI
    of_unknown = found is not None and found.suits is None
    return Diagnosis("broken", "install" if of_unknown else "restart", problem, found.name if found else "")


def _none_enabled(folders: Sequence[SchedulerFolder]) -> Diagnosis:
    found = best(folders)
    if found is None:
        return Diagnosis("missing", "install", say("Agent Scheduler is not installed."))
    message = say("Agent Scheduler is disabled in the Extensions tab ({folder}).", folder=found.name)
    return Diagnosis("disabled", "enable", message, found.name)


def _did_not_load(
    enabled: Sequence[SchedulerFolder], folders: Sequence[SchedulerFolder], reason: str
) -> Diagnosis:
    right = best([folder for folder in folders if folder.suits])
    wrong = next((folder for folder in enabled if folder.suits is False), None)
    if right is not None and any(folder is not right for folder in enabled):
        other = next(folder for folder in enabled if folder is not right)
        message = say(
            "Agent Scheduler for this WebUI is installed ({right}), but {other} is enabled, too, or instead"
            " of it, and keeps it from loading.",
            right=right.name,
            other=other.name,
        )
        return Diagnosis("clash", "enable", message, right.name)
    if wrong is not None:
        message = say(
            "The installed Agent Scheduler ({folder}) is not the one for this WebUI and did not load.",
            folder=wrong.name,
        )
        return Diagnosis("wrong", "install", message, wrong.name)
    if (torso := next((folder for folder in enabled if not folder.whole), None)) is not None:
        message = say("The folder {folder} contains no complete Agent Scheduler.", folder=torso.name)
        return Diagnosis("incomplete", "install", message, torso.name)
    return _broken(enabled[0], reason)


def _broken(folder: SchedulerFolder, reason: str) -> Diagnosis:
    if reason:
        message = say(
            "Agent Scheduler ({folder}) is installed but did not load: {reason}",
            folder=folder.name,
            reason=reason,
        )
    else:
        message = say(
            "Agent Scheduler ({folder}) is installed but did not load; the error is in the console.",
            folder=folder.name,
        )
    # of unknown origin: perhaps the one for another WebUI
    return Diagnosis("broken", "restart" if folder.suits else "install", message, folder.name)
